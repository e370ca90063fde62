# SPDX-License-Identifier: GPL-3.0-or-later
"""From a recipe to a shipped model: train, calibrate, measure on other seeds, export with the card."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch

from ..datasets.rml2016a import LABELS, SAMPLES_PER_SYMBOL, SNRS_DB, WINDOW, generate
from ..datasets.seeding import Purpose
from ..inference.card import ModelCard
from .evaluation import Metrics, fit_temperature, logits_of, measure
from .export import export_onnx
from .loop import Progress, TrainedNetwork, train_network
from .recipes import Recipe
from .stream import TrainingData

TEST_SEED_OFFSET = 1000  # the test set's seed is the training seed plus this
_TEST_WINDOWS_PER_CELL = 100
_CALIBRATION_CHUNK = 1  # chunk 0 of the validation seeds chooses the weights
_CALIBRATION_WINDOWS_PER_CELL = 20
_LIMITS = {
    "compat": (
        "Trained on the published RadioML 2016.10a recipe, whose true SNR is about twice the label.",
        "Pure noise is called AM-SSB: in the published set that class holds nothing else.",
        "A silent WBFM transmitter is a plain carrier and is called AM-DSB.",
    ),
    "corrected": ("An unmodulated carrier, or AM or FM without audio, was not trained on.",),
}
_COMMON_LIMITS = (
    "Knows 8 samples per symbol and windows of 128 samples only; a signal at another rate must be resampled first.",
    "Every input gets one of the 11 labels: there is no 'unknown'.",
)


def produce_model(
    recipe: Recipe,
    mode: str,
    seed: int,
    windows: int,
    out: Path,
    checkpoint: Path,
    device: torch.device,
    threads: int,
    report: Callable[[Progress], None],
) -> ModelCard:
    """Train `recipe`, then write `out` with the card that is returned.

    See `train_network` for parameters and errors. Temperature and metrics come from seeds that training never saw.
    """
    trained = train_network(recipe, mode, seed, windows, checkpoint, device, threads, report)
    cpu = torch.device("cpu")
    calibration = generate(
        mode,
        TrainingData(mode, seed, recipe.representation, recipe.lowest_snr_db).snrs_db,
        _CALIBRATION_WINDOWS_PER_CELL,
        seed,
        Purpose.VALIDATION,
        _CALIBRATION_CHUNK,
    )
    temperature = fit_temperature(logits_of(trained.network, recipe.representation, calibration, cpu), calibration)
    test = generate(mode, SNRS_DB, _TEST_WINDOWS_PER_CELL, seed + TEST_SEED_OFFSET)
    metrics = measure(logits_of(trained.network, recipe.representation, test, cpu), test)
    card = describe(recipe, mode, seed, trained, temperature, metrics, hardware_name(device, threads))
    export_onnx(trained.network, card, out)
    return card


def hardware_name(device: torch.device, threads: int) -> str:
    """Return what trained the model, as the card states it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {threads} of {os.cpu_count()} threads"


def describe(
    recipe: Recipe,
    mode: str,
    seed: int,
    trained: TrainedNetwork,
    temperature: float,
    metrics: Metrics,
    hardware: str,
) -> ModelCard:
    """Return the card of a trained network."""
    data = TrainingData(mode, seed, recipe.representation, recipe.lowest_snr_db)
    seen = trained.windows_seen
    shortfall = "" if seen >= recipe.default_windows else f" of {recipe.default_windows} that the recipe asks for"
    return ModelCard.model_validate(
        {
            "schema": 1,
            "name": recipe.name,
            "task": "modulation",
            "paper": recipe.paper,
            "description": recipe.description,
            "input": {
                "representation": recipe.representation,
                "layout": "batch,channel,time",
                "window_min": WINDOW,
                "window_max": WINDOW,
                "normalisation": recipe.normalisation,
                "samples_per_symbol": SAMPLES_PER_SYMBOL,
                "sample_rate_hz": None,
            },
            "heads": [{"name": "modulation", "labels": LABELS, "temperature": temperature, "reject_threshold": 0.0}],
            "training": {
                "command": f"rfsec train {recipe.name} --mode {mode} --seed {seed} --windows {seen}",
                "seed": seed,
                "data": f"rml2016a {mode}",
                "data_sha256": data.windows(0).sha256(),
                "windows_seen": seen,
                "hardware": hardware,
                "note": f"Saw {seen} generated windows{shortfall}, none twice, from {recipe.lowest_snr_db} dB up. "
                "data_sha256 is that of the first chunk.",
            },
            "metrics": {
                "test_data": f"rml2016a {mode}, seed {seed + TEST_SEED_OFFSET}, "
                f"{_TEST_WINDOWS_PER_CELL} windows of each label at each SNR",
                **asdict(metrics),
            },
            "parameters": sum(parameter.numel() for parameter in trained.network.parameters()),
            "licence": "GPL-3.0-or-later",
            "limits": [*_COMMON_LIMITS, *_LIMITS[mode], *recipe.limits],
        }
    )
