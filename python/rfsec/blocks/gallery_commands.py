# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out what a Fingerprint Authenticator is told to do with its gallery, and answers each command."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..errors import RfsecError
from ..dsp.clipping import clips
from ..fingerprint.whiteness import is_white
from ..inference.authenticator import Authenticator
from .fingerprint_replies import Reply, read_enrol, read_name


@dataclass
class _Pending:
    """An enrolment that waits for its examples."""

    name: str
    wanted: int
    what: str = ""  # window or burst, by what comes first
    examples: list[np.ndarray] = field(default_factory=list)
    ready_at: int | None = None  # the window after the last one that is enrolled


class GalleryCommands:
    """Enrols and revokes. Whatever cannot be done leaves the gallery as it was.

    Parameters
    ----------
    authenticator : Authenticator
    examples : int
        Windows or bursts of an enrolment that does not say how many.
    answer : callable
        Called with the Reply to each command.

    Attributes
    ----------
    rejected : int
        Commands so far that were not carried out.
    """

    def __init__(self, authenticator: Authenticator, examples: int, answer: Callable[[Reply], None]):
        self._authenticator, self._examples, self._answer = authenticator, examples, answer
        self._pending: _Pending | None = None
        self.rejected = 0

    def begin(self, name: str) -> None:
        """Enrol what comes next as `name`. Raises GalleryError where the gallery has it, or it is no name."""
        self._authenticator.check_new(name)
        self._pending = _Pending(name, self._examples)

    def open(self) -> None:
        """Begin a stream: an enrolment that waits begins anew."""
        if self._pending is not None:
            self._pending = _Pending(self._pending.name, self._pending.wanted)

    def close(self) -> None:
        """End the stream: an enrolment that waits gets no more examples."""
        if self._pending is not None:
            self._give_up(f"the stream ended after {len(self._pending.examples)} of {self._pending.wanted} examples")

    def enrol(self, message) -> None:
        """Take an enrol message."""
        name = None
        try:
            name, wanted = read_enrol(message, self._examples)
            if self._pending is not None:
                raise ValueError(f"{name} was not enrolled: {self._pending.name} is being enrolled; wait for the reply to it.")
            self._authenticator.check_new(name)
        except (ValueError, RfsecError) as error:
            self._reject("enrol", name, str(error))
        else:
            self._pending = _Pending(name, wanted)

    def revoke(self, message) -> None:
        """Take a revoke message."""
        name = None
        try:
            name = read_name(message, "revoke")
            self._authenticator.gallery.revoke(name)
        except (ValueError, RfsecError) as error:
            self._reject("revoke", name, str(error))
        else:
            self._answer(Reply("revoke", name, True, f"Revoked {name}."))

    def take_burst(self, embedding: np.ndarray | None, reason: str) -> None:
        """Take the fingerprint of a burst, float32 [size], for an enrolment that waits; None where there is none.

        `reason` says why there is none, or why it must not be enrolled; "" where it may.
        """
        if self._pending is None or self._pending.what == "window":
            return
        self._pending.what = "burst"
        if reason:
            what = "gives no fingerprint" if embedding is None else "is no example"
            self._give_up(f"the burst {what} ({reason})")
            return
        self._pending.examples.append(embedding)
        if len(self._pending.examples) == self._pending.wanted:
            self._finish(lambda examples: examples)

    def take_windows(self, windows: np.ndarray, first: int) -> None:
        """Take windows, complex64 [n, length], of which the first is number `first`, for an enrolment that waits.

        Those that are not finite do not count. They are enrolled when they have been decided about, see `windows_decided`.
        """
        if self._pending is None or self._pending.what == "burst" or self._pending.ready_at is not None or not len(windows):
            return
        self._pending.what = "window"
        room = self._pending.wanted - len(self._pending.examples)
        usable = np.flatnonzero(np.isfinite(windows.view(np.float32)).all(axis=1))[:room]
        self._pending.examples += list(windows[usable])
        if len(self._pending.examples) == self._pending.wanted:
            self._pending.ready_at = first + int(usable[-1]) + 1

    def windows_decided(self, item: int) -> None:
        """Say that every window before number `item` was decided about: so the cut of the stream does not matter."""
        if self._pending is None or self._pending.ready_at is None or item < self._pending.ready_at:
            return
        gathered = np.stack(self._pending.examples)
        if clips(gathered.ravel()):
            self._give_up("the windows clip; lower the gain")
        elif is_white(gathered):
            self._give_up("the windows hold nothing but noise, or are too few to tell")
        else:
            self._finish(self._authenticator.fingerprinter.embed_windows)

    def _finish(self, embed: Callable[[np.ndarray], np.ndarray]) -> None:
        pending, self._pending = self._pending, None
        try:
            self._authenticator.gallery.enrol(pending.name, embed(np.stack(pending.examples)))
        except RfsecError as error:
            self._reject("enrol", pending.name, str(error))
        else:
            count = f"{pending.wanted} {pending.what}{'s' * (pending.wanted > 1)}"
            self._answer(Reply("enrol", pending.name, True, f"Enrolled {pending.name} from {count}."))

    def _give_up(self, why: str) -> None:
        name, self._pending = self._pending.name, None
        self._reject("enrol", name, f"{name} was not enrolled: {why}.")

    def _reject(self, command: str, name: str | None, text: str) -> None:
        self.rejected += 1
        self._answer(Reply(command, name, False, text))
