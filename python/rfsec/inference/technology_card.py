# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a classifier of technologies, which takes an emission of a swept spectrum."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .card import TECHNOLOGY_TASK, Card, Head, Share, _Part

HEAD = "technology"


class SpectrumInput(_Part):
    """What the graph takes: float32 [batch, 1, bins], an emission in the middle of a window, see ``spectrum_windows``.

    The values are decibels over the floor from -10 to 60, divided by 20. ``lengths`` are those that windows have.
    """

    representation: Literal["spectrum_db"]
    layout: Literal["batch,channel,bin"]
    normalisation: Literal["floor_20_db"]
    bin_hz: float = Field(gt=0)
    lengths: list[Annotated[int, Field(ge=1, le=1 << 16)]] = Field(min_length=1, max_length=64)

    @model_validator(mode="after")
    def _ascends(self):
        if sorted(set(self.lengths)) != self.lengths:
            raise ValueError("lengths must ascend")
        return self


class TechnologyMetrics(_Part):
    """On test windows of sensors and seeds of their own.

    ``accuracy``, overall, by measured SNR and by label: of windows of the technologies, whatever the confidence.
    ``accepted_share`` of them is accepted, of which ``accepted_error_rate`` is wrong; of windows that are of none of the
    technologies, ``other_accepted_share`` is accepted as one. ``expected_calibration_error`` is of the technologies.
    """

    test_data: str
    accuracy: Share
    accuracy_by_snr: dict[str, Share]
    accuracy_by_label: dict[str, Share]
    expected_calibration_error: Share
    accepted_share: Share
    accepted_error_rate: Share
    other_accepted_share: Share


class TechnologyCard(Card):
    """A whole card of a classifier of technologies; its one head is called "technology".

    A label "other" stands for whatever is of none of the technologies: it is never accepted.
    """

    task: Literal[TECHNOLOGY_TASK]
    input: SpectrumInput
    heads: list[Head] = Field(min_length=1, max_length=1)
    metrics: TechnologyMetrics

    @model_validator(mode="after")
    def _named(self):
        if self.heads[0].name != HEAD:
            raise ValueError(f"the head must be named {HEAD}")
        return self
