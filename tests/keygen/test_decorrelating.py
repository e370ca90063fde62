# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of principal components: alike, independent, the same at both ends, and of no other file than their own."""

import json

import numpy as np
import pytest
from gnuradio.rfsec.errors import ModelError, ParameterError
from gnuradio.rfsec.keygen.decorrelating import DecorrelatingQuantizer, fit, usable_rows


def correlated(count, seed=1):
    """Rows of 32 features with 8 independent causes."""
    return np.random.default_rng(seed).normal(size=(count, 8)) @ np.random.default_rng(7).normal(size=(8, 32))


@pytest.mark.parametrize("levels, epsilon", [(2, 0.1), (4, 0.03), (8, 0.0)])
def test_levels_of_new_rows_are_equally_likely_and_guarded_as_asked(levels, epsilon):
    symbols = fit(correlated(20000), 6, levels, epsilon).quantize(correlated(20000, 2))
    assert symbols.shape == (20000, 6)
    outer, inner = 1 / levels - epsilon, 1 / levels - 2 * epsilon
    for column in symbols.T:
        shares = [float((column == level).mean()) for level in range(levels)]
        assert shares == pytest.approx([outer, *[inner] * (levels - 2), outer], abs=0.02)


def test_components_depend_on_each_other_far_less_than_features():
    symbols = fit(correlated(20000), 6, 2, 0.0).quantize(correlated(20000, 2))
    between = np.corrcoef(symbols.T) - np.eye(6)
    assert np.abs(between).max() < 0.05
    assert np.abs(np.corrcoef(correlated(2000).T > 0) - np.eye(32)).max() > 0.4


@pytest.mark.parametrize("scale", [1e-300, 1e-6, 1, 1e6, 1e300])
def test_the_scale_does_not_matter(scale):
    quantizer = fit(correlated(2000), 6)
    np.testing.assert_array_equal(quantizer.quantize(correlated(50, 3) * scale), quantizer.quantize(correlated(50, 3)))


def test_rows_that_say_nothing_are_guard_bands_only():
    quantizer, rows = fit(correlated(2000) + 5, 6), correlated(4, 3) + 5
    rows[0, 3], rows[1, 4], rows[2] = np.nan, np.inf, 0
    symbols = quantizer.quantize(rows)
    assert (symbols[:3] == -1).all() and (symbols[3] >= 0).any()


def test_what_hardly_varies_is_left_out():
    place = np.random.default_rng(1).normal(size=32)
    still = place + 0.05 * np.random.default_rng(2).normal(size=(500, 32))
    assert fit(still, 20).axes.shape == (1, 32)
    assert fit(correlated(500) + 0.05 * np.random.default_rng(2).normal(size=(500, 32)), 20).axes.shape == (8, 32)


def test_text_makes_the_same_quantizer_and_other_data_another():
    quantizer = fit(correlated(2000), 6, 4, 0.03)
    again = DecorrelatingQuantizer.from_json(quantizer.to_json())
    assert again.sha256 == quantizer.sha256 and again.levels == 4
    np.testing.assert_array_equal(again.quantize(correlated(50, 3)), quantizer.quantize(correlated(50, 3)))
    assert fit(correlated(2000, 2), 6, 4, 0.03).sha256 != quantizer.sha256


@pytest.mark.parametrize("change", [lambda d: d.pop("cuts"), lambda d: d.update(mean=[1.0]), lambda d: d.update(mean=["a"]), lambda d: d.update(axes=[]),
                                    lambda d: d.update(cuts=d["cuts"] * 2), lambda d: d["mean"].__setitem__(0, float("nan")),
                                    lambda d: d.update(cuts=[[[1.0] * 6, [0.0] * 6]]), lambda d: d.update(axes=[[1.0], [1.0, 2.0]])])
def test_text_that_is_none_of_ours_is_refused(change):
    arrays = json.loads(fit(correlated(200), 6).to_json())
    change(arrays)
    with pytest.raises(ModelError, match="decorrelating quantizer must be"):
        DecorrelatingQuantizer.from_json(json.dumps(arrays))


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "{}", "[" * 100_000, '{"mean": [1' + "0" * 400 + '], "axes": [], "cuts": []}'],
                         ids=range(7))
def test_other_text_is_refused(text):
    with pytest.raises(ModelError, match="decorrelating quantizer must be JSON"):
        DecorrelatingQuantizer.from_json(text)


@pytest.mark.parametrize("parameters, name", [({"components": 0}, "components"), ({"components": 33}, "components"), ({"levels": 3}, "levels"),
                                              ({"epsilon": 0.5}, "epsilon")])
def test_parameters_out_of_range_are_refused(parameters, name):
    with pytest.raises(ParameterError, match=name):
        fit(correlated(100), **parameters)


def test_other_features_are_refused():
    with pytest.raises(ParameterError, match="rows of 32 values. Got rows of 31"):
        fit(correlated(100), 6).quantize(np.zeros((3, 31)))
    with pytest.raises(ParameterError, match="'components'.* for 3 usable rows"):
        fit(np.concatenate((correlated(3), np.zeros((50, 32)))), 6)
    for taken in (fit, fit(correlated(100), 6).quantize, usable_rows):
        with pytest.raises(ParameterError, match="must be real.* Got complex128 instead"):
            taken(correlated(100) * 1j)
