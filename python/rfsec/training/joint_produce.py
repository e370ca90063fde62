# SPDX-License-Identifier: GPL-3.0-or-later
"""From a joint model's recipe to a shipped model: train, calibrate each head, measure on recordings never seen, export."""

from collections.abc import Callable
from pathlib import Path

import torch

from ..inference.card import ModelCard
from .evaluation import fit_temperature
from .export import export_onnx
from .half_weights import HALVED, halved
from .joint_corpus import NOISIER, JointCorpus
from .joint_loop import JointProgress, joint_logits, train_joint
from .joint_metrics import joint_metrics
from .joint_recipe import JointRecipe
from .produce import hardware_name

TASK = "joint"


def produce_joint(
    recipe: JointRecipe,
    corpus: JointCorpus,
    command: str,
    epochs: int,
    out: Path,
    checkpoint: Path,
    device: torch.device,
    threads: int,
    report: Callable[[JointProgress], None] = lambda progress: None,
) -> ModelCard:
    """Train `recipe` on `corpus`, then write `out` with the card that is returned; `command` is what the card says made it.

    See `train_joint` for parameters and errors, `export_onnx` for those of writing.
    """
    trained = train_joint(recipe, corpus, epochs, checkpoint, device, threads, report)
    network = halved(trained).to(device)
    validation, test = corpus.part("validation"), corpus.part("test")
    chosen, measured = (joint_logits(network, part, device) for part in (validation, test))
    temperatures = [
        fit_temperature(torch.from_numpy(logits), (validation.of_head(head),))
        for head, logits in zip(recipe.heads, chosen, strict=True)
    ]
    length = test.x.shape[1]
    card = ModelCard.model_validate(
        {
            "schema": 1,
            "name": recipe.name,
            "task": TASK,
            "paper": recipe.paper,
            "description": recipe.description,
            "input": {
                "representation": "iq",
                "layout": "batch,channel,time",
                "window_min": length,
                "window_max": length,
                "normalisation": "unit_power",
                "samples_per_symbol": corpus.samples_per_symbol,
                "sample_rate_hz": corpus.sample_rate_hz,
            },
            "heads": [
                {"name": head, "labels": corpus.labels[head], "temperature": temperature, "reject_threshold": 0.0}
                for head, temperature in zip(recipe.heads, temperatures, strict=True)
            ],
            "training": {
                "command": command,
                "seed": corpus.seed,
                "data": corpus.name,
                "data_sha256": corpus.training.sha256(),
                "windows_seen": epochs * len(corpus.training),
                "hardware": hardware_name(device, threads),
                "note": note_of(recipe, corpus, epochs),
            },
            "metrics": {
                "test_data": f"{corpus.name}: {len(test)} windows of recordings that no training saw",
                **joint_metrics(recipe.heads, measured, test, corpus, temperatures),
            },
            "parameters": sum(parameter.numel() for parameter in trained.parameters()),
            "licence": "GPL-3.0-or-later",
            "limits": limits_of(recipe, corpus),
        }
    )
    export_onnx(network.cpu(), card, out)
    return card


def limits_of(recipe: JointRecipe, corpus: JointCorpus) -> list[str]:
    """Return what a model of a recipe and its data does not know; of two heads the emitters', for there are many more of them."""
    head = recipe.heads[-1]
    knows = f"Knows the {len(corpus.labels[head])} {head}s that it was trained on, and no other: each window gets one of them."
    return [knows, *corpus.limits, *recipe.limits]


def note_of(recipe: JointRecipe, corpus: JointCorpus, epochs: int) -> str:
    """Return what was seen of what the recipe asks for, and how."""
    shortfall = "" if epochs >= recipe.epochs else f" of {recipe.epochs} that the recipe asks for"
    noise = NOISIER * corpus.fresh_noise
    return (
        f"{epochs} epochs{shortfall} of {len(corpus.training)} windows, split 7:2:1 by recording; the weights are those of the epoch "
        f"with the best validation. Each window is turned by a random phase.{noise} AdamW, batches of {recipe.batch}, warm-up and cosine.{HALVED}"
    )
