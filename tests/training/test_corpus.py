# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run trains, validates and tests on: endless data, a fixed set, a file."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

pytest.importorskip("torch")

from gnuradio.rfsec.datasets.files import save_windows  # noqa: E402
from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows  # noqa: E402
from gnuradio.rfsec.datasets.rml2016a import LABELS, SNRS_DB, generate  # noqa: E402
from gnuradio.rfsec.datasets.seeding import Purpose  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, ParameterError  # noqa: E402
from gnuradio.rfsec.training.corpus import make_corpus  # noqa: E402
from gnuradio.rfsec.training.recipes import find_recipe  # noqa: E402

OURS = find_recipe("conv-bigru")
HIGH = replace(OURS, lowest_snr_db=16)


def same(one: LabelledWindows, other: LabelledWindows) -> bool:
    return one.sha256() == other.sha256()


def magnitudes(x):
    """What a random phase leaves of windows, in an order of its own."""
    return np.sort(np.abs(x).max(axis=1))


def test_endless_data_of_the_recipe_are_those_that_shipped_cards_name():
    corpus = make_corpus(OURS, 3)
    trained = tuple(snr for snr in SNRS_DB if snr >= -12)
    assert corpus.sha256() == generate("compat", trained, 25, 3, Purpose.TRAINING, 0).sha256()
    assert same(corpus.validation()[0], generate("compat", trained, 15, 3, Purpose.VALIDATION))
    assert same(corpus.calibration()[0], generate("compat", trained, 20, 3, Purpose.VALIDATION, 1))
    assert corpus.test_name == "rml2016a compat, seed 1003, 100 windows of each label at each SNR"
    assert same(corpus.test()[0], generate("compat", SNRS_DB, 100, 1003))
    assert (corpus.name, corpus.lengths, corpus.samples_per_symbol) == ("rml2016a compat", (128,), 8)
    assert (corpus.chunks_for(4400), corpus.chunks_for(4401), corpus.windows_in(2)) == (1, 2, 8800)
    assert [chunks for chunks in range(1, 31) if corpus.validates_after(chunks)] == [10, 20, 30]


def test_an_endless_chunk_is_its_windows_turned_and_shuffled():
    corpus = make_corpus(HIGH, 5)
    data, windows = corpus.chunk(1), generate("compat", (16, 18), 25, 5, Purpose.TRAINING, 1)
    np.testing.assert_array_equal(np.bincount(data.label), np.bincount(windows.label))
    assert np.abs(np.diff(data.label)).max() > 1, "labels are mixed"
    np.testing.assert_allclose(magnitudes(data.x), magnitudes(windows.x), rtol=1e-5)
    assert not np.isin(data.x[:, 0], windows.x[:, 0]).any(), "every window is turned"


def test_a_fixed_set_is_seen_once_an_epoch_in_another_order():
    corpus = make_corpus(HIGH, 5, windows_per_cell=200)
    training = corpus.training[0]
    assert len(training) == corpus.epoch_windows == 11 * 2 * 200 and corpus.chunks_for(4400) == 2
    assert [corpus.windows_in(chunks) for chunks in range(4)] == [0, 4096, 4400, 8496]
    epochs = [[corpus.chunk(2 * epoch), corpus.chunk(2 * epoch + 1)] for epoch in range(2)]
    for parts in epochs:
        assert [len(part) for part in parts] == [4096, 304]
        np.testing.assert_allclose(magnitudes(np.concatenate([part.x for part in parts])), magnitudes(training.x), rtol=1e-5)
    assert np.any(epochs[0][0].label != epochs[1][0].label)
    assert same(corpus.chunk(3), make_corpus(HIGH, 5, windows_per_cell=200).chunk(3))


def test_a_fixed_set_has_the_papers_validation_and_test():
    corpus = make_corpus(replace(HIGH, windows_per_cell=3), 5)
    (validation,) = corpus.validation()
    assert len(validation) == 11 * 2 * 200
    assert corpus.test_name == "rml2016a compat, seed 1005, 200 windows of each label at each SNR"
    assert len(corpus.training[0]) == 11 * 2 * 3 and corpus.training[0].snr_db.min() == 16
    assert "measured after the last epoch, and each 67 epochs before" in corpus.note
    assert "measured after each epoch." in make_corpus(replace(HIGH, windows_per_cell=200), 5).note
    # It is validated when it has been trained on as many windows as the validation has.
    assert [chunks for chunks in range(1, 140) if corpus.validates_after(chunks)] == [67, 134]
    assert not np.isin(validation.x[:, 0], corpus.training[0].x[:, 0]).any()


def test_noise_of_a_fixed_set_does_not_come_from_one_pool():
    """AM-SSB of the published recipe is nothing but noise: windows of one pool repeat its samples."""
    training = make_corpus(HIGH, 5, windows_per_cell=50).training[0]
    noise = training.x[training.label == LABELS.index("AM-SSB")]
    assert len(np.unique(np.angle(noise).round(5))) > 0.8 * noise.size


