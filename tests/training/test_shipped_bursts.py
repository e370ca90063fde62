# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped models of bursts keep what their cards promise, on bursts of a seed that no training saw."""

import numpy as np

from gnuradio.rfsec.datasets.families import find_family
from gnuradio.rfsec.detection.burst import Burst
from gnuradio.rfsec.inference.burst_classifier import BurstClassifier
from gnuradio.rfsec.inference.catalog import DEFAULT_BURSTS, list_models
from gnuradio.rfsec.inference.session import ModelSession

SESSIONS = [session for session in map(ModelSession, list_models().values()) if session.card.input.conditioned_bandwidth]
FIELD = find_family("field")
NOISE = FIELD.labels.index("noise")


def decided(path, windows):
    """What is decided about each window, as a burst of the SNR that it was made with."""
    bursts = [Burst(0, len(x), 1e6, 0.0, 2.5e5, float(snr), None, x, 5e5) for x, snr in zip(windows.x, windows.snr_db)]
    return BurstClassifier(path).decide(bursts)


def test_decisions_are_as_good_as_the_card_says():
    windows = FIELD.generate(FIELD.shapes[0], FIELD.snrs_db, 6, seed=4343)
    for session in SESSIONS:
        card, head, found = session.card, session.card.heads[0], decided(session.path, windows)
        right = np.array([one.label == FIELD.labels[label] for one, label in zip(found, windows.label)])
        accepted = np.array([one.verdict == "accepted" for one in found])
        emission = (windows.label != NOISE) & (windows.snr_db >= head.min_snr_db)
        confidence = np.mean([one.confidence for one in found])
        # Three standard errors of a share of so many windows.
        assert abs(confidence - right.mean()) <= card.metrics.expected_calibration_error + 1.5 / np.sqrt(len(found))
        assert abs(accepted[emission].mean() - card.metrics.accepted_share) <= 1.5 / np.sqrt(emission.sum())
        wrong = card.metrics.accepted_error_rate
        assert 1 - right[accepted].mean() <= wrong + 3 * np.sqrt(max(wrong, 0.01) / accepted.sum())
        assert accepted[windows.label == NOISE].sum() <= 9, "of 72, of which 5% are 4"
        assert {one.verdict for one in found} == {"accepted", "unknown", "low_snr"}


def test_cards_of_bursts_promise_what_was_asked_for():
    for session in SESSIONS:
        metrics = session.card.metrics
        # The rule is 5% of each on validation data; on a test of 1,200 windows of noise, two standard errors more.
        assert metrics.accepted_error_rate <= 0.055 and metrics.noise_accepted_share <= 0.063
        loud = [share for snr, share in metrics.accuracy_by_snr.items() if int(snr) >= 10]
        assert np.mean(loud) >= 0.95 and metrics.expected_calibration_error < 0.03
        assert metrics.weak_accepted_error_rate <= 0.05
        assert session.card.name.startswith(DEFAULT_BURSTS) and tuple(session.card.heads[0].labels) == FIELD.labels
