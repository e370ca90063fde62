# SPDX-License-Identifier: GPL-3.0-or-later
"""From a mapper's recipe to a shipped model: train, measure on positions never seen, export with the card."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ..inference.card import MAPPER_TASK
from ..inference.mapper_card import MapperCard
from ..inference.mapper_features import normalised, represented
from ..keygen.features import features
from .export import export_graph
from .half_weights import HALVED, halved
from .mapper_corpus import MapperCorpus
from .mapper_evaluation import scores
from .mapper_loop import MapperProgress, train_mapper
from .mapper_recipe import MEASURED, MapperRecipe
from .produce import hardware_name


def produce_mapper(
    corpus: MapperCorpus,
    source: str,
    command: str,
    epochs: int,
    out: Path,
    checkpoint: Path,
    device: torch.device,
    threads: int,
    report: Callable[[MapperProgress], None] = lambda progress: None,
    parent: Path | None = None,
) -> MapperCard:
    """Train on a corpus, then write `out` with the card that is returned.

    See `train_mapper` for parameters and errors, `export_graph` for those of writing. `source` is where the channels are
    from, and `command` what made the model, as the card states them.
    """
    recipe = corpus.recipe
    trained = train_mapper(corpus, epochs, checkpoint, device, threads, report, parent)
    network, before = halved(trained.network), trained.parent_rows_seen
    one, other = corpus.normalisations

    @torch.no_grad()
    def alice(cfr: np.ndarray) -> np.ndarray:
        return network(torch.from_numpy(normalised(features(represented(recipe.representation, cfr)), one))).numpy()

    carriers = corpus.channels.band1.shape[1]
    card = MapperCard.model_validate(
        {
            "schema": 1,
            "name": recipe.name,
            "task": MAPPER_TASK,
            "paper": recipe.paper,
            "description": recipe.description,
            "channels": source,
            "split": recipe.split,
            "radio": recipe.radio,
            "input": {
                "representation": recipe.representation,
                "layout": "batch,feature",
                "carriers": carriers,
                "normalisation": one.model_dump(),
            },
            "output": {"name": "features", "normalisation": other.model_dump()},
            "training": {
                "command": command,
                "seed": corpus.seed,
                "data": source,
                "data_sha256": corpus.sha256(),
                "windows_seen": before + epochs * len(corpus.train),
                "hardware": hardware_name(device, threads),
                "note": _note(corpus, epochs, before),
            },
            "metrics": {"test_data": f"{len(corpus.test)} positions of the {recipe.split} split, {recipe.radio} radios",
                        "by_snr": {snr: one.model_dump() for snr, one in scores(corpus, alice).items()}},
            "parameters": sum(one.numel() for one in trained.network.parameters()),
            "licence": "GPL-3.0-or-later",
            "limits": list(recipe.limits),
        }
    )
    export_graph(network, card, out, torch.zeros(2, 2 * carriers), card.output.name)
    return card


def _note(corpus: MapperCorpus, epochs: int, before: int) -> str:
    recipe = corpus.recipe
    shortfall = "" if epochs >= recipe.epochs else f" of {recipe.epochs} that the recipe asks for"
    optimisers = "Muon and Adam" if recipe.muon_rate else "Adam"
    between = ", those between them filled in by polynomials, at places drawn between all of these anew each epoch" if recipe.between else ""
    start = f" Started from a parent that had seen {before} rows." if before else ""
    errors = " Roots of the rows' squared errors." if recipe.roots else ""
    return (f"{epochs} epochs{shortfall} of {len(corpus.train)} positions{between}; {_noise(recipe)}. {optimisers}, batches of {recipe.batch}, "
            f"warm-up and cosine.{errors}{start}{HALVED}")


def _noise(recipe: MapperRecipe) -> str:
    anew = "noise of 0 to 40 dB anew each epoch"
    if recipe.scenario == MEASURED:
        inputs = "inputs and" if recipe.cross else f"{anew} on the inputs that were measured,"
        return f"{inputs} labels as they were measured"
    return f"the paper's cross dataset {recipe.cross}, labels without noise" if recipe.cross else f"{anew}, labels without"
