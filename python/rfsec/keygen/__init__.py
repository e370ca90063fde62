# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys from channels: bits, what they are worth, how two ends agree on them, and what Eve may know."""
