# SPDX-License-Identifier: GPL-3.0-or-later
"""How a block that keeps one input item, to be called after its input has ended, learns of that end and pauses until then."""

POLL_S = 0.001  # a full input buffer in this time is 262 MS/s
END = -1  # what work() returns then


def input_ended(before, first: int) -> bool:
    """Whether ``before``, the block at the input, is done and gave nothing from item ``first`` on."""
    return before.detail().done() and before.nitems_written(0) == first
