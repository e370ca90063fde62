# SPDX-License-Identifier: GPL-3.0-or-later
"""GNU Radio blocks, one a file. The only room that imports gnuradio."""
