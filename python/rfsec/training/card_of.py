# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a model that a run on a corpus has made, be it a network or a classical baseline."""

from typing import Any

from ..inference.card import ModelCard
from .carrier_limit import carrier_limit
from .corpus_base import Corpus
from .recipe import Recipe

_LIMITS = {
    "compat": (
        "Trained on the published RadioML 2016.10a recipe, whose true SNR is about twice the label.",
        "Pure noise is called AM-SSB: in the published set that class holds nothing else.",
    ),
    "corrected": ("An unmodulated carrier, or AM or FM without audio, was not trained on.",),
}


def card_of(
    name: str,
    description: str,
    source: Recipe,
    corpus: Corpus,
    run: dict[str, Any],
    head: dict[str, Any],
    metrics: dict[str, Any],
    parameters: int,
    limits: list[str],
) -> ModelCard:
    """Return a card.

    Parameters
    ----------
    name, description : str
    source : Recipe
        Gives paper and input: the model's own, or that of the network whose input it shares.
    corpus : Corpus
    run : dict
        The card's fields command, windows_seen, hardware and note.
    head, metrics : dict
        See ``judge``.
    parameters : int
    limits : list of str
    """
    return ModelCard.model_validate(
        {
            "schema": 1,
            "name": name,
            "task": "modulation",
            "paper": source.paper,
            "description": description,
            "input": {
                "representation": source.representation,
                "layout": "batch,channel,time",
                "window_min": corpus.lengths[0],
                "window_max": corpus.lengths[-1],
                "normalisation": source.normalisation,
                "samples_per_symbol": corpus.samples_per_symbol,
                "sample_rate_hz": None,
                "conditioned_bandwidth": source.conditioned_bandwidth,
            },
            "heads": [{"name": "modulation", "labels": corpus.labels, **head}],
            "training": {**run, "seed": corpus.seed, "data": corpus.name, "data_sha256": corpus.sha256()},
            "metrics": {"test_data": corpus.test_name, **metrics},
            "parameters": parameters,
            "licence": "GPL-3.0-or-later",
            "limits": limits,
        }
    )


def limits_of(source: Recipe, corpus: Corpus, metrics: dict[str, Any]) -> tuple[str, ...]:
    """Return what a model that takes the input of `source`, was trained on `corpus` and has `metrics` does not know, for the card."""
    if source.conditioned_bandwidth is not None:
        return (
            f"Takes bursts moved to 0 Hz and resampled so that 99% of their power lies in {source.conditioned_bandwidth:g} of the "
            f"sample rate, cut into windows of {corpus.lengths[-1]} samples; a shorter burst is followed by zeros.",
            f"Knows {len(corpus.labels)} labels: another emission is called by one of them, or unknown where the model is not sure.",
        )
    rate = f"{corpus.samples_per_symbol} samples per symbol" if corpus.samples_per_symbol else "its data's samples per symbol"
    first, last, mode = corpus.lengths[0], corpus.lengths[-1], corpus.identity.get("mode", "")
    length = f"{first}" if first == last else f"{first} to {last}"
    return (
        f"Knows {rate} and windows of {length} samples only; a signal at another rate must be resampled first.",
        f"Every input gets one of the {len(corpus.labels)} labels: there is no 'unknown'.",
        *_LIMITS.get(mode, ()),
        *((carrier_limit(metrics["accuracy_by_label_18_db"]),) if mode == "compat" else ()),
    )
