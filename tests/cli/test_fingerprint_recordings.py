# SPDX-License-Identifier: GPL-3.0-or-later
"""Real devices, each enrolled from one burst by the command line and the shipped encoders, and told apart in all others."""

import json
import os
from pathlib import Path

import pytest
from command_line import rfsec, the_error

FOLDER = Path(os.environ.get("RFSEC_RECORDINGS", ""))
pytestmark = pytest.mark.skipif("RFSEC_RECORDINGS" not in os.environ, reason="RFSEC_RECORDINGS names no folder of recordings")
TWO = "emitters/ism_two_devices/two_participants.complex16s"
LAX = ("--threshold", "0.3")  # any of these devices is within it of any other: the nearest decides
WIFI = "ofdm/wifi/radiated_dot11n_6.5mbps.dat"


def truth(key):
    return json.loads((FOLDER / "GROUND_TRUTH.json").read_text())[key]


def identified(gallery, recording, *options):
    done = rfsec("fingerprint", "identify", gallery, *recording, *options, "--jsonl", "-")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def sender(records, start, tolerance):
    """Who sent the burst that begins at a sample, None where no burst was found there."""
    near = [one for one in records if abs(one["sample_start"] - start) < tolerance]
    return max(near, key=lambda one: one["sample_count"])["label"] if near else None  # keying on splatters for a moment


def number_of(records, start, tolerance):
    """The number that `--burst` takes of the burst that begins at a sample."""
    return 1 + next(index for index, one in enumerate(records) if abs(one["sample_start"] - start) < tolerance)


def enrol(gallery, name, number, recording, *options):
    done = rfsec("fingerprint", "enrol", gallery, name, *recording, "--burst", number, *options)
    assert done.returncode == 0, done.stderr


def enrolled_two(gallery, recording, emitters="AB", options=LAX):
    """Enrol the named ones of the two devices, each from its first burst; what is then said of every burst."""
    known = truth("emitters:two_participants.complex16s")
    first = rfsec("classify", *recording, "--jsonl", "-")
    bursts = [json.loads(line) for line in first.stdout.splitlines() if line.startswith("{")]
    for emitter in emitters:  # A is so near that it clips
        one = next(burst for burst in known if burst["emitter"] == emitter)
        enrol(gallery, emitter, number_of(bursts, one["start"], 500), recording, "--allow-clipping")
    return identified(gallery, recording, *options)


def test_seventeen_bursts_of_two_devices_fall_into_their_two_groups(tmp_path):
    recording = (FOLDER / TWO, "--rate", "1e6", "--format", "cs8")
    known = truth("emitters:two_participants.complex16s")
    records = enrolled_two(tmp_path / "gallery.db", recording)
    found = [sender(records, burst["start"], 500) for burst in known]
    assert found == [burst["emitter"] for burst in known] and (found.count("A"), found.count("B")) == (9, 8)


def test_a_claim_holds_only_for_bursts_of_the_device_that_is_claimed(tmp_path):
    """Each of the two is within the threshold of the other: the gallery must tell which of them it is."""
    recording, gallery = (FOLDER / TWO, "--rate", "1e6", "--format", "cs8"), tmp_path / "gallery.db"
    records = enrolled_two(gallery, recording)
    numbers = {name: [number for number, one in enumerate(records, 1) if one["label"] == name] for name in "AB"}

    def verified(claim, chosen=()):
        return rfsec("fingerprint", "verify", gallery, *recording, "--claim", claim, *(f"--burst={number}" for number in chosen))

    for name, other in ("AB", "BA"):
        assert verified(name, numbers[name]).returncode == 0
        error = the_error(verified(name, numbers[other]))
        assert f"This is not '{name}': '{other}' is nearer" in error
        error = the_error(verified(name, [*numbers[name], numbers[other][-1]]))
        assert f"Burst {numbers[other][-1]} is not of '{name}': '{other}' is much nearer" in error
        assert "nearer" in the_error(verified(name))


@pytest.mark.parametrize("enrolled, lowest", [("A", "0.9"), ("B", "0.84")])
def test_a_stranger_of_the_same_make_is_refused_only_by_a_threshold_of_ones_own(tmp_path, enrolled, lowest):
    """A known limit: what the encoder's card promises of strangers holds for simulated ones, and not for these two."""
    recording, gallery = (FOLDER / TWO, "--rate", "1e6", "--format", "cs8"), tmp_path / "gallery.db"
    known = truth("emitters:two_participants.complex16s")
    records = enrolled_two(gallery, recording, enrolled, ("--false-accepts", "0.001"))
    assert [sender(records, burst["start"], 500) for burst in known] == [enrolled] * len(known)
    records = identified(gallery, recording, "--threshold", lowest)
    own = [enrolled if burst["emitter"] == enrolled else None for burst in known]
    assert [sender(records, burst["start"], 500) for burst in known] == own


def test_an_access_point_and_its_client_are_told_apart(tmp_path):
    recording = (FOLDER / WIFI, "--rate", "20e6", "--format", "cs16_le")
    frames, gallery = truth(f"wifi:{Path(WIFI).name}"), tmp_path / "gallery.db"
    first = rfsec("classify", *recording, "--jsonl", "-")
    bursts = [json.loads(line) for line in first.stdout.splitlines() if line.startswith("{")]
    who = {frame["start"]: "client" if frame["cfo"] > -25e3 else "AP" for frame in frames}
    for name in ("AP", "client"):
        start = next(start for start, one in who.items() if one == name and sender_found(bursts, start))
        enrol(gallery, name, number_of(bursts, start, 100), recording)
    records = identified(gallery, recording, *LAX)
    found = {start: sender(records, start, 100) for start in who}
    told = {start: one for start, one in found.items() if one is not None}
    assert len(told) >= 0.8 * len(who) and all(who[start] == one for start, one in told.items())


def sender_found(bursts, start):
    return any(abs(one["sample_start"] - start) < 100 for one in bursts)
