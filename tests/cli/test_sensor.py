# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec sensor`` and ``rfsec collect``: a recorded sweep becomes decisions, each once, on the disk and over the network."""

import json
import signal
import socket
import subprocess
import threading
from contextlib import contextmanager

import onnx
import pytest
from command_line import DEADLINE_S, RFSEC, rfsec, the_error
from gnuradio.rfsec.cli.bench_sensor import _figures
from gnuradio.rfsec.errors import OutputError
from gnuradio.rfsec.keygen.identity import Identity, write_identity
from onnx import helper
from small_model import write_burst_model
from sensor_scene import BAND_HZ, CARRIERS_HZ, RATE_HZ, STEPS_HZ, WIDTH_HZ, write_small_technologies, write_sweep

PASSES, SAMPLES = 12, 24_000
EMISSIONS = len(CARRIERS_HZ)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    write_sweep(folder / "sweep", PASSES, SAMPLES)
    write_small_technologies(folder / "technologies.onnx")
    write_burst_model(folder / "bursts.onnx")
    for name in ("sensor", "collector", "stranger"):
        write_identity(folder / name, Identity.generate())
    return folder


@pytest.fixture
def config(scene, tmp_path):
    def write(source: str = "", models: str = "", output: str = "jsonl: decisions.jsonl") -> list[str]:
        source = source or f"replay: {{path: {scene}/sweep.sigmf-meta}}"
        (tmp_path / "config.yaml").write_text(
            f"bands: [{{start_hz: {BAND_HZ[0]}, stop_hz: {BAND_HZ[1]}}}]\nsource:\n  {source}\n"
            f"models:\n  technology: {scene}/technologies.onnx\n  {models}\noutput:\n  {output}\nspool: {{path: spool.db, max_bytes: 1048576}}\n")
        return [*RFSEC, "sensor", str(tmp_path / "config.yaml")]

    return write


def run(command) -> list[dict]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def decisions(path) -> list[dict]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    return [{key: value for key, value in line.items() if key != "sensor"} for line in lines]


def test_a_recorded_sweep_becomes_decisions(config, tmp_path):
    said = run(config())[-1]
    found = decisions(tmp_path / "decisions.jsonl")
    assert len(found) == PASSES * EMISSIONS == said["decisions"] and said["sweeps"] == PASSES and said["source"]["state"] == "ended"
    for number, one in enumerate(found):
        middle_hz = one["freq_hz"] + one["centre_hz"]
        assert middle_hz == pytest.approx(CARRIERS_HZ[number % EMISSIONS], abs=30e3) and one["bandwidth_hz"] == pytest.approx(WIDTH_HZ, rel=0.4)
        assert one["sample_start"] == number // EMISSIONS * len(STEPS_HZ) * SAMPLES and one["sample_rate_hz"] == RATE_HZ
        assert (one["head"], one["label"], one["verdict"], one["model"]) == ("technology", "wfm", "accepted", "small-technologies")
    assert found[0]["time"] == "2026-01-31T12:00:00.000000000Z" and found[-1]["time"] > found[0]["time"]


def test_killed_and_started_again_it_writes_what_an_undisturbed_run_writes(config, tmp_path):
    command = config()
    run(command)
    expected = decisions(tmp_path / "decisions.jsonl")
    for name in ("decisions.jsonl", "spool.db"):
        (tmp_path / name).unlink()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while json.loads(process.stdout.readline())["source"]["state"] == "searching":
        pass
    process.kill()
    process.communicate()
    run(command)
    assert decisions(tmp_path / "decisions.jsonl") == expected


def test_a_threshold_makes_a_decision_unknown(config, tmp_path):
    command = config()
    text = (tmp_path / "config.yaml").read_text()
    (tmp_path / "config.yaml").write_text(text + "thresholds: {min_confidence: 1}\n")
    run(command)
    assert {one["verdict"] for one in decisions(tmp_path / "decisions.jsonl")} == {"unknown"}
    (tmp_path / "spool.db").unlink()
    (tmp_path / "config.yaml").write_text(text + "thresholds: {min_snr_db: 50}\n")
    assert run(command)[-1]["decisions"] == 0


