# SPDX-License-Identifier: GPL-3.0-or-later
"""The KGNet paper's tables: page, CSV and pictures of mappers that the test writes, what stands beside them, and what is refused."""

import csv
import math

import numpy as np
import onnx
import pytest
from command_line import rfsec, the_error
from gnuradio.rfsec.datasets import room
from gnuradio.rfsec.datasets.room import trace
from gnuradio.rfsec.datasets.room_scene import grid
from gnuradio.rfsec.datasets.room_splits import split
from gnuradio.rfsec.inference.catalog import list_mappers
from gnuradio.rfsec.inference.mapper_session import MapperSession
from gnuradio.rfsec.reproduction import keygen_mappings, keygen_models, keygen_probes
from gnuradio.rfsec.reproduction.keygen_complexity import flops
from gnuradio.rfsec.reproduction.keygen_mappings import of_session
from gnuradio.rfsec.reproduction.keygen_measure import FEWEST_FOR_NIST, entropy_bits, nist_shares, points
from gnuradio.rfsec.reproduction.keygen_models import find_mapper_model, open_mapper
from gnuradio.rfsec.reproduction.keygen_results import Results, verdict
from gnuradio.rfsec.reproduction.keygen_rows import Stated
from gnuradio.rfsec.reproduction.keygen_tables import TABLES
from gnuradio.rfsec.reproduction.train import TrainingOptions
from onnx import TensorProto, helper, numpy_helper
from small_mapper import mapper_card, write_conjugating_mapper

SETTING = keygen_probes.Setting()


@pytest.fixture
def out(tmp_path):
    (tmp_path / "models").mkdir()
    card = {"channels": "room paper", "split": "random", "radio": "ideal", "parameters": 2_231_424}
    for name in ("kgnet", "mapper-paper"):
        write_conjugating_mapper(tmp_path / "models" / f"{name}.onnx", 64, representation="cfr", name=name, **card)
    return tmp_path


@pytest.fixture
def few_rooms(monkeypatch):
    """A sixtieth of the room to fit to, for the whole takes half a minute to trace."""
    positions = grid()[::60]
    few = keygen_probes.RoomChannels(positions, *trace("paper", positions))
    monkeypatch.setattr(keygen_mappings, "trained_on", lambda setting: few)


