# SPDX-License-Identifier: GPL-3.0-or-later
"""Every training recipe by its model's name."""

from ..errors import ParameterError
from . import recipes_field, recipes_lstm, recipes_ours, recipes_quantised, recipes_signet
from .recipe import Recipe

__all__ = ["RECIPES", "Recipe", "find_recipe"]

_SOURCES = (recipes_field, recipes_ours, recipes_lstm, recipes_signet, recipes_quantised)
RECIPES = {recipe.name: recipe for source in _SOURCES for recipe in source.RECIPES}


def find_recipe(name: str) -> Recipe:
    """Return the recipe of a model's name; ParameterError lists the names where there is none."""
    if name not in RECIPES:
        raise ParameterError(f"The 'model' to train must be one of {', '.join(RECIPES)}. Got {name!r} instead.")
    return RECIPES[name]
