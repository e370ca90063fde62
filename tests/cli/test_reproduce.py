# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce`` from the front: its figures are those of ``evaluate``, its page holds the paper's beside them."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import onnx
import pytest
from command_line import rfsec, the_error
from gnuradio.rfsec.cli import app
from gnuradio.rfsec.datasets.families import find_family
from gnuradio.rfsec.inference.catalog import find_model
from gnuradio.rfsec.inference.evaluation import evaluate
from gnuradio.rfsec.inference.session import ModelSession
from gnuradio.rfsec.reproduction.catalog import find_table
from gnuradio.rfsec.reproduction.data import TEST_SEED, GeneratedData
from gnuradio.rfsec.reproduction.emitter_rows import EmitterRow
from gnuradio.rfsec.reproduction.named_models import find_named
from gnuradio.rfsec.reproduction.train import TrainingOptions, find_trained
from small_model import small_card, write_small_model
from typer.testing import CliRunner

PER_CELL = 2
FAMILY = find_family("rml2016a")


def reproduce(table, out, *arguments):
    """Run the command in this process; the lines of its table, by row."""
    few = ("--test-windows-per-cell", str(PER_CELL))
    done = CliRunner().invoke(app, ["reproduce", table, "--out", str(out), *few, *arguments])
    assert done.exception is None, done.exception
    return rows_of(out)


def rows_of(out) -> dict[str, dict[str, str]]:
    with (out / "table.csv").open() as file:
        return {line["row"]: line for line in csv.DictReader(file)}


def expected(path, low: int = -20, high: int = 18) -> float:
    """Accuracy in percent over some SNRs, by ``evaluate`` on the windows that the page names."""
    windows = FAMILY.generate(FAMILY.shapes[0], FAMILY.snrs_db, PER_CELL, TEST_SEED)
    windows = windows[(windows.snr_db >= low) & (windows.snr_db <= high)]
    return 100 * evaluate(ModelSession(path), windows, FAMILY.labels).accuracy


def a_model(out, stem: str, name: str, seed: int = 1):
    """A small model of the user's own, where the table looks for that of seed 1."""
    path = out / "models" / f"{stem}-seed1.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    heads = [{"name": "modulation", "labels": FAMILY.labels, "temperature": 1.0, "reject_threshold": 0.0}]
    training = {**small_card()["training"], "seed": seed, "data": FAMILY.name, "note": "Saw 7 windows of 9 that the recipe asks for. More."}
    card = json.dumps(small_card(name=name, heads=heads, training=training))
    return write_small_model(path, card=card, heads=(("modulation", len(FAMILY.labels)),))


def another_seed(source, path, seed: int, **training) -> None:
    """A copy of a model with other weights, and another seed and what else of its training in its card."""
    model, rng = onnx.load(str(source)), np.random.default_rng(seed)
    for weight in model.graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype == np.float32:
            values = values + 0.05 * rng.normal(size=values.shape).astype(np.float32)
            weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    (card,) = (entry for entry in model.metadata_props if entry.key == "rfsec.card")
    fields = json.loads(card.value)
    fields["training"] |= {"seed": seed, **training}
    card.value = json.dumps(fields)
    path.parent.mkdir(parents=True)
    onnx.save(model, str(path))


