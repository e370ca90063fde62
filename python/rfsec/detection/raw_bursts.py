# SPDX-License-Identifier: GPL-3.0-or-later
"""The bursts of a recording as they were received: neither moved nor resampled, for the carrier offset tells who sent them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..dsp.clipping import clips
from ..recordings.reader import Recording
from ..recordings.tunings import Tuning, tunings_of
from .finder import BurstFinder, Found
from .receiver_offset import without

#: Samples of a burst at most; what tells the transmitter stands at its beginning.
MOST = 1 << 19
_READ = 1 << 18
_MARGIN = 16  # on each side, in samples of a rate that equals the bandwidth
_MARGINS = (64, 8192)  # fewest and most samples of it


@dataclass(frozen=True, slots=True)
class RawBurst:
    """One emission of a recording.

    Attributes
    ----------
    sample_start, sample_count : int
        Where the emission is in the recording.
    centre_hz, bandwidth_hz : float or None
        Its band, from the tuned frequency; None where it was not looked for.
    snr_db : float or None
        Power of the emission over that of the noise in its band.
    tuning : Tuning
        In which it was received.
    samples : complex64 [n]
        At the recording's rate, without the receiver's constant where that is known, and with a margin before and after the emission
        where that tuning has one, at most `MOST`.
    clips : bool
        Whether the converter cut it off.
    """

    sample_start: int
    sample_count: int
    centre_hz: float | None
    bandwidth_hz: float | None
    snr_db: float | None
    tuning: Tuning
    samples: np.ndarray = field(repr=False, compare=False)
    clips: bool


def raw_bursts(recording: Recording, rate_hz: float, *, false_alarms_per_s: float = 0.1,
               max_duration_s: float = 1.0) -> Iterator[RawBurst]:
    """Find the bursts of a recording, ordered by where they end, one at a time: only one is in memory.

    Where the recording was retuned or interrupted, its bursts end.

    Parameters
    ----------
    recording : Recording
    rate_hz : float
        Its sample rate, above 0.
    false_alarms_per_s, max_duration_s : float
        As of `BurstDetector`.

    Raises
    ------
    ParameterError
        A parameter is outside its range.
    RecordingError
        The recording was cut short in the meantime.
    """
    for tuning, end in tunings_of(recording):
        finder = BurstFinder(rate_hz, false_alarms_per_s=false_alarms_per_s, max_duration_s=max_duration_s)
        for start in range(tuning.sample_start, end, _READ):
            for found in finder.push(recording.read(start, min(_READ, end - start))):
                yield _cut(recording, rate_hz, found, tuning, end)
        for found in finder.flush():
            yield _cut(recording, rate_hz, found, tuning, end)


def whole(recording: Recording) -> RawBurst:
    """Return a recording, to where it was first retuned, as one burst of at most `MOST` samples: one that fills it is not found."""
    tuning, end = next(tunings_of(recording))
    samples = recording.read(0, min(end, MOST))
    return RawBurst(0, samples.size, None, None, None, tuning, samples, clips(samples))


def raw_bursts_or_whole(recording: Recording, rate_hz: float) -> Iterator[RawBurst]:
    """Find the bursts of a recording as `raw_bursts` does; where there are none, give it as a whole."""
    found = False
    for burst in raw_bursts(recording, rate_hz):
        found = True
        yield burst
    if not found:
        yield whole(recording)


def _cut(recording: Recording, rate_hz: float, found: Found, tuning: Tuning, end: int) -> RawBurst:
    band, count = found.occupied, found.samples.size
    margin = int(np.clip(_MARGIN / band.bandwidth, *_MARGINS))
    start = tuning.sample_start + found.sample_start
    first = max(tuning.sample_start, start - margin)
    samples = recording.read(first, min(start - first + count + margin, end - first, MOST))
    # Its margins have the constants of its ends.
    taken = found.received - found.samples
    offset = np.pad(taken, (start - first, max(0, samples.size - count - (start - first))), mode="edge")[: samples.size]
    return RawBurst(start, count, band.centre * rate_hz, band.bandwidth * rate_hz, band.snr_db, tuning, without(samples, offset), clips(samples))
