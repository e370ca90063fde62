# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of decisions: it knows its end, holds whole lines only, and has one writer."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys

import pytest
from gnuradio.rfsec.errors import OutputError
from gnuradio.rfsec.sensor.decision_log import LONGEST_RECORD, DecisionLog

SENSOR = "0123456789abcdef" * 2


def test_it_goes_on_where_it_ended(tmp_path):
    with DecisionLog(tmp_path / "log") as log:
        assert (log.sensor, log.sequence) == (None, 0)
        log.append(SENSOR, [(3, '{"label":"é"}'), (7, '{"label":null}')])
    with DecisionLog(tmp_path / "log") as log:
        assert (log.sensor, log.sequence) == (SENSOR, 7)
        log.append(SENSOR, [(8, '{"label":"x"}')])
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert lines == [{"sensor": SENSOR, "sequence": number, "label": label} for number, label in ((3, "é"), (7, None), (8, "x"))]


def test_it_goes_on_behind_the_longest_record(tmp_path):
    record = json.dumps({"label": "x" * (LONGEST_RECORD - len('{"label": ""}'))})
    for sequence in ((1 << 63) - 2, (1 << 63) - 1):
        with DecisionLog(tmp_path / "log") as log:
            log.append(SENSOR, [(sequence, record)])
    with open(tmp_path / "log", "ab") as file:
        file.write((tmp_path / "log").read_bytes().splitlines()[0])  # whole but for its end
    with DecisionLog(tmp_path / "log") as log:
        assert log.sequence == (1 << 63) - 1


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_that_was_cut_short_is_removed(tmp_path, cut):
    with DecisionLog(tmp_path / "log") as log:
        log.append(SENSOR, [(1, '{"label":"a"}'), (2, '{"label":"b"}')])
    whole = (tmp_path / "log").read_bytes()
    (tmp_path / "log").write_bytes(whole[:-cut])
    with DecisionLog(tmp_path / "log") as log:
        assert (log.sensor, log.sequence) == (SENSOR, 1)
        log.append(SENSOR, [(2, '{"label":"b"}')])
    assert (tmp_path / "log").read_bytes() == whole


@pytest.mark.parametrize("cut", range(1, 80, 3))
def test_a_first_line_that_was_cut_short_is_removed(tmp_path, cut):
    with DecisionLog(tmp_path / "log") as log:
        log.append(SENSOR, [(12, '{"label":"a","confidence":0.5}')])
    (tmp_path / "log").write_bytes((tmp_path / "log").read_bytes()[:cut])
    with DecisionLog(tmp_path / "log") as log:
        assert (log.sensor, log.sequence) == (None, 0)
    assert (tmp_path / "log").read_bytes() == b""


WHOLE = f'{{"sensor":"{SENSOR}","sequence":1,"label":null}}\n'.encode()


@pytest.mark.parametrize("text", [
    b"something else\n", b'{"sequence":1}\n', b'{"sensor":"a","sequence":0}\n', b"[]\n", b"x" * 200_000,
    b"notes, one line without a line end", b'{"sensor":"dht22"', b'{"sensor":"dht22","temperature":21}',
    WHOLE[:45] + b"x", WHOLE + b"notes", WHOLE + b'{"sensors":'])
def test_other_files_are_left_alone(tmp_path, text):
    (tmp_path / "log").write_bytes(text)
    with pytest.raises(OutputError, match="no file of decisions"):
        DecisionLog(tmp_path / "log")
    assert (tmp_path / "log").read_bytes() == text


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_has_no_end_is_refused(tmp_path, kind):
    os.mkfifo(tmp_path / "log")
    with pytest.raises(OutputError, match="this is a pipe or device"):
        DecisionLog(tmp_path / "log" if kind == "pipe" else os.devnull)


def test_one_process_writes(tmp_path):
    code = ("import sys; from gnuradio.rfsec.sensor.decision_log import DecisionLog\nfrom gnuradio.rfsec.errors import OutputError\n"
            "try: DecisionLog(sys.argv[1])\nexcept OutputError as error: print(error)")
    with DecisionLog(tmp_path / "log"):
        done = subprocess.run([sys.executable, "-c", code, tmp_path / "log"], capture_output=True, text=True, timeout=60)
    assert "another process appends" in done.stdout, done.stderr


def test_a_disk_that_is_full_leaves_whole_batches(tmp_path):
    record = '{"label":"' + "x" * 1000 + '"}'
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with DecisionLog(tmp_path / "log") as log:
        log.append(SENSOR, [(1, record)])
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
            with pytest.raises(OutputError, match="can't be written here"):
                log.append(SENSOR, [(2, record), (3, record)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
        assert log.sequence == 1 and (tmp_path / "log").read_text().count("\n") == 1
        log.append(SENSOR, [(2, record), (3, record)])
    assert [json.loads(line)["sequence"] for line in (tmp_path / "log").read_text().splitlines()] == [1, 2, 3]


def test_a_disk_that_fails_adds_nothing_to_a_file_that_was_emptied_meanwhile(tmp_path, monkeypatch):
    with DecisionLog(tmp_path / "log") as log:
        log.append(SENSOR, [(1, '{"label":null}')])
        os.truncate(tmp_path / "log", 0)  # as logrotate's copytruncate does
        monkeypatch.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
        with pytest.raises(OutputError, match="Input/output error"):
            log.append(SENSOR, [(2, '{"label":null}')])
    assert (tmp_path / "log").read_bytes() == b""
