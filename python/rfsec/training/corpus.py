# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of one run: what its recipe names, or what the user names instead."""

import shlex
from pathlib import Path

from ..datasets.families import DATASETS, find_family
from ..errors import ParameterError
from .corpus_base import Corpus, Parts
from .corpus_file import file_corpus
from .corpus_generated import generated_corpus
from .recipes import Recipe

__all__ = ["Corpus", "Parts", "make_corpus"]


def make_corpus(
    recipe: Recipe, seed: int = 1, data: str | None = None, mode: str | None = None, windows_per_cell: int | None = None
) -> Corpus:
    """Return the data to train a recipe with.

    Parameters
    ----------
    recipe : Recipe
    seed : int
        Of data, their split and their order, at least 0.
    data : str, optional
        A data set to generate (see ``datasets.families``), or the path of a file; by default the recipe's.
    mode : str, optional
        Of the two generated RadioML sets, "compat" (the default) or "corrected". Other data have none.
    windows_per_cell : int, optional
        Training windows of each label at each SNR; by default the recipe's, and of a file all that the split gives.

    Raises
    ------
    ParameterError
        If `data` is neither, has no modes and `mode` is given, or another argument is outside its range.
    DatasetError
        If the file cannot be read.
    """
    source = recipe.dataset if data is None else data
    generated = source in DATASETS
    options = [] if source == recipe.dataset else ["--data", source if generated else Path(source).name]
    if windows_per_cell is not None and (not generated or windows_per_cell != recipe.windows_per_cell):
        options += ["--windows-per-cell", str(windows_per_cell)]
    if not generated:
        if not Path(source).is_file():
            raise ParameterError(
                f"The 'data' to train on must be one of {', '.join(DATASETS)}, or a file of labelled windows. "
                f"Got {source!r} instead, and there is no such file."
            )
        if mode is not None:
            raise ParameterError(f"The 'mode' belongs to generated RadioML data, and the file {source!r} is as it is. Leave it out.")
        return file_corpus(Path(source), recipe.lowest_snr_db, windows_per_cell, seed, shlex.join(options))
    family = find_family(source, "compat" if mode is None else mode)
    _, _, of_family = family.name.partition(" ")
    if mode is not None and not of_family:
        raise ParameterError(f"The 'mode' belongs to generated RadioML data, and {source} has none. Leave it out.")
    if of_family:
        options = ["--mode", of_family, *options]
    shapes = tuple(shape for shape in family.shapes if recipe.train_lengths is None or shape.window in recipe.train_lengths)
    if not shapes:
        raise ParameterError(
            f"The 'data' of {recipe.name} must have windows of {', '.join(map(str, recipe.train_lengths))} samples. "
            f"Got {source!r} instead."
        )
    wanted = recipe.windows_per_cell if windows_per_cell is None else windows_per_cell
    calibrated = recipe.calibration_windows_per_cell
    return generated_corpus(family, shapes, recipe.lowest_snr_db, wanted, calibrated, seed, shlex.join(options))