def test_shapes_take_turns_and_a_length_can_be_left_out():
    corpus = make_corpus(replace(find_recipe("lstm-varied-not128"), lowest_snr_db=18), 5)
    lengths = [corpus.generate(index).x.shape[1] for index in range(7)]
    assert lengths == [64, 256, 512, 64, 256, 512, 64]
    assert {part.x.shape[1] for part in corpus.validation()} == {64, 256, 512}
    assert corpus.lengths == (64, 128, 256, 512) and corpus.samples_per_symbol is None
    assert len(corpus.validation()) == 6 and "4 and 8 samples per symbol" in corpus.test_name
    fixed = make_corpus(replace(find_recipe("lstm-varied"), lowest_snr_db=18), 5, windows_per_cell=2)
    assert [fixed.chunk(index).x.shape[1] for index in range(6)] == [128, 256, 512, 128, 256, 512]


def test_a_file_is_split(tmp_path):
    path = tmp_path / "mine.npz"
    data = generate("compat", (-20, 0, 18), 10, 1)
    save_windows(path, data, LABELS, "test")
    corpus = make_corpus(OURS, 4, data=str(path))
    training, validation, test = corpus.training[0], corpus.validation()[0], corpus.test()[0]
    assert [len(part) for part in (training, validation, test)] == [11 * 2 * 6, 11 * 2 * 2, 11 * 3 * 2]
    assert training.snr_db.min() == 0, "-20 dB is tested on only"
    firsts = np.concatenate([part.x[:, 0] for part in (training, validation, test)])
    assert len(np.unique(firsts)) == len(firsts), "the shares are disjoint"
    assert corpus.options == "--data mine.npz" and corpus.labels == LABELS
    few = make_corpus(OURS, 4, data=str(path), windows_per_cell=2)
    assert np.isin(few.training[0].x[:, 0], training.x[:, 0]).all() and len(few.training[0]) == 11 * 2 * 2
    assert same(few.test()[0], test) and few.sha256() != corpus.sha256()
    assert few.identity != corpus.identity
    assert "measured after each epoch;" in corpus.note and "measured after each epoch;" in few.note
    one = make_corpus(OURS, 4, data=str(path), windows_per_cell=1)
    assert "measured after the last epoch, and each 2 epochs before;" in one.note and not one.validates_after(1) and one.validates_after(2)


def test_of_radioml_2018_no_more_is_read_than_the_wanted_windows_need(tmp_path):
    label, snr_db = np.repeat(np.arange(24), 80), np.tile(np.repeat((0, 30), 40), 24)
    with h5py.File(tmp_path / "GOLD_XYZ_OSC.0001_1024.hdf5", "w") as file:
        file["X"] = np.ones((label.size, 1024, 2), np.float32) * np.arange(1, label.size + 1)[:, None, None]
        file["Y"], file["Z"] = np.eye(24, dtype=np.int64)[label], snr_db[:, None]
    corpus = make_corpus(OURS, 4, data=str(tmp_path / "GOLD_XYZ_OSC.0001_1024.hdf5"), windows_per_cell=7)
    parts = corpus.training[0], corpus.validation()[0], corpus.test()[0]
    assert [len(part) for part in parts] == [24 * 2 * count for count in (7, 3, 2)]
    rows = np.concatenate([part.x[:, 0].real for part in parts]).astype(int) - 1
    assert len(np.unique(rows)) == len(rows) and (rows % 40).max() == 11, "the first 12 of each cell, none twice"
    assert "of the first 12 of each label at each SNR" in corpus.note and "of the first 12 of each label at each SNR" in corpus.test_name


def test_what_cannot_be_trained_on(tmp_path):
    path = tmp_path / "low.npz"
    save_windows(path, generate("compat", (-20,), 10, 1), LABELS, "test")
    with pytest.raises(DatasetError, match="too few windows from -12 dB up"):
        make_corpus(OURS, data=str(path))
    few = generate("compat", (0, 18), 10, 1)
    for labels, got in ((("A", "A", *LABELS[2:]), "'A'"), (("x" * 65, *LABELS[1:]), "'xxx"), (("", *LABELS[1:]), "''")):
        save_windows(path, few, labels, "test")
        with pytest.raises(DatasetError, match=f"must be two or more, all different, of 1 to 64 characters that can be printed. Got {got}"):
            make_corpus(OURS, data=str(path))
    save_windows(path, few[few.label == 0], LABELS[:1], "test")
    with pytest.raises(DatasetError, match="Got 1 label instead"):
        make_corpus(OURS, data=str(path))
    with pytest.raises(ParameterError, match="'data' to train on must be one of rml2016a, .*no such file"):
        make_corpus(OURS, data="rml2016b")
    with pytest.raises(ParameterError, match="'data' of lstm-varied must have windows of 64 samples. Got 'sig2019-12'"):
        make_corpus(replace(find_recipe("lstm-varied"), train_lengths=(64,)), data="sig2019-12")
    with pytest.raises(ParameterError, match="'mode' of rml2016a must be 'compat' or 'corrected'. Got 'plain'"):
        make_corpus(OURS, mode="plain")
    for data, has in (("sig2019-12", "sig2019-12 has none"), (str(path), "the file '.*' is as it is")):
        with pytest.raises(ParameterError, match=f"'mode' belongs to generated RadioML data, and {has}. Leave it out"):
            make_corpus(OURS, data=data, mode="corrected")
    for data in ("rml2016a", str(path)):
        with pytest.raises(ParameterError, match="'windows_per_cell' to train on must be at least 1. Got 0"):
            make_corpus(replace(OURS, lowest_snr_db=-20), data=data, windows_per_cell=0)
    with pytest.raises(ParameterError, match="Endless data have no epochs"):
        make_corpus(OURS).epoch_windows
