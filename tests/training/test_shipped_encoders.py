# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped encoders keep what their cards say, on a small sample of emitters that no training has seen."""

import pytest
from gnuradio.rfsec.datasets.emitter_conditions import CONDITIONS
from gnuradio.rfsec.inference.catalog import DEFAULT_ENCODER, list_encoders
from gnuradio.rfsec.inference.encoder_card import EncoderCard
from gnuradio.rfsec.inference.encoder_scores import pairs
from gnuradio.rfsec.inference.encoder_session import EncoderSession
from gnuradio.rfsec.training.encoder_evaluation import recordings

EVERYTHING_CHANGED = CONDITIONS[-1]
PAPER = {"siamese-logistic": 0.9952, "siamese-contrastive": 0.9744, "siamese-transfer": 0.933}


def scores(session: EncoderSession, condition, emitters, windows, together=1):
    waveform = "ble" if session.card.input.representation == "fsk_burst" else "80211a"
    found = recordings(session.embed, session.card.input.representation, waveform, condition, emitters, windows)
    return pairs(session.card.embedding, *found, together).scores(session.card.embedding)


def test_the_default_is_shipped():
    assert DEFAULT_ENCODER in list_encoders() and "rffi-fsk" in list_encoders()


@pytest.mark.parametrize("name", list_encoders())
def test_a_card_tells_the_truth(name):
    session = EncoderSession(list_encoders()[name])
    card: EncoderCard = session.card
    assert card.name == name and set(card.metrics.conditions) == {one.name for one in CONDITIONS}
    fsk = card.input.representation == "fsk_burst"
    found = scores(session, EVERYTHING_CHANGED, 16, 4 if fsk else 16)
    stated = card.metrics.conditions[EVERYTHING_CHANGED.name]
    assert found.equal_error_rate == pytest.approx(stated.equal_error_rate, abs=0.1)


@pytest.mark.parametrize("name", [name for name in list_encoders() if name in PAPER])
def test_the_papers_encoders_are_as_good_as_the_paper_says_on_its_own_recording(name):
    stated = EncoderSession(list_encoders()[name]).card.metrics.conditions["same recording"]
    assert stated.pair_accuracy >= PAPER[name]


def test_ours_tells_unseen_emitters_apart_on_another_day_and_through_another_channel():
    session = EncoderSession(list_encoders()[DEFAULT_ENCODER])
    by_name = {one.name: one for one in CONDITIONS}
    assert scores(session, by_name["unseen emitters, another day"], 24, 64, together=32).equal_error_rate <= 0.02
    assert scores(session, by_name["unseen emitters, another channel"], 24, 64, together=32).equal_error_rate <= 0.1