def test_bursts_of_narrow_emissions_are_decided_too(config, scene, tmp_path):
    run(config(models=f"modulation: {scene}/bursts.onnx"))
    found = decisions(tmp_path / "decisions.jsonl")
    bursts = [one for one in found if one["head"] == "modulation"]
    assert len(found) - len(bursts) == PASSES * EMISSIONS and len(bursts) >= PASSES * EMISSIONS
    for one in bursts:
        assert one["freq_hz"] in STEPS_HZ and one["sample_start"] // SAMPLES % len(STEPS_HZ) == STEPS_HZ.index(one["freq_hz"])
        assert min(abs(one["freq_hz"] + one["centre_hz"] - carrier_hz) for carrier_hz in CARRIERS_HZ) < WIDTH_HZ / 2


@pytest.fixture
def port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def collect(scene, tmp_path, port: int, identity: str, stdout=subprocess.PIPE) -> subprocess.Popen:
    return subprocess.Popen([*RFSEC, "collect", f"tcp://127.0.0.1:{port}", "--identity", str(scene / identity), "--peer", str(scene / "sensor.pub"),
                             "--out", str(tmp_path / f"{identity}.jsonl")], stdout=stdout, stderr=subprocess.PIPE, text=True)


@contextmanager
def killed_at_deadline(process: subprocess.Popen):
    timer = threading.Timer(DEADLINE_S, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def test_collect_gets_what_the_sensor_decides_and_a_stranger_nothing(config, scene, tmp_path, port):
    zmq = f"zmq: {{endpoint: 'tcp://127.0.0.1:{port}', identity: {scene}/sensor, clients: [{scene}/collector.pub]}}"
    command = config(output=f"jsonl: decisions.jsonl\n  {zmq}")
    stranger, collector = (collect(scene, tmp_path, port, name) for name in ("stranger", "collector"))
    run(command)  # ends once the collector has acknowledged everything
    assert decisions(tmp_path / "collector.jsonl") == decisions(tmp_path / "decisions.jsonl")
    assert len(decisions(tmp_path / "collector.jsonl")) == PASSES * EMISSIONS
    with killed_at_deadline(collector):  # the last health record may come after the sensor has ended
        assert any(json.loads(line)["sweeps"] == PASSES for line in collector.stdout)
    for process in (stranger, collector):
        process.send_signal(signal.SIGTERM)
    collector.communicate(timeout=DEADLINE_S)
    assert stranger.communicate(timeout=DEADLINE_S)[0] == ""
    assert (tmp_path / "stranger.jsonl").read_text() == "" and collector.returncode == stranger.returncode == 0


def test_a_full_disk_for_health_records_takes_no_decisions(config, scene, tmp_path, port):
    zmq = f"zmq: {{endpoint: 'tcp://127.0.0.1:{port}', identity: {scene}/sensor, clients: [{scene}/collector.pub]}}"
    with open("/dev/full", "w") as full:
        collector = collect(scene, tmp_path, port, "collector", stdout=full)
        done = subprocess.run(config(output=zmq), stdout=full, stderr=subprocess.PIPE, text=True, timeout=DEADLINE_S)
    assert "health records can't be written: No space left" in done.stderr
    with killed_at_deadline(collector):
        assert "health records can't be written: No space left" in collector.stderr.readline()
    assert collector.poll() is None and len(decisions(tmp_path / "collector.jsonl")) == PASSES * EMISSIONS
    collector.send_signal(signal.SIGTERM)
    collector.communicate(timeout=DEADLINE_S)


def test_a_radio_that_is_not_there_is_waited_for(config):
    process = subprocess.Popen(config(source="usrp: {args: 'type=none', gain_db: 10}"), stdout=subprocess.PIPE, text=True)
    said = {"source": {"state": "searching"}}
    while said["source"]["state"] == "searching":
        said = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=DEADLINE_S)
    assert said["source"]["state"] == "waiting" and "no such radio answers" in said["source"]["error"] and process.returncode == 0


