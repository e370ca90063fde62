# SPDX-License-Identifier: GPL-3.0-or-later
"""Which windows of a file a model was trained and tested on, told from its card alone."""

import numpy as np
import pytest
from gnuradio.rfsec.datasets.files import save_windows
from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows
from gnuradio.rfsec.datasets.opening import open_windows
from gnuradio.rfsec.inference.card import ModelCard
from gnuradio.rfsec.training.corpus import make_corpus
from gnuradio.rfsec.training.file_of_card import parts_of
from gnuradio.rfsec.training.recipes import find_recipe
from small_model import small_card


@pytest.mark.parametrize("per_cell", [None, 8, 20, 30, 100])
def test_cells_of_different_sizes(tmp_path, per_cell):
    """60 windows of one label, of which 36 are trained on, and 20 of the other, of which 12 are."""
    path, seed = tmp_path / "uneven.npz", 3
    x = np.random.default_rng(1).normal(size=(80, 2 * 128)).astype(np.float32).view(np.complex64)
    save_windows(path, LabelledWindows(x, np.repeat(np.array([0, 1], np.int16), (60, 20)), np.zeros(80, np.int16)), ("A", "B"), "test")
    corpus = make_corpus(find_recipe("resnet1d"), seed, str(path), windows_per_cell=per_cell)
    (trained,), (tested,) = corpus.training, corpus.test()
    card = small_card()
    card["training"] |= {"data": path.name, "note": corpus.note, "data_sha256": trained.sha256()}
    card["metrics"] = {"test_data": corpus.test_name, "accuracy": 0.5, "accuracy_by_snr": {}}
    training, test = parts_of(ModelCard.model_validate(card), tmp_path / "model.onnx", path, open_windows(path)[0])
    assert training.sha256() == trained.sha256() and test.sha256() == tested.sha256()
