# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets of FSK transmitters whose faults are known."""

from dataclasses import dataclass

import numpy as np

_FINE = 64  # steps a symbol of the frequency


@dataclass(frozen=True)
class FskTransmitter:
    """Times in symbols, `image` and `leak` over the signal, `drift_hz` over the packet; bandwidth 0: no filter."""

    symbol_rate_hz: float = 1e6
    index: float = 0.5
    bandwidth_time: float = 0.5
    offset_hz: float = 20e3
    drift_hz: float = 0.0
    image: float = 0.0
    leak: float = 0.0
    rise: float = 1.0

    def send(self, bits, sample_rate_hz, rng, *, snr_db=30.0, lead=20, tail=20, shift_hz=0.0, echo_s=0.0):
        """One packet in noise, complex64; SNR in a symbol rate's bandwidth, phase, delay and gain at random."""
        rate = self.symbol_rate_hz
        count = int((bits.size + lead + tail) * sample_rate_hz / rate)
        seconds = np.arange(count) / sample_rate_hz
        time = seconds * rate - lead - rng.uniform()
        frequency = np.repeat(np.pad(2.0 * bits - 1, 8), _FINE)
        if self.bandwidth_time:
            away = np.fft.rfftfreq(frequency.size) * _FINE / self.bandwidth_time
            frequency = np.fft.irfft(np.fft.rfft(frequency) * np.exp(-np.log(2) / 2 * away**2), frequency.size)
        phase = np.pi * self.index / _FINE * np.concatenate(([0.0], np.cumsum(frequency)))
        signal = np.exp(1j * np.interp(time + 8, np.arange(phase.size) / _FINE, phase))
        signal = signal + self.image * signal.conj() + self.leak
        signal *= np.clip((time + 1) / self.rise + 0.5, 0, 1) * np.clip((bits.size + 1 - time) / self.rise + 0.5, 0, 1)
        length = bits.size / rate
        moved = (self.offset_hz + shift_hz) * seconds + self.drift_hz * (time / rate - length / 2) ** 2 / (2 * length)
        signal *= np.exp(2j * np.pi * (moved + rng.uniform()))
        if echo_s:
            late = np.exp(-2j * np.pi * np.fft.fftfreq(count) * sample_rate_hz * echo_s)
            signal = signal + 0.4 * np.exp(2j * np.pi * rng.uniform()) * np.fft.ifft(np.fft.fft(signal) * late)
        sigma = np.sqrt(10 ** (-snr_db / 10) * sample_rate_hz / rate / 2)
        noise = sigma * (rng.normal(size=count) + 1j * rng.normal(size=count))
        return ((signal + noise) * 10 ** rng.uniform(-2, 0)).astype(np.complex64)


def bluetooth_bits(rng, payload=160):
    """Preamble, the access address of advertising, and a random payload: int [40 + payload]."""
    address = [0x8E89BED6 >> bit & 1 for bit in range(32)]
    return np.concatenate((np.tile([0, 1], 4), address, rng.integers(0, 2, payload)))


def sensor_bits(rng, payload=150):
    """A long preamble and a random payload."""
    return np.concatenate((np.tile([1, 0], 16), rng.integers(0, 2, payload)))
