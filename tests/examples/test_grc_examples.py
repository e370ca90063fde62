# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example flowgraph is valid, compiles with the wrapper grcc, and its program runs without a screen."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from burst_scene import burst_scene
from command_line import rfsec as command
from companion import EXAMPLES, complaints, load, validated
from fsk_scene import RATE_HZ, fsk_scene
from gnuradio import gr, rfsec
from gnuradio.grc.core.blocks._flags import Flags
from gnuradio.rfsec.datasets import amplifiers
from gnuradio.rfsec.detection.condition import SHARE
from gnuradio.rfsec.fingerprint import fsk_values
from gnuradio.rfsec.inference.catalog import find_model
from small_encoder import write_selecting_encoder
from small_model import write_burst_model

LIMIT_S = 120
POLL_S = 0.05
OFFSCREEN = "This plugin does not support propagateSizeHints()"  # so says Qt's screen that is none
WINDOWS, LENGTH = 150, 128
NAMES = [path.stem for path in EXAMPLES]
every_example = pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
window_examples = pytest.mark.parametrize("path", [path for path in EXAMPLES if path.stem.startswith(("classify", "joint"))],
                                          ids=lambda path: path.stem)
recording_examples = pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("classify_recording")])
usrp_examples = pytest.mark.parametrize("name", [name for name in NAMES if "usrp" in name])


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The folder of the programs that the wrapper grcc makes of all examples."""
    folder = tmp_path_factory.mktemp("programs")
    grcc = Path(sys.executable).parent / "grcc"
    done = subprocess.run([grcc, "-o", folder, *EXAMPLES], capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def recording(tmp_path):
    """A cf32 file of whole windows and an incomplete one, in which something changes."""
    rng = np.random.default_rng(3)
    samples = rng.normal(size=(WINDOWS * LENGTH + 17, 2)).astype(np.float32)
    samples[::3, 1] = 0
    path = tmp_path / "recording.cf32"
    samples.tofile(path)
    return path


def run(program, *options):
    with started(program, *options) as process:
        stdout, stderr = process.communicate(timeout=LIMIT_S)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def started(program, *options):
    """A program that runs, without a screen."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(program.parent)}
    return subprocess.Popen([sys.executable, program, *map(str, options)], cwd=program.parent, env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_examples_are_there_without_what_is_made_of_them():
    assert {"classify_recording", "classify_usrp_b210", "classify_usrp_x310"} <= set(NAMES)
    assert {path.suffix for path in EXAMPLES[0].parent.iterdir()} == {".grc", ".yaml"}  # flowgraphs, and the configuration of a sensor


@every_example
def test_flowgraph_is_valid(path):
    flowgraph = load(path)
    assert [block.key for block in flowgraph.blocks if block.is_dummy_block] == []
    assert complaints(flowgraph) == []


@every_example
def test_flowgraph_explains_itself(path):
    flowgraph = load(path)
    options = {key: parameter.get_value() for key, parameter in flowgraph.options_block.params.items()}
    assert options["id"] == path.stem
    assert options["title"] and options["description"] and options["comment"]
    window = any(Flags.NEED_QT_GUI in block.flags or block.key.startswith("qtgui_") for block in flowgraph.blocks)
    assert (options["generate_options"], options["run_options"]) == (("qt_gui", "prompt") if window else ("no_gui", "run"))
    for block in flowgraph.blocks:
        assert not block.key.startswith("rfsec_") or block.params["comment"].get_value(), block.name


@window_examples
def test_flowgraph_fits_its_model(path):
    blocks = {block.key: block for block in load(path).blocks}
    chosen = {key: parameter.get_evaluated() for key, parameter in blocks["rfsec_onnx_classifier"].params.items()}
    card = rfsec.ModelSession(find_model(chosen["model"])).card
    assert chosen["representation"] == card.input.representation
    assert card.input.window_min <= chosen["length"] <= card.input.window_max
    assert list(chosen["classes"]) == [len(head.labels) for head in card.heads]
    assert chosen["on_overload"] == ("skip" if "uhd_usrp_source" in blocks else "wait")


def test_the_survey_of_a_recording_waits_and_has_a_model_of_bursts():
    [path] = [path for path in EXAMPLES if path.stem == "survey_band"]
    blocks = {block.key: block for block in load(path).blocks}
    for name in ("detector", "classifier"):
        assert blocks[f"rfsec_burst_{name}"].params["on_overload"].get_evaluated() == "wait"
    model = blocks["rfsec_burst_classifier"].params["model"].get_evaluated()
    assert rfsec.ModelSession(find_model(model)).card.input.conditioned_bandwidth == SHARE


def test_the_survey_decides_as_the_command_line_does_and_ends_with_its_window(programs, tmp_path):
    bursts = [(40_000 * number + 9_000, 6_000, 0.3 - 0.06 * number) for number in range(9)]
    burst_scene(400_000, bursts).tofile(tmp_path / "band.cf32")
    model, decisions = write_burst_model(tmp_path / "small.onnx"), tmp_path / "survey.jsonl"
    done = command("classify", tmp_path / "band.cf32", "--rate", "1e6", "--model", model,
                   "--jsonl", tmp_path / "classify.jsonl")
    expected = (tmp_path / "classify.jsonl").read_bytes()
    assert done.returncode == 0 and len(expected.splitlines()) == 9
    with started(programs / "survey_band.py", "--path", tmp_path / "band.cf32", "--sample-rate", "1M", "--model", model,
                 "--jsonl", decisions) as process:
        until(lambda: decisions.exists() and decisions.read_bytes() == expected)
        ended(process)
    assert decisions.read_bytes() == expected


def until(holds) -> None:
    """Wait until ``holds()``, or for a long time."""
    deadline = time.monotonic() + LIMIT_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(POLL_S)


def ended(process) -> None:
    """End a program that has a window as closing the window does."""
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0 and set(stderr.splitlines()) <= {OFFSCREEN}


def test_emitters_are_enrolled_and_then_told_apart(programs, tmp_path):
    gallery, decisions = tmp_path / "gallery.db", tmp_path / "who.jsonl"
    encoder = write_selecting_encoder(tmp_path / "encoder.onnx", "fsk_burst", len(fsk_values.NAMES), 0)
    fsk_scene(["door"] * 3).tofile(tmp_path / "door.cf32")
    fsk_scene(["gate", "door", "stranger"], seed=9).tofile(tmp_path / "all.cf32")
    options = ("--sample-rate", "1M", "--gallery", gallery, "--model", encoder)
    with started(programs / "enrol_emitters.py", "--path", tmp_path / "door.cf32", "--emitter", "door", "--examples", "2",
                 *options) as process:
        until(lambda: gallery.exists() and json.loads(command("fingerprint", "list", gallery, "--json").stdout or "{}").get("emitters"))
        ended(process)
    with started(programs / "authenticate_emitters.py", "--path", tmp_path / "all.cf32", "--jsonl", decisions, *options) as process:
        until(lambda: decisions.exists() and len(decisions.read_bytes().splitlines()) == 3)
        ended(process)
    assert [json.loads(line)["label"] for line in decisions.read_text().splitlines()] == [None, "door", None]


def test_the_flowgraphs_for_two_radios_fit_each_other():
    paths = {path.stem: path for path in EXAMPLES}
    ends = [{block.name: {key: one.get_evaluated() for key, one in block.params.items() if key not in ("comment", "alias")}
             for block in load(paths[f"keygen_{end}_usrp"]).blocks} for end in ("alice", "bob")]
    alice, bob = ends
    assert (alice["tx_freq"]["value"], alice["rx_freq"]["value"]) == (bob["rx_freq"]["value"], bob["tx_freq"]["value"])
    for name in ("rfsec_ofdm_sounder_0", "rfsec_ofdm_cfr_estimator_0", "rfsec_channel_features_0", "rfsec_guard_band_quantizer_0"):
        assert alice[name] == bob[name]
    differ = {key for key, value in alice["rfsec_key_agreement_0"].items() if bob["rfsec_key_agreement_0"][key] != value}
    assert differ == {"identity", "peer", "role", "endpoint"}
    for end, blocks in zip(("alice", "bob"), ends):
        assert blocks["rfsec_kgnet_mapper_0"]["end"] == blocks["rfsec_key_agreement_0"]["role"] == end
        assert blocks["rfsec_ofdm_sounder_0"]["repeats"] == blocks["rfsec_ofdm_cfr_estimator_0"]["repeats"]
        assert blocks["rfsec_ofdm_sounder_0"]["period"] == blocks["rate"]["value"] * blocks["rfsec_channel_features_0"]["period"]


@pytest.mark.parametrize("end", ["alice", "bob"])
def test_the_ends_can_record_before_there_is_a_mapper(end):
    """The note says what to disable for that: whatever needs the mapper."""
    [path] = [path for path in EXAMPLES if path.stem == f"keygen_{end}_usrp"]
    flowgraph = load(path)
    [note] = [block for block in flowgraph.blocks if block.key == "note"]
    named = re.search(r"Disable (.*?):", note.params["comment"].get_value(), re.S)
    labels = re.split(r",\s+", named[1]) if named else []
    for block in flowgraph.blocks:
        if block.label in labels:
            labels.remove(block.label)
            block.state = "disabled"
    assert complaints(validated(flowgraph)) == [] and labels == []
    left = {block.key for block in flowgraph.blocks if block.enabled}
    assert "rfsec_kgnet_mapper" not in left and {"rfsec_ofdm_sounder", "rfsec_ofdm_cfr_estimator", "rfsec_probe_sink"} <= left


def test_two_ends_in_the_simulated_room_get_one_key_in_every_run(programs):
    names = []
    for _ in range(2):
        with started(programs / "keygen_simulated_room.py", "--rate", "500") as process:
            limit = threading.Timer(LIMIT_S, process.kill)
            limit.start()
            says = list(islice((line for line in process.stdout if "agreed" in line), 2))
            limit.cancel()
            process.send_signal(signal.SIGTERM)
            _, stderr = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0 and set(stderr.splitlines()) <= {OFFSCREEN}
        keys = [re.search(r"key_id \. (\w+)\).*agreed \. #t", line) for line in says]
        assert all(keys) and keys[0][1] == keys[1][1]
        names.append(keys[0][1])
    assert names[0] != names[1]  # other identities: nothing of a run stays


def test_one_model_tells_modulation_and_emitter_of_each_window(programs, tmp_path):
    [path] = [path for path in EXAMPLES if path.stem == "joint_modulation_emitter"]
    blocks = {block.key: {key: one.get_evaluated() for key, one in block.params.items()} for block in load(path).blocks if block.enabled}
    sizes = [len(labels) for labels in (amplifiers.MODULATIONS, amplifiers.EMITTERS)]
    for name in ("onnx_classifier", "joint_view"):
        assert (blocks[f"rfsec_{name}"]["length"], list(blocks[f"rfsec_{name}"]["classes"])) == (amplifiers.WINDOW, sizes)
    assert blocks["rfsec_joint_view"]["samples_per_symbol"] == amplifiers.SAMPLE_RATE_HZ * amplifiers.SYMBOL_S
    heads = ("modulation", "emitter")
    decisions, windows = tmp_path / "decisions.jsonl", blocks["rfsec_joint_view"]["decisions"]
    with started(programs / "joint_modulation_emitter.py", "--rate", "30M", "--jsonl", decisions) as process:
        until(lambda: decisions.exists() and decisions.read_bytes().count(b"\n") >= 2 * windows)
        ended(process)
    records = [json.loads(line) for line in decisions.read_text().splitlines()]
    assert [(one["sample_start"], one["head"]) for one in records[:2 * windows]] == [
        (amplifiers.WINDOW * window, head) for window in range(windows) for head in heads]
    # The flowgraph's signal is the recordings' 48 pairs one after the other, five windows of each.
    pairs = [(number // 5 % 48 // 8, number // 5 % 8) for number in range(windows)]
    right = [record["label"] == (amplifiers.MODULATIONS[modulation], amplifiers.EMITTERS[emitter])[head]
             for number, (emitter, modulation) in enumerate(pairs) for head, record in enumerate(records[2 * number:2 * number + 2])]
    assert sum(right) >= 0.97 * len(right)


def test_the_joint_flowgraph_takes_a_recording_where_its_own_signal_is_disabled(recording):
    [path] = [path for path in EXAMPLES if path.stem == "joint_modulation_emitter"]
    flowgraph = load(path)
    blocks = {block.key: block for block in flowgraph.blocks}
    assert not blocks["rfsec_recording_source"].enabled
    blocks["rfsec_recording_source"].state = "enabled"
    blocks["rfsec_recording_source"].params["path"].set_value(str(recording))
    assert complaints(validated(flowgraph))
    for name in ("blocks_vector_source_x", "analog_noise_source_x", "blocks_add_xx"):
        blocks[name].state = "disabled"
    assert complaints(validated(flowgraph)) == []


@recording_examples
def test_recording_becomes_one_decision_a_window(programs, recording, tmp_path, name):
    decisions = tmp_path / "decisions.jsonl"
    done = run(programs / f"{name}.py", "--path", recording, "--sample-rate", "200k", "--jsonl", decisions,
               "--sigmf", tmp_path / "annotated")
    assert (done.returncode, done.stderr) == (0, "")
    records = [json.loads(line) for line in decisions.read_text().splitlines()]
    assert [record["sample_start"] for record in records] == list(range(0, WINDOWS * LENGTH, LENGTH))
    assert {record["sample_rate_hz"] for record in records} == {200e3}
    assert json.loads((tmp_path / "annotated.sigmf-meta").read_text())["annotations"]


def test_compiled_and_hand_written_flowgraph_give_equal_bytes(programs, recording, tmp_path):
    compiled = run(programs / "classify_recording.py", "--path", recording)  # its default: lines on standard output
    source = rfsec.recording_source(str(recording))
    windower = rfsec.iq_windower(LENGTH, LENGTH)
    classifier = rfsec.onnx_classifier("default", LENGTH)
    sink = rfsec.decision_sink(jsonl=str(tmp_path / "by_hand.jsonl"))
    flowgraph = gr.top_block()
    flowgraph.connect(source, windower, classifier)
    flowgraph.msg_connect(classifier, "decisions", sink, "decisions")
    flowgraph.run()
    assert compiled.returncode == 0, compiled.stderr
    assert compiled.stdout.count("\n") == WINDOWS
    assert compiled.stdout == (tmp_path / "by_hand.jsonl").read_text()


@pytest.mark.parametrize("name", ["authenticate_emitters", "classify_recording", "survey_band"])
def test_a_missing_recording_is_named_and_fails(programs, tmp_path, name):
    done = run(programs / f"{name}.py", "--path", tmp_path / "nowhere.cf32")
    assert done.returncode != 0
    assert "nowhere.cf32" in done.stderr.splitlines()[-1]


@usrp_examples
def test_without_a_radio_one_line_and_failure(programs, name):
    done = run(programs / f"{name}.py", "--args", "serial=of-no-radio")
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "serial=of-no-radio" in done.stderr
