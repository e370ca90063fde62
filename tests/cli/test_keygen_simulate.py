# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen simulate``: whole agreements in the room, the good ones and those that must end without a key."""

import json
import re

import pytest
from command_line import rfsec, the_error


def simulated(*arguments):
    return json.loads(rfsec("keygen", "simulate", "--json", *arguments).stdout)["by_snr"]


@pytest.mark.parametrize("reconciliation", ["cascade", "bch"])
def test_a_walking_bob_gets_keys_that_eve_does_not_have(reconciliation):
    [found] = simulated("--sessions", 6, "--snr", 30, "--reconciliation", reconciliation).values()
    assert found["succeeded"] == 6 and found["unequal"] == 0 and found["eve_keys"] == 0
    assert abs(found["eve_hash_errors"] - 0.5) < 0.06
    assert found["credit_bits"] - found["leaked_bits"] - 2 * 32 >= 128
    assert found["key_error_rate"] < 0.01 < found["eve_error_rate"]


def test_a_bob_who_stands_still_gets_none():
    [found] = simulated("--sessions", 2, "--snr", 30, "--apart", 0).values()
    assert found["succeeded"] == 0 and all("no key" in reason or "secret bits" in reason for reason in found["reasons"])


def test_noise_ends_in_a_reason_and_never_in_two_keys():
    found = simulated("--sessions", 3, "--snr", 0, "--snr", 8)
    assert all(one["unequal"] == 0 for one in found.values()) and found["0"]["succeeded"] == 0 and found["0"]["reasons"]


def test_one_seed_measures_the_same_and_a_table_shows_it():
    """The hash's seed and the order of the bits are drawn anew in each agreement; what was measured is not."""
    one, other = (simulated("--sessions", 1, "--snr", 30, "--seed", 7)["30"] for _ in range(2))
    same = ("succeeded", "key_error_rate", "eve_error_rate", "credit_bits", "probes")
    assert [one[key] for key in same] == [other[key] for key in same]
    shown = rfsec("keygen", "simulate", "--sessions", 1, "--snr", 30, "--seed", 7).stdout
    assert "cascade" in shown
    headings = re.search(r"SNR / dB +keys +(.*)", shown)[1].strip()
    meanings = "; " + " ".join(shown[shown.index("errors: "):].split())
    assert [heading for heading in re.split(r" {2,}", headings) if f"; {heading}: " not in meanings] == []


@pytest.mark.parametrize("quantizer, sessions", [("guard-band", 140), ("decorrelating", 104)])
def test_final_keys_pass_the_standards_tests_and_raw_bits_show_what_they_are(quantizer, sessions):
    """Keys are new in each run, and three deviations are passed by chance now and then: the bound is four hundredths lower."""
    done = rfsec("keygen", "simulate", "--json", "--sessions", sessions, "--snr", 30, "--quantizer", quantizer)
    judged = json.loads(done.stdout)["sp_800_22"]
    assert len(judged["final"]) == 7 and judged["final"].keys() == judged["raw"].keys()
    assert all(one["passed"] >= one["expected"][0] - 0.04 for one in judged["final"].values())
    assert judged["raw"]["runs"]["passed"] < 0.5 or quantizer == "decorrelating", "neighbouring carriers are alike"


def test_few_keys_are_no_sample():
    assert json.loads(rfsec("keygen", "simulate", "--json", "--sessions", 2, "--snr", 30).stdout)["sp_800_22"] is None


@pytest.mark.parametrize("arguments, said", [
    (("--sessions", 0), "'--sessions' of a simulation must be at least 1"),
    (("--seed", -1), "'--seed' of a simulation must be at least 0"), (("--snr", 20, "--snr", "nan"), "'--snr' of a simulation must be finite"),
    (("--apart", "nan"), "'--apart' of a simulation must be at least 0, and finite"), (("--eve", "inf"), "'--eve' of a simulation"),
    (("--reconciliation", "ldpc"), "must be cascade or bch"),
    (("--model", "none.onnx"), "neither the file of a model nor one of the shipped mappers"),
])
def test_wrong_options_are_told_in_one_line(arguments, said):
    assert said in the_error(rfsec("keygen", "simulate", *arguments))
