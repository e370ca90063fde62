# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen evaluate``: keys from channels that differ from place to place, none from those that don't, and one line per error."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from command_line import rfsec, the_error
from csi_files import read_esp32, read_intel5300
from gnuradio.rfsec.cli import app
from typer.testing import CliRunner

CSI = Path(os.environ.get("RFSEC_RECORDINGS", "")) / "csi"
KEYS = {"disagreement", "disagreement_eve", "min_entropy_bits_per_probe", "leakage_bits", "confirmed_keys", "quantizer", "probes", "bits_per_probe"}
NEEDED = 128 + 64


def noisy(features, snr_db=25, seed=5):
    return features + 10 ** (-snr_db / 20) * features.std() * np.random.default_rng(seed).normal(size=features.shape)


def places(count, seed=1):
    """Responses of 16 taps on 64 carriers, complex [count, 64]."""
    rng = np.random.default_rng(seed)
    return np.fft.fft(rng.normal(size=(count, 16)) + 1j * rng.normal(size=(count, 16)), 64)


def features(responses):
    return np.concatenate((responses.real, responses.imag), axis=1)


@pytest.fixture
def evaluate(tmp_path):
    def run(*options, **arrays):
        path = tmp_path / "pairs.npz"
        np.savez(path, **arrays)
        done = CliRunner().invoke(app, ["keygen", "evaluate", "--pairs", str(path), "--json", *options])
        assert done.exit_code == 0, done.exception
        found = json.loads(done.stdout)
        assert KEYS <= set(found)
        assert found["confirmed_keys"] * NEEDED + found["leakage_bits"] <= found["probes"] * found["min_entropy_bits_per_probe"] + 1
        return found

    return run


@pytest.fixture(scope="module")
def pairs():
    responses = features(places(300))
    return {"alice": noisy(responses, seed=1), "bob": noisy(responses, seed=2)}


@pytest.mark.parametrize("options", [[], ["--reconciliation", "bch"], ["--levels", "4", "--epsilon", "0.05"], ["--quantizer", "decorrelating"]])
def test_many_places_give_keys(evaluate, pairs, options):
    found = evaluate(*options, **pairs, eve=features(places(300, 2)))
    assert found["confirmed_keys"] >= 2 and found["failed_agreements"] <= 1 and found["leakage_bits"] > 0
    assert found["disagreement"] < 5e-3 and found["disagreement_eve"] == pytest.approx(0.5, abs=0.05)
    assert 2 < found["min_entropy_bits_per_probe"] <= 12.1


@pytest.mark.parametrize("alices, bobs", [(1e-6, 1e6), (1, 1e-30)])
def test_neither_scale_nor_complex_numbers_change_anything(evaluate, pairs, alices, bobs):
    scaled = {name: (rows[:, :64] + 1j * rows[:, 64:]) * scale for (name, rows), scale in zip(pairs.items(), (alices, bobs))}
    drawn = {"leakage_bits", "confirmed_keys", "failed_agreements", "probes_used", "stopped_because"}  # depend on random nonces a little
    found, plain = evaluate(**scaled), evaluate(**pairs)
    assert {name: found[name] for name in set(found) - drawn} == {name: plain[name] for name in set(plain) - drawn}
    assert found["confirmed_keys"] >= 2


def test_equal_ends_agree_and_without_eve_there_is_nothing_of_her(evaluate, pairs):
    found = evaluate(alice=pairs["bob"], bob=pairs["bob"])
    assert found["disagreement"] == 0 and found["confirmed_keys"] >= 2 and found["disagreement_eve"] is None


def test_an_eve_who_measures_bobs_channel_leaves_no_key(evaluate, pairs):
    found = evaluate(**pairs, eve=pairs["bob"])
    assert found["disagreement_eve"] == 0 and found["confirmed_keys"] == 0 and found["min_entropy_bits_per_probe"] == 0
    near = evaluate(**pairs, eve=noisy(pairs["bob"], 0, 3))
    assert 0.1 < near["disagreement_eve"] < 0.4
    assert near["min_entropy_bits_per_probe"] < evaluate(**pairs)["min_entropy_bits_per_probe"] - 1


@pytest.mark.parametrize("snr_db", [40, 25, 10, 0])
@pytest.mark.parametrize("options", [[], ["--levels", "8", "--epsilon", "0.01"], ["--quantizer", "decorrelating"]])
def test_standing_still_gives_no_key(evaluate, snr_db, options):
    still = np.tile(features(places(1)), (400, 1))
    found = evaluate(*options, alice=noisy(still, snr_db, 1), bob=noisy(still, snr_db, 2))
    assert found["confirmed_keys"] == 0 and found["min_entropy_bits_per_probe"] < 0.1


def test_what_the_quantizer_was_fitted_to_gives_no_key(evaluate, pairs):
    still = np.tile(features(places(1)), (300, 1))
    alice, bob = (np.concatenate((pairs[name], noisy(still, seed=seed))) for name, seed in (("alice", 8), ("bob", 9)))
    found = evaluate("--quantizer", "decorrelating", alice=alice, bob=bob)
    assert found["probes"] == found["left_out"] == 300 and found["confirmed_keys"] == 0
    assert evaluate("--quantizer", "decorrelating", alice=alice[:300], bob=bob[:300])["confirmed_keys"] > 0


