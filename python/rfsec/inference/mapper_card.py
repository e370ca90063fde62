# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a mapper, a model that makes the features of one band from those of another."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .card import MAPPER_TASK, Card, Name, Share, _Part

# Of numbers that float32 holds, and its quotients too.
Offset = Annotated[float, Field(ge=-1e15, le=1e15)]
Scale = Annotated[float, Field(ge=1e-15, le=1e15)]
NotNegative = Annotated[float, Field(ge=0)]


class Normalisation(_Part):
    """(value - `offset`) / `scale` of each feature: real parts of all carriers, then imaginary parts."""

    offset: list[Offset]
    scale: list[Scale]

    @model_validator(mode="after")
    def _agrees(self):
        if len(self.offset) != len(self.scale):
            raise ValueError("offset and scale must be as many")
        return self


class MapperInput(_Part):
    """What the graph takes: float32 [batch, 2 carriers], normalised features of band 1.

    "cfr" is the measured frequency response as it is, "cfr_unit_power" brought to unit mean power, "cfr_sanitised" what
    ``ofdm.sanitise`` makes of it, 52 carriers being 802.11's. The features that the graph gives, of band 2, are of the same kind.
    """

    representation: Literal["cfr", "cfr_unit_power", "cfr_sanitised"]
    layout: Literal["batch,feature"]
    carriers: int = Field(ge=2, le=4096)
    normalisation: Normalisation


class MapperOutput(_Part):
    """The graph's one output, float32 [batch, 2 carriers], and the normalisation of band 2 that it is in."""

    name: Name
    normalisation: Normalisation


class MapperScores(_Part):
    """At one SNR of both ends: the quantizer is the KGNet paper's with two levels and a factor of 0.1.

    `nmse` is of normalised features against those that Bob measures (the paper's equation 21), `nmse_h` of frequency
    responses against the true ones.
    """

    key_error_rate: Share
    key_generation_ratio: NotNegative
    nmse: NotNegative
    nmse_h: NotNegative


class MapperMetrics(_Part):
    """Scores at each SNR in dB, on positions that were not trained on."""

    test_data: str
    by_snr: dict[str, MapperScores] = Field(min_length=1)


class MapperCard(Card):
    """A whole card of a mapper.

    Attributes
    ----------
    channels, split, radio : str
        Where the pairs of channels are from, how test positions were chosen, and what measured them.
    """

    task: Literal[MAPPER_TASK]
    channels: str
    split: str
    radio: str
    input: MapperInput
    output: MapperOutput
    metrics: MapperMetrics

    @model_validator(mode="after")
    def _fits(self):
        for what, one in (("input", self.input.normalisation), ("output", self.output.normalisation)):
            if len(one.offset) != 2 * self.input.carriers:
                raise ValueError(f"the {what}'s normalisation must have {2 * self.input.carriers} values, two for each carrier")
        return self
