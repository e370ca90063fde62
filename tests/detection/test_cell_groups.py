# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of cells are those of all cells at once, whatever squares they lie in."""

import numpy as np
import pytest
from scipy import ndimage

from gnuradio.rfsec.detection.cell_groups import groups_of
from gnuradio.rfsec.detection.spectrogram import BINS


@pytest.mark.parametrize("frames", [1, 6, 97])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.25, 0.45])
def test_groups_are_those_of_all_cells_in_the_order_of_their_first(frames, share):
    rng = np.random.default_rng(3)
    cells = rng.random((frames, BINS)) < share
    certain = cells & (rng.random(cells.shape) < 0.02)
    certain[0, 0] = True  # of cells that are not there nothing counts
    cells[0, :2] = False
    labels, _ = ndimage.label(cells, np.ones((3, 3)))
    wanted = [labels == one for one in np.unique(labels[certain & cells])]
    found = []
    for own, box in groups_of(cells, certain):
        found.append(np.zeros(cells.shape, bool))
        found[-1][box] = own
        assert own.any(axis=0)[[0, -1]].all() and own.any(axis=1)[[0, -1]].all(), "the box is as small as can be"
    assert len(found) == len(wanted) and all(np.array_equal(*pair) for pair in zip(found, wanted))
