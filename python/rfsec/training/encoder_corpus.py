# SPDX-License-Identifier: GPL-3.0-or-later
"""What encoders of fingerprints are trained on: fixed recordings as the paper has them, or many emitters."""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ..datasets.emitter_conditions import LABORATORY, SNRS_DB, THRESHOLDS, TRAINED_FROM
from ..datasets.emitter_world import EmitterWorld
from ..datasets.seeding import Purpose, seed_sequence
from ..errors import ParameterError
from ..fingerprint.measure import measure

Rows = tuple[np.ndarray, np.ndarray]  # float32 [n, channels, length] and the emitter of each, int64 [n]
_CHUNK = 2048  # rows
_WIDE_SNRS_DB = (12.0, 50.0)


@dataclass(frozen=True)
class EncoderCorpus(ABC):
    """Numbered chunks of rows for one encoder; equal corpora give equal chunks.

    Attributes
    ----------
    seed : int
    waveforms : tuple of str
        Of ``datasets.emitter_world``; chunks take turns.
    representation : str
        What a row is, see ``inference.encoder_card``.
    """

    seed: int
    waveforms: tuple[str, ...]
    representation: str

    @property
    @abstractmethod
    def emitters(self) -> int:
        """How many numbers of emitters a chunk may have, from 0 on."""

    @property
    @abstractmethod
    def note(self) -> str:
        """What the run sees, for the card."""

    @abstractmethod
    def chunk(self, index: int) -> Rows:
        """Return chunk `index`; its rows are in a random order."""

    def sha256(self) -> str:
        """Return the SHA-256 of the first chunk, in hexadecimal."""
        rows, emitters = self.chunk(0)
        return hashlib.sha256(rows.tobytes() + emitters.tobytes()).hexdigest()


@dataclass(frozen=True)
class FixedRecordings(EncoderCorpus):
    """One recording of each of a few emitters, through one channel each, as in the siamese paper's section 2.1.

    Attributes
    ----------
    of, windows : int
        Emitters, and windows of each.
    augmented : bool
        Each window from a recording of its own: another channel, day and receiver. The paper has none of this.
    """

    of: int = 16
    windows: int = 3000
    augmented: bool = False

    @property
    def emitters(self) -> int:
        """See `EncoderCorpus.emitters`."""
        return self.of

    @property
    def note(self) -> str:
        """See `EncoderCorpus.note`."""
        how = "each through a channel, day and receiver of its own" if self.augmented else "one recording of each"
        return f"{self.windows} windows of each of {self.of} emitters ({how}), again and again."

    def chunk(self, index: int) -> Rows:
        """See `EncoderCorpus.chunk`."""
        rows, emitters = self._all
        chunks = len(rows) // _CHUNK
        order = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, index // chunks)).permutation(len(rows))
        chosen = order[index % chunks * _CHUNK :][:_CHUNK]
        return rows[chosen], emitters[chosen]

    @cached_property
    def _all(self) -> Rows:
        world = EmitterWorld(LABORATORY, self.waveforms[0])
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, LABORATORY))
        parts = []
        for emitter in range(self.of):
            if self.augmented:
                day, channel, receiver = rng.integers(TRAINED_FROM, TRAINED_FROM << 8, (3, self.windows))
            else:
                day, channel, receiver = 0, emitter, 0
            of_one = np.full(self.windows, emitter)
            parts.append(_rows(world, self.representation, of_one, day, channel, receiver, rng))
        return tuple(np.concatenate(part) for part in zip(*parts))


@dataclass(frozen=True)
class ManyEmitters(EncoderCorpus):
    """Emitters by the thousand, each row on a day, through a channel and by a receiver of its own.

    Attributes
    ----------
    rates_hz, oscillators_ppm : tuple of float or None
        Of each waveform; None for its usual one. See ``datasets.emitter_world.EmitterWorld``.
    different : int
        Chunks that are made, each of other emitters; then they come again, in another order of rows.
    each : int
        Rows of an emitter in a chunk.
    one_receiver : bool
        All rows of a chunk are by one receiver, but for each fourth chunk: most galleries are of one.

    Raises
    ------
    ParameterError
        The seed is that of a world in which encoders are measured.
    """

    rates_hz: tuple[float | None, ...] = (None,)
    oscillators_ppm: tuple[float | None, ...] = (None,)
    different: int = 128
    each: int = 8
    one_receiver: bool = False

    def __post_init__(self) -> None:
        if self.seed in (LABORATORY, THRESHOLDS):
            raise ParameterError(f"The 'seed' of a training must not be that of the world in which encoders are measured, {LABORATORY}, or get their "
                                 f"thresholds, {THRESHOLDS}. Got {self.seed} instead; choose another.")

    @property
    def emitters(self) -> int:
        """See `EncoderCorpus.emitters`."""
        return _CHUNK // self.each

    @property
    def note(self) -> str:
        """See `EncoderCorpus.note`."""
        return (
            f"{self.different * self.emitters} emitters, {self.each} windows of each, again and again; each on a day, through a "
            "channel and by a receiver of its own."
        )

    def chunk(self, index: int) -> Rows:
        """See `EncoderCorpus.chunk`."""
        rows, emitters = _made(self, index % self.different)
        order = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, index, (1,))).permutation(len(rows))
        return rows[order], emitters[order]


@lru_cache(maxsize=256)
def _made(corpus: ManyEmitters, index: int) -> Rows:
    of = index % len(corpus.waveforms)
    world = EmitterWorld(corpus.seed, corpus.waveforms[of], corpus.rates_hz[of], oscillator_ppm=corpus.oscillators_ppm[of])
    rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, corpus.seed, index))
    emitter = np.repeat(np.arange(corpus.emitters), corpus.each)
    day, channel, receiver = rng.integers(0, 1 << 30, (3, _CHUNK))
    if corpus.one_receiver and index % 4:
        receiver[:] = receiver[0]
    rows, emitters = _rows(world, corpus.representation, emitter + index * corpus.emitters, day, channel, receiver, rng)
    return rows, emitters - index * corpus.emitters


def _rows(world: EmitterWorld, representation: str, emitter: np.ndarray, day, channel, receiver, rng: np.random.Generator) -> Rows:
    """Rows of frames that can be used, in a random order; `day`, `channel` and `receiver` are one number, or one a row."""
    count = len(emitter)
    snr_db = rng.uniform(*(_WIDE_SNRS_DB if np.ndim(day) else SNRS_DB), count)
    numbers = (np.broadcast_to(np.asarray(one, np.int64), (count,)) for one in (day, channel, receiver))
    measured = measure(representation, world.record(emitter, *numbers, snr_db, rng), world.sample_rate_hz)
    order = rng.permutation(np.flatnonzero(measured.usable))
    return measured.values[order], emitter[order]
