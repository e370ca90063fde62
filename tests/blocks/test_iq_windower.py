# SPDX-License-Identifier: GPL-3.0-or-later
"""The windower cuts the same windows, with the same tags, however the scheduler cuts the stream."""

import numpy as np
import pmt
import pytest
from flowgraphs import complex_noise, run_chain, rx_time
from gnuradio import rfsec
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

SIZES = st.lists(st.integers(1, 700), min_size=1, max_size=5)
PAIRS = [(1, 1), (1, 5), (5, 1), (8, 3), (128, 128), (128, 64), (128, 1), (64, 200), (300, 299), (300, 301), (7, 700)]


def windows_of(samples, length, hop, grids=(0,)):
    """Windows and grid starts by definition: each grid runs from its start to the next one."""
    pieces, starts, item = [np.empty((0, length), np.complex64)], [], 0
    for start, end in zip(grids, [*grids[1:], len(samples)]):
        if end - start >= length:
            pieces.append(sliding_window_view(samples[start:end], length)[::hop])
            starts.append((item, start))
            item += len(pieces[-1])
    return np.concatenate(pieces), starts


@pytest.mark.parametrize("length, hop", PAIRS)
@settings(max_examples=6, deadline=None)
@given(total=st.integers(0, 3000), sizes=SIZES, max_items=st.integers(1, 500))
def test_windows_are_those_of_the_definition(length, hop, total, sizes, max_items):
    samples = complex_noise(total)
    windows, tags = run_chain(samples, rfsec.iq_windower(length, hop), sizes=sizes, max_items=max_items)
    expected, _ = windows_of(samples, length, hop)
    np.testing.assert_array_equal(windows.reshape(-1, length), expected)
    assert tags == ([(0, "window_hop", hop), (0, "window_start", 0)] if len(expected) else [])


@settings(max_examples=40, deadline=None)
@given(length=st.integers(1, 90), hop=st.integers(1, 120), sizes=SIZES, max_items=st.integers(1, 300),
       grids=st.lists(st.integers(1, 1500), max_size=12, unique=True).map(sorted),
       marks=st.lists(st.integers(0, 1499), max_size=6, unique=True).map(sorted))
def test_no_window_spans_a_discontinuity(length, hop, sizes, max_items, grids, marks):
    """New rx_time tags, as after overflows, at any distance; other tags stay with the first window of their sample, or go with it."""
    samples = complex_noise(1500)
    grids = [grid for grid in grids if grid < 1500]
    tags = [(grid, "rx_time", rx_time(grid * 1000)) for grid in [0, *grids]]
    tags += [(mark, "mark", pmt.from_uint64(mark)) for mark in marks]
    windower = rfsec.iq_windower(length, hop)
    windows, found = run_chain(samples, windower, sizes=sizes, max_items=max_items, tags=tags)
    expected, starts = windows_of(samples, length, hop, [0, *grids])
    np.testing.assert_array_equal(windows.reshape(-1, length), expected)
    assert windower.discontinuities == len(grids)
    assert [tag for tag in found if tag[1] != "mark"] == sorted(
        tag for item, start in starts for tag in
        ((item, "rx_time", (0, pytest.approx(start * 1e-6))), (item, "window_hop", hop), (item, "window_start", start)))
    assert [tag for tag in found if tag[1] == "mark"] == sorted(
        (item, "mark", mark) for mark in marks if (item := first_window_after(mark, length, hop, [0, *grids])) is not None)


def first_window_after(sample, length, hop, grids):
    """Index of the first window of the sample's grid that ends at or after ``sample``; None where the grid has none."""
    item = 0
    for start, end in zip(grids, [*grids[1:], 1500]):
        for first in range(start, end - length + 1, hop):
            if start <= sample < end and first + length > sample:
                return item
            item += 1
    return None


@pytest.mark.parametrize("gap", [1, 50, 127])
def test_a_retune_before_the_first_window_keeps_the_clock(gap):
    """The rx_time of a grid that gave no window is carried to the next one, moved by the samples in between."""
    tags = [(0, "rx_time", rx_time(5_000_000_000)), (0, "rx_rate", pmt.from_double(1e6)), (gap, "rx_freq", pmt.from_double(9e8))]
    _, found = run_chain(complex_noise(1000), rfsec.iq_windower(128, 128), tags=tags)
    assert found == [(0, "rx_freq", 9e8), (0, "rx_rate", 1e6), (0, "rx_time", (5, pytest.approx(gap * 1e-6))),
                     (0, "window_hop", 128), (0, "window_start", gap)]


def test_a_retune_without_a_rate_drops_a_time_that_is_no_longer_known():
    tags = [(0, "rx_time", rx_time(5_000_000_000)), (50, "rx_freq", pmt.from_double(9e8))]
    _, found = run_chain(complex_noise(1000), rfsec.iq_windower(128, 128), tags=tags)
    assert [tag[1] for tag in found] == ["rx_freq", "window_hop", "window_start"]


@pytest.mark.parametrize("buffer", [64, 4096, 100_000])
def test_buffers_of_any_size_give_the_same(buffer):
    samples = complex_noise(20_000)
    windows, _ = run_chain(samples, rfsec.iq_windower(96, 40), buffer=buffer)
    np.testing.assert_array_equal(windows, windows_of(samples, 96, 40)[0])


def test_a_window_as_large_as_allowed():
    samples = complex_noise((1 << 20) + 5)
    windows, _ = run_chain(samples, rfsec.iq_windower(1 << 20, 1))
    np.testing.assert_array_equal(windows[0], samples[:1 << 20])
    assert len(windows) == 6


@pytest.mark.parametrize("name", ["length", "hop"])
@pytest.mark.parametrize("value", [0, -1, (1 << 20) + 1, 1.5, float("nan"), "128", None])
def test_bad_parameters_raise_when_the_block_is_made(name, value):
    with pytest.raises(rfsec.ParameterError, match=f"The '{name}' parameter of IQ Windower must be .* Got .* instead"):
        rfsec.iq_windower(**{name: value})


def test_a_tag_is_passed_once_where_the_output_has_little_room():
    """Five windows a call from hundreds of samples: the same input, with its tags, is met again and again."""
    tags = [(mark, "mark", pmt.from_uint64(mark)) for mark in (0, 100, 640, 641)]
    windower = rfsec.iq_windower(20, 1)
    windower.set_max_noutput_items(5)
    windows, found = run_chain(complex_noise(700), windower, tags=tags)
    assert len(windows) == 681
    assert [tag for tag in found if tag[1] == "mark"] == [(0, "mark", 0), (81, "mark", 100), (621, "mark", 640), (622, "mark", 641)]


@pytest.mark.parametrize("sizes", [(28,), (1,), (9, 2)])
def test_a_tag_of_a_window_that_a_retune_drops_goes_with_it(sizes):
    tags = [(0, "rx_freq", pmt.from_double(1e6)), (7, "mark", pmt.from_uint64(7)), (10, "mark", pmt.from_uint64(10)),
            (12, "rx_freq", pmt.from_double(2e6)), (20, "mark", pmt.from_uint64(20))]
    windows, found = run_chain(complex_noise(28), rfsec.iq_windower(8, 8), sizes=sizes, tags=tags)
    assert len(windows) == 3
    assert [tag for tag in found if tag[1] == "mark"] == [(0, "mark", 7), (2, "mark", 20)]
