# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds of simulated emitters, days, positions and receivers, each with a number, and what is recorded in them.

A recording's truth is its numbers: the same emitter on another day, at another position or heard by another receiver
is a recording of the same hardware, and nothing but what the changed number names is another. So encoders can be
trained on, and judged by, what they are meant for: telling the radio from everything else.

Example
-------
>>> import numpy as np
>>> from rfsec.datasets.emitter_world import EmitterWorld
>>> world = EmitterWorld(seed=1, waveform="80211a")
>>> two = np.array([3, 3])  # one emitter, ...
>>> frames = world.record(two, day=0 * two, channel=np.array([0, 1]), receiver=0 * two, snr_db=20.0 + 0 * two,
...                       rng=np.random.default_rng(2))  # ... at two positions
>>> frames.shape
(2, 640)
"""

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from .frames_80211 import FRAME, OVERSAMPLING, send_frames
from .positions import SINGLE_PATH, draw_positions
from .radio_link import Links, propagate
from .receivers import IDEAL, draw_receivers
from .transmitters import draw_transmitters

#: Samples a second, where nothing else is asked for.
SAMPLE_RATES_HZ = {"80211a": 5e6}
#: Largest error of an oscillator, ppm: those of software radios are compensated for temperature.
OSCILLATOR_PPM = {"80211a": 1.0}
_CARRIER_HZ = 2.45e9
_LEAD = 64  # samples
_BLOCK = 64  # rows made at once: their work arrays stay in a core's cache

Numbers = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating]


class EmitterWorld:
    """Makes recordings of one kind of emitter.

    Parameters
    ----------
    seed : int
        At least 0; worlds of two seeds have no piece in common.
    waveform : str
        "80211a".
    sample_rate_hz : float, optional
        Above 0; of "80211a" also the rate of its grid of 64 carriers: 20e6, or 5e6 for channels of 5 MHz. By default
        the waveform's own in `SAMPLE_RATES_HZ`.
    oscillator_ppm : float, optional
        Oscillators are uniform within plus and minus this; by default the waveform's own in `OSCILLATOR_PPM`.

    Attributes
    ----------
    sample_rate_hz : float

    Raises
    ------
    ParameterError
        If an argument is outside its range.
    """

    def __init__(
        self, seed: int, waveform: str, sample_rate_hz: float | None = None, *, oscillator_ppm: float | None = None
    ):
        if waveform not in OSCILLATOR_PPM:
            known = ", ".join(OSCILLATOR_PPM)
            raise ParameterError(f"The 'waveform' of an emitter world must be one of {known}. Got {waveform!r} instead.")
        self.sample_rate_hz = SAMPLE_RATES_HZ[waveform] if sample_rate_hz is None else float(sample_rate_hz)
        if not 0 < self.sample_rate_hz < np.inf:
            raise ParameterError(f"The 'sample_rate_hz' of an emitter world must be above 0. Got {sample_rate_hz} instead.")
        if seed < 0:
            raise ParameterError(f"The 'seed' of an emitter world must be at least 0. Got {seed} instead.")
        self._seed = seed
        self._ppm = OSCILLATOR_PPM[waveform] if oscillator_ppm is None else oscillator_ppm

    def record(
        self, emitter: Numbers, day: Numbers, channel: Numbers, receiver: Numbers, snr_db: Floats, rng: np.random.Generator
    ) -> npt.NDArray[np.complex64]:
        """Return one packet a row, of unit power before the noise, that starts somewhere in the row's first samples.

        Two recordings of the same numbers differ in what is sent, when it starts, the carrier's phase, and the noise.

        Parameters
        ----------
        emitter, day : ndarray of int, shape (n,)
            At least 0; day 0 is the one without drift.
        channel, receiver : ndarray of int, shape (n,)
            At least 0; channel -1 is a single path, receiver -1 adds nothing.
        snr_db : ndarray of float, shape (n,)
            Power of the packet over that of the noise in the whole sampled band, dB.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of complex64, shape (n, length)
            "80211a": 640 samples, that begin with up to 64 of noise.

        Raises
        ------
        ParameterError
            If the shapes differ, or a number is below its least.
        """
        columns = {"emitter": emitter, "day": day, "channel": channel, "receiver": receiver, "snr_db": snr_db}
        for name, column in columns.items():
            _check(name, np.asarray(column), np.shape(emitter))
        ends = range(0, len(emitter), _BLOCK)
        blocks = ([np.asarray(column)[at : at + _BLOCK] for column in columns.values()] for at in ends)
        return np.concatenate([np.empty((0, FRAME), np.complex64), *(self._record(*block, rng) for block in blocks)])

    def _record(
        self, emitter: Numbers, day: Numbers, channel: Numbers, receiver: Numbers, snr_db: Floats, rng: np.random.Generator
    ) -> npt.NDArray[np.complex64]:
        transmitters = draw_transmitters(self._seed, emitter, day, self._ppm)
        receivers = draw_receivers(self._seed, receiver)
        delays_s, gains = draw_positions(self._seed, channel)
        apart_ppm = transmitters.oscillator_ppm - receivers.oscillator_ppm
        links = Links(
            offsets=apart_ppm * 1e-6 * _CARRIER_HZ / self.sample_rate_hz,
            line_widths=(transmitters.line_width_hz + receivers.line_width_hz) / self.sample_rate_hz,
            delays=delays_s * self.sample_rate_hz,
            gains=gains,
            receivers=receivers,
        )
        sent = send_frames(transmitters, apart_ppm, rng)
        durations, leads = np.full(len(emitter), FRAME), _LEAD * rng.random(len(emitter))
        return propagate(sent, OVERSAMPLING, durations, links, leads, snr_db, FRAME, rng)


def _check(name: str, column: npt.NDArray, shape: tuple[int, ...]) -> None:
    least = {"emitter": 0, "day": 0, "channel": SINGLE_PATH, "receiver": IDEAL, "snr_db": -np.inf}[name]
    whole = name == "snr_db" or np.issubdtype(column.dtype, np.integer)
    if column.ndim != 1 or column.shape != shape or not whole:
        raise ParameterError(
            f"The '{name}' of a recording must be one number a row, whole but for 'snr_db', and as many as there are "
            f"emitters. Got {column.dtype} of shape {column.shape} for emitters of shape {shape} instead."
        )
    if not np.all(np.isfinite(column)) or np.any(column < least):
        raise ParameterError(f"The '{name}' of a recording must be finite and at least {least}. Got {column.min()} instead.")
