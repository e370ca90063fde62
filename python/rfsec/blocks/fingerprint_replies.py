# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Fingerprint Authenticator is told, and what it answers."""

from dataclasses import dataclass

import pmt

from ..fingerprint.enrolled import check_name

REPLIES, ENROL, REVOKE = pmt.intern("replies"), pmt.intern("enrol"), pmt.intern("revoke")
_KEYS = {name: pmt.intern(name) for name in ("command", "name", "done", "text", "examples")}
MAX_EXAMPLES = 4096


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command.

    Attributes
    ----------
    command : str
        "enrol" or "revoke".
    name : str or None
        The emitter; None where the command named none.
    done : bool
        Whether the gallery was changed as asked.
    text : str
        One line: what was done, or why nothing was.
    """

    command: str
    name: str | None
    done: bool
    text: str

    def to_pmt(self):
        """A PMT dict with the keys command, name (nil where there is none), done and text."""
        message = pmt.make_dict()
        for key, value in (("command", pmt.intern(self.command)), ("done", pmt.from_bool(self.done)), ("text", pmt.intern(self.text)),
                           ("name", pmt.PMT_NIL if self.name is None else pmt.intern(self.name))):
            message = pmt.dict_add(message, _KEYS[key], value)
        return message

    @classmethod
    def from_pmt(cls, message) -> "Reply":
        """The reply that a PMT dict holds. Raises ValueError if it holds none."""
        command, name, done, text = (_entry(message, key) for key in ("command", "name", "done", "text"))
        if not (pmt.is_symbol(command) and pmt.is_bool(done) and pmt.is_symbol(text) and (pmt.is_symbol(name) or pmt.is_null(name))):
            raise ValueError("A reply must be a PMT dict with the keys command, name, done and text.")
        return cls(pmt.symbol_to_string(command), None if pmt.is_null(name) else pmt.symbol_to_string(name), pmt.to_bool(done),
                   pmt.symbol_to_string(text))


def read_enrol(message, examples: int) -> tuple[str, int]:
    """The name and the number of examples that an enrol message asks for; `examples` where it does not say.

    The message is a PMT dict with the key name (a symbol) and, where wanted, examples (a whole number, 1 to 4096), or the
    pair (name . symbol) that a QT GUI Message Edit Box sends. Raises ValueError, naming the rule, if it is neither.
    """
    wanted = _entry(message, "examples")
    if not pmt.is_null(wanted):
        if not pmt.is_integer(wanted) or not 1 <= pmt.to_long(wanted) <= MAX_EXAMPLES:
            raise ValueError(f"The 'examples' of the message 'enrol' must be a whole number, 1 to {MAX_EXAMPLES}.")
        examples = pmt.to_long(wanted)
    return read_name(message, "enrol"), examples


def read_name(message, command: str) -> str:
    """The emitter that a message names, as in `read_enrol`. Raises ValueError if it names none, GalleryError if that is no name."""
    name = _entry(message, "name")
    if not pmt.is_symbol(name):
        raise ValueError(f"The message '{command}' must be a PMT dict, or a pair, whose key name holds the emitter's name.")
    name = pmt.symbol_to_string(name)
    check_name(name)
    return name


def _entry(message, key: str):
    """The value of a key in a dict, or in the pair (key . value); nil where there is none."""
    symbol = _KEYS[key]
    try:
        if pmt.is_pair(message) and pmt.eqv(pmt.car(message), symbol):
            return pmt.cdr(message)
        return pmt.dict_ref(message, symbol, pmt.PMT_NIL) if pmt.is_dict(message) else pmt.PMT_NIL
    except Exception:  # PMT raises its own wrong_type, which Python sees under several names
        return pmt.PMT_NIL
