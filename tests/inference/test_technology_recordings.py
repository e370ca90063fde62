# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps over real recordings, where RFSEC_RECORDINGS names their folder: LTE is recognised, others are none of the six.

None of the recordings was trained on. LTE's are narrower than one step of a sweep: they stand in a wider, quiet band.
"""

import os
from collections import Counter

import numpy as np
import pytest
from gnuradio.rfsec.inference.technology_classifier import TechnologyClassifier
from swept_recordings import manifest_files, read_entry, sweeps

pytestmark = pytest.mark.skipif("RFSEC_RECORDINGS" not in os.environ, reason="RFSEC_RECORDINGS names no folder of recordings")
SWEEPS, WIDE_HZ = 40, 500e3


def entries(*folders):
    if "RFSEC_RECORDINGS" not in os.environ:
        return []
    return [one for folder in folders for one in manifest_files(folder) if not one["name"].endswith(".sigmf-data")]


@pytest.fixture(scope="module")
def classifier():
    return TechnologyClassifier()


def decided(classifier, entry):
    """Decisions of 40 sweeps over a recording."""
    samples, rate_hz = read_entry(entry)
    return [one for spectrum in sweeps(samples, rate_hz, SWEEPS, np.random.default_rng(1)) for one in classifier.decide(spectrum)]


@pytest.mark.parametrize("entry", entries("ofdm/lte"), ids=lambda one: one["name"][-40:])
def test_lte_is_recognised(classifier, entry):
    wide = [one for one in decided(classifier, entry) if one.high_hz - one.low_hz > WIDE_HZ]
    likely, accepted = (Counter(one.label for one in wide if one.verdict in verdicts) for verdicts in (("accepted", "unknown"), ("accepted",)))
    assert likely["LTE"] > 0.45 * len(wide) > 0.4 * SWEEPS and set(likely) <= {"LTE", "other"}
    assert accepted["LTE"] > 0 and set(accepted) == {"LTE"}


@pytest.mark.parametrize("entry", entries("ofdm/lte"), ids=lambda one: one["name"][-40:])
def test_lte_is_recognised_more_surely_in_the_mean_of_sweeps(entry):
    wide = [one for one in decided(TechnologyClassifier(sweeps=8), entry)[8:] if one.high_hz - one.low_hz > WIDE_HZ]
    assert sum(one.label == "LTE" for one in wide) > 0.75 * len(wide) and len(wide) > 0.7 * SWEEPS
    accepted = Counter(one.label for one in wide if one.verdict == "accepted")
    assert accepted["LTE"] > 0.1 * len(wide) and set(accepted) == {"LTE"}


@pytest.mark.parametrize("entry", entries("ofdm/wifi", "ofdm/droneid", "ofdm/cv2x"), ids=lambda one: one["name"][-40:])
def test_what_is_none_of_the_six_is_unknown(classifier, entry):
    """LTE's own uplink waveform, which a sidelink is, among it."""
    found = decided(classifier, entry)
    accepted = Counter(one.label for one in found if one.verdict == "accepted")
    assert found and sum(accepted.values()) <= 0.02 * len(found), (accepted, len(found))
