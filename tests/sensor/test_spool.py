# SPDX-License-Identifier: GPL-3.0-or-later
"""The spool: numbered, acknowledged, bounded, and the property of one process."""

import errno
import json
import os
import sqlite3
import stat
import subprocess
import sys

import pytest
from gnuradio.rfsec.errors import OutputError
from gnuradio.rfsec.sensor.spool import MIN_BYTES, Spool

RECORD = json.dumps({"label": "gsm", "filler": "x" * 300})
SECRET_KEPT = 0o600


def opened(folder, consumers=("one",), max_bytes=MIN_BYTES) -> Spool:
    return Spool(folder / "spool.db", max_bytes, list(consumers))


def test_decisions_wait_until_every_consumer_has_them(tmp_path):
    with opened(tmp_path, ("one", "two")) as spool:
        spool.append([RECORD, '{"label":"lte"}'], "after sweep 1")
        spool.append([], "after sweep 2")
        spool.acknowledge("one", 2)
        spool.acknowledge("two", 1)
        assert spool.after(0, 10) == [(2, '{"label":"lte"}')] and spool.waiting == 1
        identity = spool.identity
    with opened(tmp_path, ("one", "two")) as spool:  # all of it is in the file
        assert (spool.identity, spool.last, spool.position, spool.dropped) == (identity, 2, "after sweep 2", 0)
        assert spool.acknowledged("one") == 2 and spool.acknowledged("two") == 1
        spool.acknowledge("two", 2)
        assert spool.waiting == 0 and spool.after(0, 10) == []
        spool.append([RECORD], "")
        assert spool.after(0, 10) == [(3, RECORD)]  # numbers are never given twice
        spool.acknowledge("two", 1)
        assert spool.acknowledged("two") == 2


def test_a_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "100%25 spool?\udcff#"  # no UTF-8, as from a disk written elsewhere
    folder.mkdir()
    with opened(folder) as spool:
        spool.append([RECORD], "")
    with opened(folder) as spool:
        assert spool.last == 1
    assert [one.name for one in folder.iterdir()] == ["spool.db"]


def test_a_number_that_was_never_given_is_refused(tmp_path):
    with opened(tmp_path) as spool:
        spool.append([RECORD], "")
        with pytest.raises(OutputError, match="2 was acknowledged"):
            spool.acknowledge("one", 2)
        with pytest.raises(KeyError):
            spool.acknowledge("stranger", 1)
        assert spool.waiting == 1


def test_who_is_no_longer_named_holds_nothing_back(tmp_path):
    with opened(tmp_path, ("one", "gone")) as spool:
        spool.append([RECORD] * 3, "")
        spool.set_consumers(["one", "new"])
        spool.acknowledge("one", 3)
        assert spool.after(spool.acknowledged("new"), 10) == [(number, RECORD) for number in (1, 2, 3)]
        spool.acknowledge("new", 3)
        assert spool.waiting == 0


def test_what_only_one_who_is_no_longer_named_lacked_is_removed(tmp_path):
    with opened(tmp_path, ("one", "gone")) as spool:
        spool.append([RECORD] * 3, "")
        spool.acknowledge("one", 2)
        spool.set_consumers(["one"])
        assert spool.waiting == 1 and spool.after(0, 10) == [(3, RECORD)]
        spool.set_consumers(["one", "late"])
        spool.acknowledge("one", 3)
    with opened(tmp_path) as spool:  # so too where one is taken out between two starts
        assert spool.waiting == 0 and spool.acknowledged("one") == 3


def test_the_oldest_are_dropped_and_counted_where_the_file_is_full(tmp_path):
    with opened(tmp_path) as spool:
        for _ in range(80):
            spool.append([RECORD] * 100, "")
            assert spool.used_bytes <= MIN_BYTES
        kept = spool.after(0, 100_000)
        assert spool.dropped + len(kept) == 8000 == spool.last and spool.dropped > 4000
        assert [number for number, _ in kept] == list(range(spool.dropped + 1, 8001)) and spool.waiting == len(kept) > 1500
        assert (tmp_path / "spool.db").stat().st_size <= MIN_BYTES
        with pytest.raises(OutputError, match="do not fit"):
            spool.append([RECORD] * 4000, "too far")
        assert spool.position == "" and spool.after(0, 100_000) == kept


def test_its_space_is_taken_when_it_is_made_and_kept(tmp_path):
    size = 3 << 20
    with opened(tmp_path, max_bytes=size) as spool:
        made = os.stat(tmp_path / "spool.db")
        assert size - (1 << 20) <= made.st_blocks * 512 and stat.S_IMODE(made.st_mode) == SECRET_KEPT
        assert spool.used_bytes < 100_000
        for _ in range(100):
            spool.append([RECORD] * 100, "")
            spool.acknowledge("one", spool.last)
    assert size - 2 * 4096 <= os.stat(tmp_path / "spool.db").st_size <= size
    with opened(tmp_path, max_bytes=2 * size) as spool:
        assert os.stat(tmp_path / "spool.db").st_size + (1 << 20) >= 2 * size and spool.last == 10_000


