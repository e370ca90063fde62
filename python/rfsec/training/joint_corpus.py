# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a joint model: windows with two labels, split by recording, seen again every epoch."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..datasets.amplifiers import EMITTERS, MODULATIONS, SAMPLE_RATE_HZ, SPLIT, SYMBOL_S, WINDOWS_PER_SNR, AmplifierBench, left_out
from ..datasets.joint_windows import JointWindows
from ..datasets.seeding import Purpose, seed_sequence
from ..dsp.noise import complex_noise

_CHUNK_WINDOWS = 1024
_NOISIER_SHARE, _NOISIER_DB = 0.5, (-1.0, 8.0)
NOISIER = " Half of them are brought to between -1 and 8 dB anew each time they are seen."  # of windows, in a card
_REPEATED = "The generator repeats its 511 symbols, as one on a bench does: on other data a model is right less often."


@dataclass(frozen=True)
class JointCorpus(ABC):
    """Windows of two labels in three parts that share no recording.

    Attributes
    ----------
    seed : int
        Of the data and the order of training, at least 0.
    fresh_noise : bool
        Train with more noise than was recorded: half of the windows are brought to between -1 and 8 dB anew each time they are seen.
        Their power over the noise must be that of ``snr_db``, with a signal of unit power.
    """

    seed: int
    fresh_noise: bool = False

    samples_per_symbol = sample_rate_hz = None  # as the card states them

    @property
    @abstractmethod
    def name(self) -> str:
        """As cards state it."""

    @property
    def identity(self) -> dict[str, object]:
        """Plain values that a checkpoint's run must have in common with this one."""
        return {"seed": self.seed, "data": self.name}

    @property
    @abstractmethod
    def limits(self) -> tuple[str, ...]:
        """What a model of these data does not know, for its card."""

    @property
    @abstractmethod
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The labels of "modulation" and of "emitter"."""

    @abstractmethod
    def part(self, name: str) -> JointWindows:
        """Return the "training", "validation" or "test" windows."""

    @cached_property
    def training(self) -> JointWindows:
        """The windows that are trained on."""
        return self.part("training")

    @property
    def chunks(self) -> int:
        """Chunks of an epoch."""
        return -(-len(self.training) // _CHUNK_WINDOWS)

    def chunk(self, index: int) -> JointWindows:
        """Return chunk `index`, epoch after epoch, each in an order of its own; each window turned by a random phase."""
        epoch, number = divmod(index, self.chunks)
        # The order of an epoch must not depend on where in it a run was resumed.
        order = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, epoch, (1, 1))).permutation(len(self.training))
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, index, (1, 1, 1)))
        rows = self.training[order[number * _CHUNK_WINDOWS : (number + 1) * _CHUNK_WINDOWS]]
        x = rows.x * np.exp(2j * np.pi * rng.random((len(rows), 1))).astype(np.complex64)
        if self.fresh_noise:
            x += _more_noise(rows, rng)
        return replace(rows, x=x)


def _more_noise(rows: JointWindows, rng: np.random.Generator) -> np.ndarray:
    """Noise, complex64 [n, length], that brings half of the windows of unit signal power to an SNR drawn anew, where that is lower."""
    drawn = np.where(rng.random(len(rows)) < _NOISIER_SHARE, rng.uniform(*_NOISIER_DB, len(rows)), np.inf)
    more = np.maximum(10 ** (-drawn / 10) - 10 ** (-rows.snr_db / 10), 0)
    return complex_noise(rows.x.shape, rng) * np.sqrt(more).astype(np.float32)[:, None]


@dataclass(frozen=True)
class BenchCorpus(JointCorpus):
    """Recordings of six amplifiers, made from the seed.

    Attributes
    ----------
    payload : str
        See `AmplifierBench`.
    per_snr : int
        Windows of each recording at each SNR.
    unseen_pairs : bool
        Leave windows out of training and validation: of each amplifier one or two modulations, which only others show.
    """

    payload: str = "repeated"
    per_snr: int = WINDOWS_PER_SNR
    unseen_pairs: bool = False

    samples_per_symbol, sample_rate_hz = SYMBOL_S * SAMPLE_RATE_HZ, SAMPLE_RATE_HZ

    @property
    def name(self) -> str:
        """See `JointCorpus`."""
        return f"amplifiers, {self.payload} data" + ", some modulations of each amplifier left out" * self.unseen_pairs

    @property
    def limits(self) -> tuple[str, ...]:
        """See `JointCorpus.limits`."""
        usual = (f"Trained on simulated amplifiers: symbols of {SYMBOL_S * 1e6:g} us at {SAMPLE_RATE_HZ / 1e6:g} MS/s, carrier within 100 Hz.",)
        return usual + (_REPEATED,) * (self.payload == "repeated")

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """See `JointCorpus.labels`."""
        return {"modulation": MODULATIONS, "emitter": EMITTERS}

    @property
    def bench(self) -> AmplifierBench:
        """Where the windows come from."""
        return AmplifierBench(self.seed, self.payload)

    def part(self, name: str) -> JointWindows:
        """See `JointCorpus.part`."""
        windows = self.bench.windows(SPLIT[name], self.per_snr)
        return windows[~left_out(windows)] if self.unseen_pairs and name != "test" else windows
