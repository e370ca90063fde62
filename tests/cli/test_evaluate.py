# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec evaluate``: anyone's labelled windows through a model, and files that are none."""

import json

import numpy as np
import pytest
from command_line import rfsec, the_error
from gnuradio.rfsec.cli import app
from gnuradio.rfsec.datasets.amplifiers import EMITTERS, MODULATIONS, SNRS_DB, SPLIT, AmplifierBench
from gnuradio.rfsec.datasets.rml2016a import LABELS, generate
from gnuradio.rfsec.errors import DatasetError, ModelError, RfsecError
from gnuradio.rfsec.inference.catalog import DEFAULT
from odd_models import write_range_model
from small_model import write_small_model
from typer.testing import CliRunner


@pytest.fixture(scope="module")
def data():
    return generate("compat", (-6, 18), 6, seed=99)


@pytest.fixture
def path(tmp_path, data):
    """A file as another program writes it: names of labels, SNRs as floats."""
    np.savez(tmp_path / "theirs.npz", x=data.x, label=np.array(LABELS)[data.label], snr_db=data.snr_db.astype(float))
    return tmp_path / "theirs.npz"


def evaluated(*arguments) -> str:
    done = CliRunner().invoke(app, ["evaluate", "--windows", *map(str, arguments)])
    assert done.exception is None, done.exception
    return done.stdout


def refused(*arguments) -> str:
    done = CliRunner().invoke(app, ["evaluate", "--windows", *map(str, arguments)])
    assert isinstance(done.exception, RfsecError), done.output
    assert "\n" not in str(done.exception)
    return str(done.exception)


def test_the_head_that_knows_the_labels_is_evaluated(tmp_path):
    """Both heads of a joint model, on windows of the amplifiers that it knows, and labels of both at once."""
    bench = AmplifierBench(seed=1).windows(SPLIT["test"], 2, SNRS_DB[-1:])
    for head, labels in (("modulation", MODULATIONS), ("emitter", EMITTERS)):
        file = tmp_path / f"{head}.npz"
        np.savez(file, x=bench.x, label=np.array(labels)[getattr(bench, head)], snr_db=bench.snr_db)
        found = json.loads(evaluated(file, "--model", "joint-conv", "--json"))
        assert found["head"] == head and found["accuracy"] > 0.95 and set(found["confusion"]) == set(labels)
        assert f"joint-conv, {head}: " in evaluated(file, "--model", "joint-conv")
    np.savez(file, x=bench.x[:2], label=["BPSK", "PA1"], snr_db=[0, 0])
    said = refused(file, "--model", "joint-conv")
    assert "must be those of one head of the model 'joint-conv' (modulation: BPSK, " in said and "; emitter: PA1, PA2" in said


def test_json_has_accuracy_and_counts(path, data):
    found = json.loads(evaluated(path, "--json"))
    assert found["model"] == DEFAULT and found["windows"] == len(data) == 2 * 6 * len(LABELS)
    assert set(found["accuracy_by_snr"]) == {"-6", "18"} and found["accuracy_by_snr"]["18"] > 0.8 > found["accuracy_by_snr"]["-6"]
    assert found["accuracy"] == pytest.approx(np.mean(list(found["accuracy_by_snr"].values())), abs=1e-6)
    assert set(found["confusion"]) == set(LABELS)
    assert all(set(row) == set(LABELS) and sum(row.values()) == 12 for row in found["confusion"].values())
    assert sum(found["confusion"][name][name] for name in LABELS) == pytest.approx(found["accuracy"] * len(data), abs=1e-3)
    assert found["recall"] == pytest.approx(found["accuracy"], abs=1e-6) and 0 < found["f1"] < 1