def test_a_second_process_is_refused(tmp_path):
    code = ("import sys; from gnuradio.rfsec.sensor.spool import Spool\nfrom gnuradio.rfsec.errors import OutputError\n"
            "try: Spool(sys.argv[1], 1 << 20, ['one'])\nexcept OutputError as error: print(error)")
    with opened(tmp_path):
        done = subprocess.run([sys.executable, "-c", code, tmp_path / "spool.db"], capture_output=True, text=True, timeout=60)
    assert "another sensor has this spool" in done.stdout, done.stderr


@pytest.mark.parametrize("spoil, reason", [
    (lambda path: path.write_bytes(b"no database at all, but long enough" * 100), "no spool"),
    (lambda path: path.write_bytes(b"!"), "no spool"),
    (lambda path: sqlite3.connect(path).executescript("CREATE TABLE x (y); PRAGMA application_id = 7"), "no spool"),
    (lambda path: path.mkdir(), "can't be made")])
def test_another_file_is_refused_and_left_alone(tmp_path, spoil, reason):
    path = tmp_path / "spool.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(OutputError, match=reason):
        opened(tmp_path)
    assert before is None or path.read_bytes() == before


def test_a_damaged_spool_is_said(tmp_path):
    with opened(tmp_path) as spool:
        spool.append([RECORD] * 1000, "")
    with open(tmp_path / "spool.db", "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 200 * 4096)
    with pytest.raises(OutputError, match="damaged"):
        opened(tmp_path)


ON_A_SMALL_DISK = """
import json, os, sys
from gnuradio.rfsec.sensor.spool import Spool
from gnuradio.rfsec.sensor.decision_log import DecisionLog
from gnuradio.rfsec.errors import OutputError
spool, log = Spool("spool.db", 1 << 20, ["jsonl"]), DecisionLog("log.jsonl")
try:
    with open("filler", "wb", buffering=0) as filler:
        while True:
            filler.write(bytes(512))
except OSError as error:
    print(error.errno)
record = json.dumps({"filler": "x" * 300})
for _ in range(80):
    spool.append([record] * 100, "")
print(spool.last, spool.dropped, spool.waiting)
try:
    log.append(spool.identity, spool.after(0, 100))
except OutputError as error:
    print(error)
"""


STARTED_ON_A_FULL_DISK = """
import os
from gnuradio.rfsec.sensor.spool import Spool
from gnuradio.rfsec.errors import OutputError
Spool("spool.db", 1 << 20, ["one"]).close()
try:
    with open("filler", "wb", buffering=0) as filler:
        while True:
            filler.write(bytes(512))
except OSError:
    pass
for freed in (0, 512 << 10, 640 << 10):
    os.truncate("filler", os.stat("filler").st_size - freed)
    try:
        Spool("spool.db", 1 << 20, ["one"]).close()
        print("it starts")
    except OutputError as error:
        print(error)
"""


LARGER_THAN_THE_DISK = """
import os
from gnuradio.rfsec.sensor.spool import Spool
from gnuradio.rfsec.errors import OutputError
before = os.statvfs(".").f_bavail
try:
    Spool("spool.db", 64 << 20, ["one"])
except OutputError as error:
    print(error)
print((before - os.statvfs(".").f_bavail) * os.statvfs(".").f_frsize)
Spool("spool.db", 1 << 20, ["one"]).close()
"""


def on_a_small_disk(folder, code: str) -> list[str]:
    """The lines that a program prints in a folder of 4 MiB."""
    mounted = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=4m none "$0" && cd "$0" && exec "$@"', folder]
    if subprocess.run([*mounted, "true"], capture_output=True).returncode:
        pytest.skip("this system lets no test mount a small disk")
    done = subprocess.run([*mounted, sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_spool_of_a_full_disk_is_opened_once_there_is_space(tmp_path):
    nothing, little, enough = on_a_small_disk(tmp_path, STARTED_ON_A_FULL_DISK)
    assert "Free some" in nothing and "Free some" in little and enough == "it starts"


def test_a_disk_that_fills_up_takes_nothing_but_the_oldest(tmp_path):
    full, numbers, refused = on_a_small_disk(tmp_path, ON_A_SMALL_DISK)
    last, dropped, waiting = map(int, numbers.split())
    assert int(full) == errno.ENOSPC and last == 8000 == dropped + waiting and dropped > 4000 and "No space left" in refused


def test_a_spool_larger_than_the_disk_does_not_fill_it(tmp_path):
    reason, taken = on_a_small_disk(tmp_path, LARGER_THAN_THE_DISK)
    assert "spool.db: there is no space left for this spool" in reason and int(taken) < 1 << 20