def is_png(path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG\r\n")


def test_the_shipped_models_beside_the_paper(tmp_path):
    """Seed 2 is never shipped: its rows carry the command that trains them."""
    command = ("reproduce", "lstm-fig3", "--out", tmp_path, "--seeds", 2, "--test-windows-per-cell", PER_CELL,
               "--only", "lstm-amp-phase", "--only", "conv-bigru", "--only", "svm")
    done = rfsec(*command)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    rows, page = rows_of(tmp_path), (tmp_path / "README.md").read_text()
    assert list(rows) == ["lstm-amp-phase", "svm", "conv-bigru"]
    for name in ("lstm-amp-phase", "conv-bigru"):
        assert float(rows[name]["percent"]) == pytest.approx(expected(find_model(name), 0), abs=1e-3)
        assert f"| {float(rows[name]['percent']):.2f} |" in page
    ours = float(rows["lstm-amp-phase"]["percent"])
    assert float(rows["lstm-amp-phase"]["difference_points"]) == pytest.approx(ours - 90, abs=1e-3)
    assert f"about 90 (section V-A) | {ours:.2f} | {ours - 90:+.2f} |" in page
    places = f"{tmp_path}/models/lstm-amp-phase-seed2.onnx --checkpoint {tmp_path}/checkpoints/lstm-amp-phase-seed2.checkpoint"
    trained = f"--seed 2 --out {places}"
    assert rows["lstm-amp-phase"]["not_trained"] == f"rfsec train lstm-amp-phase {trained}"
    assert f"rfsec train lstm-amp-phase {trained}" in page and f"rfsec train svm --seed 2 --out {tmp_path}" in page
    assert "rfsec " + " ".join(map(str, command)) in page
    pictures = {path.name for path in tmp_path.glob("*.png")}
    assert pictures == {"accuracy.png", "confusion-lstm-amp-phase.png", "gates-lstm-amp-phase.png"}
    assert all(is_png(tmp_path / name) and f"({name})" in page for name in pictures)
    with (tmp_path / "accuracy_by_snr.csv").open() as file:
        curve = [float(line["percent"]) for line in csv.DictReader(file) if line["row"] == "conv-bigru"]
    assert len(curve) == 20 and mean(curve) == pytest.approx(expected(find_model("conv-bigru")), abs=1e-3)


def test_a_comparison_says_how_long_both_were_trained(tmp_path):
    """What the paper says of one, two and three layers is asked of LSTMs that saw equally many windows."""
    only = [word for name in ("lstm-amp-phase", "lstm-1x128", "lstm-2x128") for word in ("--only", name)]
    rows = reproduce("lstm-fig3", tmp_path, *only)
    page = (tmp_path / "README.md").read_text()
    gain = float(rows["lstm-1x128"]["percent"]) - float(rows["lstm-2x128"]["percent"])
    seen = [f"{int(rows[name]['windows_seen']) / 1e6:.2f}" for name in ("lstm-1x128", "lstm-2x128")]
    assert f"| lstm-1x128 − lstm-2x128 | -6 | {gain:+.2f} | {seen[0]} / {seen[1]} |" in page and seen[0] == seen[1]
    whys = page.split("## Why rows differ")[1].split("##")[0] if "## Why rows differ" in page else ""
    assert not any("points above | Saw" in line for line in whys.splitlines()), "more training does not lower a row"


def test_two_seeds_give_mean_and_spread(tmp_path):
    shipped, other = find_model("conv-bigru"), tmp_path / "models" / "conv-bigru-seed2.onnx"
    another_seed(shipped, other, 2)
    row = reproduce("lstm-fig3", tmp_path, "--seeds", "2", "--only", "conv-bigru")["conv-bigru"]
    both = [expected(shipped, 0), expected(other, 0)]
    assert both[0] != both[1] and row["seeds"] == "1 2" and row["not_trained"] == ""
    assert float(row["percent"]) == pytest.approx(mean(both), abs=1e-3)
    assert float(row["spread_points"]) == pytest.approx(stdev(both), abs=1e-3)
    assert f"{mean(both):.2f} ± {stdev(both):.2f}" in (tmp_path / "README.md").read_text()


def test_models_that_saw_unequal_numbers_of_windows_have_no_spread(tmp_path):
    shipped, other = find_model("conv-bigru"), tmp_path / "models" / "conv-bigru-seed2.onnx"
    another_seed(shipped, other, 2, windows_seen=10_000)
    done = rfsec("reproduce", "lstm-fig3", "--out", tmp_path, "--seeds", 2, "--test-windows-per-cell", PER_CELL, "--only", "conv-bigru")
    assert done.returncode == 0, done.stderr
    row, page = rows_of(tmp_path)["conv-bigru"], (tmp_path / "README.md").read_text()
    assert row["seeds"] == "1 2" and row["windows_seen"] == "1003200 10000" and row["spread_points"] == ""
    assert "| 2, which saw 1.00 and 0.01 M windows |" in page and "±" not in page and "±" not in done.stdout
    assert "which saw" in done.stdout


def test_a_shipped_model_that_saw_less_than_is_asked_for_is_trained_anew(tmp_path):
    """Of lstm-1x16 the whole training is shipped, of lstm-1x128 a part."""
    rows, data = {row.name: row for row in find_table("lstm-fig12").rows}, GeneratedData(1)
    whole, part = rows["lstm-1x16"], rows["lstm-1x128"]
    seen = ModelSession(find_model("lstm-1x128")).card.training.windows_seen

    def found(row, windows=None):
        return find_trained(row, 1, tmp_path, data, TrainingOptions(windows))

    assert found(whole) == found(whole, 100) == find_model("lstm-1x16") and found(whole, 10**9) is None
    assert found(part) is None and found(part, seen + 1) is None and found(part, seen) == find_model("lstm-1x128")
    own = a_model(tmp_path, "lstm-1x128", "lstm-1x128")
    assert found(part) == own, "the user's own is taken as it is"
    encoder, others = EmitterRow("rffi-fsk", ""), {"rffi-fsk": tmp_path / "shipped.onnx"}
    assert find_named(encoder, 1, tmp_path, others, None, lambda path: False) == others["rffi-fsk"], "nothing is trained without --train"
    assert find_named(encoder, 1, tmp_path, others, lambda *paths: None, lambda path: True) == others["rffi-fsk"]
    assert find_named(encoder, 1, tmp_path, others, lambda *paths: None, lambda path: False) != others["rffi-fsk"]


def test_table_2_with_its_pictures_and_why_a_row_differs(tmp_path):
    path = a_model(tmp_path, "mcldnn", "mcldnn")
    row = reproduce("signet-table2", tmp_path, "--only", "mcldnn", "--only", "conv-bigru")["mcldnn"]
    assert float(row["percent"]) == pytest.approx(expected(path), abs=1e-3) and row["within_1_point"] == "no"
    assert row["paper_percent"] == "61.16" and row["paper_F1"] == "0.6335"
    assert 0 < float(row["AUC micro"]) < 1 and 0 < float(row["AUC macro"]) < 1
    page = (tmp_path / "README.md").read_text()
    below = f"{61.16 - float(row['percent']):.2f} points below"
    assert f"| mcldnn | {below} | Saw 7 windows of 9 that the recipe asks for." in page
    assert "More." not in page.split("## Why rows differ")[1].split("##")[0]
    names = {"accuracy.png", "confusion-rml2016a.png", "roc-rml2016a.png", "features-rml2016a.png"}
    assert {path.name for path in tmp_path.glob("*.png")} == names and all(is_png(tmp_path / name) for name in names)


def test_a_row_of_few_windows_and_its_command(tmp_path):
    path = a_model(tmp_path, "mcldnn-6of600", "mcldnn")
    rows = reproduce("signet-fig7", tmp_path, "--only", "mcldnn-6of600", "--only", "mcldnn-20of600")
    assert float(rows["mcldnn-6of600"]["percent"]) == pytest.approx(expected(path), abs=1e-3)
    other = rows["mcldnn-20of600"]
    assert other["percent"] == "" and other["not_trained"].endswith("--windows-per-cell 20")
    assert is_png(tmp_path / "few-windows.png")


def test_a_row_with_changes_of_its_recipe_has_the_options_for_them(tmp_path):
    name = "signet-r50-optimiser-sgd"
    command = reproduce("signet-table3", tmp_path, "--only", name)[name]["not_trained"]
    assert command.startswith("rfsec train signet-r50 --seed 1 ") and command.endswith(" --optimiser sgd")


def test_speed_stands_beside_the_papers_platforms(tmp_path):
    a_model(tmp_path, "cnn2d", "cnn2d")
    rows = reproduce("lstm-table6", tmp_path, "--only", "cnn2d", "--only", "cnn2d-int8", "--seeds", "2")
    assert float(rows["cnn2d"]["windows_per_s"]) > 0
    page = (tmp_path / "README.md").read_text()
    assert "| paper: Intel i7-3770 |" in page and "| 15,239 | 2,342 | 1,039 | 264 | 36 |" in page
    assert rows["cnn2d-int8"]["not_trained"].endswith(f"--seed 2 --out {tmp_path}/models/cnn2d-int8-seed2.onnx")
    assert is_png(tmp_path / "speed.png")


def test_what_has_no_model_is_trained_on_demand(tmp_path):
    """Seed 2 is never shipped. The network sees one chunk: how right it is, is no matter here."""
    pytest.importorskip("torch")
    a_model(tmp_path, "lstm-1x16", "lstm-1x16")
    row = reproduce("lstm-fig12", tmp_path, "--only", "lstm-1x16", "--seeds", "2", "--train", "--windows", "200",
                    "--device", "cpu")["lstm-1x16"]
    assert row["seeds"] == "1 2" and row["not_trained"] == ""
    card = ModelSession(tmp_path / "models" / "lstm-1x16-seed2.onnx").card
    assert card.training.seed == 2 and row["windows_seen"] == f"0 {card.training.windows_seen}"
    assert (tmp_path / "checkpoints" / "lstm-1x16-seed2.checkpoint").is_file()


def test_a_classical_model_is_fitted_to_no_more_than_its_recipe_says(tmp_path, monkeypatch):
    classical_recipes = pytest.importorskip("gnuradio.rfsec.training.classical_recipes")
    few = replace(classical_recipes.CLASSICAL["gaussian-nb"], default_windows=400)
    monkeypatch.setitem(classical_recipes.CLASSICAL, "gaussian-nb", few)
    reproduce("lstm-fig3", tmp_path, "--only", "gaussian-nb", "--seeds", "2", "--train", "--windows", "500000")
    assert ModelSession(tmp_path / "models" / "gaussian-nb-seed2.onnx").card.training.windows_seen == 400


def test_a_file_of_another_seed_or_model_is_refused(tmp_path):
    a_model(tmp_path / "seed", "mcldnn", "mcldnn", seed=3)
    a_model(tmp_path / "name", "mcldnn", "cnn2d")
    for folder, message in (("seed", "training seed must be 1 for this file. Got 3"), ("name", "name must be 'mcldnn'")):
        done = CliRunner().invoke(app, ["reproduce", "signet-table2", "--out", str(tmp_path / folder), "--only", "mcldnn"])
        assert message in str(done.exception) and not (tmp_path / folder / "README.md").exists()


@pytest.mark.parametrize("arguments, message", [
    (("table9", "--out", "OUT"), "must be one of signet-table2, signet-table3, signet-table4, signet-fig7, lstm-fig3"),
    (("table9", "--out", "OUT"), "lstm-table4, lstm-fig15, lstm-fig16, siamese-table2, mmoe-table3"),
    (("table9", "--out", "OUT"), "kgnet-table4. Got 'table9' instead"),
    (("lstm-fig3", "--out", "OUT", "--test-windows-per-cell", "0"), "'test-windows-per-cell' of a reproduction must be at least 1"),
    (("lstm-fig3", "--out", "OUT", "--seeds", "0"), "The 'seeds' of a reproduction must be at least 1. Got 0"),
    (("lstm-fig3", "--out", "OUT", "--test-windows-per-cell", "1000000000000"), "1000000000000 windows per cell of rml2016a compat do not fit into memory"),
    (("kgnet-fig7", "--out", "OUT", "--train", "--threads", "5000"), "The 'threads' to train with must be 1 to 1024. Got 5000"),
    (("kgnet-fig7", "--out", "OUT", "--train", "--device", "gpu"), "The 'device' to train on must be auto, cpu or cuda. Got 'gpu'"),
    (("lstm-fig3", "--out", "OUT", "--train", "--windows", "0"), "The 'windows' to train rows with must be at least 1. Got 0"),
    (("lstm-fig3", "--out", "OUT", "--only", "gru"), "'only' row of lstm-fig3 must be one of lstm-amp-phase"),
    (("lstm-fig3", "--out", "OUT", "--windows", "5"), "--windows belongs to --train"),
    (("lstm-fig3", "--out", "OUT", "--device", "cpu"), "--device belongs to --train"),
    (("lstm-fig3", "--out", "/dev/null/x"), "The folder '/dev/null/x' cannot be written to"),
])
def test_what_cannot_be_is_refused(arguments, message, tmp_path):
    done = CliRunner().invoke(app, ["reproduce", *(str(tmp_path / "out") if word == "OUT" else word for word in arguments)])
    assert message in str(done.exception) and "\n" not in str(done.exception)


def test_a_refusal_is_one_line_on_the_terminal(tmp_path):
    assert "cannot be written to" in the_error(rfsec("reproduce", "lstm-fig3", "--out", "/dev/null/x"))


def test_theoretical_memory_of_weights_stands_beside_table_5(tmp_path):
    pytest.importorskip("torch")
    a_model(tmp_path, "lstm-ternary", "lstm-ternary")
    row = reproduce("lstm-fig17", tmp_path, "--only", "lstm-ternary")["lstm-ternary"]
    assert row["paper_weights"] == row["weights"] == "200075" and row["weight memory / Mbit"] == "0.40015"
    assert "| ours: weight memory / Mbit |" in (tmp_path / "README.md").read_text()


def test_a_row_that_starts_from_a_parent_says_what_both_saw(tmp_path):
    only = [word for name in ("lstm-amp-phase", "lstm-ternary-4bit") for word in ("--only", name)]
    rows = reproduce("lstm-fig17", tmp_path, "--seeds", "2", *only)
    assert "| 0.25 after 4.00 of its parent / 4.00 |" in (tmp_path / "README.md").read_text()
    parent, start = rows["lstm-amp-phase"]["not_trained"], f"{tmp_path}/checkpoints/lstm-amp-phase-seed2.checkpoint"
    files = f"--out {tmp_path}/models/lstm-ternary-4bit-seed2.onnx --checkpoint {tmp_path}/checkpoints/lstm-ternary-4bit-seed2.checkpoint"
    own = f"rfsec train lstm-ternary-4bit --seed 2 {files} --parent {start}"
    assert start in parent and rows["lstm-ternary-4bit"]["not_trained"] == f"{parent} && {own}"
    (tmp_path / "models").mkdir(exist_ok=True)
    Path(start).parent.mkdir()
    Path(start).touch()  # of a run that was killed
    assert reproduce("lstm-fig17", tmp_path, "--seeds", "2", *only[2:])["lstm-ternary-4bit"]["not_trained"] == f"{parent} && {own}"
    (tmp_path / "models" / "lstm-amp-phase-seed2.onnx").touch()
    assert reproduce("lstm-fig17", tmp_path, "--seeds", "2", *only[2:])["lstm-ternary-4bit"]["not_trained"] == own


def test_the_command_of_a_quantised_row_makes_its_parent_first(tmp_path):
    row = reproduce("lstm-table6", tmp_path, "--seeds", "2", "--only", "lstm-amp-phase-int8")["lstm-amp-phase-int8"]
    first, second = row["not_trained"].split(" && ")
    made = f"{tmp_path}/models/lstm-amp-phase-seed2.onnx"
    assert first.startswith("rfsec train lstm-amp-phase --seed 2") and made in first and second.startswith(f"rfsec quantise {made} --seed 2")


def test_rows_that_share_a_model_share_its_command(tmp_path):
    reproduce("lstm-fig9", tmp_path, "--seeds", "2", "--only", "lstm-varied-4x64", "--only", "lstm-varied-8x128")
    lines = (tmp_path / "README.md").read_text().split("## Not trained")[1].splitlines()
    (line,) = [line for line in lines if line.startswith("- ")]
    assert line.startswith("- lstm-varied-4x64, lstm-varied-8x128, seed 2: `rfsec train lstm-varied --seed 2 ")
