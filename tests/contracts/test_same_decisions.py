# SPDX-License-Identifier: GPL-3.0-or-later
"""One recording, three ways in: the command line, the compiled .grc and hand-written code give the same bytes."""

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import DEADLINE_S, rfsec as run_rfsec
from gnuradio import gr, rfsec
from gnuradio.rfsec.datasets.rml2016a import generate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLE = Path(__file__).parents[2] / "examples" / "classify_recording.grc"
RATE_HZ = 200_000


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("same") / "scene.cf32"
    generate("corrected", [10], 8, seed=99).x.tofile(path)
    return path


@pytest.fixture(scope="module")
def lines(recording, tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "out.jsonl"
    done = run_rfsec("classify", recording, "--windows", "--rate", RATE_HZ, "--jsonl", out)
    assert done.returncode == 0, done.stderr
    assert len(out.read_bytes().splitlines()) == 88
    return out.read_bytes()


def test_the_compiled_flowgraph_decides_as_the_command_line(recording, lines, tmp_path):
    grcc = Path(sys.executable).parent / "grcc"
    subprocess.run([grcc, "-o", tmp_path, EXAMPLE], check=True, capture_output=True, timeout=DEADLINE_S)
    subprocess.run([sys.executable, tmp_path / "classify_recording.py", "--path", recording, "--sample-rate", str(RATE_HZ),
                    "--jsonl", tmp_path / "out.jsonl"], check=True, capture_output=True, timeout=DEADLINE_S)
    assert (tmp_path / "out.jsonl").read_bytes() == lines


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.integers(1, 9000), buffers=st.lists(st.integers(1, 20_000), min_size=2, max_size=2))
def test_hand_written_code_decides_as_the_command_line_at_any_buffer_size(recording, lines, tmp_path, items, buffers):
    source = rfsec.recording_source(str(recording), sample_rate=RATE_HZ)
    windower, classifier = rfsec.iq_windower(length=128, hop=128), rfsec.onnx_classifier("default", length=128)
    sink = rfsec.decision_sink(jsonl=str(tmp_path / "out.jsonl"))
    for block, size in zip((source, windower), buffers):
        block.set_min_output_buffer(0, 1)
        block.set_max_output_buffer(0, size)
    flowgraph = gr.top_block()
    flowgraph.connect(source, windower, classifier)
    flowgraph.msg_connect(classifier, "decisions", sink, "decisions")
    flowgraph.run(items)
    assert (tmp_path / "out.jsonl").read_bytes() == lines
