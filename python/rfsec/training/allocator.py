# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory that stays with the process: a training step allocates and frees the same large tensors again and again."""

import ctypes
import sys

# Parameters of mallopt(3), glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_LARGEST = 2**31 - 1  # an int
_PAD, _NEVER = 2**28, -1  # -1 is the largest threshold: freed memory of more than 2 GiB is kept, too


def keep_freed_memory() -> bool:
    """Tell glibc to reuse freed memory instead of giving it back to the system; return whether it did.

    By default each large tensor is mapped anew, and the system clears every page of it: on a virtual machine that took
    half of an LSTM's training time. Other C libraries are left as they are.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return False
    values = {_M_MMAP_THRESHOLD: _LARGEST, _M_TRIM_THRESHOLD: _NEVER, _M_TOP_PAD: _PAD}
    return all(library.mallopt(parameter, value) == 1 for parameter, value in values.items())
