# SPDX-License-Identifier: GPL-3.0-or-later
"""The training stream: in order whatever the workers, and in the model's own representation."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.inference.representations import represent  # noqa: E402
from gnuradio.rfsec.training.corpus import make_corpus  # noqa: E402
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
