# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure functions on NumPy arrays: amplitude-phase, spectra, impairments, channel models."""
