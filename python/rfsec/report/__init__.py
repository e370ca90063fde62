# SPDX-License-Identifier: GPL-3.0-or-later
"""A page that shows what was found in a recording."""
