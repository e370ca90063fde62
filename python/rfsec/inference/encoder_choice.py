# SPDX-License-Identifier: GPL-3.0-or-later
"""Which shipped encoder suits bursts: one for 802.11 preambles, one for keyed frequencies."""

PREAMBLE_ENCODER, FSK_ENCODER = "rffi-80211", "rffi-fsk"


def chosen_encoder(with_preamble: int, bursts: int) -> str:
    """Return the name of the encoder for `bursts` bursts of which `with_preamble` have an 802.11 preamble."""
    return PREAMBLE_ENCODER if 2 * with_preamble > bursts else FSK_ENCODER
