# SPDX-License-Identifier: GPL-3.0-or-later
"""What probes are credited: new places something, known ones nothing, and no probe more than a position is worth."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.keygen import entropy
from gnuradio.rfsec.keygen.entropy import FEWEST_PROBES, MOST_BITS, ProbeCredit
from gnuradio.rfsec.keygen.guard_band import quantize
from gnuradio.rfsec.keygen.worth import measure_worth
from hypothesis import given, settings
from hypothesis import strategies as st

QUANTIZERS = [(2, 0.1), (4, 0.2 / 6), (8, 0.2 / 14)]
every_quantizer = pytest.mark.parametrize("levels, epsilon", QUANTIZERS)
NONE = np.zeros((0, 128), np.int8)


def places(count, seed=1):
    return np.random.default_rng(seed).normal(size=(count, 128))


def noisy(features, snr_db, seed=5):
    return features + 10 ** (-snr_db / 20) * np.random.default_rng(seed).normal(size=features.shape)


def each(credit, words, earlier=NONE):
    return credit.each(words, words >= 0, earlier)


@every_quantizer
def test_new_places_are_credited_and_none_more_than_a_position_is_worth(levels, epsilon):
    bits = each(ProbeCredit(levels), quantize(places(64), levels, epsilon))
    assert (bits > 5).all() and (bits <= MOST_BITS).all() and bits.mean() > 8


@every_quantizer
@pytest.mark.parametrize("snr_db", [25, 40])
def test_a_place_pays_once(levels, epsilon, snr_db):
    standing = noisy(np.tile(places(1), (64, 1)), snr_db)
    assert each(ProbeCredit(levels), quantize(standing, levels, epsilon)).sum() <= MOST_BITS
    walked = quantize(noisy(places(64), snr_db, 1), levels, epsilon)
    returned = quantize(noisy(places(64)[::-1], snr_db, 2), levels, epsilon)
    assert each(ProbeCredit(levels), returned, walked).sum() < 1
    assert each(ProbeCredit(levels), quantize(places(64, 2), levels, epsilon), walked).sum() > 400


@pytest.mark.parametrize("at_once", [1, 7])
def test_earlier_probes_count_alike_however_many_are_looked_at_at_once(monkeypatch, at_once):
    walked, returned = quantize(noisy(places(40), 25, 1)), quantize(noisy(places(40)[::-1], 25, 2))
    whole = each(ProbeCredit(), returned, walked)
    monkeypatch.setattr(entropy, "_OTHERS_AT_ONCE", at_once)
    np.testing.assert_array_equal(each(ProbeCredit(), returned, walked), whole)


@every_quantizer
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_place_whose_phase_turned_is_the_same_place(levels, epsilon, turns):
    response = places(64)[:, :64] + 1j * places(64)[:, 64:]
    response -= response.real.mean(axis=1, keepdims=True) + 1j * response.imag.mean(axis=1, keepdims=True)
    parts = [quantize(np.concatenate((one.real, one.imag), axis=1), levels, epsilon) for one in (response, response * 1j**turns)]
    assert each(ProbeCredit(levels), parts[1], parts[0]).sum() < 1
    assert each(ProbeCredit(levels, carriers=False), parts[1], parts[0]).sum() > 400


def test_noise_in_one_place_costs_more_than_it_is_credited():
    """Alice and Bob stand still at 5 dB: what looks new differs between them too, and correcting n bits tells n h(e) of them."""
    alice, bob = (quantize(noisy(np.tile(places(1), (200, 1)), 5, seed)) for seed in (1, 2))
    kept = (alice >= 0) & (bob >= 0)
    errors = (alice != bob)[kept].mean()
    told = kept.sum() * -(errors * np.log2(errors) + (1 - errors) * np.log2(1 - errors))
    assert ProbeCredit()(alice, kept, NONE) < 0.5 * told


def test_what_is_in_guard_bands_of_the_peer_is_not_credited():
    words = quantize(places(64))
    assert each(ProbeCredit(), words).sum() > ProbeCredit()(words, (words >= 0) & (np.arange(128) < 8), NONE) > 0
    assert ProbeCredit()(words, np.zeros_like(words, bool), NONE) == 0


def test_a_word_of_hardly_any_symbols_does_not_stand_for_all_places():
    words = quantize(places(64))
    whole = each(ProbeCredit(), words)
    words[3, 4:] = -1
    assert each(ProbeCredit(), words)[3] < 5
    np.testing.assert_allclose(np.delete(each(ProbeCredit(), words), 3), np.delete(whole, 3), atol=1)


def test_sparse_words_of_one_place_are_the_same_place():
    """Wide guard bands and noise: of each word a fifth is kept, and half of that in any other."""
    alice, bob = (quantize(noisy(np.tile(places(1), (200, 1)), 3, seed), 2, 0.4) for seed in (1, 2))
    kept = (alice >= 0) & (bob >= 0)
    assert (alice == bob)[kept].mean() > 0.99 and kept.mean() < 0.2
    assert ProbeCredit()(alice, kept, NONE) < 128


def test_few_probes_tell_nothing_of_themselves():
    words = quantize(places(FEWEST_PROBES))
    assert (each(ProbeCredit(), words[:-1]) == 0).all() and len(each(ProbeCredit(), words[:0])) == 0
    assert (each(ProbeCredit(), words) > 0).all() and (each(ProbeCredit(), words[:1], words[1:]) > 0).all()


def chained(rng):
    """Neighbours that hardly ever differ: what a narrow band gives."""
    return ((np.cumsum(rng.random((64, 2, 64)) < 0.01, axis=2) + rng.integers(0, 2, (64, 2, 1))) % 2).reshape(64, 128)


def biased(rng):
    """A fixed pattern of few symbols, of which some differ by chance."""
    return rng.integers(0, 2, 24) ^ (rng.random((64, 24)) < 0.15)


def copied(rng):
    """Five bits, and copies of them."""
    return np.tile(rng.integers(0, 2, (64, 5)), (1, 24))[:, rng.permutation(120)]


@pytest.mark.parametrize("source, name", [(chained, "neighbours"), (biased, "values"), (copied, "distances")])
def test_each_estimate_limits_what_it_sees_through(source, name):
    words = source(np.random.default_rng(2)).astype(np.int8)
    by, bits = ProbeCredit().by_statistics(words, words), each(ProbeCredit(), words, words[:0])
    assert min(by, key=lambda one: by[one].mean()) == name and 0 < by[name].max() < 8
    assert bits.max() == by[name].max() and (bits <= by[name]).all()


def test_the_same_pattern_everywhere_is_worth_nothing():
    fixed = np.tile(np.repeat(np.int8([1, 0]), 64), (64, 1))
    fixed[np.random.default_rng(1).random(fixed.shape) < 0.2] = -1
    assert each(ProbeCredit(), fixed).sum() == 0


def test_the_order_does_not_make_more_of_the_same_places():
    words = quantize(noisy(np.repeat(places(40), 5, axis=0), 30))
    rng = np.random.default_rng(3)
    assert each(ProbeCredit(), words).sum() <= 40 * MOST_BITS
    for _ in range(3):
        assert each(ProbeCredit(), rng.permutation(words)).sum() == pytest.approx(each(ProbeCredit(), words).sum(), rel=0.1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), probes=st.integers(16, 40), levels=st.sampled_from([2, 4, 8]), cut=st.integers(0, 40), most=st.floats(0, MOST_BITS))
def test_credit_keeps_its_bounds_and_known_words_are_worth_nothing(seed, probes, levels, cut, most):
    words = np.random.default_rng(seed).integers(-1, levels, (probes, 24), np.int8)
    credit = ProbeCredit(levels, most_bits=most)
    bits = each(credit, words, words[:0])
    assert (bits >= 0).all() and (bits <= most).all()
    assert (each(credit, words[:cut], words) == 0).all()
    whole = credit(words, words >= 0, words[:0])
    assert whole == pytest.approx(bits.sum())


@pytest.mark.parametrize("wrong", [{"levels": 3}, {"most_bits": -1}, {"most_bits": 12.2}, {"most_bits": np.nan}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError, match=f"'{next(iter(wrong))}' of a credit must be .* Got .* instead"):
        ProbeCredit(**wrong)


def test_an_eve_with_the_same_channel_leaves_nothing_and_one_elsewhere_all():
    words = quantize(places(50))
    assert ProbeCredit().beside(words, quantize(noisy(places(50), 25), 2, 0.0)).max() == 0
    assert ProbeCredit().beside(words, quantize(places(50, 2), 2, 0.0)).mean() > 9
    near = [ProbeCredit().beside(words, quantize(noisy(places(50), snr_db), 2, 0.0)).mean() for snr_db in (10, 0, -10)]
    assert near == sorted(near) and 0 < near[1] < 10


def test_the_measured_worth_is_the_least_of_all():
    rng = np.random.default_rng(1)
    visited = quantize(places(16)[rng.integers(0, 16, 400)])
    worth = measure_worth(visited, ProbeCredit())
    assert worth.means["patterns"] <= 4 and worth.each.max() <= worth.means["patterns"]
    assert worth.each.sum() <= 16 * 4 and worth.bits_per_probe == pytest.approx(worth.each.mean())
    fresh = measure_worth(quantize(places(400)), ProbeCredit())
    assert 5 < fresh.bits_per_probe <= np.log2(400)
    assert measure_worth(visited[:5], ProbeCredit()).bits_per_probe == measure_worth(visited[:0], ProbeCredit()).bits_per_probe == 0
