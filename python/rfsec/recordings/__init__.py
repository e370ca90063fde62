# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of IQ samples: SigMF, WAV and raw cu8, cs8, cs16_le, cf32_le, read lazily and validated when opened."""
