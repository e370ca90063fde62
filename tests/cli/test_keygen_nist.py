# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec keygen nist``: the files of NIST to six decimals, packed and ASCII input, and wrong ones."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from command_line import rfsec, the_error

RECORDINGS = os.environ.get("RFSEC_RECORDINGS")
OF_NIST = {"frequency": "Frequency", "block_frequency": "BlockFrequency", "cumulative_sums": "CumulativeSums", "runs": "Runs",
           "rank": "Rank", "dft": "FFT", "approximate_entropy": "ApproximateEntropy", "serial": "Serial"}


@pytest.mark.skipif(not RECORDINGS, reason="RFSEC_RECORDINGS names no recordings")
@pytest.mark.parametrize("name", ["data.pi", "data.e"])
def test_the_files_of_nist_to_six_decimals(name):
    found = json.loads(rfsec("keygen", "nist", Path(RECORDINGS) / "nist" / name, "--bits", 1_000_000, "--json").stdout)
    truth = json.loads((Path(RECORDINGS) / "GROUND_TRUTH.json").read_text())[f"nist:{name}"]
    assert list(found) == list(OF_NIST)
    for key, values in found.items():
        assert [round(one, 6) for one in values] == truth[OF_NIST[key]], key


@pytest.mark.skipif(not RECORDINGS, reason="RFSEC_RECORDINGS names no recordings")
def test_the_rank_example_of_the_standard():
    """2.5.8: the first 100,000 binary digits of e."""
    found = json.loads(rfsec("keygen", "nist", Path(RECORDINGS) / "nist/data.e", "--bits", 100_000, "--json").stdout)
    assert found["rank"] == [pytest.approx(0.532069, abs=5e-7)]


@pytest.fixture
def random_bits():
    return np.random.default_rng(1).integers(0, 2, 40_000, dtype=np.uint8)


def test_packed_and_ascii_files_give_the_same(tmp_path, random_bits):
    np.packbits(random_bits).tofile(tmp_path / "packed")
    lines = "\n".join("  " + "".join(map(str, row)) for row in random_bits.reshape(-1, 25))
    (tmp_path / "ascii").write_text(lines)
    one, other = (rfsec("keygen", "nist", tmp_path / name, "--bits", 39_999, "--json").stdout for name in ("packed", "ascii"))
    assert one == other and json.loads(one)["rank"]


def test_sequences_are_judged_by_how_many_pass(tmp_path, random_bits):
    np.packbits(random_bits).tofile(tmp_path / "keys")
    found = json.loads(rfsec("keygen", "nist", tmp_path / "keys", "--sequence-bits", 128, "--json").stdout)
    assert found["rank"] is None and found["frequency"]["passed"] > found["frequency"]["expected"][0]
    assert "as expected" in rfsec("keygen", "nist", tmp_path / "keys", "--sequence-bits", 128).stdout


def test_a_table_says_what_passes(tmp_path):
    np.zeros(200, np.uint8).tofile(tmp_path / "zeros")
    shown = rfsec("keygen", "nist", tmp_path / "zeros").stdout
    assert "fails" in shown and "needs 38,912 bits" in shown and "1,600 bits" in shown


@pytest.mark.parametrize("content, arguments, said", [
    (b"", (), "holds no bits"), (b"   \n", (), "holds no bits"), (b"0110", ("--bits", 5), "holds 4 bits, fewer than the 5"),
    (b"01x0", ("--format", "ascii"), "something else than 0, 1 and blanks"), (b"0110", ("--bits", 0), "'--bits' of a test must be at least 1"),
    (b"0110", ("--format", "hex"), "must be ascii or packed"), (b"0110", ("--sequence-bits", 3), "at least two sequences of 3 bits"),
    (b"0110", ("--bits", 1 << 40), "At most 268,435,456 bits"),
])
def test_wrong_input_is_told_in_one_line(tmp_path, content, arguments, said):
    (tmp_path / "bits").write_bytes(content)
    assert said in the_error(rfsec("keygen", "nist", tmp_path / "bits", *arguments))


def test_a_folder_a_missing_file_and_a_huge_one(tmp_path):
    for path, said in ((tmp_path, "cannot be read: Is a directory"), (tmp_path / "none", "cannot be read: No such file")):
        assert said in the_error(rfsec("keygen", "nist", path))
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 36)
    assert "Say with --bits how many to test" in the_error(rfsec("keygen", "nist", tmp_path / "huge"))
    assert json.loads(rfsec("keygen", "nist", tmp_path / "huge", "--bits", 1000, "--json").stdout)["frequency"][0] < 1e-9
