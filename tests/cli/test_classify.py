# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec classify``: results, interruption, outputs that fail."""

import json
import os
import resource
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import zmq
from command_line import DEADLINE_S, RFSEC, rfsec, the_error, write_noise
from gnuradio.rfsec.records import FIELDS
from odd_models import write_range_model
from sigmf import sigmffile
from small_model import LABELS, small_card, write_small_model


@pytest.fixture
def model(tmp_path):
    return write_small_model(tmp_path / "small.onnx")


def decisions(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_recording_becomes_one_line_a_window(tmp_path, model):
    write_noise(tmp_path / "noise.cf32", 128 * 70 + 5)
    done = rfsec("classify", tmp_path / "noise.cf32", "--rate", 1e6, "--windows", "--model", model, "--jsonl", tmp_path / "out.jsonl",
                 "--sigmf", tmp_path / "annotated")
    assert done.returncode == 0, done.stderr
    lines = decisions(tmp_path / "out.jsonl")
    assert [one["sample_start"] for one in lines] == list(range(0, 128 * 70, 128))
    assert all(tuple(one) == FIELDS and one["label"] in LABELS and one["sample_rate_hz"] == 1e6 for one in lines)
    annotated = sigmffile.fromfile(str(tmp_path / "annotated.sigmf-meta"))
    annotated.validate()
    assert annotated.sample_count == 128 * 70 + 5
    assert sum(one["core:sample_count"] for one in annotated.get_annotations()) == 128 * 70
    assert "70 windows classified" in done.stdout


def test_labels_are_shown_as_they_are(tmp_path):
    """Nothing in them is a style, as [/x] would be, or the name of a picture, as :ab: is."""
    labels = ["AM[/x]", "00:ab:13", "[red]FM"]
    card = small_card(heads=[{"name": "modulation", "labels": labels, "temperature": 1.0, "reject_threshold": 0.0}])
    write_noise(tmp_path / "noise.cf32", 128 * 64 * 3)
    done = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", write_small_model(tmp_path / "odd.onnx", card=card),
                 env={**os.environ, "COLUMNS": "150"})
    assert done.returncode == 0, done.stderr
    *table, counted = done.stdout.splitlines()
    assert all(f"{label} " in counted for label in labels) and any(label in line for label in labels for line in table)


@pytest.mark.parametrize("length", [32, 45, 96])
def test_a_model_of_a_range_of_lengths_takes_the_one_asked_for(tmp_path, length):
    write_noise(tmp_path / "noise.cf32", 4000)
    model = write_range_model(tmp_path / "range.onnx", 32, 96)
    done = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--length", length, "--jsonl", "-")
    assert [json.loads(line)["sample_count"] for line in done.stdout.splitlines()] == [length] * (4000 // length)
    refused = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--length", 97)
    assert "range.onnx: the model takes windows of 32 to 96 samples. Got 97 instead" in the_error(refused)


def test_each_head_of_a_model_has_its_own_rows_and_totals(tmp_path):
    heads = {"modulation": ["BPSK", "QPSK", "8PSK"], "emitter": ["PA1", "PA2"]}
    card = small_card(heads=[{"name": name, "labels": labels, "temperature": 1.0, "reject_threshold": 0.0}
                             for name, labels in heads.items()])
    model = write_small_model(tmp_path / "joint.onnx", card=card, heads=tuple((name, len(labels)) for name, labels in heads.items()))
    write_noise(tmp_path / "noise.cf32", 128 * 70)
    done = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    counts = {name: Counter(one["label"] for one in decisions(tmp_path / "out.jsonl") if one["head"] == name) for name in heads}
    totals = "; ".join(f"{name}: " + ", ".join(f"{label} {count}" for label, count in counts[name].most_common()) for name in heads)
    assert f"70 windows classified, 0 skipped, 0 not finite. {totals}" in " ".join(done.stdout.split())
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.stdout.splitlines() if line.startswith("│")]
    assert {(row[0], row[3]) for row in rows} <= {(name, label) for name, labels in heads.items() for label in labels}
    windows = [(row[0], int(row[4].split()[-1])) for row in rows]
    assert {name: sum(count for head, count in windows if head == name) for name in heads} == {"modulation": 70, "emitter": 70}


def test_json_lines_on_standard_output_stand_alone(tmp_path, model):
    write_noise(tmp_path / "noise.cf32")
    done = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", "-")
    assert done.returncode == 0
    assert [json.loads(line)["sample_count"] for line in done.stdout.splitlines()] == [128] * 78