@pytest.mark.parametrize("rows", [np.tile(features(places(1)), (400, 1)), np.ones((400, 128)), np.zeros((400, 128))])
def test_rows_that_never_change_are_worth_nothing(evaluate, rows):
    for quantizer in ("guard-band", "decorrelating")[: 1 + bool(rows.any())]:
        found = evaluate("--quantizer", quantizer, alice=rows, bob=rows)
        assert found["confirmed_keys"] == found["min_entropy_bits_per_probe"] == found["leakage_bits"] == 0


def test_coming_back_to_a_few_places_pays_once(evaluate):
    visited = features(places(16))[np.random.default_rng(1).integers(0, 16, 400)]
    found = evaluate(alice=noisy(visited, seed=1), bob=noisy(visited, seed=2))
    assert found["confirmed_keys"] == 0 and found["min_entropy_estimates"]["patterns"] <= 4
    assert found["min_entropy_bits_per_probe"] * 400 <= 16 * 4


def test_ends_in_different_rooms_disagree(evaluate):
    found = evaluate(alice=features(places(300)), bob=features(places(300, 2)))
    assert found["disagreement"] == pytest.approx(0.5, abs=0.05) and found["confirmed_keys"] == 0


def test_a_noisy_channel_pays_for_no_key(evaluate):
    responses = features(places(300))
    found = evaluate(alice=noisy(responses, 3, 1), bob=noisy(responses, 3, 2))
    assert 0.05 < found["disagreement"] < 0.3 and found["confirmed_keys"] == 0 and found["stopped_because"]


@pytest.mark.parametrize("count", [1, 2, 15, 20])
def test_few_probes_give_no_key(evaluate, pairs, count):
    found = evaluate(**{name: rows[:count] for name, rows in pairs.items()})
    assert found["confirmed_keys"] == 0 and found["probes"] == count


def test_rows_that_are_not_finite_are_left_out(evaluate, pairs):
    alice, bob = pairs["alice"].copy(), pairs["bob"].copy()
    alice[3], alice[4, 5], bob[9], eve = np.nan, np.inf, 0, np.full_like(bob, np.nan)
    found = evaluate(alice=alice, bob=bob, eve=eve)
    assert found["left_out"] == 3 and found["probes"] == 297
    assert found["disagreement_eve"] is None
    assert evaluate(alice=np.full_like(alice, np.nan), bob=bob)["disagreement"] is None


def test_an_eve_knows_nothing_by_what_she_did_not_measure(evaluate, pairs):
    eve = features(places(300, 2))
    some = eve.copy()
    some[::20] = np.nan
    whole, partly, none = (evaluate(**pairs, eve=one) for one in (eve, some, np.full_like(eve, np.nan)))
    assert partly["confirmed_keys"] == whole["confirmed_keys"] >= 2
    assert partly["min_entropy_bits_per_probe"] == pytest.approx(whole["min_entropy_bits_per_probe"], rel=0.02)
    assert none["confirmed_keys"] == evaluate(**pairs)["confirmed_keys"]


@pytest.mark.skipif("RFSEC_RECORDINGS" not in os.environ, reason="RFSEC_RECORDINGS names no folder of recordings")
@pytest.mark.parametrize("read, name", [(read_esp32, "esp32_100hz_pitraffic.csv"), (read_intel5300, "intel5300_sample_0x5_64_3000.dat")])
@pytest.mark.parametrize("form", [features, np.abs])
def test_real_channels_that_stand_still_earn_no_key(evaluate, read, name, form):
    packets = form(read(CSI / name)).astype(np.float64)
    assert len(packets) > 800
    count = len(packets) // 2 * 2
    other = evaluate(alice=packets[0:count:2], bob=packets[1:count:2])
    same = evaluate(alice=packets, bob=packets)  # both ends have even the same noise, and the same phases
    for found in (other, same):
        assert found["confirmed_keys"] == 0 and found["min_entropy_bits_per_probe"] < 0.05
    if form is np.abs:  # the radios' phases are not shared, what stands still is
        assert other["disagreement"] < 0.01


def test_a_user_sees_a_table(tmp_path, pairs):
    np.savez(tmp_path / "pairs.npz", **pairs)
    done = rfsec("keygen", "evaluate", "--pairs", tmp_path / "pairs.npz", env={**os.environ, "COLUMNS": "100"})
    assert done.returncode == 0 and done.stderr == ""
    for name in ("disagreement", "min entropy bits per probe", "leakage bits", "confirmed keys", "guard-band"):
        assert name in done.stdout


def test_errors_are_one_line(tmp_path):
    path = tmp_path / "pairs.npz"
    assert "cannot be read" in the_error(rfsec("keygen", "evaluate", "--pairs", path, "--json"))
    np.savez(path, alice=np.zeros((3, 4)))
    assert "'bob'" in the_error(rfsec("keygen", "evaluate", "--pairs", path, "--json"))
    np.savez(path, alice=np.zeros((3, 4)), bob=np.zeros((3, 4)))
    assert "'levels'" in the_error(rfsec("keygen", "evaluate", "--pairs", path, "--levels", "3"))
    assert "'epsilon'" in the_error(rfsec("keygen", "evaluate", "--pairs", path, "--levels", "8"))
    assert "at least 16 usable ones" in the_error(rfsec("keygen", "evaluate", "--pairs", path, "--quantizer", "decorrelating"))