def test_the_first_windows_of_each_label_at_each_snr(path, tmp_path, data):
    found = json.loads(evaluated(path, "--json", "--windows-per-cell", 2))
    assert found["windows"] == 2 * 2 * len(LABELS)
    kept = np.arange(len(data)) % 6 < 2
    np.savez(tmp_path / "few.npz", x=data.x[kept], label=np.array(LABELS)[data.label[kept]], snr_db=data.snr_db[kept])
    assert found == json.loads(evaluated(tmp_path / "few.npz", "--json"))
    assert "'windows_per_cell' of a data set must be at least 1" in refused(path, "--windows-per-cell", 0)
    done = CliRunner().invoke(app, ["evaluate", "--manifest", str(path), "--windows-per-cell", "1"])
    assert "--windows-per-cell belongs to --windows" in str(done.exception)


def test_names_may_differ_in_case_and_separators(path, data):
    before = evaluated(path, "--json")
    names = [name.lower().replace("-", "_") for name in LABELS]
    np.savez(path, x=data.x, label=np.array(names)[data.label], snr_db=data.snr_db)
    assert evaluated(path, "--json") == before


def test_tables_name_every_snr_and_label(path):
    text = evaluated(path, "--model", "lstm-amp-phase")
    assert text.startswith("lstm-amp-phase: ") and f"of {2 * 6 * len(LABELS)} windows are right" in text
    assert all(name in text for name in (*LABELS, "-6", "18"))


@pytest.mark.parametrize("length", [64, 100, 128])
def test_every_length_that_a_card_allows(tmp_path, data, length):
    model = write_range_model(tmp_path / "range.onnx", 64, 128)
    names = np.array(["Quiet", "RISING"])[data.label % 2]
    np.savez(tmp_path / "cut.npz", x=data.x[:, :length], label=names, snr_db=data.snr_db)
    assert json.loads(evaluated(tmp_path / "cut.npz", "--model", model, "--json"))["windows"] == len(data)


def test_labels_that_the_model_does_not_know(path, tmp_path):
    message = refused(path, "--model", write_small_model(tmp_path / "small.onnx"))
    assert str(path) in message and "'8PSK'" in message and "quiet, rising, falling" in message


def test_windows_of_another_length(path, data):
    np.savez(path, x=data.x[:, :64], label=np.array(LABELS)[data.label], snr_db=data.snr_db)
    assert f"{path}: " in (message := refused(path)) and "exactly 128 samples. Got 64" in message


@pytest.mark.parametrize("change", ["x", "label", "snr_db", "nan", "wide", "short"])
def test_a_file_that_lacks_or_breaks_something(path, data, change):
    arrays = {"x": data.x.copy(), "label": np.array(LABELS)[data.label], "snr_db": data.snr_db}
    if change == "nan":
        arrays["x"][5, 5] = np.nan
    elif change == "wide":
        arrays["x"] = arrays["x"][:, :, None]
    elif change == "short":
        arrays["label"] = arrays["label"][:-1]
    else:
        del arrays[change]
    np.savez(path, **arrays)
    assert str(path) in refused(path)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_file_cut_short_is_one_line_and_not_0(path, share):
    path.write_bytes(path.read_bytes()[:int(share * path.stat().st_size)])
    assert str(path) in refused(path)


def test_the_command_line_itself(path, tmp_path):
    assert json.loads(rfsec("evaluate", "--windows", path, "--json", "--threads", 2).stdout)["windows"] == 132
    assert "none.npz" in the_error(rfsec("evaluate", "--windows", tmp_path / "none.npz"))
    assert "'8PSK'" in the_error(rfsec("evaluate", "--windows", path, "--model", write_small_model(tmp_path / "small.onnx")))


@pytest.mark.parametrize("option, kind", [(["--model", "nonsense"], ModelError), (["--threads", "0"], RfsecError)])
def test_wrong_options_are_refused(path, option, kind):
    done = CliRunner().invoke(app, ["evaluate", "--windows", str(path), *option])
    assert isinstance(done.exception, kind) and not isinstance(done.exception, DatasetError)
