# SPDX-License-Identifier: GPL-3.0-or-later
"""Preambles of OFDM packets: where they begin, how far their carrier is off, and what the channel did to them."""
