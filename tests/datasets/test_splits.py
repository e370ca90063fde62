# SPDX-License-Identifier: GPL-3.0-or-later
"""Splits: disjoint, complete, equal in every cell, and the same for the same seed."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows
from gnuradio.rfsec.datasets.splits import split
from gnuradio.rfsec.errors import ParameterError


def numbered(cells, per_cell, shuffled=False):
    """Windows whose one sample is their number; `cells` pairs of label and SNR."""
    order = np.random.default_rng(8).permutation(len(cells) * per_cell) if shuffled else slice(None)
    label, snr_db = (np.repeat(column, per_cell).astype(np.int16) for column in zip(*cells))
    return LabelledWindows(np.arange(len(label), dtype=np.complex64)[order, None], label[order], snr_db[order])


CELLS = [(label, snr) for label in range(3) for snr in (-2, 0, 18)]


@pytest.mark.parametrize("shuffled", [False, True])
def test_parts_are_disjoint_complete_and_stratified(shuffled):
    data = numbered(CELLS, 20, shuffled)
    parts = split(data, 1)
    numbers = [part.x[:, 0].real.astype(int) for part in parts]
    assert sorted(np.concatenate(numbers)) == list(range(len(data)))
    truth = dict(zip(data.x[:, 0].real.astype(int), zip(data.label, data.snr_db)))
    for part, found, count in zip(parts, numbers, (12, 4, 4)):
        assert [truth[number] for number in found] == list(zip(part.label, part.snr_db))
        for label, snr_db in CELLS:
            assert np.sum((part.label == label) & (part.snr_db == snr_db)) == count


def test_seeds():
    data = numbered(CELLS, 20)
    first, again, other = split(data, 1), split(data, 1), split(data, 2)
    assert [part.sha256() for part in first] == [part.sha256() for part in again]
    assert first[0].sha256() != other[0].sha256()
    # Random, not the file's order: no cell's training windows are simply its first.
    assert any(set(first[0].x[first[0].label == label].real.astype(int).ravel() % 20) != set(range(12)) for label in range(3))


@pytest.mark.parametrize(("per_cell", "shares", "counts"), [(1000, (0.6, 0.2, 0.2), (600, 200, 200)),
                                                            (10, (0.7, 0.3), (7, 3)), (3, (1.0,), (3,))])  # fmt: skip
def test_shares(per_cell, shares, counts):
    assert [len(part) for part in split(numbered([(0, 0)], per_cell), 3, shares)] == list(counts)


@pytest.mark.parametrize(("per_cell", "shares", "message"), [
    (10, (0.6, 0.2), "'shares' of a split must be at least 0 and add up to 1"),
    (10, (1.5, -0.5), "'shares' of a split"),
    (10, (), "'shares' of a split"),
    (1, (0.6, 0.2, 0.2), "needs more windows of each label at each SNR. Got 1 at most"),
])  # fmt: skip
def test_bad_shares(per_cell, shares, message):
    with pytest.raises(ParameterError, match=message):
        split(numbered([(0, 0)], per_cell), 3, shares)
