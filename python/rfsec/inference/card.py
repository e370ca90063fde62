# SPDX-License-Identifier: GPL-3.0-or-later
"""The model card: what a model expects, decides and can do, carried in the ONNX metadata key ``rfsec.card``."""

import json
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ..errors import ModelError

METADATA_KEY = "rfsec.card"
MAX_CARD_BYTES = 1_000_000
ENCODER_TASK = "emitter"  # of an encoder's card, see ``encoder_card``
MAPPER_TASK = "mapping"  # of a mapper's card, see ``mapper_card``
TECHNOLOGY_TASK = "technology"  # of the card of a classifier of spectra, see ``technology_card``
NORMALISATIONS = {"iq": "unit_power", "amp_phase": "unit_l2", "iq_min_max": "min_max"}  # of each representation

def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it must be text that can be printed, without line breaks or commands to a terminal")
    return text


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Label = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    # A length that no string of a card can have: strings with a rule may not hold half of a UTF-16 pair, which no file takes.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_max_length=MAX_CARD_BYTES)


class Input(_Part):
    """What one window must look like: float32 [batch, 2, window] in the named representation.

    ``conditioned_bandwidth`` is the share of the sample rate that the occupied bandwidth of a burst must be; None where a
    model takes windows as they come.
    """

    representation: Literal["iq", "amp_phase", "iq_min_max"]
    layout: Literal["batch,channel,time"]
    window_min: int = Field(ge=1, le=1 << 20)
    window_max: int = Field(ge=1, le=1 << 20)
    normalisation: Literal["unit_power", "unit_l2", "min_max"]
    samples_per_symbol: float | None = Field(default=None, gt=0)
    sample_rate_hz: float | None = Field(default=None, gt=0)
    conditioned_bandwidth: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _agrees(self):
        if self.window_min > self.window_max:
            raise ValueError("window_min must not exceed window_max")
        expected = NORMALISATIONS[self.representation]
        if self.normalisation != expected:
            raise ValueError(f"the representation {self.representation} is normalised by {expected}")
        return self


class Head(_Part):
    """One decision of the model: a graph output of logits [batch, len(labels)] with this name.

    A decision is "unknown" where its confidence is below ``reject_threshold``, and "low_snr" where the SNR is below
    ``min_snr_db``, dB, and its confidence below ``weak_threshold`` (if that is None, whatever its confidence is).
    ``threshold_rule`` says what they were chosen for.
    """

    name: Name
    labels: list[Label] = Field(min_length=2, max_length=32767)
    temperature: float = Field(ge=1e-6, le=1e6)
    reject_threshold: Share
    min_snr_db: float | None = None
    weak_threshold: Share | None = None
    threshold_rule: str = ""

    @model_validator(mode="after")
    def _labels_differ(self):
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("labels must differ from each other")
        return self


class Training(_Part):
    """How the weights came about, so that anyone can repeat it."""

    command: str
    seed: int
    data: str
    data_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    windows_seen: int = Field(ge=0)
    hardware: str
    note: str = ""


class HeadMetrics(_Part):
    """Accuracy of one head of several, at every SNR."""

    accuracy: Share
    accuracy_by_snr: dict[str, Share]
    accuracy_by_label: dict[str, Share]
    expected_calibration_error: Share


class Metrics(_Part):
    """Accuracy on test data of another seed, at every SNR, the bad ones too.

    Of a model with several heads all of them must be right; ``by_head`` says how often each is.

    Of a model with thresholds: ``accuracy_by_label`` from ``min_snr_db`` up; ``accepted_share`` of those windows that are
    no noise, ``accepted_error_rate`` of what is accepted, and ``noise_accepted_share`` of the windows of noise;
    ``weak_accepted_share`` and ``weak_accepted_error_rate`` are the first two below ``min_snr_db``. All are of single windows.
    """

    test_data: str
    accuracy: Share
    accuracy_by_snr: dict[str, Share]
    accuracy_0_to_18_db: Share | None = None
    accuracy_by_label_18_db: dict[str, Share] = {}
    accuracy_by_label: dict[str, Share] = {}
    expected_calibration_error: Share | None = None
    accepted_share: Share | None = None
    accepted_error_rate: Share | None = None
    noise_accepted_share: Share | None = None
    weak_accepted_share: Share | None = None
    weak_accepted_error_rate: Share | None = None
    by_head: dict[Name, HeadMetrics] = {}


def task_of(text: str) -> str:
    """The task in the JSON of any card; "" where there is none, and then no card type takes the text."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return str(fields.get("task", "")) if isinstance(fields, dict) else ""


class Card(_Part):
    """What the card of any model says. ``from_json`` is the way in; a wrong field raises ModelError that names it."""

    schema_version: Literal[1] = Field(alias="schema")
    name: Name
    task: str
    paper: str
    description: str
    training: Training
    parameters: int = Field(ge=0)
    licence: str = Field(min_length=1)
    limits: list[str]

    @classmethod
    def from_json(cls, text: str, where: str) -> Self:
        """The card that ``text`` holds; ``where`` names its file in errors.

        Raises ModelError: no JSON, or the first field that breaks a rule.
        """
        if len(text) > MAX_CARD_BYTES:
            raise ModelError(f"{where}: its card has {len(text)} characters, more than the {MAX_CARD_BYTES} that a card may have.")
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ModelError(f"{where}: its card is not JSON ({error}).") from None
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = " ".join(".".join(map(str, first["loc"])).split()) or "the card"
            raise ModelError(f"{where}: the card's field '{field}' is wrong: {first['msg'].removeprefix('Value error, ')}.") from None

    def to_json(self) -> str:
        """The card as JSON, for the ONNX metadata."""
        return self.model_dump_json(by_alias=True)


class ModelCard(Card):
    """The card of a model that gives every window a label."""

    input: Input
    heads: list[Head] = Field(min_length=1, max_length=16)
    metrics: Metrics

    @field_validator("task")
    @classmethod
    def _classifies(cls, task: str) -> str:
        if task == ENCODER_TASK:
            raise ValueError("it is an encoder of fingerprints, which gives no labels; 'rfsec fingerprint' takes it")
        if task == MAPPER_TASK:
            raise ValueError("it is a mapper of channels, which gives no labels; 'rfsec keygen' takes it")
        if task == TECHNOLOGY_TASK:
            raise ValueError("it is a classifier of swept spectra, not of windows of samples; 'rfsec sensor' takes it")
        return task

    @model_validator(mode="after")
    def _heads_differ(self):
        names = [head.name for head in self.heads]
        if again := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"heads must have different names; two are called '{again}'")
        return self