@pytest.mark.parametrize("how, line, rule", [
    ({"source": "replay: {path: nowhere.sigmf-meta}"}, 3, "nowhere"), ({"source": "replay: {path: x, speed: 0}"}, 3, "greater than 0"),
    ({"models": "modulation: nothing"}, 6, "nothing"), ({"models": "gallery: no.gallery"}, 6, "no such gallery"),
    ({"output": "jsonl: /nowhere/decisions.jsonl"}, 8, "can't be written here"),
    ({"output": "zmq: {endpoint: 'tcp://127.0.0.1:1', identity: none, clients: [none]}"}, 8, "can't be read")])
def test_a_bad_configuration_is_one_line_with_its_line_and_rule(config, tmp_path, how, line, rule):
    command = config(**how)
    error = the_error(rfsec(*command[len(RFSEC):]))
    assert error.startswith(f"rfsec: {tmp_path}/config.yaml, line {line}: ") and rule in error


@pytest.mark.parametrize("source", ["usrp: {args: 'type=none', gain_db: 10}", ""])
def test_a_band_without_a_bin_is_said_at_once(config, tmp_path, source):
    command = config(source=source)
    text = (tmp_path / "config.yaml").read_text()
    (tmp_path / "config.yaml").write_text(text.replace(str(BAND_HZ[1]), str(BAND_HZ[0] + 1)))
    error = the_error(rfsec(*command[len(RFSEC):]))
    assert error.startswith(f"rfsec: {tmp_path}/config.yaml, line 1: ") and "bins of 10000 Hz" in error


def test_a_model_of_other_bins_is_refused_with_its_line(config, scene, tmp_path):
    model = onnx.load(scene / "technologies.onnx")
    helper.set_model_props(model, {one.key: one.value.replace('"bin_hz": 10000.0', '"bin_hz": 5000.0') for one in model.metadata_props})
    onnx.save(model, tmp_path / "other.onnx")
    command = config()
    (tmp_path / "config.yaml").write_text((tmp_path / "config.yaml").read_text().replace(f"{scene}/technologies.onnx", "other.onnx"))
    assert "config.yaml, line 5: " in (error := the_error(rfsec(*command[len(RFSEC):]))) and "bins of 5000 Hz" in error


def test_collect_refuses_what_it_cannot_use(scene, tmp_path):
    (tmp_path / "out").write_text("something else\n")
    keys = ["--identity", scene / "collector", "--peer", scene / "sensor.pub"]
    assert "no file of decisions" in the_error(rfsec("collect", "tcp://127.0.0.1:9", *keys, "--out", tmp_path / "out"))
    assert "Name its endpoint" in the_error(rfsec("collect", "127.0.0.1", *keys, "--out", tmp_path / "new"))
    assert "can't be read" in the_error(rfsec("collect", "tcp://127.0.0.1:9", *keys[:2], "--peer", "none", "--out", tmp_path / "new"))


@pytest.mark.parametrize("states", [[], ["searching"], ["searching", "waiting"], ["searching", "running"]])
def test_a_sensor_that_never_ran_is_not_measured(states):
    with pytest.raises(OutputError, match="must run to be measured"):
        _figures([{"source": {"state": state}, "uptime_s": 0.1} for state in states])


def test_the_bench_measures_a_whole_sensor(scene):
    done = rfsec("bench", "sensor", "--seconds", "3", "--model", scene / "technologies.onnx")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["missed"] == found["doubled"] == found["lost"] == 0 and found["collected"] > 0 and found["errors"] == {}
    assert found["sent_bytes_over_sample_bytes"] < found["required"] and found["times_real_time"] > 0
