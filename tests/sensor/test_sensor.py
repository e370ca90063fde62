# SPDX-License-Identifier: GPL-3.0-or-later
"""The sensor as a process: killed at random moments, reloaded, stopped, without a radio, watched by systemd."""

import errno
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from counting_sensor import SAMPLES, expected
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.keygen.identity import Identity, public_path, write_identity
from gnuradio.rfsec.sensor.config_file import ConfigFile
from gnuradio.rfsec.sensor.decision_log import DecisionLog
from gnuradio.rfsec.sensor.outputs import JSONL, Outputs
from gnuradio.rfsec.sensor.publisher import consumer_name
from gnuradio.rfsec.sensor.subscriber import Subscriber

DEADLINE_S = 120
COUNTING = [sys.executable, str(Path(__file__).resolve().parents[1] / "counting_sensor.py")]
SENSOR, COLLECTOR = Identity.generate(), Identity.generate()
KEYS = {"time", "uptime_s", "sweeps", "decisions", "undecided", "lost", "reloads", "errors", "decisions_per_s", "sent_bytes_per_s", "samples",
        "samples_bytes_per_s", "reduction", "skipped", "overflows", "queue_fill", "spool_decisions", "spool_bytes", "dropped", "subscribers",
        "refused", "memory_bytes", "source"}


@pytest.fixture
def files(tmp_path):
    for name, identity in (("sensor", SENSOR), ("collector", COLLECTOR)):
        write_identity(tmp_path / name, identity)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    (tmp_path / "config.yaml").write_text(f"""\
bands: [{{start_hz: 88e6, stop_hz: 108e6}}]
source:
  replay: {{path: counted}}
output:
  jsonl: decisions.jsonl
  zmq: {{endpoint: "tcp://127.0.0.1:{port}", identity: sensor, clients: [{public_path("collector")}]}}
spool: {{path: spool.db, max_bytes: 4194304}}
""")
    return tmp_path


def change(files, old: str, new: str) -> None:
    text = (files / "config.yaml").read_text()
    assert old in text
    (files / "config.yaml").write_text(text.replace(old, new))


def endpoint(files) -> str:
    return (files / "config.yaml").read_text().split('"')[1]


def start(files, sweeps: int, **options) -> subprocess.Popen:
    return subprocess.Popen([*COUNTING, str(files / "config.yaml"), str(sweeps)], stdout=subprocess.PIPE, text=True, **options)


def health(process) -> dict:
    return json.loads(process.stdout.readline())


def finish(process) -> list[dict]:
    """The rest of what a process says, which then has ended well."""
    out, _ = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0, out
    return [json.loads(line) for line in out.splitlines()]


def told(path) -> list[tuple[int, int]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1)) and len({line["sensor"] for line in lines}) <= 1
    return [(line["sample_start"], line["sample_count"]) for line in lines]


