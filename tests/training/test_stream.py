# SPDX-License-Identifier: GPL-3.0-or-later
"""The training stream: in order, reproducible, shuffled, and in the model's own representation."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.training.stream import TrainingData, stream_chunks  # noqa: E402

DATA = TrainingData("compat", 5, "iq", 16)


def test_chunks_come_in_order_whatever_the_workers():
    one = list(stream_chunks(DATA, 2, 5, workers=1))
    many = list(stream_chunks(DATA, 2, 5, workers=3))
    assert len(one) == 5
    for number, (left, right) in enumerate(zip(one, many, strict=True), 2):
        assert torch.equal(left[0], right[0]) and torch.equal(left[1], right[1])
        assert torch.equal(left[0], DATA.chunk(number)[0])


def test_a_chunk_is_its_windows_turned_and_shuffled():
    x, y = DATA.chunk(0)
    windows = DATA.windows(0)
    assert x.shape == (11 * 2 * 25, 2, 128) and x.dtype == torch.float32 and y.dtype == torch.int64
    np.testing.assert_array_equal(np.bincount(y), np.bincount(windows.label))
    assert (y[1:] - y[:-1]).abs().max() > 1, "labels are mixed"
    ours = np.sort(np.hypot(x[:, 0], x[:, 1]).numpy().max(axis=1))
    theirs = np.sort(np.abs(windows.x / np.sqrt(np.mean(np.abs(windows.x) ** 2, axis=1, keepdims=True))).max(axis=1))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)