def test_samples_that_are_not_finite_are_marked_and_counted(tmp_path, model):
    samples = write_noise(tmp_path / "noise.cf32", 1280)
    samples[130], samples[1000] = np.nan, np.inf
    samples.tofile(tmp_path / "noise.cf32")
    done = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", tmp_path / "out.jsonl")
    assert done.returncode == 0
    skipped = [one["sample_start"] for one in decisions(tmp_path / "out.jsonl") if one["verdict"] == "skipped"]
    assert skipped == [128, 896]
    assert "8 windows classified, 0 skipped, 2 not finite" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_flushes_every_result(tmp_path, model, number):
    with open(tmp_path / "long.cf32", "wb") as file:
        os.truncate(file.fileno(), 20_000_000_000)  # sparse: longer than any test
    out = tmp_path / "out.jsonl"
    out.touch()  # until the run begins, a file that is not there comes and goes
    process = subprocess.Popen([*RFSEC, "classify", tmp_path / "long.cf32", "--windows", "--model", model, "--jsonl", out],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + DEADLINE_S
    while not out.stat().st_size and time.monotonic() < deadline and process.poll() is None:
        os.sched_yield()
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 128 + number, stderr
    assert "Traceback" not in stderr
    assert out.read_text().endswith("\n")
    starts = [one["sample_start"] for one in decisions(out)]
    assert starts == list(range(0, 128 * len(starts), 128))
    assert f"{len(starts):,} windows classified" in stdout


def test_a_full_disk_is_named_and_what_was_decided_is_kept(tmp_path, model):
    write_noise(tmp_path / "noise.cf32", 200_000)
    limit = 100_000

    def small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", tmp_path / "out.jsonl",
                 preexec_fn=small_disk)
    assert "out.jsonl: File too large" in the_error(done)
    text = (tmp_path / "out.jsonl").read_text()
    assert limit - 400 < len(text) <= limit and text.endswith("\n")
    starts = [json.loads(line)["sample_start"] for line in text.splitlines()]
    assert starts == list(range(0, 128 * len(starts), 128))
    assert "/dev/full: No space left on device" in the_error(
        rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", "/dev/full"))


@pytest.mark.parametrize("name, reason", [("found", "Is a directory"), ("x" * 242, "File name too long")])
def test_annotations_that_can_not_be_written_are_one_line(tmp_path, model, name, reason):
    """They are written at the end, under a longer name at first: here in place of a folder, or one that is too long."""
    write_noise(tmp_path / "noise.cf32", 1280)
    (tmp_path / "found.sigmf-meta").mkdir()
    line = the_error(rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--sigmf", tmp_path / name))
    assert line.endswith(f"SigMF annotations can't be written: {reason}.")
    assert not any(path.is_file() for path in tmp_path.glob("*.sigmf-meta*"))


def test_a_closed_pipe_is_one_line(tmp_path, model):
    write_noise(tmp_path / "noise.cf32", 400_000)
    process = subprocess.Popen([*RFSEC, "classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", "-"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    stderr = process.stderr.read()
    assert process.wait(DEADLINE_S) == 1
    assert [line for line in stderr.splitlines() if line.startswith("rfsec: ")] == [stderr.splitlines()[-1]]
    assert "standard output: Broken pipe" in stderr and "Traceback" not in stderr


def test_decisions_reach_a_subscriber_and_a_port_in_use_is_named(tmp_path, model):
    write_noise(tmp_path / "noise.cf32")
    with zmq.Context() as context, context.socket(zmq.PUB) as taken:
        port = taken.bind_to_random_port("tcp://127.0.0.1")
        done = rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--zmq", f"tcp://127.0.0.1:{port}")
        assert "Address already in use" in the_error(done)


def test_one_source_and_its_options(tmp_path):
    assert "Name one source" in the_error(rfsec("classify"))
    assert "--freq belongs to --usrp" in the_error(rfsec("classify", tmp_path / "x.cf32", "--freq", 1e9))
    assert "--usrp needs --gain" in the_error(rfsec("classify", "--usrp", "type=b200", "--freq", 1e9, "--rate", 1e6))


def test_a_radio_that_is_not_there_is_one_line():
    done = rfsec("classify", "--usrp", "serial=0000000", "--freq", 1e9, "--rate", 1e6, "--gain", 30)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == ("rfsec: USRP 'serial=0000000': no such radio answers; "
                                            "uhd_find_devices lists those that do.")


def test_a_recording_is_never_overwritten(tmp_path, model):
    samples = write_noise(tmp_path / "noise.cf32")
    line = the_error(rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", tmp_path / "noise.cf32"))
    assert "this is the recording" in line
    assert np.array_equal(np.fromfile(tmp_path / "noise.cf32", np.complex64), samples)


def test_a_model_is_never_overwritten(tmp_path, model):
    write_noise(tmp_path / "noise.cf32")
    before = Path(model).read_bytes()
    line = the_error(rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", model))
    assert "this is the model" in line
    assert Path(model).read_bytes() == before
