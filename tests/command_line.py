# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``rfsec`` as a user does: in a process of its own, with a deadline."""

import subprocess
import sys

import numpy as np

DEADLINE_S = 300  # ends what hangs; a machine that does other work too may need minutes
RFSEC = [sys.executable, "-m", "gnuradio.rfsec.cli"]


def rfsec(*arguments, **options) -> subprocess.CompletedProcess:
    """Run to the end; stdout and stderr as text."""
    return subprocess.run([*RFSEC, *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE_S, **options)


def the_error(done: subprocess.CompletedProcess) -> str:
    """The one line of a run that failed on purpose."""
    assert done.returncode not in (0, None), done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("rfsec: "), done.stderr
    return lines[0]


def write_noise(path, count: int = 10_000, seed: int = 3):
    """A cf32 recording of noise; returns its samples."""
    rng = np.random.default_rng(seed)
    samples = (rng.normal(size=count) + 1j * rng.normal(size=count)).astype(np.complex64)
    samples.tofile(path)
    return samples
