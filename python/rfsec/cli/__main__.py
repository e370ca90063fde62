# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m rfsec.cli``: the command line on a machine where only the sources are."""

from . import main

main()
