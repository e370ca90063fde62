# SPDX-License-Identifier: GPL-3.0-or-later
"""The store of spent probes: no probe twice, whoever asks, and whatever happens in between."""

import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from gnuradio.rfsec.errors import KeyAgreementError
from gnuradio.rfsec.keygen.probe_store import ProbeStore

PROBES = np.array([3, 5, 2**62], np.int64)
SYMBOLS = np.array([[0, 1, -1, 1], [1, 1, 0, -1], [-1, 0, 0, 1]], np.int8)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "?#%25\udcff spent.db"  # no UTF-8 either, as from a disk written elsewhere


def test_what_is_spent_stays_spent(path):
    with ProbeStore(path) as store:
        np.testing.assert_array_equal(store.unspent(PROBES), PROBES)
        assert store.remembered(4, 2).shape == (0, 4)
        assert not len(store.spend(PROBES[:2], SYMBOLS[:2], 2))
    with ProbeStore(path) as store:
        np.testing.assert_array_equal(store.unspent(PROBES), PROBES[2:])
        np.testing.assert_array_equal(store.remembered(4, 2), SYMBOLS[:2])
        assert store.remembered(5, 2).shape == (0, 5)  # of another quantizer
    assert path.stat().st_mode & 0o777 == 0o600


def test_words_of_more_levels_are_another_quantizers(path):
    with ProbeStore(path) as store:
        store.spend(PROBES, np.array([[0, 1, -1, 1], [1, 2, 0, -1], [-1, 3, 0, 7]], np.int8), 8)
        assert [len(store.remembered(4, levels)) for levels in (2, 4, 8)] == [1, 2, 3]


def test_what_was_spent_before_comes_with_what_is_spent(path):
    """Two ends of agreements that run at once: the later one knows the words of the other, however late it looked."""
    with ProbeStore(path) as one, ProbeStore(path) as other:
        assert not len(other.remembered(4, 2))
        one.spend(PROBES[:2], SYMBOLS[:2], 2)
        np.testing.assert_array_equal(other.spend(PROBES[2:], SYMBOLS[2:], 2), SYMBOLS[:2])


def test_no_probe_is_a_question_too(path):
    with ProbeStore(path) as store:
        store.spend(PROBES, SYMBOLS, 2)
        assert len(store.unspent(np.empty(0, np.int64))) == 0
        np.testing.assert_array_equal(store.unspent(np.array([4, 3, 2**62 - 1, 6], np.int64)), [4, 2**62 - 1, 6])


def test_a_probe_is_spent_once_and_with_it_none_of_its_fellows(path):
    with ProbeStore(path) as one, ProbeStore(path) as other:
        one.spend(PROBES[1:2], SYMBOLS[1:2], 2)
        with pytest.raises(KeyAgreementError, match="has just used one of these"):
            other.spend(PROBES, SYMBOLS, 2)
        np.testing.assert_array_equal(other.unspent(PROBES), PROBES[[0, 2]])


RACE = """
import sys
import numpy as np
from gnuradio.rfsec.errors import KeyAgreementError
from gnuradio.rfsec.keygen.probe_store import ProbeStore
sys.stdin.readline()
won = 0
with ProbeStore(sys.argv[1]) as store:
    for number in range(100):
        try:
            store.spend(np.array([number]), np.zeros((1, 4), np.int8), 2)
            won += 1
        except KeyAgreementError:
            pass
print(won)
"""


def test_two_processes_never_get_the_same_probe(path):
    ProbeStore(path).close()
    racers = [subprocess.Popen([sys.executable, "-c", RACE, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
              for _ in range(2)]
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert sum(won) == 100
    with ProbeStore(path) as store:
        assert len(store.remembered(4, 2)) == 100


def test_a_process_that_dies_while_it_spends_leaves_a_sound_store(path):
    code = ("import os, sys, numpy as np\nfrom gnuradio.rfsec.keygen.probe_store import ProbeStore\n"
            "store = ProbeStore(sys.argv[1])\nstore.spend(np.array([1]), np.zeros((1, 4), np.int8), 2)\n"
            "store._db.execute('BEGIN IMMEDIATE')\nstore._db.execute(\"INSERT INTO spent VALUES (2, x'00000000')\")\nos._exit(9)\n")
    assert subprocess.run([sys.executable, "-c", code, str(path)], timeout=60).returncode == 9
    with ProbeStore(path) as store:
        np.testing.assert_array_equal(store.unspent(np.array([1, 2], np.int64)), [2])


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o606])
def test_a_store_that_others_may_read_is_refused(path, mode):
    ProbeStore(path).close()
    path.chmod(mode)
    with pytest.raises(KeyAgreementError, match="chmod 600"):
        ProbeStore(path)


def test_other_files_are_refused_and_left_alone(path, tmp_path):
    path.write_text("my diary " * 100)
    path.chmod(0o600)
    short = tmp_path / "short.db"
    short.write_text("!")
    short.chmod(0o600)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE diary (page TEXT)")
    other.chmod(0o600)
    for file in (path, short, other):
        before = file.read_bytes()
        with pytest.raises(KeyAgreementError) as caught:
            ProbeStore(file)
        assert str(file) in str(caught.value) and "\n" not in str(caught.value)
        assert file.read_bytes() == before
    with pytest.raises(KeyAgreementError, match="No such file"):
        ProbeStore(tmp_path / "nowhere" / "spent.db")


def test_a_damaged_store_is_refused(path):
    with ProbeStore(path) as store:
        store.spend(np.arange(500), np.ones((500, 64), np.int8), 2)
    data = bytearray(path.read_bytes())
    data[4096:8192] = bytes(4096)
    path.write_bytes(data)
    with pytest.raises(KeyAgreementError, match="spent.db"):
        ProbeStore(path)


def test_a_store_in_memory_is_as_strict():
    with ProbeStore(None) as store:
        store.spend(PROBES, SYMBOLS, 2)
        with pytest.raises(KeyAgreementError):
            store.spend(PROBES[:1], SYMBOLS[:1], 2)
