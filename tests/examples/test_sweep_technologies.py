# SPDX-License-Identifier: GPL-3.0-or-later
"""The example that sweeps a band: its program decides about a recorded sweep as hand-written code does, and ends with its window."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from companion import ROOT
from gnuradio import gr, rfsec
from sensor_scene import BAND_HZ, CARRIERS_HZ, write_small_technologies, write_sweep

LIMIT_S, POLL_S = 60, 0.05
OFFSCREEN = "This plugin does not support propagateSizeHints()"  # so says Qt's screen that is none
START_HZ, STOP_HZ = BAND_HZ[0], BAND_HZ[0] + 5.12e6
PASSES = 3


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    grcc = Path(sys.executable).parent / "grcc"
    done = subprocess.run([grcc, "-o", folder, ROOT / "examples/sweep_technologies.grc"], capture_output=True, text=True, timeout=LIMIT_S,
                          env={**os.environ, "GRC_BLOCKS_PATH": str(ROOT / "grc")})
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "sweep_technologies.py"


def started(program, *options):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(program.parent)}
    return subprocess.Popen([sys.executable, program, *map(str, options)], cwd=program.parent, env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def test_the_program_decides_as_hand_written_code_does(program, tmp_path):
    recording, model = write_sweep(tmp_path / "sweep.sigmf", PASSES), write_small_technologies(tmp_path / "technologies.onnx")
    bins = round((STOP_HZ - START_HZ) / 10e3)
    source, spectrum = rfsec.recording_source(str(recording)), rfsec.averaged_spectrum(start_hz=START_HZ, stop_hz=STOP_HZ, settle_s=0.002)
    classifier, sink = rfsec.technology_classifier(str(model), bins), rfsec.decision_sink(jsonl=str(tmp_path / "by_hand.jsonl"))
    top = gr.top_block()
    top.connect(source, spectrum, classifier)
    top.msg_connect(classifier, "decisions", sink, "decisions")
    top.run()
    expected = (tmp_path / "by_hand.jsonl").read_bytes()
    places = [one["freq_hz"] + one["centre_hz"] for one in map(json.loads, expected.splitlines())]
    for carrier_hz in CARRIERS_HZ:
        assert sum(abs(place - carrier_hz) < 30e3 for place in places) == PASSES
    decisions = tmp_path / "compiled.jsonl"
    with started(program, "--path", recording, "--model", model, "--start-hz", START_HZ, "--stop-hz", STOP_HZ, "--jsonl", decisions) as process:
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline and process.poll() is None and not (decisions.exists() and decisions.read_bytes() == expected):
            time.sleep(POLL_S)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0 and set(stderr.splitlines()) <= {OFFSCREEN}
    assert decisions.read_bytes() == expected


def test_a_missing_recording_is_named_and_fails(program, tmp_path):
    model = write_small_technologies(tmp_path / "technologies.onnx")
    with started(program, "--path", tmp_path / "nowhere.sigmf-meta", "--model", model) as process:
        _, stderr = process.communicate(timeout=LIMIT_S)
    assert process.returncode != 0 and "nowhere" in stderr.splitlines()[-1]
