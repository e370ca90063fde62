# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen alice`` and ``bob``: two processes over TCP end with one key in two files, or with a reason and no file."""

import re
import signal
import subprocess

import numpy as np
import pytest
from command_line import DEADLINE_S, RFSEC, rfsec, the_error
from gnuradio.rfsec.keygen.agreement_settings import Settings
from gnuradio.rfsec.keygen.curve_link import CurveLink
from gnuradio.rfsec.keygen.decorrelating import fit
from gnuradio.rfsec.keygen.guard_band import quantize
from gnuradio.rfsec.keygen.identity import public_path, write_identity
from gnuradio.rfsec.keygen.measured_probes import MeasuredProbes
from gnuradio.rfsec.keygen.messages import Role
from gnuradio.rfsec.keygen.probe_store import ProbeStore
from gnuradio.rfsec.keygen.session import Session
from small_mapper import write_conjugating_mapper
from two_ends import ALICE, BOB, MALLORY, PROBES, SYMBOLS, features, generous

BUSY_LINE = re.compile(r"Alice waits at (tcp://127\.0\.0\.1:\d+)\.")


@pytest.fixture
def files(tmp_path):
    for name, identity in (("alice", ALICE), ("bob", BOB), ("mallory", MALLORY)):
        write_identity(tmp_path / name, identity)
    write_probes(tmp_path)
    return tmp_path


def write_secret(path, **arrays):
    np.savez(path, **arrays)
    path.chmod(0o600)


def write_probes(folder, first: int = 0, **how):
    for name, values in zip(("alice", "bob"), features(**how)):
        write_secret(folder / f"{name}.npz", probe=np.arange(first, first + len(values)), features=values)


def end(files, name: str, endpoint: str, *options, peer: str = "") -> list[str]:
    where = "--bind" if name == "alice" else "--connect"
    peer = peer or ("bob" if name == "alice" else "alice")
    return [*RFSEC, "keygen", name, "--identity", str(files / name), "--peer", str(public_path(files / peer)), where, endpoint,
            "--features", str(files / f"{name}.npz"), "--out", str(files / f"{name}.key"), *map(str, options)]


def start(command) -> subprocess.Popen:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def start_alice(files, *options, **how) -> tuple[subprocess.Popen, str, str]:
    """Alice's process, what it said first, and the endpoint that it has bound."""
    alice = start(end(files, "alice", "tcp://127.0.0.1:*", *options, **how))
    line = alice.stdout.readline()
    assert BUSY_LINE.match(line), line + alice.stderr.read()
    return alice, line, BUSY_LINE.match(line)[1]


def both(files, *options, bobs=None, alices_peer: str = "", bobs_peer: str = ""):
    alice, line, endpoint = start_alice(files, *options, peer=alices_peer)
    bob = subprocess.run(end(files, "bob", endpoint, *(options if bobs is None else bobs), peer=bobs_peer), capture_output=True, text=True,
                         timeout=DEADLINE_S)
    out, err = alice.communicate(timeout=DEADLINE_S)
    return subprocess.CompletedProcess(alice.args, alice.returncode, line + out, err), bob


def keys(files) -> list[bytes]:
    return [(files / f"{name}.key").read_bytes() for name in ("alice", "bob") if (files / f"{name}.key").exists()]


@pytest.mark.parametrize("options", [(), ("--reconciliation", "bch", "--with-x25519", "--key-bits", "256", "--levels", "4", "--epsilon", "0.04",
                                          "--security-bits", "20", "--probes", "36"),
                                     ("--quantizer", "fitted.json")])
def test_two_processes_end_with_one_key(files, options, monkeypatch):
    monkeypatch.chdir(files)
    (files / "fitted.json").write_text(fit(features(count=500, seed=9)[0], 24).to_json())
    write_probes(files, count=40)
    alice, bob = both(files, *options)
    assert alice.returncode == bob.returncode == 0, alice.stderr + bob.stderr
    one, other = keys(files)
    assert one == other and len(one) == (32 if "256" in options else 16)
    assert all((files / f"{name}.key").stat().st_mode & 0o777 == 0o600 for name in ("alice", "bob"))
    assert not list(files.glob(".*"))  # nothing was left beside them
    ids = [re.search(r"^key id +([0-9a-f]{16})$", done.stdout, re.M)[1] for done in (alice, bob)]
    leaks = [re.search(r"^leakage +(\d+) bits", done.stdout, re.M)[1] for done in (alice, bob)]
    assert ids[0] == ids[1] and leaks[0] == leaks[1] and int(leaks[0]) > 0
    assert f"probes      {36 if '36' in options else 40} used" in bob.stdout
    assert not any(shown in done.stdout + done.stderr for done in (alice, bob) for shown in (one.hex(), repr(one)))


