# SPDX-License-Identifier: GPL-3.0-or-later
"""Table IV and figures 15 and 16 of the LSTM paper measured again, from models that decide by width alone."""

import csv

import pytest
from gnuradio.rfsec.cli import app
from gnuradio.rfsec.datasets.technology_spectra import LABELS
from small_technology import technology_card, write_width_classifier
from typer.testing import CliRunner

ROW = "technology-lstm-2x128"
pytest.importorskip("sklearn")


def reproduced(*arguments):
    done = CliRunner().invoke(app, ["reproduce", *map(str, arguments)])
    assert done.exit_code == 0, done.exception
    return done.output


def write_row(out, name=ROW, labels=LABELS[:-1], seed=1):
    (out / "models").mkdir(exist_ok=True)
    card = technology_card()
    write_width_classifier(out / "models" / f"{name}-seed1.onnx", labels=labels, name=name, training={**card["training"], "seed": seed},
                           heads=[{**card["heads"][0], "labels": list(labels)}])


@pytest.mark.parametrize("table, pictures", [("lstm-table4", 0), ("lstm-fig15", 2)])
def test_a_table_is_measured(table, pictures, tmp_path):
    write_row(tmp_path)
    output = reproduced(table, "--out", tmp_path, "--only", ROW, "--test-windows-per-cell", 12)
    assert ROW in output and str(tmp_path / "README.md") in output.replace("\n", "")
    page, rows = (tmp_path / "README.md").read_text(), list(csv.DictReader((tmp_path / "table.csv").open()))
    shares = {row["of"]: float(row["accuracy"]) for row in rows}
    assert shares["WFM"] == shares["radar"] == 0 and shares["GSM"] > 0.5 and shares["LTE"] > 0.3
    assert shares["all"] == pytest.approx(sum(shares[name] for name in LABELS[:-1]) / 6, abs=1e-5)
    paper = "80" if pictures else "81.68"
    assert f"| {ROW} | LSTM, 2 layers, 128 cells | {paper} | {100 * shares['all']:.2f} |" in page
    assert page.count("![") == len(list(tmp_path.glob("*.png"))) == pictures


def test_the_same_command_gives_the_same_numbers(tmp_path):
    write_row(tmp_path)
    tables = []
    for _ in range(2):
        reproduced("lstm-table4", "--out", tmp_path, "--only", ROW, "--test-windows-per-cell", 2)
        tables.append((tmp_path / "table.csv").read_bytes())
    assert tables[0] == tables[1]


def test_what_has_no_model_is_listed_with_its_command(tmp_path):
    output = reproduced("lstm-table4", "--out", tmp_path, "--only", "technology-lstm-1x16", "--seeds", 2, "--test-windows-per-cell", 1)
    assert "Not trained:" in output
    assert "`rfsec train technology-lstm-1x16 --seed 2 --out " in (tmp_path / "README.md").read_text()


def test_another_models_file_and_wrong_options_are_refused(tmp_path):
    write_row(tmp_path, seed=2)
    for arguments, words in ((("lstm-table4", "--only", ROW), "seed 1"), (("lstm-table4", "--only", "kgnet"), "must be one of technology-lstm-1x16"),
                             (("lstm-fig16", "--seeds", "2"), "of one seed"), (("lstm-fig16", "--only", ROW), "one row")):
        done = CliRunner().invoke(app, ["reproduce", *arguments, "--out", str(tmp_path), "--test-windows-per-cell", "1"])
        assert done.exit_code != 0 and words in str(done.exception)


def test_modulations_by_magnitude_fft_are_mapped_and_hardly_told_apart(tmp_path):
    output = reproduced("lstm-fig16", "--out", tmp_path, "--test-windows-per-cell", 1)
    assert "magnitude FFT:" in output and (tmp_path / "map.png").stat().st_size > 10_000
    assert "| magnitude FFT | 19 |" in (tmp_path / "README.md").read_text()
    shares = {row["input"]: float(row["accuracy"]) for row in csv.DictReader((tmp_path / "table.csv").open())}
    assert set(shares) == {"magnitude FFT", "I and Q"} and 0 < shares["magnitude FFT"] < 0.8
