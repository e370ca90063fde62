# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of a reproduced table, one kind a file."""
