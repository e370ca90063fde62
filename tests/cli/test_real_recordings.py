# SPDX-License-Identifier: GPL-3.0-or-later
"""Every I/Q or WAV file of a folder of real recordings goes through the command line's flowgraph without error."""

import json
import os
from pathlib import Path

import pytest
from gnuradio.rfsec.cli import app
from typer.testing import CliRunner

FOLDER = Path(os.environ.get("RFSEC_RECORDINGS", ""))
MANIFEST = FOLDER / "MANIFEST.json"
FORMATS = {"wav_real": "wav"}
FILES = [one for one in json.loads(MANIFEST.read_text())["files"] if one.get("sample_format")] \
    if "RFSEC_RECORDINGS" in os.environ else []


@pytest.mark.skipif("RFSEC_RECORDINGS" not in os.environ, reason="RFSEC_RECORDINGS names no folder of recordings")
def test_the_folder_holds_recordings():
    assert FILES


@pytest.mark.parametrize("entry", FILES, ids=[one["name"] for one in FILES])
def test_a_real_recording_is_classified(tmp_path, entry):
    options = ["--format", FORMATS.get(entry["sample_format"], entry["sample_format"]),
               "--skip-bytes", str(entry.get("header_bytes") or 0)]
    rate = entry.get("sample_rate") or entry.get("sample_rate_assumed")
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(app, ["classify", str(FOLDER / entry["name"]), "--windows", *options, "--rate", str(rate),
                                    "--jsonl", str(out)])
    assert done.exit_code == 0, done.exception
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert lines and {one["verdict"] for one in lines} <= {"accepted", "unknown"}
    starts = [one["sample_start"] for one in lines]
    assert starts == list(range(0, 128 * len(lines), 128))
