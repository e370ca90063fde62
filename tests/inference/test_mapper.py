# SPDX-License-Identifier: GPL-3.0-or-later
"""Mappers of channels: what they give to either end, and files that are none."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ModelError, ParameterError
from gnuradio.rfsec.inference.catalog import find_mapper
from gnuradio.rfsec.inference.encoder_session import EncoderSession
from gnuradio.rfsec.inference.mapper_session import MapperSession
from gnuradio.rfsec.keygen.guard_band import GUARD, quantize
from gnuradio.rfsec.ofdm.preamble import CARRIERS as WIFI
from gnuradio.rfsec.ofdm.sanitise import sanitise
from small_encoder import write_window_encoder
from small_mapper import mapper_card, write_conjugating_mapper

CARRIERS = 8
LEVELLED, OTHER = ({"offset": [offset] * 2 * CARRIERS, "scale": [scale] * 2 * CARRIERS} for offset, scale in ((0.5, 2.0), (-1.0, 4.0)))


def channels(count: int = 3000):
    values = np.random.default_rng(1).normal(size=(count, 2 * CARRIERS)).astype(np.float32)
    return values.view(np.complex64)


def parts(cfr):
    return np.concatenate((cfr.real, cfr.imag), axis=1)


def test_alice_maps_what_is_normalised_and_bob_normalises(tmp_path):
    card = mapper_card(CARRIERS, "cfr")
    session = MapperSession(write_conjugating_mapper(tmp_path / "one.onnx", CARRIERS, representation="cfr",
                                                     input=card["input"] | {"normalisation": LEVELLED},
                                                     output={"name": "band2", "normalisation": OTHER}))
    alice, bob = session.alice(channels()), session.bob(channels())
    assert alice.dtype == bob.dtype == np.float32
    expected = (parts(channels()) - 0.5) / 2
    expected[:, CARRIERS:] *= -1
    np.testing.assert_allclose(alice, expected, atol=1e-6)
    np.testing.assert_allclose(bob, (parts(channels()) + 1) / 4, atol=1e-6)


def unit_power(cfr):
    return cfr / np.sqrt(np.mean(np.abs(cfr) ** 2, axis=1))[:, None]


@pytest.mark.parametrize("kind, made", [("cfr_sanitised", sanitise), ("cfr_unit_power", unit_power)])
def test_responses_are_prepared_as_the_card_says(tmp_path, kind, made):
    session = MapperSession(write_conjugating_mapper(tmp_path / "one.onnx", CARRIERS, representation=kind))
    np.testing.assert_allclose(session.alice(channels()), parts(made(channels()).conj()), atol=1e-6)
    np.testing.assert_allclose(session.bob(channels()), parts(made(channels())), atol=1e-6)


def test_two_starts_of_the_clock_give_the_same_on_the_carriers_of_802_11(tmp_path):
    session = MapperSession(write_conjugating_mapper(tmp_path / "one.onnx", WIFI.size))
    response = (1 + 0.4 * np.exp(-2j * np.pi * (0.3 + 7.2 * WIFI / 64)))[None].astype(np.complex64)
    later = (response * np.exp(-2j * np.pi * 5 * WIFI / 64)).astype(np.complex64)
    np.testing.assert_allclose(session.alice(later), session.alice(response), atol=5e-3)


@pytest.mark.parametrize("kind", ["cfr", "cfr_unit_power", "cfr_sanitised"])
@pytest.mark.filterwarnings("error")
def test_a_response_that_is_not_finite_or_silent_spoils_no_other(tmp_path, kind):
    session = MapperSession(write_conjugating_mapper(tmp_path / "one.onnx", CARRIERS, representation=kind))
    spoilt = channels(6)
    spoilt[1], spoilt[3, 2], spoilt[4] = np.nan, np.inf, 0
    for end in (session.alice, session.bob):
        np.testing.assert_array_equal(end(spoilt)[[0, 2, 5]], end(channels(6))[[0, 2, 5]])
        assert np.isnan(end(spoilt)[[1, 3, 4]]).all()


@pytest.mark.parametrize("name", ["mapper-paper-free", "mapper-paper", "kgnet"])
def test_a_response_that_was_not_measured_gives_no_symbol(name):
    session = MapperSession(find_mapper(name))
    parts_of = np.random.default_rng(2).normal(size=(9, 2 * session.card.input.carriers)).astype(np.float32)
    spoilt = parts_of.view(np.complex64)
    spoilt[2], spoilt[5] = np.nan, 0
    for end in (session.alice, session.bob):
        symbols = quantize(end(spoilt))
        assert (symbols[[2, 5]] == GUARD).all() and (symbols[[0, 1, 3, 4, 6, 7, 8]] != GUARD).any(axis=1).all()


def test_other_carriers_are_refused(tmp_path):
    session = MapperSession(write_conjugating_mapper(tmp_path / "one.onnx", CARRIERS))
    for wrong in (channels()[:, :7], channels()[0]):
        with pytest.raises(ParameterError, match="small-mapper takes responses on 8 carriers. Got shape"):
            session.alice(wrong)


@pytest.mark.parametrize(("field", "value", "message"), [
    ("task", "modulation", "'task' is wrong"),
    ("parameters", -1, "'parameters' is wrong"),
    ("input", mapper_card(CARRIERS)["input"] | {"carriers": 9}, "input's normalisation must have 18 values, two for each carrier"),
    ("output", {"name": "band2", "normalisation": LEVELLED | {"scale": [0.0] * 2 * CARRIERS}}, "'output.normalisation.scale.0' is wrong"),
    ("output", {"name": "band2", "normalisation": LEVELLED | {"scale": [1e-50] * 2 * CARRIERS}}, "'output.normalisation.scale.0' is wrong"),
    ("output", {"name": "band2", "normalisation": LEVELLED | {"offset": [1e50] * 2 * CARRIERS}}, "'output.normalisation.offset.0' is wrong"),
    ("output", {"name": "band2", "normalisation": LEVELLED | {"scale": [1.0]}}, "offset and scale must be as many"),
    ("output", {"name": "another", "normalisation": LEVELLED}, "output 'another' is no output of the graph"),
    ("metrics", {"test_data": "none", "by_snr": {}}, "'metrics.by_snr' is wrong"),
])
def test_a_wrong_card_is_refused_with_its_field(tmp_path, field, value, message):
    with pytest.raises(ModelError, match=message):
        MapperSession(write_conjugating_mapper(tmp_path / "one.onnx", CARRIERS, **{field: value}))


def test_a_card_of_other_carriers_than_its_graph_is_refused(tmp_path):
    wide = {name: mapper_card(9)[name] for name in ("input", "output")}
    with pytest.raises(ModelError, match=r"'input' says float32 \[batch, 18\]; the graph takes tensor\(float\) \['batch', 16\]"):
        MapperSession(write_conjugating_mapper(tmp_path / "one.onnx", CARRIERS, **wide))


def test_a_mapper_and_an_encoder_are_not_taken_for_each_other(tmp_path):
    mapper, encoder = write_conjugating_mapper(tmp_path / "one.onnx", CARRIERS), write_window_encoder(tmp_path / "other.onnx")
    with pytest.raises(ModelError, match="'task' is wrong"):
        EncoderSession(mapper)
    with pytest.raises(ModelError, match="'task' is wrong"):
        MapperSession(encoder)


def test_two_files_are_two_mappers_and_no_name_is_a_file(tmp_path):
    one, other = (MapperSession(write_conjugating_mapper(tmp_path / f"{name}.onnx", CARRIERS, name=name)) for name in ("one", "other"))
    assert one.sha256 != other.sha256
    with pytest.raises(ModelError, match="nowhere: neither the file of a model nor one of the shipped mappers"):
        find_mapper("nowhere")