def write_responses(files, conjugate: bool):
    """Responses of both ends with phases and gains of their own; Bob's band is the conjugate of Alice's, or the same."""
    rng = np.random.default_rng(3)
    channel = np.fft.fft(rng.normal(size=(PROBES, 24, 2)).view(complex)[..., 0], 64, axis=1)
    for name in ("alice", "bob"):
        turned = channel * np.exp(2j * np.pi * rng.random((PROBES, 1))) * rng.uniform(0.7, 1.4, (PROBES, 1))
        measured = turned + 0.02 * rng.normal(size=(PROBES, 64, 2)).view(complex)[..., 0]
        band = measured.conj() if conjugate and name == "bob" else measured
        write_secret(files / f"{name}.npz", probe=np.arange(PROBES), cfr=band.astype(np.complex64))


@pytest.mark.parametrize("mapped", [False, True])
def test_measured_responses_are_sanitised_and_mapped_first(files, mapped):
    write_responses(files, conjugate=mapped)
    alice, bob = both(files, *(("--model", write_conjugating_mapper(files / "mapper.onnx", 64)) if mapped else ()))
    assert alice.returncode == bob.returncode == 0, alice.stderr + bob.stderr
    one, other = keys(files)
    assert one == other


def test_components_of_responses_with_phases_are_refused(files):
    write_responses(files, conjugate=True)
    mapper = write_conjugating_mapper(files / "mapper.onnx", 64, representation="cfr_unit_power")
    assert "takes sanitised responses" in refusal(files, "--model", mapper, "--quantizer", "fitted.json")


def test_probes_are_spent_across_runs(files):
    both(files)
    for name in ("alice", "bob"):
        (files / f"{name}.key").unlink()
    assert "has no probe to use: 32 are spent" in the_error(subprocess.run(
        end(files, "alice", "tcp://127.0.0.1:*"), capture_output=True, text=True, timeout=DEADLINE_S))
    clean(files)


@pytest.mark.parametrize("bobs, reason", [(("--epsilon", "0.2"), "same settings: quantizer="), (("--with-x25519",), "same settings: x25519="),
                                          (("--key-bits", "256"), "same settings: key_bits=")])
def test_other_settings_are_a_reason_at_both_ends(files, bobs, reason):
    alice, bob = both(files, bobs=bobs)
    assert reason in the_error(bob) and reason in alice.stderr and alice.returncode == 1 and not keys(files)


def test_different_rooms_are_a_reason_at_both_ends(files):
    write_secret(files / "bob.npz", probe=np.arange(PROBES), features=features(seed=9)[1])
    alice, bob = both(files)
    assert alice.returncode == bob.returncode == 1 and not keys(files)
    assert "channels are too unlike" in alice.stderr + bob.stderr


def test_the_wrong_peer_is_a_reason_at_both_ends(files):
    alice, bob = both(files, "--timeout", "2", bobs_peer="mallory")
    assert alice.returncode == bob.returncode == 1 and not keys(files)
    assert "came within 2 s" in alice.stderr and "came within 2 s" in bob.stderr


def clean(files):
    """The next agreement of the same ends, over new probes, gives a key."""
    write_probes(files, first=PROBES, seed=2)
    alice, bob = both(files)
    assert alice.returncode == bob.returncode == 0 and len(set(keys(files))) == 1


@pytest.mark.parametrize("messages", [2, 5])
def test_a_bob_who_dies_leaves_alice_without_a_key_and_the_next_agreement_clean(files, messages):
    alice, _, endpoint = start_alice(files, "--timeout", "2")
    probes = MeasuredProbes.of(np.arange(PROBES), quantize(features()[1]))
    with ProbeStore(files / "bob.probes") as store, CurveLink(Role.BOB, BOB, ALICE.public, endpoint) as link:
        bob = Session(Role.BOB, BOB, ALICE.public, Settings("guard-band epsilon=0.1 of features", SYMBOLS), probes, store, generous)
        link.send(bob.start())
        for _ in range(messages):
            link.send(*bob.receive(link.receive(DEADLINE_S)))
    out, complaint = alice.communicate(timeout=DEADLINE_S)
    assert alice.returncode == 1 and "Bob has said nothing for 2 s" in complaint and not keys(files)
    clean(files)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_alice_who_is_interrupted_says_so_to_bob(files, number):
    alice, _, endpoint = start_alice(files)
    probes = MeasuredProbes.of(np.arange(PROBES), quantize(features()[1]))
    with ProbeStore(files / "bob.probes") as store, CurveLink(Role.BOB, BOB, ALICE.public, endpoint) as link:
        bob = Session(Role.BOB, BOB, ALICE.public, Settings("guard-band epsilon=0.1 of features", SYMBOLS), probes, store, generous)
        link.send(bob.start())
        unsent = bob.receive(link.receive(DEADLINE_S))
        alice.send_signal(number)
        bob.receive(link.receive(DEADLINE_S))
    assert unsent and str(bob.failure) == "Alice stopped: Alice was stopped."
    out, complaint = alice.communicate(timeout=DEADLINE_S)
    assert (alice.returncode, complaint, keys(files)) == (1, "rfsec: Alice was stopped.\n", [])
    clean(files)


