# SPDX-License-Identifier: GPL-3.0-or-later
"""Freed memory stays with the process: using it again costs the system nothing."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from gnuradio.rfsec.training.allocator import keep_freed_memory
{call}
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def step():
    return [np.ones(1 << 23) for _ in range({arrays})]
step()
before = faults()
for _ in range(3):
    step()
print(faults() - before)
"""


@pytest.mark.parametrize("arrays", [1, 40], ids=["64 MiB", "2.5 GiB"])
def test_memory_is_cleared_by_the_system_only_once(arrays):
    def pages(call):
        program = PROGRAM.format(call=call, arrays=arrays)
        return int(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)

    assert pages("keep_freed_memory()") < 100 < pages("")
