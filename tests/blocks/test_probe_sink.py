# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe Sink: what a flowgraph measured lies in a file that the command line reads, numbered as the tags say."""

import os

import numpy as np
import pmt
import pytest
from flowgraphs import run
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.keygen.features import features
from gnuradio.rfsec.keygen.probe_file import read_probe_file


def some(count, carriers=52):
    rng = np.random.default_rng(1)
    return rng.normal(size=(count, 2 * carriers)).astype(np.float32).view(np.complex64)


def kept(path, responses, numbers, most=4096):
    tags = []
    for offset, number in numbers.items():
        tag = gr.tag_t()
        tag.offset, tag.key, tag.value = offset, pmt.intern("probe"), pmt.from_uint64(number) if type(number) is int and number >= 0 else pmt.to_pmt(number)
        tags.append(tag)
    carriers = responses.shape[1]
    source = blocks.vector_source_f(features(responses).ravel().tolist(), False, 2 * carriers, tags)
    sink, top = rfsec.probe_sink(str(path), carriers), gr.top_block()
    top.connect(source, sink)
    run(top, most)


@pytest.mark.parametrize("most", [2, 4096])
def test_what_was_measured_is_read_again(tmp_path, most):
    responses = some(9)
    kept(tmp_path / "alice.npz", responses, {0: 100, 4: 200}, most)
    found = read_probe_file(tmp_path / "alice.npz")
    assert found.numbers.tolist() == [100, 101, 102, 103, 200, 201, 202, 203, 204]
    assert np.array_equal(found.values, responses)


@pytest.mark.parametrize("nonsense", ["first", None, -4, 0.5, True, 1 << 62, 2**64 - 1])
def test_a_tag_that_is_no_number_counts_for_nothing(tmp_path, nonsense):
    kept(tmp_path / "alice.npz", some(4), {0: 7, 2: nonsense})
    assert read_probe_file(tmp_path / "alice.npz").numbers.tolist() == [7, 8, 9, 10]


def test_of_two_with_one_number_the_first_stays(tmp_path):
    responses = some(3)
    kept(tmp_path / "bob.npz", responses, {0: 7, 1: 7, 2: 9})
    found = read_probe_file(tmp_path / "bob.npz")
    assert found.numbers.tolist() == [7, 9] and np.array_equal(found.values, responses[[0, 2]])


def test_nobody_else_may_read_the_file(tmp_path):
    old = os.umask(0)
    try:
        (tmp_path / "alice.npz").touch(0o666)
        kept(tmp_path / "alice.npz", some(3), {})
    finally:
        os.umask(old)
    assert (tmp_path / "alice.npz").stat().st_mode & 0o777 == 0o600 and len(read_probe_file(tmp_path / "alice.npz").numbers) == 3


def test_without_a_path_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept("", some(3), {})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_when_the_block_is_made(tmp_path):
    with pytest.raises(rfsec.OutputError, match="nowhere is not there"):
        rfsec.probe_sink(str(tmp_path / "nowhere/alice.npz"))
    with pytest.raises(rfsec.ParameterError, match="'carriers'"):
        rfsec.probe_sink("", 1)


@pytest.mark.parametrize("path, rule", [(".", "this is a folder"), ("/", "this is a folder"), ("HERE", "this is a folder"),
                                        ("/proc/alice.npz", "nothing can be written to /proc")])
def test_a_file_that_can_never_be_written_is_told_when_the_block_is_made(tmp_path, path, rule):
    with pytest.raises(rfsec.OutputError, match=rule):
        rfsec.probe_sink(str(tmp_path) if path == "HERE" else path)
    assert not list(tmp_path.iterdir())
