# SPDX-License-Identifier: GPL-3.0-or-later
"""The training stream: in order whatever the workers, and in the model's own representation."""

import fcntl
import os
import subprocess
import sys
import termios
from dataclasses import replace
from inspect import getgeneratorlocals

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import DatasetError, ParameterError  # noqa: E402
from gnuradio.rfsec.inference.representations import represent  # noqa: E402
from gnuradio.rfsec.training.corpus import make_corpus  # noqa: E402
from gnuradio.rfsec.training.elsewhere import made_elsewhere  # noqa: E402
from gnuradio.rfsec.training.recipes import find_recipe  # noqa: E402
from gnuradio.rfsec.training.stream import stream_chunks  # noqa: E402


@pytest.mark.parametrize("windows_per_cell", [None, 200])
def test_chunks_come_in_order_whatever_the_workers(windows_per_cell):
    corpus = make_corpus(replace(find_recipe("conv-bigru"), lowest_snr_db=16), 5, windows_per_cell=windows_per_cell)
    one = list(stream_chunks(corpus, "amp_phase", 1, 3, workers=1))
    many = list(stream_chunks(corpus, "amp_phase", 1, 3, workers=3))
    assert len(one) == 3
    for number, (left, right) in enumerate(zip(one, many, strict=True), 1):
        assert torch.equal(left[0], right[0]) and torch.equal(left[1], right[1])
        data = corpus.chunk(number)
        assert left[0].dtype == torch.float32 and left[1].dtype == torch.int64
        np.testing.assert_array_equal(left[0], represent("amp_phase", data.x))
        np.testing.assert_array_equal(left[1], data.label)


LEFT_BEHIND = """
import os, signal
from dataclasses import replace
from gnuradio.rfsec.training.corpus import make_corpus
from gnuradio.rfsec.training.recipes import find_recipe
from gnuradio.rfsec.training.stream import stream_chunks

for _ in stream_chunks(make_corpus(replace(find_recipe("field"), lowest_snr_db=40), 5), "iq", 0, 1000, workers=1):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def field_corpus():
    """Chunks of bursts, which are made by processes; few windows a chunk."""
    return make_corpus(replace(find_recipe("field"), lowest_snr_db=40), 5)


def test_chunks_of_processes_are_those_made_here():
    corpus = field_corpus()
    found = list(stream_chunks(corpus, "iq", 1, 3, workers=2))
    assert corpus.holds_lock and len(found) == 3
    for number, (x, y) in enumerate(found, 1):
        data = corpus.chunk(number)
        assert x.dtype == torch.float32 and y.dtype == torch.int64
        np.testing.assert_array_equal(x, represent("iq", data.x))
        np.testing.assert_array_equal(y, data.label)


def test_an_error_in_a_process_is_raised_here():
    with pytest.raises(ParameterError, match="'seed' of generated data must be at least 0 and at most 4294967295. Got -1"):
        list(stream_chunks(field_corpus(), "iq", -1, 1, workers=1))


def test_a_process_that_is_killed_is_told_of():
    corpus = replace(field_corpus(), generate=os._exit)
    with pytest.raises(DatasetError, match="The process that makes the training data was killed") as error:
        list(stream_chunks(corpus, "iq", 7, 2, workers=1))
    assert "\n" not in str(error.value)


def test_a_process_that_is_killed_while_it_sends_is_told_of():
    chunks = made_elsewhere(np.zeros, 1 << 20, 2, workers=1)
    assert next(chunks).shape == (1 << 20,)
    (process,), (receiving,) = (getgeneratorlocals(chunks)[name] for name in ("processes", "ends"))
    while int.from_bytes(fcntl.ioctl(receiving, termios.FIONREAD, bytes(4)), sys.byteorder) < 4096:
        pass  # the first of a message of 8 MB: the rest waits for a reader
    process.kill()
    process.join()
    with pytest.raises(DatasetError, match="The process that makes the training data was killed"):
        next(chunks)


def test_no_process_outlives_a_killed_training():
    # The processes write to the same pipe: its end comes when the last of them is gone.
    killed = subprocess.run([sys.executable, "-c", LEFT_BEHIND], env=os.environ, capture_output=True, timeout=120, check=False)
    assert (killed.returncode, killed.stdout, killed.stderr) == (-9, b"", b"")
