# SPDX-License-Identifier: GPL-3.0-or-later
"""A card that breaks a rule is refused with one line that names the field."""

import json
import sys

import pytest
from gnuradio.rfsec.errors import ModelError
from gnuradio.rfsec.inference.card import MAX_CARD_BYTES, ModelCard
from small_model import small_card


def changed(path: str, value) -> str:
    """The valid card as JSON with the field at ``path`` (dots between) replaced; ... removes it."""
    card = json.loads(json.dumps(small_card()))
    *parents, last = path.split(".")
    part = card
    for name in parents:
        part = part[int(name) if name.isdigit() else name]
    last = int(last) if last.isdigit() and isinstance(part, list) else last
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return json.dumps(card)


def refused(text: str) -> str:
    with pytest.raises(ModelError) as caught:
        ModelCard.from_json(text, "some.onnx")
    message = str(caught.value)
    assert message.startswith("some.onnx: ") and "\n" not in message and "\r" not in message
    return message


def test_a_card_without_the_fields_of_bursts_is_valid():
    card = ModelCard.from_json(json.dumps(small_card()), "some.onnx")
    assert card.input.conditioned_bandwidth is None and card.heads[0].min_snr_db is None and card.heads[0].threshold_rule == ""
    assert card.metrics.expected_calibration_error is None and card.metrics.accepted_error_rate is None


def test_a_valid_card_comes_back_as_it_went():
    card = ModelCard.from_json(json.dumps(small_card()), "some.onnx")
    assert ModelCard.from_json(card.to_json(), "some.onnx") == card
    assert card.heads[0].labels == ["quiet", "rising", "falling"]


@pytest.mark.parametrize("field", [
    "schema", "name", "task", "paper", "description", "input", "heads", "training", "metrics", "parameters", "licence", "limits",
    "input.representation", "input.layout", "input.window_min", "input.window_max", "input.normalisation", "heads.0.name",
    "heads.0.labels", "heads.0.temperature", "heads.0.reject_threshold", "training.command", "training.seed", "training.data",
    "training.data_sha256", "training.windows_seen", "training.hardware", "metrics.test_data", "metrics.accuracy",
    "metrics.accuracy_by_snr"])
def test_a_missing_field_is_named(field):
    assert f"the card's field '{field}' is wrong: Field required" in refused(changed(field, ...))


@pytest.mark.parametrize("field, value", [
    ("schema", 2), ("name", "UPPER case"), ("name", "../up"), ("name", ""), ("heads", []), ("parameters", -1), ("licence", ""),
    ("limits", "none"), ("input.representation", "spectrum"), ("input.layout", "time,batch"), ("input.window_min", 0),
    ("input.window_min", "many"), ("input.window_max", 1 << 21), ("input.window_min", 1.5), ("input.samples_per_symbol", 0),
    ("input.sample_rate_hz", -1.0), ("heads.0.name", "Has Blanks"), ("heads.0.labels", ["one"]), ("heads.0.labels.1", ""),
    ("heads.0.labels.2", 7), ("heads.0.temperature", 0), ("heads.0.temperature", float("nan")),
    ("heads.0.temperature", 1e-40), ("heads.0.temperature", 1e39), ("description", "\ud800"), ("training.note", "\ud800"),
    ("heads.0.temperature", float("inf")), ("heads.0.reject_threshold", -0.1), ("heads.0.reject_threshold", 1.01),
    ("heads.0.reject_threshold", float("nan")), ("training.seed", "one"), ("training.data_sha256", "abc"),
    ("training.windows_seen", -1), ("metrics.accuracy", 1.5), ("metrics.accuracy_by_snr.0", 2), ("heads.0.labels.0", "\ud800"),
    ("heads.0.labels.0", "\x1b]0;title\x07"), ("heads.0.labels.0", "two\nlines"), ("heads.0.labels.0", "left\u202eto right"),
    ("input.conditioned_bandwidth", 0), ("input.conditioned_bandwidth", 1.1), ("heads.0.min_snr_db", float("nan")),
    ("heads.0.min_snr_db", "low"), ("heads.0.threshold_rule", 3), ("metrics.expected_calibration_error", -0.1),
    ("metrics.accepted_share", 1.1), ("metrics.accepted_error_rate", -0.1), ("metrics.noise_accepted_share", 2)])
def test_a_wrong_value_is_named(field, value):
    assert f"the card's field '{field}' is wrong: " in refused(changed(field, value))


@pytest.mark.parametrize("field, value, rule", [
    ("heads.0.labels", ["a", "b", "a"], "'heads.0' is wrong: labels must differ"),
    ("input.window_min", 129, "'input' is wrong: window_min must not exceed window_max"),
    ("input.normalisation", "unit_l2", "'input' is wrong: the representation iq is normalised by unit_power"),
    ("heads", [small_card()["heads"][0]] * 2, "'the card' is wrong: heads must have different names")])
def test_fields_that_disagree_are_refused(field, value, rule):
    with pytest.raises(ModelError, match=rule):
        ModelCard.from_json(changed(field, value), "some.onnx")


@pytest.mark.parametrize("field", ["extra", "input.extra", "heads.0.extra", "training.extra", "metrics.extra", "two\nlines"])
def test_a_field_too_many_is_named(field):
    assert f"the card's field '{' '.join(field.split())}' is wrong: Extra inputs" in refused(changed(field, 1))


@pytest.mark.parametrize("text", ["{", "", "nonsense", '{"schema": 1,}', "[" * 100_000, '{"schema": ' + "9" * 5000 + "}"])
def test_what_is_no_json_is_refused(text):
    assert "its card is not JSON" in refused(text)


@pytest.mark.parametrize("text", ["[]", "null", "3", '"card"'])
def test_json_that_is_no_card_is_refused(text):
    assert "the card's field 'the card' is wrong" in refused(text)


def test_a_card_without_end_is_refused():
    assert f"more than the {MAX_CARD_BYTES}" in refused(" " * (MAX_CARD_BYTES + 1))
    assert sys.getsizeof(refused("x" * MAX_CARD_BYTES)) < 1000