def collect(files, until) -> None:
    """Subscribe anew, as after a crash, and collect until ``until(log)`` says so."""
    with DecisionLog(files / "collected.jsonl") as log, Subscriber(endpoint(files), COLLECTOR, SENSOR.public, log) as subscriber:
        while not until(log):
            subscriber.receive(0.05)


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_moments_it_gives_every_decision_exactly_once(files, seed):
    sweeps, rng = 1200, random.Random(seed)
    total = len(expected(sweeps))
    for kill_at in sorted(rng.sample(range(1, total * 9 // 10), 4)):
        process = start(files, sweeps, stderr=subprocess.DEVNULL)
        collect(files, lambda log: log.sequence >= kill_at or process.poll() is not None)
        process.kill()
        process.communicate()
    process = start(files, sweeps, stderr=subprocess.DEVNULL)
    collect(files, lambda log: process.poll() is not None)  # it ends once everything is acknowledged
    said = finish(process)[-1]
    assert told(files / "collected.jsonl") == told(files / "decisions.jsonl") == expected(sweeps)
    assert said["dropped"] == said["lost"] == said["spool_decisions"] == 0 and said["source"]["state"] == "ended"


def test_the_health_record_says_how_it_is(files):
    process = start(files, 300, stderr=subprocess.PIPE)
    collect(files, lambda log: process.poll() is not None)
    first, *_, last = finish(process)
    assert set(first) == set(last) == KEYS and first["source"]["state"] == "searching"
    assert last["sweeps"] == 300 and last["decisions"] == len(expected(300)) and last["undecided"] == 3 and last["subscribers"] == 1
    assert last["reduction"] > 1000 and last["memory_bytes"] > 10e6 and last["spool_bytes"] > 0
    assert last["errors"] == {}  # of a model that decides again
    sent = 300 * SAMPLES * 4 / last["reduction"]
    # How far zlib packs them depends on how many wait when a batch is sent.
    assert (files / "decisions.jsonl").stat().st_size / 200 < sent < (files / "decisions.jsonl").stat().st_size * 2


def test_a_signal_ends_it_with_what_is_not_delivered_in_the_spool(files):
    process = start(files, 50)
    while health(process)["source"]["state"] != "ended":
        pass
    process.send_signal(signal.SIGTERM)
    assert finish(process)[-1]["spool_decisions"] == len(expected(50))  # the collector was never there
    process = start(files, 50)
    collect(files, lambda log: process.poll() is not None)
    finish(process)
    assert told(files / "collected.jsonl") == expected(50)


def test_killed_between_writing_lines_and_noting_it_doubles_none(files):
    process = start(files, 50)
    while health(process)["source"]["state"] != "ended":
        pass
    process.send_signal(signal.SIGTERM)
    finish(process)
    with closing(sqlite3.connect(files / "spool.db", isolation_level=None)) as db:
        assert db.execute("UPDATE consumer SET acknowledged = 3 WHERE name = 'jsonl'").rowcount == 1
    process = start(files, 60)
    collect(files, lambda log: process.poll() is not None)
    finish(process)
    assert told(files / "decisions.jsonl") == expected(60)


def test_sighup_takes_a_good_configuration_and_keeps_the_old_one_from_a_bad_one(files):
    change(files, "  replay: {path: counted}", "  usrp: {args: type=none, gain_db: 10}")
    process = start(files, -1, stderr=subprocess.PIPE)
    assert health(process)["reloads"] == 0
    change(files, "108e6", "10e6")
    process.send_signal(signal.SIGHUP)
    said = health(process)
    while not said["errors"]:
        said = health(process)
    assert said["errors"]["configuration"].endswith("config.yaml, line 1: 'bands.0' is wrong: start_hz must be below stop_hz.")
    assert said["reloads"] == 0
    change(files, "10e6", "200e6")
    change(files, "spool.db", "other.db")
    process.send_signal(signal.SIGHUP)
    while "Restart it" not in (said := health(process))["errors"]["configuration"]:
        pass
    assert "line 7" in said["errors"]["configuration"] and said["reloads"] == 0 and not (files / "other.db").exists()
    change(files, "other.db", "spool.db")
    change(files, "decisions.jsonl", "more.jsonl")
    process.send_signal(signal.SIGHUP)
    while (said := health(process))["reloads"] == 0:
        pass
    assert said["errors"] == {} and (files / "more.jsonl").exists()
    process.send_signal(signal.SIGTERM)
    finish(process)


def test_a_client_taken_out_ends_its_claims_and_a_bad_configuration_takes_nothing(files):
    one, both = f"clients: [{public_path('collector')}]", f"clients: [{public_path('collector')}, {public_path('sensor')}]"
    change(files, one, both)
    with closing(Outputs(ConfigFile(files / "config.yaml"))) as outputs:
        outputs.spool.append(['{"label":null}'] * 5, "")
        outputs.spool.acknowledge(consumer_name(COLLECTOR.public), 5)
        outputs.deliver(now=True)
        change(files, both, one)
        change(files, "decisions.jsonl", "none/decisions.jsonl")
        with pytest.raises(ParameterError, match="none/decisions.jsonl"):
            outputs.change(ConfigFile(files / "config.yaml"))
        assert outputs.spool.waiting == 5 and outputs.spool.acknowledged(JSONL) == 5
        change(files, "none/decisions.jsonl", "decisions.jsonl")
        outputs.change(ConfigFile(files / "config.yaml"))
        assert outputs.delivered


def test_a_file_of_lines_that_cannot_be_opened_anew_is_tried_again(files):
    with closing(Outputs(ConfigFile(files / "config.yaml"))) as outputs:
        (files / "decisions.jsonl").rename(files / "rotated.jsonl")
        (files / "decisions.jsonl").mkdir()
        with pytest.raises(ParameterError, match="line 5: .*decisions.jsonl: decisions can't be written here"):
            outputs.change(ConfigFile(files / "config.yaml"))
        outputs.spool.append(['{"label":null}'] * 5, "")
        assert "decisions can't be written here" in str(outputs.deliver(now=True)[JSONL])
        (files / "decisions.jsonl").rmdir()
        assert outputs.deliver(now=True)[JSONL] is None and outputs.spool.acknowledged(JSONL) == 5
    assert len((files / "decisions.jsonl").read_text().splitlines()) == 5


def test_a_disk_that_fails_in_the_middle_of_a_line_is_tried_again(files, monkeypatch):
    parts = [200]

    def write(descriptor, block, really=os.write) -> int:
        return really(descriptor, block[:parts.pop()]) if parts else fail()

    def fail(*_) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with closing(Outputs(ConfigFile(files / "config.yaml"))) as outputs:
        outputs.spool.append(['{"label":"' + "x" * 100 + '"}'] * 3, "")
        with monkeypatch.context() as broken:
            broken.setattr(os, "write", write)
            broken.setattr(os, "ftruncate", fail)
            assert "decisions can't be written here: Input/output error" in str(outputs.deliver(now=True)[JSONL])
        assert outputs.deliver(now=True)[JSONL] is None and outputs.spool.acknowledged(JSONL) == 3
    assert [json.loads(line)["sequence"] for line in (files / "decisions.jsonl").read_text().splitlines()] == [1, 2, 3]


def test_a_radio_that_is_not_there_is_tried_again_and_said(files):
    process = start(files, -1, stderr=subprocess.PIPE)
    assert health(process)["source"]["state"] == "searching"
    said = health(process)
    assert said["source"] == {"state": "waiting", "retries": 0, "pause_s": 1.0, "error": "USRP 'type=none': no such radio answers."}
    process.send_signal(signal.SIGTERM)
    assert finish(process)[-1]["source"]["state"] == "waiting"


def test_systemd_is_told(files, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(files / "notify"))
        manager.settimeout(DEADLINE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(files / "notify"))
        process = start(files, -1, stderr=subprocess.PIPE)
        assert manager.recv(4096).startswith(b"READY=1\nSTATUS=")
        assert manager.recv(4096).startswith(b"WATCHDOG=1\nSTATUS=waiting")
        process.send_signal(signal.SIGTERM)
        heard = b"WATCHDOG"
        while heard.startswith(b"WATCHDOG"):
            heard = manager.recv(4096)
        assert heard == b"STOPPING=1"
        finish(process)


def test_a_second_sensor_on_one_spool_is_refused_with_the_line(files):
    process = start(files, -1, stderr=subprocess.PIPE)
    health(process)
    second = start(files, 1)
    out, _ = second.communicate(timeout=DEADLINE_S)
    assert second.returncode == 1 and "config.yaml, line 7: " in out and "another sensor has this spool" in out
    process.send_signal(signal.SIGTERM)
    finish(process)
