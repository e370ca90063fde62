# SPDX-License-Identifier: GPL-3.0-or-later
"""From an encoder's recipe to a shipped model: train, choose thresholds, measure on emitters never seen, export with the card."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..datasets.emitter_conditions import CONDITIONS, LABORATORY, THRESHOLDS
from ..datasets.seeding import Purpose
from ..fingerprint.thresholds import threshold_for
from ..inference.card import ENCODER_TASK
from ..inference.encoder_card import Embedding, EncoderCard
from ..inference.encoder_scores import pairs
from .encoder_corpus import EncoderCorpus
from .encoder_evaluation import recordings
from .encoder_loop import EncoderProgress, train_encoder
from .encoder_recipe import EncoderRecipe
from .export import export_graph
from .half_weights import HALVED, halved
from .objectives import MARGIN, ContrastiveLoss, LogisticLoss
from .produce import hardware_name

_FALSE_ACCEPTS = (0.001, 0.01, 0.05, 0.1)
_STRANGERS, _OF_EACH = 400, 4  # emitters, and windows of each, that the thresholds are chosen on, under the worst condition
_EMITTERS, _WINDOWS = 16, 40  # of each condition that the card tells of


def produce_encoder(
    recipe: EncoderRecipe,
    corpus: EncoderCorpus,
    windows: int,
    out: Path,
    checkpoint: Path,
    device: torch.device,
    threads: int,
    report: Callable[[EncoderProgress], None] = lambda progress: None,
) -> EncoderCard:
    """Train `recipe` on `corpus`, then write `out` with the card that is returned.

    See `train_encoder` for parameters and errors, `export_graph` for those of writing.
    """
    trained = train_encoder(recipe, corpus, windows, checkpoint, device, threads, report)
    network = halved(trained.network)
    what = (corpus.representation, corpus.waveforms[0])
    channels, length = corpus.chunk(0)[0].shape[1:]

    @torch.no_grad()
    def embed(values: np.ndarray) -> np.ndarray:
        return network(torch.from_numpy(values)).numpy()

    enrolled, tried = recordings(embed, *what, CONDITIONS[-1], _STRANGERS, _OF_EACH, THRESHOLDS, Purpose.VALIDATION)
    embedding = embedding_of(recipe, trained.objective, enrolled, tried)
    thresholds = [threshold_for(pairs(embedding, enrolled, tried).impostor, rate) for rate in _FALSE_ACCEPTS]
    card = EncoderCard.model_validate(
        {
            "schema": 1,
            "name": recipe.name,
            "task": ENCODER_TASK,
            "paper": recipe.paper,
            "description": recipe.description,
            "input": {
                "representation": corpus.representation,
                "layout": "batch,channel,value",
                "channels": channels,
                "length": length,
            },
            "embedding": embedding.model_dump(),
            "thresholds": [
                {"false_accepts": one.false_accepts, "distance": one.distance, "low": one.low, "high": one.high}
                for one in thresholds
            ],
            "training": {
                "command": f"rfsec train {recipe.name} --seed {corpus.seed} --windows {windows}",
                "seed": corpus.seed,
                "data": f"emitters {', '.join(dict.fromkeys(corpus.waveforms))}",
                "data_sha256": corpus.sha256(),
                "windows_seen": trained.windows_seen,
                "hardware": hardware_name(device, threads),
                "note": _note(recipe, corpus, windows, trained.windows_seen),
            },
            "metrics": {
                "test_data": f"{_EMITTERS} emitters {corpus.waveforms[0]}, world {LABORATORY}, {_WINDOWS} windows of each",
                "conditions": {
                    one.name: pairs(embedding, *recordings(embed, *what, one, _EMITTERS, _WINDOWS)).scores(embedding).model_dump()
                    for one in CONDITIONS
                },
            },
            "parameters": sum(one.numel() for one in (*trained.network.parameters(), *trained.objective.parameters())),
            "licence": "GPL-3.0-or-later",
            "limits": list(recipe.limits),
        }
    )
    export_graph(network, card, out, torch.zeros(2, channels, length), card.embedding.name)
    return card


def embedding_of(recipe: EncoderRecipe, objective: nn.Module, enrolled: np.ndarray, tried: np.ndarray) -> Embedding:
    """Return the card's embedding: the metric of the objective, and when a pair counts as one emitter's.

    That is the paper's rule for the paper's objectives: a probability of a half, or half the margin. For others it is the
    distance at which both kinds of pairs of unseen emitters, float32 [emitters, windows, size], are wrong equally often.
    """
    fields = {"name": "embedding", "size": recipe.size, "metric": "euclidean", "unit_length": recipe.unit_length}
    if isinstance(objective, LogisticLoss):
        weights = objective.weights().tolist()
        return Embedding(**fields | {"metric": "weighted_l1", "weights": weights}, same_below=max(0.0, objective.bias.item()))
    if isinstance(objective, ContrastiveLoss):
        return Embedding(**fields, same_below=MARGIN / 2)
    distances = pairs(Embedding(**fields, same_below=0), enrolled, tried)
    limits = np.quantile(distances.genuine, np.linspace(0, 1, 1001))
    wrong = [abs(np.mean(distances.genuine >= limit) - np.mean(distances.impostor < limit)) for limit in limits]
    return Embedding(**fields, same_below=float(limits[int(np.argmin(wrong))]))


def _note(recipe: EncoderRecipe, corpus: EncoderCorpus, windows: int, seen: int) -> str:
    shortfall = "" if windows >= recipe.default_windows else f" of {recipe.default_windows} that the recipe asks for"
    stages = ", then ".join(f"{one.objective.__name__}{' of the last layer alone' * one.last_only}" for one in recipe.stages)
    return f"Saw {seen} windows{shortfall}: {corpus.note} {stages}. Adam, batches of {recipe.batch}, warm-up and cosine.{HALVED}"
