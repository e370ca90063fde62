# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of mappers: the KGNet paper's four networks, and ours for each scenario."""

from dataclasses import replace
from functools import partial

from ..errors import ParameterError
from .mapper_recipe import MEASURED, WITHOUT_NOISE, MapperRecipe
from .networks.mappers import ResidualMapper, advanced_fnn, cnn1d, fnn, kgnet

_PAPER = "X. Zhang et al., Deep Learning-based Physical-Layer Secret Key Generation for FDD Systems, 2021"
_ROOM = "Knows the one simulated room that it was trained in. Another room, or furniture that is moved, needs another training."
_OVERLAP = "Its two bands are the same in four fifths of their width."
_KGNET = MapperRecipe("kgnet", "Four hidden layers with ReLUs, sigmoid", _PAPER, kgnet, limits=(_ROOM, _OVERLAP))
_OURS = MapperRecipe(
    name="mapper-paper",
    description="A linear map and residual dense blocks",
    paper="gr-rfsec",
    network=ResidualMapper,
    representation="cfr_unit_power",
    min_max=False,
    cross=None,
    batch=512,
    learning_rate=2e-3,
    epochs=200,
    limits=(_ROOM, _OVERLAP),
)
# Bands that do not touch have no copy of each other in them: the network has to know the room. It needs three times the weights, and a
# training that makes use of them.
_APART = {"network": partial(ResidualMapper, width=416, inside=640), "batch": 2048, "learning_rate": 4e-3,
          "muon_rate": 1e-2, "roots": True, "between": True}

MAPPERS = {
    recipe.name: recipe
    for recipe in (
        _KGNET,
        replace(_KGNET, name="kgnet-held-out", split="held-out"),
        replace(_KGNET, name="fnn", description="Three hidden layers with tanh", network=fnn),
        replace(_KGNET, name="advanced-fnn", description="Three hidden layers with ReLUs, sigmoid", network=advanced_fnn),
        replace(_KGNET, name="cnn1d", description="One convolution, three hidden layers, sigmoid", network=cnn1d),
        *(replace(_KGNET, name=f"kgnet-cross{number}", cross=number) for number in (1, 2, 3, 5)),
        _OURS,
        replace(_OURS, name="mapper-paper-held-out", split="held-out"),
        replace(_OURS, name="mapper-paper-free", radio="free-running", representation="cfr_sanitised"),
        replace(_OURS, name="mapper-paper-unsanitised", radio="free-running"),
        *(
            replace(_OURS, name=f"mapper-{name}-free", scenario=name, radio="free-running", representation="cfr_sanitised", limits=(_ROOM,), **_APART)
            for name in ("disjoint-100", "disjoint-20")
        ),
    )
}


def find_mapper_recipe(name: str) -> MapperRecipe:
    """Return the recipe of a mapper's name; ParameterError lists the names where there is none."""
    if name not in MAPPERS:
        raise ParameterError(f"The mapper to train must be one of {', '.join(MAPPERS)}. Got {name!r} instead.")
    return MAPPERS[name]


def for_pairs(recipe: MapperRecipe) -> MapperRecipe:
    """Return a recipe for channels that someone measured, in the order of time, whose noise is already in them.

    The paper's cross datasets add none to any row; a recipe that draws noise anew each epoch adds that to what was measured.
    """
    limits = ("Knows the place where its channels were measured, as it was then.",)
    cross = None if recipe.cross is None else WITHOUT_NOISE
    return replace(recipe, scenario=MEASURED, split="in-order", radio="ideal", between=False, cross=cross, limits=limits)
