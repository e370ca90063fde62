# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen fit`` writes a quantizer that both ends can take, or says in one line why not."""

import numpy as np
import pytest
from gnuradio.rfsec.cli import app
from gnuradio.rfsec.errors import DatasetError, OutputError, ParameterError
from gnuradio.rfsec.keygen import decorrelating
from gnuradio.rfsec.keygen.decorrelating import DecorrelatingQuantizer, fit
from gnuradio.rfsec.keygen.features import features
from gnuradio.rfsec.ofdm.sanitise import sanitise
from small_mapper import write_conjugating_mapper
from typer.testing import CliRunner


@pytest.fixture
def responses(tmp_path):
    rng = np.random.default_rng(1)
    found = np.fft.fft(rng.normal(size=(200, 8)) + 1j * rng.normal(size=(200, 8)), 32).astype(np.complex64)
    np.savez(tmp_path / "probes.npz", probe=np.arange(200), cfr=found)
    return found


def run(folder, *options):
    return CliRunner().invoke(app, ["keygen", "fit", "--features", str(folder / "probes.npz"), "--out", str(folder / "quantizer.json"), *options])


def test_the_file_holds_the_quantizer_of_sanitised_responses(tmp_path, responses):
    done = run(tmp_path, "--components", "6", "--levels", "4", "--epsilon", "0.05")
    assert done.exit_code == 0, done.exception
    expected = fit(features(sanitise(responses)), 6, 4, 0.05)
    found = DecorrelatingQuantizer.from_json((tmp_path / "quantizer.json").read_text())
    assert found.sha256 == expected.sha256 and found.sha256 in done.stdout and "6 components of 4 levels, from 200 probes" in done.stdout


def test_probes_that_are_left_out_are_not_counted(tmp_path, responses):
    responses[:30], responses[30:50] = np.nan, 0
    np.savez(tmp_path / "probes.npz", probe=np.arange(200), cfr=responses)
    assert "from 150 probes, 50 left out" in run(tmp_path).stdout


def test_the_probes_are_scaled_once(tmp_path, responses, monkeypatch):
    scaled, scale = [], decorrelating._unit_power
    monkeypatch.setattr(decorrelating, "_unit_power", lambda rows: scaled.append(len(rows)) or scale(rows))
    assert run(tmp_path).exit_code == 0 and scaled == [200]


def test_features_are_taken_as_they_are(tmp_path, responses):
    values = features(responses)
    np.savez(tmp_path / "probes.npz", probe=np.arange(200), features=values)
    assert run(tmp_path).exit_code == 0
    assert DecorrelatingQuantizer.from_json((tmp_path / "quantizer.json").read_text()).sha256 == fit(values).sha256


def test_the_measured_probes_are_never_replaced(tmp_path, responses):
    before = (tmp_path / "probes.npz").read_bytes()
    (tmp_path / "link.json").symlink_to(tmp_path / "probes.npz")
    for name in ("probes.npz", "link.json"):
        refused = run(tmp_path, "--out", str(tmp_path / name)).exception
        assert isinstance(refused, OutputError) and "these are the measured probes" in str(refused)
    assert (tmp_path / "probes.npz").read_bytes() == before
    assert "has no name" in str(run(tmp_path, "--out", ".").exception)


def test_the_model_is_never_replaced(tmp_path, responses):
    model = write_conjugating_mapper(tmp_path / "mapper.onnx", 32)
    before = model.read_bytes()
    refused = run(tmp_path, "--model", str(model), "--out", str(model)).exception
    assert isinstance(refused, OutputError) and "this is the model" in str(refused) and model.read_bytes() == before


def test_errors_leave_no_file(tmp_path, responses):
    for options, error in ((["--components", "65"], ParameterError), (["--epsilon", "0.6"], ParameterError), (["--levels", "3"], ParameterError),
                           (["--out", str(tmp_path / "probes.npz" / "quantizer.json")], OutputError)):
        assert isinstance(run(tmp_path, *options).exception, error)
    (tmp_path / "probes.npz").write_bytes(b"none")
    assert isinstance(run(tmp_path).exception, DatasetError)
    assert [path.name for path in tmp_path.iterdir()] == ["probes.npz"]
