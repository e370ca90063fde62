# SPDX-License-Identifier: GPL-3.0-or-later
"""The joint paper's tables through the real command: measured models, the paper's figures beside them, what has no model."""

import csv
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from command_line import rfsec, the_error

torch = pytest.importorskip("torch")

from gnuradio.rfsec.datasets.amplifiers import AmplifierBench  # noqa: E402
from gnuradio.rfsec.datasets.seeding import Purpose  # noqa: E402
from gnuradio.rfsec.inference.card import METADATA_KEY  # noqa: E402
from gnuradio.rfsec.reproduction.joint_measure import score_of  # noqa: E402
from gnuradio.rfsec.reproduction.joint_page import page  # noqa: E402
from gnuradio.rfsec.reproduction.joint_rows import TABLES  # noqa: E402
from gnuradio.rfsec.training.export import export_onnx  # noqa: E402
from gnuradio.rfsec.training.networks.joint_cnn import JointCnn  # noqa: E402
from gnuradio.rfsec.training.networks.joint_conv import JointConv  # noqa: E402
from small_joint import joint_card  # noqa: E402


def put(folder: Path, name: str, network, seed: int = 1, data: str = "amplifiers, repeated data") -> None:
    (folder / "models").mkdir(parents=True, exist_ok=True)
    card = joint_card(name)
    training = card.training.model_copy(update={"seed": seed, "data": data})
    export_onnx(network, card.model_copy(update={"training": training}), folder / "models" / f"{name}-seed{seed}.onnx")


