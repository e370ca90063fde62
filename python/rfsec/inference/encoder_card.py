# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of an encoder, a model that makes a fingerprint of a window or a burst; in the ONNX metadata as every card."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .card import ENCODER_TASK, Card, Name, Share, _Part

Distance = Annotated[float, Field(ge=0)]


class EncoderInput(_Part):
    """What the graph takes: float32 [batch, channels, length] of one representation.

    "iq" is a window of `length` samples from anywhere, in-phase and quadrature, of unit power; "iq_aligned" that of the long
    training field of an 802.11 frame, and "iq_equalised" what is left of it when the channel is divided out. "preamble_80211" is what
    ``fingerprint.preamble_fingerprint`` measures of an 802.11 frame, "fsk_burst" what ``fingerprint.fsk_fingerprint``
    measures of a burst.
    """

    representation: Literal["iq", "iq_aligned", "iq_equalised", "preamble_80211", "fsk_burst"]
    layout: Literal["batch,channel,value"]
    channels: int = Field(ge=1, le=64)
    length: int = Field(ge=1, le=1 << 20)


class Embedding(_Part):
    """The graph's one output, float32 [batch, size], and how far apart two embeddings are.

    "euclidean" is the length of their difference; "weighted_l1" the sum of the absolute differences times `weights`. Where
    `unit_length` is true, every embedding has length 1, and a mean of several is brought to it again. A pair closer than
    `same_below` counts as one emitter's in pair accuracies; other decisions have thresholds of their own.
    """

    name: Name
    size: int = Field(ge=1, le=4096)
    metric: Literal["euclidean", "weighted_l1"]
    weights: list[Distance] | None = None
    unit_length: bool = False
    same_below: Distance

    @model_validator(mode="after")
    def _agrees(self):
        if (self.weights is not None) != (self.metric == "weighted_l1"):
            raise ValueError("weights belong to the metric weighted_l1, and to no other")
        if self.weights is not None and len(self.weights) != self.size:
            raise ValueError(f"weights must be {self.size}, one for each value of an embedding")
        return self


class FalseAccepts(_Part):
    """A distance under which the share `false_accepts` of strangers falls, and the 95% interval of that share."""

    false_accepts: Share
    distance: Distance
    low: Share
    high: Share


class Scores(_Part):
    """How well pairs are told apart in one condition, over single embeddings."""

    pair_accuracy: Share
    equal_error_rate: Share
    area_under_roc: Share


class EncoderMetrics(_Part):
    """Scores by condition on emitters, days, channels and receivers of another seed, the bad ones too."""

    test_data: str
    conditions: dict[str, Scores] = Field(min_length=1)


class EncoderCard(Card):
    """A whole card of an encoder."""

    task: Literal[ENCODER_TASK]
    input: EncoderInput
    embedding: Embedding
    thresholds: list[FalseAccepts] = Field(min_length=1)
    metrics: EncoderMetrics

    @model_validator(mode="after")
    def _ordered(self):
        rates = [one.false_accepts for one in self.thresholds]
        if rates != sorted(set(rates)):
            raise ValueError("thresholds must be in the order of their false_accepts, each of them once")
        return self
