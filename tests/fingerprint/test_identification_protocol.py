# SPDX-License-Identifier: GPL-3.0-or-later
"""What the protocol of identification measures, on emitters whose rates are known."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.fingerprint.identification_protocol import ENROLLED, IdentificationRates, measure_identification
from gnuradio.rfsec.fingerprint.verification_metrics import equal_error_rate

SIZE = 6


def bursts(emitters=4, sessions=3, of_each=12, noise=0.01, moved=0.0, seed=1):
    """Embeddings around a point for each emitter, moved in each session; emitters and sessions by name."""
    rng = np.random.default_rng(seed)
    points = 10 * np.eye(SIZE)[np.arange(emitters) % SIZE]
    at = points[:, None] + moved * rng.normal(size=(emitters, sessions, SIZE))
    embeddings = at[:, :, None] + noise * rng.normal(size=(emitters, sessions, of_each, SIZE))
    emitter, session, _ = np.meshgrid(*(np.arange(count) for count in (emitters, sessions, of_each)), indexing="ij")
    return embeddings.reshape(-1, SIZE).astype(np.float32), [f"e{one}" for one in emitter.flat], [f"s{one}" for one in session.flat]


def test_emitters_that_are_far_apart_are_always_identified():
    every = dict.fromkeys(ENROLLED, 1.0)
    assert measure_identification(*bursts(), draws=5) == IdentificationRates(every, every, 0.0, 10)


def test_embeddings_that_tell_nothing_identify_by_chance():
    """One emitter of four: 25%, and as many strangers as emitters are accepted at the same error, 50% or more."""
    noise = np.random.default_rng(2).normal(size=(400, SIZE)).astype(np.float32)
    emitters, sessions = [f"e{one % 4}" for one in range(400)], [f"s{one // 200}" for one in range(400)]
    found = measure_identification(noise, emitters, sessions, draws=20)
    for rate in (*found.identification.values(), *found.cross_session.values()):
        assert rate == pytest.approx(0.25, abs=0.03)
    assert found.open_set_eer == pytest.approx(0.6, abs=0.1)


def test_a_session_of_its_own_place_is_identified_only_within():
    """As an encoder that learned the channel: each session moves every emitter further than they are apart."""
    found = measure_identification(*bursts(moved=50), draws=5)
    assert min(found.identification.values()) == 1 and max(found.cross_session.values()) < 0.6 and found.open_set_eer > 0.3


def test_more_enrolled_bursts_help_where_bursts_are_noisy():
    found = measure_identification(*bursts(noise=6), draws=30)
    for rates in (found.identification, found.cross_session):
        assert list(rates) == list(ENROLLED) and list(rates.values()) == sorted(rates.values()) and rates[10] > rates[1] + 0.1


@pytest.mark.parametrize("of_each, same, cross, enrolled", [
    (1, [], [1], 1), (2, [1], [1, 2], 1), (5, [1, 2], [1, 2, 5], 2), (6, [1, 2, 5], [1, 2, 5], 5), (11, [*ENROLLED], [*ENROLLED], 10)])
def test_a_rate_needs_enough_bursts(of_each, same, cross, enrolled):
    found = measure_identification(*bursts(of_each=of_each), draws=3)
    assert list(found.identification) == same and list(found.cross_session) == cross and found.open_set_enrolled == enrolled


def test_one_session_has_no_other():
    found = measure_identification(*bursts(sessions=1), draws=3)
    assert found.cross_session == {} and set(found.identification) == set(ENROLLED) and found.open_set_eer == 0


def test_emitters_with_few_bursts_are_left_out_of_what_needs_more():
    """And do not forbid it to the others; here a third emitter stands where the first does."""
    embeddings, emitters, sessions = bursts(emitters=2, sessions=1)
    all_three = np.concatenate((embeddings, embeddings[:2])), [*emitters, "few", "few"], [*sessions, "s0", "s0"]
    found = measure_identification(*all_three, draws=50)
    assert found.identification[5] == found.identification[10] == 1 > found.identification[1] > 0.5


@pytest.mark.parametrize("emitters, sessions", [(0, 1), (1, 2)])
def test_one_emitter_alone_has_no_rates(emitters, sessions):
    assert measure_identification(*bursts(emitters=emitters, sessions=sessions)) == IdentificationRates({}, {}, None, None)


def test_one_emitter_with_enough_bursts_is_not_told_from_nobody():
    embeddings, emitters, sessions = bursts(emitters=2, sessions=1)
    assert list(measure_identification(embeddings[:13], emitters[:13], sessions[:13], draws=3).identification) == [1]


def test_sessions_without_a_common_emitter_are_not_crossed():
    embeddings, emitters, sessions = bursts(emitters=4, sessions=1)
    found = measure_identification(embeddings, emitters, ["s0" if one < "e2" else "s1" for one in emitters], draws=3)
    assert found.cross_session == {} and found.identification[1] == 1 and found.open_set_enrolled == 10


def test_strangers_are_whole_emitters():
    """Two of them: one is enrolled, the other strange; the distances are those between the two places."""
    embeddings = np.float32([[0, 0], [0, 1], [0, 5], [0, 6]])
    found = measure_identification(embeddings, "aabb", "ssss", draws=200)
    assert found.open_set_eer == 0 and found.open_set_enrolled == 1
    near = measure_identification(embeddings * [[1, 1], [1, 1], [1, 0.3], [1, 0.3]], "aabb", "ssss", draws=400)
    expected = equal_error_rate([1, 1, 0.3, 0.3], [1.5, 1.8, 0.5, 0.8])
    assert near.open_set_eer == pytest.approx(expected, abs=0.1) and expected > 0.2


def test_weights_and_length_are_those_of_the_encoder():
    """A value of weight 0 counts nothing; fused fingerprints of length 1 have it again."""
    embeddings, emitters, sessions = bursts()
    noise = 1e6 * np.random.default_rng(3).normal(size=(len(embeddings), 1))
    both = np.concatenate((embeddings, noise), axis=1, dtype=np.float32)
    found = measure_identification(both, emitters, sessions, weights=np.float32([*SIZE * [1], 0]), draws=3)
    assert min(found.cross_session.values()) == 1 and found.open_set_eer == 0
    angles = np.float32([-1.4, 1.4, 1.5, 1.5, 0.7, 1.5])  # the mean of a's two: far inside, or at 0
    circle = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    rates = [measure_identification(circle, "aabbab", "sssstt", unit_length=unit, draws=3).cross_session for unit in (False, True)]
    assert [rate[2] for rate in rates] == [0.5, 1.0]


def test_the_same_seed_gives_the_same_rates():
    noisy = bursts(noise=6)
    one, again, other = (measure_identification(*noisy, draws=3, seed=seed) for seed in (1, 1, 2))
    assert one == again and one.identification != other.identification and one.open_set_eer != other.open_set_eer


@pytest.mark.parametrize("change, says", [
    (lambda e, m, s: (e[:-1], m, s), "one emitter and one session"), (lambda e, m, s: (e, m, s[1:]), "one emitter and one session"),
    (lambda e, m, s: (e[0], m, s), "one emitter and one session"), (lambda e, m, s: (e * np.nan, m, s), "must be finite")])
def test_what_does_not_go_together_is_refused(change, says):
    with pytest.raises(ParameterError, match=says):
        measure_identification(*change(*bursts()))
    with pytest.raises(ParameterError, match="'draws'"):
        measure_identification(*bursts(), draws=0)
