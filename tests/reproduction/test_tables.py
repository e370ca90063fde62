# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables hold every figure of the papers, copied here a second time, and each row names a model that can be made."""

import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.reproduction.catalog import TABLES, find_table
from gnuradio.rfsec.reproduction.named_rows import named_rows
from gnuradio.rfsec.reproduction.table import Figure

ON_RML2016A = {"GAF": 49.43, "MTF": 48.17, "Constellation": 44.92, "1D-ResNet": 57.74, "2D-CNN": 54.02, "LSTM": 57.20,
               "MCLDNN": 61.16, "SigNet": 61.35, "SigNet2.0": 62.30}
ON_SIG2019 = {"GAF": 67.31, "MTF": 65.21, "Constellation": 41.78, "1D-ResNet": 64.47, "2D-CNN": 41.95, "LSTM": 66.90,
              "MCLDNN": 67.52, "SigNet": 72.69, "SigNet2.0": 72.87}


def stated(name: str, dataset: str) -> dict[str, float]:
    return {row.title: row.paper.percent for row in find_table(name).rows if row.dataset == dataset and row.paper}


def test_table_2_is_there_in_full():
    assert stated("signet-table2", "rml2016a") == ON_RML2016A and stated("signet-table2", "sig2019-12") == ON_SIG2019
    rows = {row.name: row for row in find_table("signet-table2").rows}
    assert rows["signet2-r50"].also == {"F1": "0.6487", "recall": "0.6226", "training time": "43m", "parameters": "23.52M"}
    assert rows["mcldnn-sig2019"].also == {"F1": "0.6731", "recall": "0.6738", "training time": "1h42m", "parameters": "0.37M"}


@pytest.mark.parametrize("model, millions", [("lstm-128-64", 0.118), ("mcldnn", 0.406), ("signet2-r50", 23.45)])
def test_table_2_says_where_a_network_has_another_size_than_the_paper_states(model, millions):
    torch = pytest.importorskip("torch")
    from gnuradio.rfsec.training.recipes import find_recipe

    (row,) = (row for row in find_table("signet-table2").rows if row.name == model)
    with torch.device("meta"):
        count = sum(parameter.numel() for parameter in find_recipe(model).network(11).parameters())
    assert count / 1e6 == pytest.approx(millions, abs=0.005)
    (said,) = row.reasons
    assert f"{millions:g} M" in said and row.also["parameters"].replace("M", " M") in said


def test_tables_3_and_4_are_there_in_full():
    order = [row.paper.percent for row in find_table("signet-table3").rows]
    assert order == [60.60, 60.29, 61.35, 59.53, 61.44, 60.99, 60.98, 60.83, 61.18, 61.20,
                     72.69, 72.14, 71.93, 69.13, 70.12, 70.01, 72.20, 72.58, 71.98]
    rows = find_table("signet-table4").rows
    assert [row.paper.percent for row in rows] == [60.38, 60.48, 61.35, 60.85, 72.13, 72.52, 72.14, 72.26]
    assert [row.also["parameters"] for row in rows[:4]] == ["11.17M", "21.28M", "23.52M", "42.52M"]


def test_figure_7_has_what_the_text_states():
    rows = {row.name: row.paper for row in find_table("signet-fig7").rows if row.paper}
    exact = {name: figure.percent for name, figure in rows.items() if figure.kind == "exact"}
    assert exact == {"signet-r50-6of600": 36.35, "signet2-r50-6of600": 41.47,
                     "signet-r50-80of600": 56.94, "signet2-r50-80of600": 56.63,
                     "signet-r50-sig2019-9of900": 44.49, "signet2-r50-sig2019-9of900": 44.88,
                     "signet-r50-sig2019-100of900": 67.67, "signet2-r50-sig2019-100of900": 68.10}
    assert {name for name, figure in rows.items() if figure.kind == "at least" and figure.percent == 20} == {
        "signet-r50-1of600", "signet2-r50-1of600", "signet-r50-sig2019-1of900", "signet2-r50-sig2019-1of900"}


def test_the_lstm_papers_tables_5_and_6_are_there_in_full():
    also = {row.title: tuple(row.also.values()) for row in find_table("lstm-fig17").rows}
    assert also == {
        "CNN: full precision": ("5451096", "5451096", "174.44 MB"), "CNN: binary": ("5451096", "5451096", "5.45 MB"),
        "LSTM: full precision": ("200075", "262144", "6.4 MB"),
        "LSTM: ternary weights, 4-bit activations": ("200075", "262144", "400.15 KB"),
        "LSTM: ternary weights": ("200075", "262144", "400.15 KB")}
    table = find_table("lstm-table6")
    assert [row.title for row in table.rows] == ["CNN-FP", "CNN-8b", "LSTM-FP", "LSTM-8b"]
    assert {name: [figures[row.name] for row in table.rows] for name, figures in table.platforms.items()} == {
        "Nvidia GeForce GTX 1060": [15239, 85, 12874, 76], "Nvidia Tegra TX2": [2342, 205, 2785, 127],
        "Intel i7-3770": [1039, 85, 1035, 81], "Jetson board (ARMv8)": [264, 217, 275, 164],
        "Raspberry pi-2 (ARMv7)": [36, 30, 24, 21]}


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_names_of_their_own_and_comparisons_are_of_rows(name):
    table = TABLES[name]
    names = [row.name for row in table.rows]
    assert len(set(names)) == len(names)
    assert {one for pair in table.comparisons for one in (pair.row, pair.other)} <= set(names)
    assert set(table.closer_look) <= set(names)
    assert {row.name for row in named_rows(table.name, table.rows, names[1:3])} == set(names[1:3])


def test_every_row_names_a_model_that_can_be_made():
    pytest.importorskip("torch")
    from gnuradio.rfsec.training.classical import CLASSICAL
    from gnuradio.rfsec.training.recipe import Recipe
    from gnuradio.rfsec.training.recipes import RECIPES

    models = {row.model.removesuffix("-int8") for table in TABLES.values() for row in table.rows}
    assert models - {*RECIPES, *CLASSICAL} == set()
    changes = {field for table in TABLES.values() for row in table.rows for field in row.changes}
    assert changes == {"batch", "optimiser"} and changes <= set(Recipe.__dataclass_fields__)


@pytest.mark.parametrize("kind, ours, difference", [
    ("exact", 61, 1), ("exact", 57, -3), ("about", 61, 1), ("at least", 75, 0), ("at least", 58.5, -1.5)])
def test_a_difference_from_a_figure(kind, ours, difference):
    assert Figure(60, "table", kind).difference(ours) == difference


@pytest.mark.parametrize("name", TABLES)
def test_a_page_says_what_of_the_training_is_not_the_papers(name):
    pytest.importorskip("torch")
    from gnuradio.rfsec.training.descent import LARGEST_GRADIENT

    notes = " ".join(TABLES[name].notes)
    assert "turned by a random phase" in notes and f"gradients are cut to a norm of {LARGEST_GRADIENT:g}" in notes


def test_an_unknown_table_and_an_unknown_row_name_those_that_are_known():
    with pytest.raises(ParameterError, match="'table' to reproduce must be one of signet-table2, .*lstm-table6. Got 'table9'"):
        find_table("table9")
    with pytest.raises(ParameterError, match="'only' row of lstm-table6 must be one of cnn2d, .* Got 'svm'"):
        named_rows("lstm-table6", find_table("lstm-table6").rows, ["svm"])
