# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a converter has cut samples off."""

import numpy as np

#: Share of clipped samples above which a burst counts as clipped.
MOST_CLIPPED = 0.01
_JUST_BELOW = 0.98  # of an extreme: what is between is not clipped
_FLAT = 4  # times as many values at an extreme as just below it; a sine, the most pointed natural wave, has up to 2.4


def clipped_share(samples: np.ndarray) -> float:
    """Return the share of samples whose I or Q was cut off by a converter that had no larger or smaller value, 0 to 1.

    A converter cuts I and Q at the same level, and puts there all that should lie beyond: many more values than lie just
    below. Positive and negative values are looked at apart, as those of a signed integer end one step apart.

    Parameters
    ----------
    samples : complex64 [n]
        As received, at most scaled: a filter rounds flat tops off. Samples that are not finite do not count.
    """
    samples = samples[np.isfinite(samples)]
    if not samples.size:
        return 0.0
    clipped = np.zeros(samples.size, bool)
    parts = samples.real, samples.imag
    for sign in (1, -1):
        extreme = max(float((sign * part).max()) for part in parts)
        if extreme <= 0:
            continue
        values = sign * np.concatenate(parts)
        below = values[values < extreme]
        step = float(below.max()) if below.size else 0.0
        beside = np.count_nonzero(below >= min(step, _JUST_BELOW * extreme))
        at_extreme = [sign * part == extreme for part in parts]
        if sum(map(np.count_nonzero, at_extreme)) > _FLAT * beside:
            clipped |= at_extreme[0] | at_extreme[1]
    return float(clipped.mean())


def clips(samples: np.ndarray) -> bool:
    """Return whether more than `MOST_CLIPPED` of the samples are clipped; see `clipped_share`."""
    parts = np.ascontiguousarray(samples, np.complex64).view(np.float32)
    if not parts.size:
        return False
    extremes = parts.max(), parts.min()
    # Hardly ever do many stand at an extreme: that is told in a tenth of the time. One that is not finite hides the others.
    if np.isfinite(extremes).all() and sum(np.count_nonzero(parts == one) for one in extremes) <= MOST_CLIPPED * samples.size:
        return False
    return clipped_share(samples) > MOST_CLIPPED