def test_the_papers_figures_stand_beside_ours(tmp_path):
    torch.manual_seed(1)
    put(tmp_path, "mmoe-cnn-transformer", JointConv((8, 6)))  # the page asks for the card only, and the paper's network takes ten times as long
    put(tmp_path, "joint-conv-unseen-pairs", JointConv((8, 6)), data="amplifiers, repeated data, some modulations of each amplifier left out")
    ran = rfsec("reproduce", "mmoe-table3", "--out", str(tmp_path), "--test-windows-per-cell", "1", "--only", "mmoe-cnn-transformer",
                "--only", "joint-conv-unseen-pairs", "--only", "cnn-rff")
    assert ran.returncode == 0, ran.stderr
    page = (tmp_path / "README.md").read_text()
    assert "75.14" in page and "rfsec train cnn-rff --seed 1" in page and "pairs left out of training" in page
    assert "Ours is trained with more noise: half of its training windows are brought to between -1 and 8 dB" in page
    with (tmp_path / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    mine = [row for row in rows if row["row"] == "mmoe-cnn-transformer"]
    assert {row["condition"] for row in mine} == {"test", "random data", "carrier within 1 kHz", "carrier within 10 kHz", "8 samples a symbol",
                                                  "12 samples a symbol", "other amplifiers", "other amplifiers, enrolled"}
    assert [row["head"] for row in mine if row["condition"] == "other amplifiers"] == ["modulation"] * 5
    assert {row["snr_db"] for row in mine} == {"0", "5", "10", "15", "20"}
    for picture in ("emitters.png", "confusion-emitter.png", "confusion-modulation.png"):
        assert (tmp_path / picture).stat().st_size > 10_000


@pytest.mark.parametrize("name", TABLES)
def test_a_page_says_what_of_the_training_is_not_the_papers(name):
    from gnuradio.rfsec.training.descent import LARGEST_GRADIENT
    from gnuradio.rfsec.training.joint_recipes import JOINT

    said = page(TABLES[name], {}, {}, "rfsec reproduce", {})
    assert "every window is turned by a random phase" in said and f"gradients are cut to a norm of {LARGEST_GRADIENT:g}" in said
    assert f"at a peak rate of {JOINT['mmoe-cnn-transformer'].learning_rate:g}, where the paper says 0.1" in said


def test_every_row_can_be_trained_and_the_papers_are_whole():
    from gnuradio.rfsec.training.joint_recipes import JOINT

    assert set(TABLES) == {"mmoe-table3", "mmoe-table4", "mmoe-fig6", "mmoe-fig7"}
    for table in TABLES.values():
        assert {row.name for row in table.rows} <= set(JOINT)
        assert all(len(stated) == 5 for row in table.rows for stated in row.paper.values())
    assert [row.emitter_weight for row in TABLES["mmoe-fig7"].rows] == [one / 10 for one in range(1, 10)]
    (mmoe,) = (row for row in TABLES["mmoe-table3"].rows if row.name == "mmoe-cnn-transformer")
    assert mmoe.paper["emitter"] == (75.14, 90.89, 97.47, 99.17, 99.67)


def test_figure_7_is_drawn_over_the_weights(tmp_path):
    for name in ("mmoe-cnn-transformer", "mmoe-cnn-transformer-1to9"):
        put(tmp_path, name, JointConv((8, 6)))
    ran = rfsec("reproduce", "mmoe-fig7", "--out", str(tmp_path), "--test-windows-per-cell", "1", "--only", "mmoe-cnn-transformer",
                "--only", "mmoe-cnn-transformer-1to9")
    assert ran.returncode == 0, ran.stderr
    page = (tmp_path / "README.md").read_text()
    assert "| emitter 0.5, modulation 0.5 |" in page and "| emitter 0.1, modulation 0.9 |" in page and "(75.14, " in page
    assert "(weights.png)" in page and (tmp_path / "weights.png").stat().st_size > 10_000


def test_scores_count_what_is_right():
    windows = AmplifierBench(1).windows([9], 2, (0, 20), Purpose.EVALUATION)
    predicted = windows.emitter.astype(int).copy()
    wrong = np.flatnonzero(windows.snr_db == 0)[:24]
    predicted[wrong] = (predicted[wrong] + 1) % 6
    score = score_of({"emitter": predicted}, windows)
    assert score.by_snr["emitter"] == {0: 1 - 24 / 96, 20: 1.0}
    assert score.lowest["emitter"].sum() == 96 and np.trace(score.lowest["emitter"]) == 72


@pytest.mark.parametrize("arguments, said", [
    (("mmoe-table3", "--only", "none"), "'only' row of mmoe-table3 must be one of cnn-rff"),
    (("mmoe-table4", "--emitters", "8"), "--emitters belongs to siamese-table2"),
    (("mmoe-fig6", "--seeds", "0"), "'seeds' of this reproduction must be at least 1"),
])
def test_wrong_options_are_one_line(arguments, said, tmp_path):
    assert said in the_error(rfsec("reproduce", *arguments, "--out", str(tmp_path / "out")))


def test_a_model_of_a_folder_is_refused(tmp_path):
    put(tmp_path, "joint-conv", JointConv((8, 2)))
    path = tmp_path / "models" / "joint-conv-seed1.onnx"
    model = onnx.load(str(path))
    fields = json.loads(model.metadata_props[0].value)
    fields["heads"][1]["labels"] = ["mine", "theirs"]
    onnx.helper.set_model_props(model, {METADATA_KEY: json.dumps(fields)})
    onnx.save(model, str(path))
    ran = rfsec("reproduce", "mmoe-table3", "--out", str(tmp_path), "--only", "joint-conv", "--test-windows-per-cell", "1")
    assert "the labels of 'emitter' must be those of the simulated amplifiers" in the_error(ran)
    assert not (tmp_path / "README.md").exists()


def test_a_model_of_another_seed_is_refused(tmp_path):
    put(tmp_path, "mmoe-cnn", JointCnn((8, 6), transformer=False), seed=1)
    (tmp_path / "models" / "mmoe-cnn-seed1.onnx").rename(tmp_path / "models" / "mmoe-cnn-seed2.onnx")
    put(tmp_path, "mmoe-cnn", JointConv((8, 6)), seed=1)
    ran = rfsec("reproduce", "mmoe-fig6", "--out", str(tmp_path), "--only", "mmoe-cnn", "--seeds", "2", "--test-windows-per-cell", "1")
    assert "the card must be of mmoe-cnn, seed 2" in the_error(ran)
