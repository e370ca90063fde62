# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce --data``: the tables of modulations on a file of windows, as those have it who hold the published one."""

import csv
import pickle

import numpy as np
import pytest
from gnuradio.rfsec.cli import app
from gnuradio.rfsec.datasets.families import find_family
from gnuradio.rfsec.datasets.opening import open_windows
from gnuradio.rfsec.datasets.rml2016a import LABELS
from gnuradio.rfsec.datasets.splits import split
from gnuradio.rfsec.inference.evaluation import evaluate
from gnuradio.rfsec.inference.session import ModelSession
from typer.testing import CliRunner

pytest.importorskip("torch")
FAMILY = find_family("rml2016a")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A file as RadioML 2016.10a was published, with 10 windows of each label at each SNR."""
    windows = FAMILY.generate(FAMILY.shapes[0], FAMILY.snrs_db, 10, seed=5)
    cells = {}
    for index, label in enumerate(LABELS):
        for snr in FAMILY.snrs_db:
            x = windows.x[(windows.label == index) & (windows.snr_db == snr)]
            cells[label, snr] = np.stack((x.real, x.imag), axis=1)
    path = tmp_path_factory.mktemp("published") / "RML2016.10a_dict.pkl"
    path.write_bytes(pickle.dumps(cells, 2))
    return path


def reproduce(table, data, out, *arguments):
    return CliRunner().invoke(app, ["reproduce", table, "--data", str(data), "--out", str(out), *map(str, arguments)])


def rows_of(out) -> dict[str, dict[str, str]]:
    with (out / "table.csv").open() as file:
        return {line["row"]: line for line in csv.DictReader(file)}


def test_rows_are_trained_and_measured_on_the_file(published, tmp_path):
    """A network of two seeds, a row of few windows and a classical model; how right they are is no matter here."""
    (windows, labels), out = open_windows(published), tmp_path / "fig12"
    done = reproduce("lstm-fig12", published, out, "--only", "lstm-1x16", "--seeds", 2, "--train", "--windows", 1500, "--device", "cpu")
    assert done.exception is None, done.exception
    percents = []
    for seed in (1, 2):
        session = ModelSession(out / "models" / f"lstm-1x16-seed{seed}.onnx")
        _, _, test = split(windows, seed)
        assert len(test) == 440 and session.card.training.data == published.name
        high = test[test.snr_db >= 0]
        percents.append(100 * evaluate(session, high, labels).accuracy)
        assert session.card.metrics.accuracy_0_to_18_db == pytest.approx(percents[-1] / 100, abs=1e-4)
    assert float(rows_of(out)["lstm-1x16"]["percent"]) == pytest.approx(np.mean(percents), abs=1e-3)
    page = (out / "README.md").read_text()
    assert "those of `RML2016.10a_dict.pkl`, split 6:2:2 by the seed of each model" in page and "generated" not in page.split("## Accuracy")[0]

    done = reproduce("signet-fig7", published, out, "--only", "resnet1d-2of600", "--train", "--windows", 100, "--device", "cpu")
    assert done.exception is None, done.exception
    assert "from 440 of the file" in ModelSession(out / "models" / "resnet1d-2of600-seed1.onnx").card.training.note

    done = reproduce("lstm-fig3", published, out, "--only", "gaussian-nb", "--train", "--windows", 500, "--test-windows-per-cell", 1)
    assert done.exception is None, done.exception
    card = ModelSession(out / "models" / "gaussian-nb-seed1.onnx").card
    assert card.training.data == published.name and card.training.windows_seen == 500
    assert "at most 1 of each label at each SNR" in (out / "README.md").read_text()


def test_eight_bits_are_calibrated_on_the_file(published, tmp_path):
    done = reproduce("lstm-table6", published, tmp_path, "--only", "lstm-amp-phase-int8", "--train", "--windows", 100, "--device", "cpu")
    assert done.exception is None, done.exception
    parent, child = (ModelSession(tmp_path / "models" / f"lstm-amp-phase{suffix}-seed1.onnx").card for suffix in ("", "-int8"))
    assert child.training.command.endswith(f"; rfsec quantise lstm-amp-phase --seed 1 --data {published.name}")
    assert child.training.data == published.name and child.metrics.test_data == parent.metrics.test_data
    assert float(rows_of(tmp_path)["lstm-amp-phase-int8"]["percent"]) == pytest.approx(100 * child.metrics.accuracy_0_to_18_db, abs=0.01)


def test_what_is_not_trained_has_the_command_for_the_file(published, tmp_path):
    """The shipped models are trained on other data, and stand for no row; rows of other data are not there at all."""
    done = reproduce("signet-table2", published, tmp_path)
    assert done.exception is None, done.exception
    rows, data = rows_of(tmp_path), f" --data {published}"
    assert "mcldnn" in rows and not [name for name in rows if name.endswith("-sig2019")]
    assert all(row["percent"] == "" and data in row["not_trained"] for row in rows.values())
    done = reproduce("lstm-table6", published, tmp_path, "--only", "cnn2d-int8")
    first, second = rows_of(tmp_path)["cnn2d-int8"]["not_trained"].split(" && ")
    assert data in first and second.startswith("rfsec quantise") and second.endswith(data)


def test_what_cannot_be_is_refused_in_one_line(published, tmp_path):
    out, other = tmp_path / "out", tmp_path / "other.npz"
    windows, labels = open_windows(published)
    np.savez(other, x=windows.x[:, :64], label=np.asarray(labels)[windows.label], snr_db=windows.snr_db)
    uneven = tmp_path / "uneven.npz"
    kept = np.ones(len(windows), bool)
    kept[np.flatnonzero((windows.label == 3) & (windows.snr_db == 18))[1:]] = False
    np.savez(uneven, x=windows.x[kept], label=np.asarray(labels)[windows.label[kept]], snr_db=windows.snr_db[kept])
    trained = ("--only", "lstm-1x16", "--train", "--windows", 100, "--device", "cpu")
    assert reproduce("lstm-fig12", published, out, *trained).exception is None
    generated = CliRunner().invoke(app, ["reproduce", "lstm-fig12", "--out", str(out), "--only", "lstm-1x16"])
    (tmp_path / "other").mkdir()
    renamed = tmp_path / "other" / published.name
    np.savez(renamed.with_suffix(".npz"), x=windows.x[::-1], label=np.asarray(labels)[windows.label[::-1]], snr_db=windows.snr_db[::-1])
    renamed.with_suffix(".npz").rename(renamed)
    quantised = CliRunner().invoke(app, ["quantise", str(out / "models" / "lstm-1x16-seed1.onnx"), "--out", str(tmp_path / "a.onnx"), "--data", str(other)])
    for done, message in (
        (generated, "training data must be 'rml2016a compat' for the row lstm-1x16. Got 'RML2016.10a_dict.pkl'"),
        (quantised, "must be the file that --data names, 'other.npz'. Got 'RML2016.10a_dict.pkl'"),
        (reproduce("lstm-fig12", other, out), "has 11 labels at -20 to 18 dB and windows of 64 samples. The rows that are asked for are about rml2016a compat (11"),
        (reproduce("lstm-fig12", renamed, out, "--only", "lstm-1x16"), "not those that it was trained on: this is another file of that name"),
        (reproduce("lstm-fig12", uneven, out), "5 windows or more of each label at each SNR, to be split 6:2:2. It has 1 of BPSK at 18 dB"),
        (reproduce("signet-table2", published, out, "--only", "mcldnn-sig2019"), "asked for are about sig2019-12 (12 labels at -20 to 30 dB, windows of 512"),
        (reproduce("signet-fig7", published, out, "--only", "resnet1d-20of600", "--train", "--device", "cpu"),
         "trained on 20 windows of each label at each SNR, and the training part of the data set"),
        (reproduce("lstm-fig9", published, out), "windows of several lengths, which no file holds: leave --data out"),
        (reproduce("signet-table2", tmp_path / "none", out), "cannot be read: No such file"),
        (reproduce("kgnet-fig3", published, out), "--data belongs to tables of modulations in windows; those of kgnet-fig3 are generated"),
        (reproduce("lstm-fig12", published, out, "--test-windows-per-cell", 0), "'test-windows-per-cell' of a reproduction must be at least 1"),
    ):
        assert message in str(done.exception) and "\n" not in str(done.exception)
