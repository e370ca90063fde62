# SPDX-License-Identifier: GPL-3.0-or-later
"""A classifier of technologies decides about each emission of a sweep, and says "unknown" where it cannot know."""

import json

import numpy as np
import onnx
import pytest
from gnuradio.rfsec.detection.swept_emissions import find_emissions
from gnuradio.rfsec.dsp.swept_spectrum import SweptSpectrum
from gnuradio.rfsec.errors import ModelError, ParameterError
from gnuradio.rfsec.inference.session import ModelSession
from gnuradio.rfsec.inference.technology_classifier import TechnologyClassifier
from onnx import TensorProto
from small_technology import technology_card, write_width_classifier

BINS = 4000


def sweep(*bands, bins=BINS, bin_hz=10e3):
    """Bands of (first bin, bins) 30 dB over noise of five averages."""
    power = np.ones(bins)
    for first, count in bands:
        power[first : first + count] += 1000.0
    power *= np.random.default_rng(1).gamma(5, 0.2, bins)
    return SweptSpectrum(900e6, bin_hz, (10 * np.log10(power) - 90).astype(np.float32), 0)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return TechnologyClassifier(write_width_classifier(tmp_path_factory.mktemp("models") / "small.onnx"))


def test_each_emission_gets_its_decision_in_the_order_of_frequency(classifier):
    spectrum = sweep((100, 20), (400, 200), (900, 20), (1500, 200))
    decided = classifier.decide(spectrum)
    assert [(one.label, one.verdict) for one in decided] == [("GSM", "accepted"), ("LTE", "accepted")] * 2
    for one, emission in zip(decided, find_emissions(spectrum), strict=True):
        assert (one.low_hz, one.high_hz, one.snr_db) == (emission.low_hz, emission.high_hz, emission.snr_db)
    assert decided[1].low_hz == pytest.approx(900e6 + 400 * 10e3, abs=30e3) and decided[1].confidence > 0.99


def test_what_is_decided_does_not_depend_on_what_else_is_there(classifier):
    alone = [one for first in (100, 1500) for one in classifier.decide(sweep((first, 150)))]
    together = classifier.decide(sweep((100, 150), (1500, 150)))
    assert [(one.label, one.confidence) for one in together] == [(one.label, pytest.approx(one.confidence)) for one in alone]


def test_an_unsure_decision_is_unknown_and_so_is_other(classifier):
    unsure, other = classifier.decide(sweep((300, 98)))[0], classifier.decide(sweep((300, 700)))[0]
    assert unsure.verdict == "unknown" and unsure.label in ("GSM", "LTE") and unsure.confidence < 0.9
    assert (other.label, other.verdict) == ("other", "unknown") and other.confidence > 0.9


def test_an_emission_wider_than_any_window_is_unknown_without_a_label(classifier):
    one = classifier.decide(sweep((500, 1100)))[0]
    assert (one.label, one.confidence, one.verdict) == (None, None, "unknown")


def test_emissions_at_the_ends_of_a_sweep_and_bins_without_values_are_decided(classifier):
    spectrum = sweep((0, 20), (BINS - 20, 20))
    spectrum.power_db[2000:2100] = np.nan
    assert [(one.label, one.verdict) for one in classifier.decide(spectrum)] == [("GSM", "accepted")] * 2


def test_noise_and_nothing_have_no_decisions(classifier):
    assert classifier.decide(sweep()) == [] and classifier.decide(sweep(bins=0)) == []
    assert classifier.decide(SweptSpectrum(0.0, 10e3, np.full(100, np.nan, np.float32))) == []


def test_the_least_snr_is_that_of_the_caller(tmp_path):
    deaf = TechnologyClassifier(write_width_classifier(tmp_path / "small.onnx"), min_snr_db=40.0)
    assert deaf.decide(sweep((100, 20))) == []


def test_decisions_about_several_sweeps_are_about_their_mean(tmp_path):
    several = TechnologyClassifier(write_width_classifier(tmp_path / "small.onnx"), sweeps=3)
    spectra = [sweep((100, 20)), sweep((100, 20), (400, 200)), sweep(), sweep()]
    found = [several.decide(one) for one in spectra]
    assert [[one.label for one in decided] for decided in found] == [["GSM"], ["GSM", "LTE"], ["GSM", "LTE"], ["GSM", "LTE"]]
    assert [decided[0].snr_db for decided in found] == pytest.approx([30, 30, 28.2, 25.2], abs=1.0)
    assert [one.label for one in several.decide(sweep())] == []


def test_bins_of_another_width_are_refused(classifier):
    with pytest.raises(ParameterError, match="10000 Hz wide. Got 25000"):
        classifier.decide(sweep((100, 20), bin_hz=25e3))


@pytest.mark.parametrize("change, words", [
    ({"channels": 2}, "float32 \\[batch, 1, bins\\]"), ({"output": "label"}, "is no output"), ({"bins": 64}, "takes 64 only"),
    ({"task": "modulation"}, "'task' is wrong"), ({"heads": [{**technology_card()["heads"][0], "name": "modulation"}]}, "named technology"),
    ({"input": {**technology_card()["input"], "lengths": [32, 16]}}, "lengths must ascend"),
    ({"heads": [{**technology_card()["heads"][0], "labels": ["A", "B"]}]}, "2 labels")])
def test_a_model_that_does_not_fit_is_refused(tmp_path, change, words):
    path = write_width_classifier(tmp_path / "small.onnx", **change)
    with pytest.raises(ModelError, match=words):
        TechnologyClassifier(path).decide(sweep((100, 20)))


@pytest.mark.parametrize("kind", [TensorProto.STRING, TensorProto.INT64, "sequence"])
def test_a_model_whose_output_is_no_float32_is_refused_when_it_is_opened(tmp_path, kind):
    path = write_width_classifier(tmp_path / "small.onnx", output="logits")
    model = onnx.load(path)
    if kind == "sequence":
        node = onnx.helper.make_node("SequenceConstruct", ["logits"], ["technology"])
        output = onnx.helper.make_tensor_sequence_value_info("technology", TensorProto.FLOAT, None)
    else:
        node = onnx.helper.make_node("Cast", ["logits"], ["technology"], to=kind)
        output = onnx.helper.make_tensor_value_info("technology", kind, ["batch", 3])
    model.graph.node.append(node)
    model.graph.output[0].CopyFrom(output)
    onnx.save(model, path)
    with pytest.raises(ModelError, match="output 'technology' must be float32"):
        TechnologyClassifier(path)


def test_a_classifier_of_windows_of_samples_is_told_apart(tmp_path):
    with pytest.raises(ModelError, match="classifier of swept spectra"):
        ModelSession(write_width_classifier(tmp_path / "small.onnx"))
    with pytest.raises(ModelError, match="none.onnx: neither the file of a model"):
        TechnologyClassifier(tmp_path / "none.onnx")


@pytest.mark.parametrize("options, words", [({"threads": 0}, "threads"), ({"min_snr_db": float("nan")}, "min_snr_db"), ({"sweeps": 0}, "sweeps")])
def test_wrong_options_are_refused(tmp_path, options, words):
    with pytest.raises(ParameterError, match=words):
        TechnologyClassifier(write_width_classifier(tmp_path / "small.onnx"), **options)


def test_a_card_is_json_that_comes_back(classifier):
    assert type(classifier.card).from_json(classifier.card.to_json(), "here") == classifier.card
    assert json.loads(classifier.card.to_json())["input"]["representation"] == "spectrum_db"
