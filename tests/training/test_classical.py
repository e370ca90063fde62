# SPDX-License-Identifier: GPL-3.0-or-later
"""The classical baselines: fitted, measured, and as ONNX what scikit-learn makes of them."""

import numpy as np
import onnxruntime as ort
import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("onnx")

from gnuradio.rfsec.cli.train import train  # noqa: E402
from gnuradio.rfsec.datasets.rml2016a import LABELS, SNRS_DB, generate  # noqa: E402
from gnuradio.rfsec.errors import OutputError, ParameterError  # noqa: E402
from gnuradio.rfsec.inference.representations import represent  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402
from gnuradio.rfsec.training.classical import CLASSICAL, produce_classical  # noqa: E402
from gnuradio.rfsec.training.classical_export import classical_logits, export_classical, flatten  # noqa: E402
from gnuradio.rfsec.training.forest_graph import forest_graph  # noqa: E402

WINDOWS = 400
TREES = 150
# Accuracy over 0 to 18 dB after so few windows. Chance is 0.091, its standard error on the test data 0.003.
AT_LEAST = {"random-forest": 0.25, "svm": 0.11, "knn": 0.1, "gaussian-nb": 0.2}
# Mean and variance of 256 values for 11 labels and a prior each; the windows and their labels.
NUMBERS = {"gaussian-nb": 11 * (2 * 256 + 1), "knn": WINDOWS * (256 + 1)}


@pytest.fixture(scope="module", params=CLASSICAL)
def produced(request, tmp_path_factory):
    """Name, card and file of a baseline that was fitted to few windows."""
    path = tmp_path_factory.mktemp("classical") / f"{request.param}.onnx"
    return request.param, produce_classical(request.param, 3, WINDOWS, path), path


def test_card_says_what_was_fitted_and_how_good_it_is(produced):
    name, card, path = produced
    assert ModelSession(path).card == card
    assert card.name == name and tuple(card.heads[0].labels) == LABELS
    assert card.training.command == f"rfsec train {name} --mode compat --seed 3 --windows {WINDOWS}"
    assert card.training.windows_seen == WINDOWS
    assert card.metrics.accuracy_0_to_18_db > AT_LEAST[name]
    assert set(card.metrics.accuracy_by_snr) == {str(snr) for snr in SNRS_DB}
    assert card.parameters == NUMBERS.get(name, card.parameters) > 0


def test_the_file_holds_no_more_than_it_needs(produced):
    """Of windows that are kept two bytes a number; of a leaf, so seldom reached, one byte a label."""
    name, card, path = produced
    beside = {"knn": 8, "svm": 48}  # bytes of a window that are not its numbers: its label, or its ten coefficients
    if name in beside:
        assert "rounded to float16" in card.training.note
        assert path.stat().st_size < WINDOWS * (2 * 256 + beside[name]) + 10_000
    if name == "random-forest":
        leaves = (card.parameters + 2 * TREES) / (2 + len(LABELS))  # each has a share of each label, each split two numbers
        assert path.stat().st_size < leaves * (len(LABELS) + 32) + 10_000


def test_the_file_is_as_right_as_the_card_says(produced):
    _, card, path = produced
    test = generate("compat", SNRS_DB, 20, seed=99)
    (probabilities,) = ModelSession(path).run(represent("amp_phase", test.x))
    # 4,400 windows: three standard errors are 0.02.
    assert np.mean(probabilities.argmax(1) == test.label) == pytest.approx(card.metrics.accuracy, abs=0.03)


def test_onnx_equals_scikit_learn(produced, tmp_path):
    name, card, _ = produced
    data = generate("compat", (0, 10, 18), 12, seed=5)
    x, label = represent("amp_phase", data.x), data.label.astype(np.int64)
    classifier = CLASSICAL[name].make(1).fit(flatten(x[::2]), label[::2])
    export_classical(classifier, card, tmp_path / "model.onnx")
    session = ModelSession(tmp_path / "model.onnx")
    for windows in (x[:1], x, np.zeros((2, 2, 128), np.float32)):
        (logits,) = session.logits(windows)
        assert np.isfinite(logits).all() and logits.dtype == np.float32
        np.testing.assert_allclose(logits, classical_logits(classifier, windows), atol=1e-3)
        assert np.array_equal(logits.argmax(1), classifier.predict(flatten(windows)))