def test_an_alice_who_is_killed_leaves_bob_without_a_key_and_the_next_agreement_clean(files):
    alice, _, endpoint = start_alice(files)
    bob = start(end(files, "bob", endpoint, "--timeout", "2"))
    with ProbeStore(files / "alice.probes") as spent:
        while len(spent.unspent(np.arange(PROBES))) and alice.poll() is None:
            pass  # until her bits are in use
    alice.kill()
    alice.communicate()
    _, complaint = bob.communicate(timeout=DEADLINE_S)
    late = (files / "bob.key").exists()  # her last message had left
    assert late or (bob.returncode == 1 and "Alice has said nothing for 2 s" in complaint and not keys(files))
    for key in files.glob("*.key"):
        key.unlink()
    clean(files)


def refusal(files, *options) -> str:
    return the_error(rfsec(*end(files, "alice", "tcp://127.0.0.1:*", *options)[len(RFSEC):]))


def test_a_key_is_never_replaced(files):
    (files / "alice.key").write_bytes(b"precious")
    assert "never replaced" in refusal(files) and (files / "alice.key").read_bytes() == b"precious"


@pytest.mark.parametrize("out, reason", [("nowhere/alice.key", "No such file or directory"), ("alice.npz/alice.key", "Not a directory"),
                                         ("a" * 240, "File name too long")])
def test_a_key_file_that_cannot_be_is_told_before_a_probe_is_spent(files, out, reason):
    told = refusal(files, "--out", files / out)
    assert str(files / out) in told and reason in told and not (files / "alice.probes").exists()


@pytest.mark.parametrize("out, store", [("alice.probes", ()), ("both", ("--store", "nowhere/../both"))])
def test_a_key_file_that_the_store_of_spent_probes_will_be_is_told_before_a_probe_is_spent(files, out, store):
    (files / "nowhere").mkdir()
    told = refusal(files, "--out", files / out, "--timeout", "1", *(store and (store[0], files / store[1])))
    assert str(files / out) in told and "spent probes" in told and not (files / out).exists()


@pytest.mark.parametrize("options, reason", [
    (("--levels", "3"), "'levels'"), (("--timeout", "0"), "'timeout'"), (("--quantizer", "nowhere.json"), "no quantizer can be read here"), (("--epsilon", "0.7"), "'epsilon'"),
    (("--model", "none.onnx"), "array 'cfr'")])
def test_wrong_options_are_one_line(files, options, reason):
    assert reason in refusal(files, *options)


@pytest.mark.parametrize("arrays, reason", [({"probe": np.arange(3)}, "one of the arrays"),
                                            ({"probe": np.array([1, 1, 2]), "features": np.eye(3)}, "come once"),
                                            ({"probe": np.arange(3), "cfr": np.zeros((3, 8), np.complex64)}, "3 gave no symbol")])
def test_wrong_probes_are_one_line(files, arrays, reason):
    write_secret(files / "alice.npz", **arrays)
    assert reason in refusal(files)


@pytest.mark.parametrize("mode", [0o644, 0o620])
def test_probes_that_others_may_read_are_refused(files, mode):
    (files / "alice.npz").chmod(mode)
    assert "others may read this secret. Run: chmod 600" in refusal(files)


def test_an_identity_is_made_and_never_replaced(tmp_path):
    made = rfsec("keygen", "identity", tmp_path / "carol")
    assert made.returncode == 0 and "fingerprint" in made.stdout
    assert (tmp_path / "carol").stat().st_mode & 0o777 == 0o600 and (tmp_path / "carol.pub").exists()
    assert "never replaced" in the_error(rfsec("keygen", "identity", tmp_path / "carol"))
