# SPDX-License-Identifier: GPL-3.0-or-later
"""Encoders of fingerprints: what they give, and files that are none."""

import hashlib
import json

import numpy as np
import onnx
import pytest
from gnuradio.rfsec.errors import ModelError, ParameterError
from gnuradio.rfsec.inference.encoder_card import EncoderCard
from gnuradio.rfsec.inference.encoder_session import EncoderSession
from gnuradio.rfsec.inference.fingerprinter import Fingerprinter
from gnuradio.rfsec.inference.session import ModelSession
from small_encoder import encoder_card, write_selecting_encoder, write_window_encoder
from small_model import write_small_model


def tone(frequency, count=1, length=128):
    return np.exp(2j * np.pi * frequency * np.arange(length) + 1j * np.arange(count)[:, None]).astype(np.complex64)


def test_a_fingerprint_is_what_the_graph_gives(tmp_path):
    fingerprinter = Fingerprinter(write_window_encoder(tmp_path / "one.onnx"))
    found = fingerprinter.embed_windows(tone(0.1, 300))
    assert found.shape == (300, 2) and found.dtype == np.float32
    assert np.allclose(found, [np.cos(0.2 * np.pi), np.sin(0.2 * np.pi)], atol=0.02)
    assert fingerprinter.encoder.name == "small-encoder" and fingerprinter.encoder.size == 2
    assert fingerprinter.threshold(0.05) == 0.1
    with pytest.raises(ParameterError, match="must be one of 0.01, 0.05.*Got 0.02"):
        fingerprinter.threshold(0.02)
    with pytest.raises(ModelError, match="takes windows of 128 samples, not windows of 64"):
        fingerprinter.embed_windows(tone(0.1, 1, 64))


def test_two_files_are_two_encoders(tmp_path):
    one, other = (Fingerprinter(write_window_encoder(tmp_path / f"{name}.onnx", name=name)).encoder for name in ("one", "other"))
    assert one.sha256 != other.sha256


def test_an_encoder_is_identified_by_the_bytes_that_run(tmp_path):
    """Its file is replaced while it is opened."""
    path = write_window_encoder(tmp_path / "one.onnx")
    before = hashlib.sha256(path.read_bytes()).hexdigest()

    class ReplacingCard(EncoderCard):
        @classmethod
        def from_json(cls, text, where):
            path.write_bytes(b"another")
            return super().from_json(text, where)

    class Replaced(EncoderSession):
        card_type = ReplacingCard

    assert Replaced(path).sha256 == before


def test_an_encoder_that_cannot_be_read_is_one_line():
    with pytest.raises(ModelError, match="^/proc/self/mem: this model can't be read: Input/output error.$"):
        EncoderSession("/proc/self/mem")
    with pytest.raises(ModelError, match="there is no such model file"):
        EncoderSession("/proc/self")


def test_weights_in_a_second_file_are_refused(tmp_path):
    path = write_selecting_encoder(tmp_path / "one.onnx", "fsk_burst", 9, 3)
    onnx.save(onnx.load(path), path, save_as_external_data=True, location="one.onnx.data", size_threshold=0)
    with pytest.raises(ModelError, match="weights lie in another file.*in one file"):
        EncoderSession(path)


@pytest.mark.parametrize(("field", "value", "message"), [
    ("task", "modulation", "'task' is wrong"),
    ("thresholds", [], "'thresholds' is wrong"),
    ("thresholds", [{"false_accepts": rate, "distance": 1.0, "low": 0.0, "high": 1.0} for rate in (0.1, 0.1)], "each of them once"),
    ("embedding", {"name": "embedding", "size": 2, "metric": "weighted_l1", "same_below": 1.0}, "weights belong to the metric"),
    ("embedding", {"name": "embedding", "size": 2, "metric": "weighted_l1", "same_below": 1.0, "weights": [1.0]}, "weights must be 2"),
    ("embedding", {"name": "embedding", "size": 2, "metric": "cosine", "same_below": 1.0}, "'embedding.metric' is wrong"),
    ("embedding", {"name": "another", "size": 2, "metric": "euclidean", "same_below": 1.0}, "'another' is no output of the graph"),
    ("input", {"representation": "iq", "layout": "batch,channel,value", "channels": 1, "length": 128}, r"says float32 \[batch, 1, 128\]"),
])
def test_a_wrong_card_is_refused_with_its_field(tmp_path, field, value, message):
    with pytest.raises(ModelError, match=message):
        EncoderSession(write_window_encoder(tmp_path / "one.onnx", **{field: value}))


def test_an_encoder_that_gives_another_size_is_refused(tmp_path):
    card = encoder_card()["embedding"] | {"size": 3}
    session = EncoderSession(write_window_encoder(tmp_path / "one.onnx", embedding=card))
    with pytest.raises(ModelError, match="embedding has 3 values"):
        session.embed(np.zeros((4, 2, 128), np.float32))


def test_an_encoder_and_a_classifier_are_not_taken_for_each_other(tmp_path):
    with pytest.raises(ModelError, match="'task' is wrong.*encoder of fingerprints"):
        ModelSession(write_window_encoder(tmp_path / "one.onnx"))
    with pytest.raises(ModelError, match="'task' is wrong"):
        EncoderSession(write_small_model(tmp_path / "small.onnx"))
    assert json.loads(EncoderSession(tmp_path / "one.onnx").card.to_json())["task"] == "emitter"
