# SPDX-License-Identifier: GPL-3.0-or-later
"""From a recipe to a classifier of technologies: train, calibrate, choose the threshold, measure on sensors never heard, export."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..datasets.seeding import Purpose
from ..datasets.technology_band import BIN_HZ
from ..datasets.technology_spectra import LABELS, SENSORS, SpectraParts, labels_of, sha256_of, snrs_of, technology_spectra
from ..errors import ParameterError
from ..inference.card import TECHNOLOGY_TASK
from ..inference.spectrum_windows import LENGTHS, NORMALISATION, REPRESENTATION
from ..inference.technology_card import HEAD, TechnologyCard
from ..inference.technology_scores import OTHERS_ACCEPTED, choose_threshold, score
from .beginning import check_run
from .evaluation import fit_temperature, probabilities_of
from .export import export_graph
from .produce import hardware_name
from .recipes_technology import TechnologyRecipe
from .technology_loop import TechnologyProgress, spectra_logits, train_technology

_VALIDATION, _TEST = 2_800, 2_800  # windows, a seventh of each label
TEST_SEED_OFFSET = 1000  # as for all generated data


def produce_technology(
    recipe: TechnologyRecipe,
    seed: int,
    windows: int,
    epochs: int,
    out: Path,
    checkpoint: Path,
    device: torch.device,
    threads: int,
    report: Callable[[TechnologyProgress], None] = lambda progress: None,
    made: Callable[[int, int], None] = lambda done, of: None,
) -> TechnologyCard:
    """Train `recipe` on `windows` generated windows, then write `out` with the card that is returned.

    `made` is told how much of the data is there. See `train_technology` for the other parameters and errors,
    `export_graph` for those of writing.
    """
    least = 2 * len(recipe.labels)
    if windows < least:
        raise ParameterError(f"The 'windows' to train {recipe.name} with must be at least {least}. Got {windows} instead.")
    check_run(seed, threads, epochs=epochs)
    training = technology_spectra(Purpose.TRAINING, seed, windows, recipe.drawn, made, recipe.sweeps)
    validation = technology_spectra(Purpose.VALIDATION, seed, _VALIDATION, LABELS, made)
    known = only(validation, len(recipe.labels))
    network = train_technology(recipe, training, known, seed, epochs, checkpoint, device, threads, report)
    test = technology_spectra(Purpose.EVALUATION, seed + TEST_SEED_OFFSET, _TEST, LABELS, made)
    here = torch.device("cpu")
    temperature = fit_temperature(torch.cat(spectra_logits(network, known, here)), known)
    chosen, found = (_probabilities(network, parts, temperature) for parts in (validation, test))
    threshold = choose_threshold(chosen, labels_of(validation))
    scores = score(found, labels_of(test), snrs_of(test), recipe.labels, threshold)
    card = TechnologyCard.model_validate(
        {
            "schema": 1,
            "name": recipe.name,
            "task": TECHNOLOGY_TASK,
            "paper": recipe.paper,
            "description": recipe.description,
            "input": {
                "representation": REPRESENTATION,
                "layout": "batch,channel,bin",
                "normalisation": NORMALISATION,
                "bin_hz": BIN_HZ,
                "lengths": LENGTHS,
            },
            "heads": [{"name": HEAD, "labels": recipe.labels, "temperature": temperature, "reject_threshold": threshold,
                       "threshold_rule": f"{OTHERS_ACCEPTED:.0%} of validation windows of none of the technologies are accepted"}],
            "training": _training(recipe, seed, windows, epochs, training, hardware_name(device, threads)),
            "metrics": {"test_data": f"{_TEST} windows of sensors {SENSORS[Purpose.EVALUATION][0]} to {SENSORS[Purpose.EVALUATION][-1]}, "
                                     f"seed {seed + TEST_SEED_OFFSET}", **scores.as_metrics()},
            "parameters": sum(one.numel() for one in network.parameters()),
            "licence": "GPL-3.0-or-later",
            "limits": list(recipe.limits),
        }
    )
    export_graph(network, card, out, torch.zeros(2, 1, LENGTHS[4]), HEAD, free=(2,))
    return card


def only(parts: SpectraParts, labels: int) -> SpectraParts:
    """Return the windows of the first `labels` labels."""
    kept = [part[part.label < labels] for part in parts]
    return tuple(part for part in kept if len(part))


def _probabilities(network: torch.nn.Module, parts: SpectraParts, temperature: float) -> np.ndarray:
    return probabilities_of(torch.cat(spectra_logits(network, parts, torch.device("cpu"))), temperature)


def _training(recipe: TechnologyRecipe, seed: int, windows: int, epochs: int, training: SpectraParts, hardware: str) -> dict[str, Any]:
    words = ["rfsec", "train", recipe.name, "--seed", str(seed), "--epochs", str(epochs)]
    if windows != recipe.windows:
        words += ["--windows", str(windows)]
    shortfall = "" if epochs >= recipe.epochs else f" of {recipe.epochs} that the recipe asks for"
    sensors = SENSORS[Purpose.TRAINING]
    return {
        "command": shlex.join(words),
        "seed": seed,
        "data": f"technologies, sensors {sensors[0]} to {sensors[-1]}",
        "data_sha256": sha256_of(training),
        "windows_seen": epochs * windows,
        "hardware": hardware,
        "note": f"{epochs} epochs{shortfall} of {windows} windows, half of the batches mirrored; the weights are those of the epoch with the "
                f"best validation. AdamW, batches of {recipe.batch}, warm-up and cosine.",
    }