def reproduced(out, table, *options):
    done = rfsec("reproduce", table, "--out", out, "--test-windows-per-cell", "200", "--only", "kgnet", "--only", "mapper-paper", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout, (out / "README.md").read_text(), list(csv.DictReader((out / "table.csv").open()))


def test_a_table_of_points_has_every_score_at_every_snr_and_quantizer(out):
    shown, page, rows = reproduced(out, "kgnet-table2")
    assert len(rows) == 2 * 9 * 3 and {row["levels"] for row in rows} == {"2", "4", "8"}
    assert all(0 <= float(row["key_error_rate"]) <= 1 and float(row["entropy_bits"]) >= 0 and float(row["nmse_h"]) > 0 for row in rows)
    assert "| KGNet | lowest SNR, K = 8 / dB | none | – | holds |" in page and "| KGNet | key error rate at 40 dB, K = 8 | 0.15 |" in page
    assert "## K = 8, quantization factor 0.0143" in page and (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "Not trained" not in shown


def test_rows_without_a_model_are_listed_with_their_command(out):
    (out / "models" / "kgnet.onnx").unlink()
    done = rfsec("reproduce", "kgnet-fig3", "--out", out, "--only", "fnn-5000")
    page = (out / "README.md").read_text()
    assert done.returncode == 0 and "Not trained: 1 mappers" in done.stdout
    assert f"- FNN, 5,000 positions: `rfsec reproduce kgnet-fig3 --train --only fnn-5000 --out {out}`" in page


def test_a_row_that_is_trained_tells_the_command_that_trains_it_so(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    positions = grid()[::60]
    monkeypatch.setattr(room, "load_room", lambda scenario: room.RoomChannels(positions, *trace(scenario, positions)))
    row = next(row for row in TABLES["kgnet-fig3"].rows if row.name == "fnn-5000")
    path = find_mapper_model("kgnet-fig3", row, tmp_path, TrainingOptions(windows=3000), lambda *done: None)
    training = open_mapper(path, row, 1).card.training
    assert training.command == f"rfsec reproduce kgnet-fig3 --train --windows 3000 --only fnn-5000 --out {tmp_path}"
    assert 0 < training.windows_seen <= 3000 and "of 500 that the recipe asks for" in training.note


def test_a_shipped_mapper_that_saw_less_than_is_asked_for_is_trained_anew(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    positions = grid()[::60]
    monkeypatch.setattr(room, "load_room", lambda scenario: room.RoomChannels(positions, *trace(scenario, positions)))
    row = next(row for row in TABLES["kgnet-fig8"].rows if row.name == "fnn")

    def found(note, windows, training):
        of_card = {**mapper_card(64)["training"], "windows_seen": windows, "note": note}
        shipped = write_conjugating_mapper(tmp_path / "shipped.onnx", 64, name="fnn", training=of_card)
        monkeypatch.setattr(keygen_models, "list_mappers", lambda: {"fnn": shipped})
        return find_mapper_model("kgnet-fig8", row, tmp_path, training, lambda *done: None).name

    short, whole = "1 epochs of 500 that the recipe asks for of 1000 positions", "500 epochs of 1000 positions"
    assert found(short, 1000, None) == found(short, 1000, TrainingOptions(windows=1000)) == "shipped.onnx"
    assert found(whole, 500_000, TrainingOptions()) == "shipped.onnx"
    assert found(whole, 500_000, TrainingOptions(windows=600_000)) == "shipped.onnx", "a mapper sees no more than its recipe's epochs"
    assert found(short, 1000, TrainingOptions(windows=3000)) == "fnn.onnx"


def test_table_3_has_raw_decorrelated_and_hashed_bits(out):
    done = rfsec("reproduce", "kgnet-table3", "--out", out, "--test-windows-per-cell", "1200", "--only", "kgnet")
    assert done.returncode == 0, done.stderr
    numbers = {(row["row"], row["number"]): float(row["value"]) for row in csv.DictReader((out / "table.csv").open())}
    assert {row for row, _ in numbers} == {"KGNet", "decorrelated: KGNet", "hashed: KGNet"} and ("KGNet", "rank") not in numbers
    assert numbers["KGNet", "runs"] < 0.5 < 0.9 < numbers["hashed: KGNet", "runs"], "neighbouring carriers are alike until they are hashed"
    assert "| KGNet | rank | 0.8511 | – | none here |" in (out / "README.md").read_text()


def test_as_few_positions_as_are_taken_are_enough():
    session = of_session(MapperSession(list_mappers()["kgnet"]))
    shares = nist_shares(session, keygen_probes.draw(session.setting, 25, FEWEST_FOR_NIST))
    assert set(shares) == {"", "decorrelated: ", "hashed: "} and all(0 <= one <= 1 for found in shares.values() for one in found.values())


def test_what_stands_beside_is_in_the_order_that_it_must_be(few_rooms):
    probes = {snr_db: keygen_probes.draw(SETTING, snr_db, 200) for snr_db in (10, 40)}
    mappings = {name: keygen_mappings.beside(name) for name in keygen_mappings.BESIDE}
    found = {(name, snr_db): points(one, probes[snr_db], ((2, 0.1),))[0] for name, one in mappings.items() for snr_db in probes}
    wrong = {key: one.key_error_rate for key, one in found.items()}
    assert wrong["floor", 40] == 0 < wrong["floor", 10] < wrong["complex ridge", 10] < wrong["no mapper", 10]
    assert wrong["complex ridge", 40] < wrong["nearest position", 40] < wrong["no mapper", 40] < 0.4
    assert wrong["Eve at 0.01 m", 40] < 0.1 < 0.35 < wrong["Eve at 0.15 m", 40]
    assert found["floor", 40].nmse_h < 1e-9 and found["floor", 40].nmse == pytest.approx(1e-5, rel=0.9)


def test_probes_are_of_test_positions_and_the_same_each_time():
    one, other = (keygen_probes.draw(SETTING, 20, 100) for _ in range(2))
    assert np.array_equal(one.band1, other.band1) and not np.array_equal(one.band1, keygen_probes.draw(SETTING, 25, 100).band1)
    tested = {tuple(position) for position in grid()[split("random", grid(), keygen_probes.SEED)[1]]}
    assert all(tuple(position) in tested for position in one.positions)
    noise = np.mean(np.abs(one.band2 - one.true) ** 2) / np.mean(np.abs(one.true) ** 2)
    assert 10 * math.log10(noise) == pytest.approx(-20, abs=1)
    assert np.array_equal(keygen_probes.draw(SETTING, math.inf, 100).band2, one.true)


def test_entropy_is_that_of_positions_and_not_of_bits():
    rng = np.random.default_rng(1)
    one_of_16 = rng.integers(0, 2, (16, 128), dtype=np.int8)[rng.integers(0, 16, 4000)]
    assert entropy_bits(one_of_16, 2) == pytest.approx(4, abs=0.5)
    assert entropy_bits(np.zeros((4000, 128), np.int8), 2) == 0


def test_flops_are_the_papers(tmp_path):
    nodes = [helper.make_node("Unsqueeze", ["x", "axis"], ["one"]), helper.make_node("Conv", ["one", "kernels"], ["two"]),
             helper.make_node("Flatten", ["two"], ["flat"]), helper.make_node("MatMul", ["flat", "dense"], ["y"]),
             helper.make_node("Gemm", ["y", "last"], ["z"], transB=1)]
    weights = {"axis": np.array([1]), "kernels": np.zeros((8, 1, 8), np.float32), "dense": np.zeros((8 * 121, 5), np.float32),
               "last": np.zeros((3, 5), np.float32)}
    shapes = [[helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", size])] for name, size in (("x", 128), ("z", 3))]
    graph = helper.make_graph(nodes, "network", *shapes, [numpy_helper.from_array(value, name) for name, value in weights.items()])
    onnx.save(helper.make_model(graph), tmp_path / "one.onnx")
    assert flops(tmp_path / "one.onnx") == 2 * 128 * (8 * 8 + 1) * 8 + (2 * 8 * 121 - 1) * 5 + (2 * 5 - 1) * 3


@pytest.mark.parametrize("stated, ours, said", [
    (Stated("kgnet", "flops", 10), 12, "+2"), (Stated("kgnet", "flops", 10), None, "none here"),
    (Stated("kgnet", "threshold_db", None), None, "holds"), (Stated("kgnet", "threshold_db", None), 20, "does not hold"), (Stated("kgnet", "key_error_rate", 1e-3, "below"), 9e-4, "holds"),
    (Stated("kgnet", "key_error_rate", 1e-3, "below"), 1e-3, "does not hold"), (Stated("kgnet", "key_generation_ratio", 1.6, "about"), 1.55, "holds"),
    (Stated("kgnet", "key_generation_ratio", 1.6, "about"), 1.45, "does not hold")])
def test_a_verdict_is_by_what_the_paper_says(stated, ours, said):
    assert verdict(stated, ours) == said


def test_every_row_that_is_stated_is_in_its_table():
    for table in TABLES.values():
        assert len({row.name for row in table.rows}) == len({row.title for row in table.rows}) == len(table.rows), table.name
        assert all(Results(table).title_of(one.row) for one in table.stated), table.name
        assert set(table.beside) <= set(keygen_mappings.BESIDE), table.name


def test_recipes_are_there_and_take_the_changes():
    pytest.importorskip("torch")
    from dataclasses import replace

    from gnuradio.rfsec.training.mapper_recipes import find_mapper_recipe

    made = {}
    for table in TABLES.values():
        for row in table.rows:
            recipe = replace(find_mapper_recipe(row.recipe), name=row.name, **row.changes)
            assert made.setdefault(row.name, recipe) == recipe, "two recipes of one name"


def test_what_is_refused(out):
    for words, message in ((("kgnet-fig9", "--only", "vgg"), "'only' row of kgnet-fig9 must be one of kgnet"),
                           (("kgnet-fig9", "--seeds", "2"), "The mappers of kgnet-fig9 are of one seed"),
                           (("kgnet-fig9", "--emitters", "8"), "--emitters belongs to siamese-table2"),
                           (("kgnet-fig9", "--test-windows-per-cell", "31"), "'test-windows-per-cell' of this reproduction must be at least 32. Got 31"),
                           (("kgnet-table3", "--test-windows-per-cell", "32"), "'test-windows-per-cell' of this reproduction must be at least 33. Got 32")):
        assert message in the_error(rfsec("reproduce", *words, "--out", out))
    write_conjugating_mapper(out / "models" / "kgnet.onnx", 64, name="another", channels="room paper")
    done = rfsec("reproduce", "kgnet-fig8", "--only", "kgnet", "--out", out)
    assert "must be of kgnet, seed 1, trained in the room. It is of another, seed 1" in the_error(done)
