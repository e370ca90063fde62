# SPDX-License-Identifier: GPL-3.0-or-later
"""What a card says of silent WBFM and AM-DSB transmitters, which are plain carriers in RadioML's published recipe."""

CARRIER_LIMITS = (
    "A silent WBFM transmitter is a plain carrier and is called AM-DSB.",
    "A silent WBFM transmitter is a plain carrier, as a silent AM-DSB one is; each is called by the other's name, too.",
)
_KNOWN = 0.95  # of the windows of AM-DSB at 18 dB


def carrier_limit(right: dict[str, float]) -> str:
    """Return the line that fits a model, by the share of each label's windows at 18 dB that it names right."""
    return CARRIER_LIMITS[right.get("AM-DSB", 1) < _KNOWN]
