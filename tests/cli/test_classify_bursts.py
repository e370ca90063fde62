# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec classify`` on bursts: the same as the library finds and decides, and sensible on recordings of all kinds."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from burst_scene import burst_scene
from command_line import DEADLINE_S, RFSEC, rfsec, the_error
from flowgraphs import complex_noise
from gnuradio.rfsec.cli.burst_view import with_unit
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.inference.burst_classifier import BurstClassifier
from gnuradio.rfsec.records import FIELDS
from sigmf import sigmffile
from odd_models import write_sure_model
from small_model import write_burst_model, write_small_model

RATE_HZ = 1e6
COUNT = 300_000
BURSTS = [(20_000, 3_000, 0.2), (60_000, 20_000, -0.3), (64_000, 9_000, 0.1), (290_000, 20_000, 0.25)]
MEMORY_BYTES = 400_000_000
# The peak that wait4 gives counts the process that started this one.
OWN_PEAK = """
import sys
from gnuradio.rfsec.cli import main
try:
    main()
finally:
    print(open("/proc/self/status").read(), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_burst_model(tmp_path_factory.mktemp("model") / "bursts.onnx")


def decisions(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_recording_becomes_one_line_a_burst(tmp_path, model):
    samples = burst_scene(COUNT, BURSTS)
    samples.tofile(tmp_path / "air.cf32")
    done = rfsec("classify", tmp_path / "air.cf32", "--rate", RATE_HZ, "--model", model, "--jsonl", tmp_path / "out.jsonl",
                 "--sigmf", tmp_path / "annotated", env={**os.environ, "COLUMNS": "120"})
    assert done.returncode == 0, done.stderr
    detector = BurstDetector(RATE_HZ)
    bursts = detector.push(samples) + detector.flush()
    lines = decisions(tmp_path / "out.jsonl")
    assert len(bursts) == len(BURSTS)
    for line, burst, decision in zip(lines, bursts, BurstClassifier(model).decide(bursts), strict=True):
        assert tuple(line) == FIELDS
        assert [line[name] for name in ("sample_start", "sample_count", "centre_hz", "bandwidth_hz", "snr_db", "symbol_rate_hz")] == [
            burst.sample_start, burst.sample_count, burst.centre_hz, burst.bandwidth_hz, burst.snr_db, burst.symbol_rate_hz]
        assert (line["label"], line["verdict"], line["sample_rate_hz"]) == (decision.label, decision.verdict, RATE_HZ)
    annotated = sigmffile.fromfile(str(tmp_path / "annotated.sigmf-meta"))
    annotated.validate()
    edges = [(one["core:freq_lower_edge"], one["core:freq_upper_edge"]) for one in annotated.get_annotations()]
    assert sorted(edges) == sorted((one.centre_hz - one.bandwidth_hz / 2, one.centre_hz + one.bandwidth_hz / 2) for one in bursts)
    assert all(f"{burst.sample_start / RATE_HZ:.4f} s" in done.stdout for burst in bursts)
    assert "4 bursts: " in done.stdout and "0 samples dropped, 0 not finite" in done.stdout


def test_a_label_is_shown_as_it_is(tmp_path):
    burst_scene(COUNT, BURSTS).tofile(tmp_path / "air.cf32")
    model = write_sure_model(tmp_path / "odd.onnx", 1024, ["AM[/x]:ab:", "other"])
    done = rfsec("classify", tmp_path / "air.cf32", "--rate", RATE_HZ, "--model", model, env={**os.environ, "COLUMNS": "120"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("AM[/x]:ab:") == len(BURSTS) + 1, "each in its row, and counted"


def test_a_rate_that_is_not_known_is_asked_for(tmp_path, model):
    complex_noise(5000).tofile(tmp_path / "air.cf32")
    done = rfsec("classify", tmp_path / "air.cf32", "--model", model, "--jsonl", tmp_path / "out.jsonl")
    assert the_error(done).endswith("air.cf32: its sample rate is not known, and a burst has a bandwidth in Hz; name it with --rate.")
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("options, rule", [
    (["--length", "128"], "--length belongs to --windows"), (["--windows", "--false-alarms", "1"], "--false-alarms belongs to bursts"),
    (["--windows", "--max-duration", "1"], "--max-duration belongs to bursts; leave out --windows"),
    (["--false-alarms", "0"], "'false_alarm_rate' parameter of Burst Detector must be 0.0001 to 1000"),
    (["--max-duration", "0"], "'max_duration' parameter of Burst Detector must be 0.001 to 3600 s"),
    (["--windows"], "takes bursts, not windows as they come; use the Burst Classifier, or rfsec classify without --windows")])
def test_options_that_do_not_fit_are_one_line(tmp_path, model, options, rule):
    complex_noise(5000).tofile(tmp_path / "air.cf32")
    assert rule in the_error(rfsec("classify", tmp_path / "air.cf32", "--rate", RATE_HZ, "--model", model, *options))


def test_a_model_of_windows_is_refused_with_the_way_out(tmp_path):
    complex_noise(5000).tofile(tmp_path / "air.cf32")
    model = write_small_model(tmp_path / "small.onnx")
    line = the_error(rfsec("classify", tmp_path / "air.cf32", "--rate", RATE_HZ, "--model", model))
    assert "small.onnx: this model takes windows as they come, not bursts" in line and "--windows" in line


def _clipped():
    return np.clip(40 * burst_scene(COUNT, BURSTS).view(np.float32), -1, 1).view(np.complex64)


DULL = {
    "zeros": lambda: np.zeros(COUNT, np.complex64), "a constant": lambda: np.full(COUNT, 0.5 - 0.2j, np.complex64),
    "noise": lambda: 0.1 * complex_noise(COUNT), "one sample": lambda: np.ones(1, np.complex64),
    "noise and an offset": lambda: 0.01 * complex_noise(COUNT) + np.complex64(0.7), "clipped": _clipped,
    "not a number": lambda: np.full(COUNT, np.nan, np.complex64)}


@pytest.mark.parametrize("case", DULL)
def test_dull_recordings_give_few_records_and_no_error(tmp_path, model, case):
    DULL[case]().tofile(tmp_path / "air.cf32")
    done = rfsec("classify", tmp_path / "air.cf32", "--rate", RATE_HZ, "--model", model, "--jsonl", tmp_path / "out.jsonl")
    assert done.returncode == 0 and done.stderr == ""
    lines = decisions(tmp_path / "out.jsonl")
    assert len(lines) <= (40 if case == "clipped" else 1)
    assert f"{COUNT if case == 'not a number' else 0:,} not finite" in " ".join(done.stdout.split())


def test_integers_read_as_floating_point_are_no_error(tmp_path, model):
    """Huge and tiny values, and some that are no numbers."""
    air = tmp_path / "air.cf32"
    np.round(20_000 * burst_scene(2 * COUNT, BURSTS).view(np.float32).clip(-1.5, 1.5)).astype("<i2").tofile(air)
    small = write_small_model(tmp_path / "small.onnx")
    for command in (("classify", air, "--model", model), ("classify", air, "--windows", "--model", small),
                    ("report", air, "--model", model, "--out", tmp_path / "page.html")):
        done = rfsec(*command, "--rate", RATE_HZ)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_signal_keeps_what_was_decided(tmp_path, model):
    with open(tmp_path / "long.cf32", "wb") as file:
        np.tile(burst_scene(COUNT, BURSTS), 3).tofile(file)
        os.truncate(file.fileno(), 20_000_000_000)  # sparse: longer than any test
    out = tmp_path / "out.jsonl"
    out.touch()  # until the run begins, a file that is not there comes and goes
    process = subprocess.Popen([*RFSEC, "classify", tmp_path / "long.cf32", "--rate", str(RATE_HZ), "--model", model, "--jsonl", out],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + DEADLINE_S
    while not out.stat().st_size and time.monotonic() < deadline and process.poll() is None:
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 128 + signal.SIGINT, stderr
    assert "Traceback" not in stderr
    assert out.read_text().endswith("\n")
    assert f"{len(decisions(out)):,} bursts: " in stdout


def test_memory_does_not_grow_with_the_recording(tmp_path, model):
    """60 million samples, which are 480 MB as they are processed."""
    with open(tmp_path / "long.cs8", "wb") as file:
        np.round(30 * burst_scene(COUNT, BURSTS).view(np.float32)).clip(-127, 127).astype(np.int8).tofile(file)
        os.truncate(file.fileno(), 120_000_000)
    done = subprocess.run([sys.executable, "-c", OWN_PEAK, "classify", tmp_path / "long.cs8", "--rate", "20e6", "--model", model,
                           "--jsonl", tmp_path / "out.jsonl"], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0, done.stderr
    assert len(decisions(tmp_path / "out.jsonl")) >= len(BURSTS)
    assert int(done.stderr.split("VmHWM:")[1].split()[0]) * 1024 < MEMORY_BYTES


@pytest.mark.parametrize("value, text", [
    (0.0, "0.00 Hz"), (12_345.0, "12.3 kHz"), (999.9, "1.00 kHz"), (5.0, "5.00 Hz"), (433.92e6, "434 MHz"), (0.0015, "1.50 mHz"),
    (-2.5e5, "-250 kHz"), (None, ""), (1e-12, "0.00 nHz")])
def test_a_number_is_shown_with_a_unit_of_its_size(value, text):
    assert with_unit(value, "Hz") == text


def test_what_the_detector_finds_in_noise_is_not_named(tmp_path):
    """At most one accepted decision in 1,000; the chance of a false alarm is set so high that there are bursts to decide about."""
    (0.1 * complex_noise(1_000_000, 8)).astype("<c8").tofile(tmp_path / "noise.cf32")
    ran = rfsec("classify", str(tmp_path / "noise.cf32"), "--rate", "1e6", "--false-alarms", "1000", "--jsonl", str(tmp_path / "found.jsonl"))
    assert ran.returncode == 0, ran.stderr
    found = decisions(tmp_path / "found.jsonl")
    assert len(found) > 150 and not [one for one in found if one["verdict"] == "accepted"]
