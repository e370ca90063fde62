# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells one transmitter from another."""
