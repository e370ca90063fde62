# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents say of the module is so: names, versions, files, and the program of the README."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gnuradio import rfsec

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def first_cells(heading: str) -> set[str]:
    """The names in backquotes that begin a row of the README's table under ``heading``."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", README, re.M | re.S)[1]
    return set(re.findall(r"^\| `([^`]+)`", section, re.M))


def test_the_readme_lists_every_block():
    blocks = {path.name.removeprefix("rfsec_").removesuffix(".block.yml") for path in (ROOT / "grc").glob("*.block.yml")}
    assert first_cells("Blocks") == blocks
    assert blocks <= set(rfsec.__all__)


def test_the_changelog_names_every_block():
    assert first_cells("Blocks") - set(re.findall(r"`(\w+)`", (ROOT / "CHANGELOG.md").read_text())) == set()


def test_the_manifest_names_every_package_that_runs():
    """Those of CONTRIBUTING's table that neither training nor the tests alone need, whatever they are spelt like."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| (?:Debian|`requirements.txt`) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    needed = {name.replace(" ", "").lower() for row in rows for name in row.split(", ")}
    named = re.search(r"^dependencies:\n((?:  - .*\n)+)", (ROOT / "MANIFEST.md").read_text(), re.M)[1]
    assert needed == {line.split()[1].lower() for line in named.splitlines()}


def test_the_readme_lists_every_model_and_flowgraph():
    assert first_cells("Models") == {path.stem for path in (ROOT / "models").rglob("*.onnx")}
    assert first_cells("In GNU Radio Companion") == {f"examples/{path.name}" for path in (ROOT / "examples").glob("*.grc")}


def test_the_tables_of_models_are_what_the_cards_say():
    """Put right by: .venv/bin/python script/model_table.py"""
    with_tables = runpy.run_path(str(ROOT / "script" / "model_table.py"))["with_tables"]
    assert README == with_tables(README, ROOT / "models")
    assert README != with_tables(README, ROOT / "grc")  # the marks are there: a folder without models empties the tables


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_files_that_a_document_names_exist(document):
    named = re.findall(r"\b(?:script|examples|tests|python|apps)/[\w./-]*\w", (ROOT / document).read_text())
    assert named and [name for name in named if not (ROOT / name).exists() and "NAME" not in name] == []


def test_the_dependency_table_is_what_is_pinned():
    table = re.findall(r"^\| (\S+) \| ([\d.]+) \| `(\S+)`", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    pins = [(*line.split("=="), name) for name in ("requirements.txt", "requirements-dev.txt")
            for line in (ROOT / name).read_text().splitlines() if "==" in line]
    assert sorted(table) == sorted(pins)


def test_the_program_in_the_readme_runs(tmp_path):
    [program] = re.findall(r"```python\n(.*?)```", README, re.S)
    windows = 50
    np.random.default_rng(1).integers(0, 256, 2 * 128 * windows, np.uint8).tofile(tmp_path / "capture.cu8")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "decisions.jsonl").read_text().splitlines()) == windows
