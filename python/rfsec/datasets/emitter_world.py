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
from .devices_fsk import draw_devices
from .emitter_waveforms import find_waveform
from .frames_80211 import OVERSAMPLING, send_frames
from .numbered import log_between
from .packets_fsk import draw_bits, send_packets
from .positions import SINGLE_PATH, draw_movement, draw_positions
from .radio_link import Links, propagate
from .receivers import IDEAL, draw_receivers
from .transmitters import draw_transmitters

_WIFI_HZ = 2.45e9
_AT_ONCE = 40_960  # samples: their work arrays stay in a core's cache

_SPEEDS = (0.02, 5.0)  # metres a second, of what moves in the room
_LIGHT = 299_792_458.0

Numbers = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating]
Samples = npt.NDArray[np.complex64]


class EmitterWorld:
    """Makes recordings of one kind of emitter.

    Parameters
    ----------
    seed : int
        At least 0; worlds of two seeds have no piece in common.
    waveform : str
        "80211a", "ble" or "fsk".
    sample_rate_hz : float, optional
        By default the waveform's usual one, 5e6, 8e6 and 1e6. Of "80211a" (1e6 to 80e6) it is also the rate of the grid
        of 64 carriers: 20e6, or 5e6 for channels of 5 MHz. "ble" takes 2e6 to 100e6, "fsk" 100e3 to 8e6.
    oscillator_ppm : float, optional
        Oscillators are uniform within plus and minus this; by default 1, 20 and 20.
    same_payload : bool
        All packets of the world say the same; only of "ble" and "fsk".

    Attributes
    ----------
    sample_rate_hz : float

    Raises
    ------
    ParameterError
        If an argument is outside its range.
    """

    def __init__(
        self,
        seed: int,
        waveform: str,
        sample_rate_hz: float | None = None,
        *,
        oscillator_ppm: float | None = None,
        same_payload: bool = False,
    ):
        if seed < 0:
            raise ParameterError(f"The 'seed' of an emitter world must be at least 0. Got {seed} instead.")
        self._kind, self._of = waveform, find_waveform(waveform)
        self.sample_rate_hz = self._of.rate_hz if sample_rate_hz is None else float(sample_rate_hz)
        low, high = self._of.rates_hz
        if not low <= self.sample_rate_hz <= high:
            raise ParameterError(
                f"The 'sample_rate_hz' of a world of {waveform!r} must be {low:g} to {high:g}. Got {sample_rate_hz} instead."
            )
        if same_payload and waveform == "80211a":
            raise ParameterError("The 'same_payload' of a world of '80211a' must be False: fingerprints take the preamble.")
        self._seed, self._same_payload = seed, same_payload
        self._ppm = self._of.oscillator_ppm if oscillator_ppm is None else oscillator_ppm
        self._length = self._of.length(self.sample_rate_hz)

    def symbol_rate_hz(self, emitter: Numbers) -> Floats:
        """Return the nominal symbol rates of emitters, shape (n,); of "80211a" those of its OFDM symbols."""
        if self._kind == "80211a":
            return np.full(len(emitter), self.sample_rate_hz / 80)
        return draw_devices(self._seed, self._kind, self.sample_rate_hz, emitter, 0 * emitter).symbol_rate_hz

    def record(
        self, emitter: Numbers, day: Numbers, channel: Numbers, receiver: Numbers, snr_db: Floats, rng: np.random.Generator
    ) -> Samples:
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
            "80211a": 640 samples, of which up to 64 of noise come first, and no noise last. "ble": 512 us, "fsk": 6144
            samples; up to 1/16 of noise first, and noise last.

        Raises
        ------
        ParameterError
            If the shapes differ, or a number is below its least.
        """
        columns = {"emitter": emitter, "day": day, "channel": channel, "receiver": receiver, "snr_db": snr_db}
        for name, column in columns.items():
            _check(name, np.asarray(column), np.shape(emitter))
        out = np.empty((len(emitter), self._length), np.complex64)
        rows = max(1, _AT_ONCE // self._length)
        for at in range(0, len(out), rows):
            out[at : at + rows] = self._record(*(np.asarray(column)[at : at + rows] for column in columns.values()), rng)
        return out

    def _record(
        self, emitter: Numbers, day: Numbers, channel: Numbers, receiver: Numbers, snr_db: Floats, rng: np.random.Generator
    ) -> Samples:
        rate_hz = self.sample_rate_hz
        transmitters = draw_transmitters(self._seed, emitter, day, self._ppm, self._of.day_ppm)
        receivers = draw_receivers(self._seed, receiver)
        delays_s, gains = draw_positions(self._seed, channel)
        apart_ppm = transmitters.oscillator_ppm - receivers.oscillator_ppm
        lead = self._of.lead * self._length
        if self._kind == "80211a":
            carrier_hz, oversampling, durations = _WIFI_HZ, OVERSAMPLING, np.full(len(emitter), self._length)
            sent = send_frames(transmitters, apart_ppm, rng)
        else:
            devices = draw_devices(self._seed, self._kind, rate_hz, emitter, day)
            carrier_hz, oversampling = devices.carrier_hz, 1
            pace = devices.symbol_rate_hz / rate_hz * (1 + apart_ppm * 1e-6)
            room = (self._length - lead) * pace - devices.ramp_up - devices.ramp_down
            bits, counts = draw_bits(self._seed, self._kind, emitter, devices, room, self._same_payload, rng)
            sent, durations = send_packets(devices, transmitters, bits, counts, pace)
            seconds, speed = self._length / rate_hz, log_between(_SPEEDS, rng.random(len(emitter))) * (channel != SINGLE_PATH)
            sent = sent * draw_movement(speed * seconds * carrier_hz / _LIGHT, sent.shape[1], rng)
        links = Links(
            offsets=apart_ppm * 1e-6 * carrier_hz / rate_hz,
            line_widths=(transmitters.line_width_hz + receivers.line_width_hz) / rate_hz,
            delays=delays_s * rate_hz,
            gains=gains,
            receivers=receivers,
        )
        leads = lead * rng.random(len(emitter))
        return propagate(sent, oversampling, durations, links, leads, snr_db, self._length, rng)


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