@pytest.mark.parametrize("name", CLASSICAL)
def test_two_labels_of_a_file(name, tmp_path):
    data = generate("compat", (10,), 40, seed=7)
    data = data[np.isin(data.label, (LABELS.index("BPSK"), LABELS.index("GFSK")))]
    np.savez(tmp_path / "two.npz", x=data.x, label=np.array(LABELS)[data.label], snr_db=data.snr_db)
    train(name, data=str(tmp_path / "two.npz"), windows=48, out=tmp_path / "model.onnx")
    session = ModelSession(tmp_path / "model.onnx")
    assert session.card.heads[0].labels == ["BPSK", "GFSK"]
    x, label = represent("amp_phase", data.x), (data.label == LABELS.index("GFSK")).astype(int)
    classifier = CLASSICAL[name].make(1).fit(flatten(x[::2]), label[::2])
    export_classical(classifier, session.card, tmp_path / "model.onnx")
    (logits,) = ModelSession(tmp_path / "model.onnx").logits(x)
    np.testing.assert_allclose(logits, classical_logits(classifier, x), atol=1e-3)
    assert np.array_equal(logits.argmax(1), classifier.predict(flatten(x)))


@pytest.mark.parametrize("step", range(4))
def test_a_forest_splits_between_neighbouring_numbers(step):
    """The threshold lies between two float32 numbers, and is nearer to neither: a rounded one would join them in half of the cases."""
    from sklearn.ensemble import RandomForestClassifier

    low = np.float32(2 + step * 2**-22)
    x = np.array([[low], [np.nextafter(low, np.float32(3))]])
    forest = RandomForestClassifier(1, bootstrap=False).fit(x, [0, 1])
    session = ort.InferenceSession(forest_graph(forest, 1).SerializeToString())
    assert np.array_equal(session.run(None, {"features": x})[0], np.eye(2))


@pytest.mark.parametrize("produced", ["random-forest"], indirect=True)  # the only one that draws lots
def test_equal_seeds_give_equal_files(produced, tmp_path):
    name, _, path = produced
    produce_classical(name, 3, WINDOWS, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "perceptron"}, "must be one of random-forest, svm, knn, gaussian-nb. Got 'perceptron'"),
        ({"windows": 0}, "'windows' to fit must be enough to hold each of the 11 labels: 200 are. Got 0 instead"),
        ({"windows": 12}, "Got 12 instead"),
        ({"seed": -1}, "'seed' of a training must be 0 to 2147483647"),
    ],
)
def test_bad_arguments(tmp_path, arguments, message):
    with pytest.raises(ParameterError, match=message):
        produce_classical(**{"name": "gaussian-nb", "seed": 1, "windows": 200, "out": tmp_path / "model.onnx", **arguments})
    assert not list(tmp_path.iterdir())


def test_train_command(tmp_path, capsys):
    train("gaussian-nb", mode="corrected", seed=2, windows=300, out=tmp_path / "model.onnx")
    assert "Accuracy over 0 to 18 dB" in capsys.readouterr().out
    card = ModelSession(tmp_path / "model.onnx").card
    assert card.training.command == "rfsec train gaussian-nb --mode corrected --seed 2 --windows 300"
    assert card.training.data == "rml2016a corrected"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"epochs": 2}, "takes no --epochs"), ({"data": "rml2016a-varied"}, "must have windows of one length")],
)
def test_train_command_refuses(tmp_path, arguments, message):
    with pytest.raises(ParameterError, match=message):
        train("knn", out=tmp_path / "model.onnx", **arguments)
    assert not list(tmp_path.iterdir())


def test_unwritable_path(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        produce_classical("gaussian-nb", 1, 200, tmp_path / "file" / "model.onnx")
