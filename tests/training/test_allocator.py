# SPDX-License-Identifier: GPL-3.0-or-later
"""Freed memory stays with the process: using it again costs the system nothing."""

import subprocess
import sys

PROGRAM = """
import resource
import numpy as np
from gnuradio.rfsec.training.allocator import keep_freed_memory
{call}
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.ones(1 << 23)
before = faults()
for _ in range(10):
    np.ones(1 << 23)
print(faults() - before)
"""


def test_memory_is_cleared_by_the_system_only_once():
    def pages(call):
        return int(subprocess.run([sys.executable, "-c", PROGRAM.format(call=call)], capture_output=True, check=True).stdout)

    assert pages("keep_freed_memory()") < 100 < pages("")
