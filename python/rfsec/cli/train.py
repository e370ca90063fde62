# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train MODEL``: train a network on generated data or a file, and write it with its card."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ParameterError
from .out_files import check_model_out
from .plain import plain_console
from .train_classical import show_result, train_classical
from .train_encoder import train_encoder
from .train_joint import train_joint_model
from .train_mapper import train_mapper_model
from .train_progress import training_progress
from .train_technology import train_technology_model


def train(
    model: Annotated[str, typer.Argument(help="A name such as dilated-conv, rffi-80211, joint-conv, kgnet, technology-conv or random-forest; a wrong one lists the networks.")],
    data: Annotated[
        str | None, typer.Option(help="rml2016a, rml2016a-varied, sig2019-12, field, or a file of windows (a mapper: of pairs; a joint model: a folder); default: the recipe's.")
    ] = None,
    mode: Annotated[str | None, typer.Option(help="RadioML data: compat (the published recipe) or corrected; default: compat.")] = None,
    windows_per_cell: Annotated[
        int | None, typer.Option(help="Training windows of each label at each SNR, seen every epoch; default: the recipe's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of data, weights and dropout.")] = 1,
    windows: Annotated[int | None, typer.Option(help="Windows to see, rounded up to whole chunks of some thousand; default: the recipe's.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of --windows, where the data are a fixed set.")] = None,
    batch: Annotated[int | None, typer.Option(help="Windows a step; default: the recipe's.")] = None,
    optimiser: Annotated[str | None, typer.Option(help="adam, sgd, adagrad or adadelta; default: the recipe's.")] = None,
    out: Annotated[Path | None, typer.Option(help="ONNX file to write; default: runs/MODEL-seed1.onnx, with what else is chosen.")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="Where the run is kept and continued from; default: beside the model.")] = None,
    parent: Annotated[Path | None, typer.Option(help="Checkpoint to start from: of this network, or a quantised one's float network.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> None:
    """Train MODEL, or go on where a killed run stopped: give the same command again."""
    if find_spec("torch") is None:
        raise ParameterError("Training needs PyTorch, which is not installed. Run script/bootstrap --dev.")
    from ..training.beginning import check_threads
    from ..training.classical_recipes import CLASSICAL
    from ..training.corpus import make_corpus
    from ..training.loop import Progress as Standing
    from ..training.loop import choose_device
    from ..training.produce import produce_model, usual_windows
    from ..training.encoder_recipes import ENCODERS
    from ..training.joint_recipes import JOINT
    from ..training.mapper_recipes import MAPPERS
    from ..training.recipes import RECIPES, find_recipe
    from ..training.recipes_technology import TECHNOLOGY

    every = (*RECIPES, *ENCODERS, *MAPPERS, *JOINT, *TECHNOLOGY, *CLASSICAL)
    if model not in every:
        raise ParameterError(f"The 'model' to train must be one of {', '.join(every)}. Got {model!r} instead.")
    if epochs is not None and epochs < 1:
        raise ParameterError(f"The 'epochs' to train with must be at least 1. Got {epochs} instead.")
    words = (model, data and Path(data).stem, mode, windows_per_cell and f"{windows_per_cell}-per-cell", batch and f"batch-{batch}", optimiser, f"seed{seed}")
    run = Path("runs", "-".join(filter(None, words)))
    out, named, checkpoint = out or Path(f"{run}.onnx"), checkpoint, checkpoint or Path(f"{run}.checkpoint")
    check_model_out(out, data, checkpoint, parent)
    if model in ENCODERS:
        unused = {"data": data, "mode": mode, "windows_per_cell": windows_per_cell, "epochs": epochs, "batch": batch, "optimiser": optimiser,
                  "parent": parent}
        return train_encoder(model, seed, windows, out, checkpoint, device, threads, unused)
    if model in MAPPERS:
        unused = {"mode": mode, "windows_per_cell": windows_per_cell, "windows": windows, "batch": batch, "optimiser": optimiser}
        return train_mapper_model(model, data, seed, epochs, out, checkpoint, device, threads, parent, unused)
    if model in JOINT:
        unused = {"mode": mode, "windows_per_cell": windows_per_cell, "windows": windows, "optimiser": optimiser, "parent": parent}
        return train_joint_model(model, data, seed, epochs, batch, out, checkpoint, device, threads, unused)
    if model in TECHNOLOGY:
        unused = {"data": data, "mode": mode, "windows_per_cell": windows_per_cell, "batch": batch, "optimiser": optimiser, "parent": parent}
        return train_technology_model(model, seed, windows, epochs, out, checkpoint, device, threads, unused)
    if model in CLASSICAL:
        unused = {"epochs": epochs, "batch": batch, "optimiser": optimiser, "checkpoint": named, "parent": parent}
        check_threads(threads)  # neither is used, and wrong ones are refused as everywhere
        choose_device(device)
        return train_classical(model, seed, windows, out, (data, mode, windows_per_cell), unused)
    changes = {"batch": batch, "optimiser": optimiser}
    recipe = replace(find_recipe(model), **{name: value for name, value in changes.items() if value is not None})
    chosen = choose_device(device)
    corpus = make_corpus(recipe, seed, data, mode, windows_per_cell)
    if epochs is not None and windows is not None:
        raise ParameterError("A run is as long as --windows or as --epochs says. Give one of them.")
    wanted = usual_windows(recipe, corpus) if windows is None else windows
    if epochs is not None:
        wanted = epochs * corpus.epoch_windows
    console = plain_console()
    with training_progress(console, f"{model} on {chosen.type}") as progress:

        def report(standing: Standing) -> None:
            best = "" if standing.validation_accuracy is None else f", best {standing.validation_accuracy:.1%}"
            text = f"loss {standing.loss:.3f}{best}, {standing.windows_per_s:,.0f} windows/s"
            progress.stands(standing.windows_seen, standing.windows_total, "windows", text)

        card = produce_model(recipe, corpus, seed, wanted, out, checkpoint, chosen, threads, report, parent)
    show_result(console, card, out)
