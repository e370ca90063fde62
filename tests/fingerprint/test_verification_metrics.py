# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of verification are those of scikit-learn, or follow by hand."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.fingerprint.verification_metrics import area_under_roc, detection_rate, equal_error_rate, pair_accuracy, roc
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from sklearn.metrics import balanced_accuracy_score, roc_auc_score, roc_curve

SOME = st.lists(st.integers(0, 30), min_size=1, max_size=60).map(lambda values: np.array(values, np.float32) / 4)


def pairs(genuine, impostor):
    """Truth and score of each pair, as scikit-learn wants them: a larger score is more alike."""
    return np.repeat([1, 0], (len(genuine), len(impostor))), -np.concatenate((genuine, impostor))


@given(SOME, SOME)
def test_the_roc_and_its_area_are_those_of_scikit_learn(genuine, impostor):
    curve = roc(genuine, impostor)
    false_accepts, detected, thresholds = roc_curve(*pairs(genuine, impostor), drop_intermediate=False)
    np.testing.assert_allclose(curve.false_accepts, false_accepts)
    np.testing.assert_allclose(curve.detected, detected)
    np.testing.assert_allclose(curve.distance[1:], -thresholds[1:])
    assert area_under_roc(genuine, impostor) == pytest.approx(roc_auc_score(*pairs(genuine, impostor)))


@given(SOME, SOME)
def test_the_equal_error_rate_is_where_the_roc_crosses(genuine, impostor):
    false_accepts, detected, _ = roc_curve(*pairs(genuine, impostor), drop_intermediate=False)
    at = np.linspace(0, 1, len(false_accepts))  # along the curve, which may rise straight up
    place = brentq(lambda x: np.interp(x, at, false_accepts) + np.interp(x, at, detected) - 1, 0, 1, xtol=1e-14)
    assert equal_error_rate(genuine, impostor) == pytest.approx(np.interp(place, at, false_accepts), abs=1e-9)


@given(SOME, SOME, st.floats(0, 8))
def test_pair_accuracy_is_balanced(genuine, impostor, threshold):
    truth, alike = pairs(genuine, impostor)
    assert pair_accuracy(genuine, impostor, threshold) == pytest.approx(balanced_accuracy_score(truth, alike >= -threshold))


@given(SOME, SOME, st.floats(0, 1))
def test_the_detection_rate_keeps_to_its_false_accepts(genuine, impostor, false_accepts):
    limits = [limit for limit in (-1, *genuine, *impostor) if (impostor <= limit).mean() <= false_accepts]
    assert detection_rate(genuine, impostor, false_accepts) == pytest.approx(max((genuine <= limit).mean() for limit in limits))


def test_figures_by_hand():
    genuine, impostor = np.array([1.0, 2, 3, 6]), np.array([[4.0, 5], [7, 8]])
    assert equal_error_rate(genuine, impostor) == 0.25 and area_under_roc(genuine, impostor) == 14 / 16
    assert detection_rate(genuine, impostor, 0) == 0.75 and detection_rate(genuine, impostor, 0.5) == 1
    assert pair_accuracy(genuine, impostor, 3) == (0.75 + 1) / 2


@pytest.mark.parametrize("figure", [equal_error_rate, area_under_roc, roc])
@pytest.mark.parametrize("genuine, impostor, says", [([], [1.0], "genuine"), ([1.0], [], "impostor"), ([np.nan], [1.0], "some NaN")])
def test_pairs_that_are_missing_are_refused(figure, genuine, impostor, says):
    with pytest.raises(ParameterError, match=says):
        figure(np.array(genuine), np.array(impostor))
