# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of joint models: the paper's rows (tables 3 and 4, figs. 6 and 7), and ours."""

from dataclasses import replace
from functools import partial

from ..errors import ParameterError
from .joint_corpus import BenchCorpus
from .joint_recipe import HEADS, JointRecipe
from .networks.joint_cnn import JointCnn
from .networks.joint_conv import JointConv
from .task_balance import DynamicWeightAverage, FixedWeights, UncertaintyWeights

_PAPER = (
    "Z. Li et al., Joint Signal Adaptive Modulation Recognition and Radio Frequency Fingerprinting Based on Multi-task Learning, 2024"
)
_RATE_LIMIT = "Trained at a peak rate of 1e-3 with AdamW; the paper says 0.1 and names no optimiser."
_MODULATION, _EMITTER = HEADS
EMITTER_WEIGHTS = tuple(step / 10 for step in range(1, 10))  # fig. 7; 0.5 is "uniform"

_MMOE = JointRecipe(
    name="mmoe-cnn-transformer",
    description="Three CNN experts, a gate and a Transformer head for each task",
    paper=_PAPER,
    network=JointCnn,
    corpus=BenchCorpus,
    heads=HEADS,
    balance=FixedWeights,
    batch=128,
    learning_rate=1e-3,
    weight_decay=0.0,
    epochs=100,
    limits=(_RATE_LIMIT,),
)
_OURS = JointRecipe(
    name="joint-conv",
    description="Learnt filters to two samples a symbol, lag products beside the samples, convolutions, three poolings, two heads",
    paper="gr-rfsec",
    network=JointConv,
    corpus=partial(BenchCorpus, fresh_noise=True),
    heads=HEADS,
    balance=FixedWeights,
    batch=128,
    learning_rate=3e-3,
    weight_decay=1e-2,
    epochs=100,
)


def _alone(name: str, description: str, **parts) -> tuple[JointRecipe, ...]:
    """A single-task row for each task."""
    return tuple(
        replace(_MMOE, name=f"{name}-{suffix}", description=f"{description}; {head} alone", heads=(head,), network=partial(JointCnn, **parts))
        for suffix, head in (("rff", _EMITTER), ("amr", _MODULATION))
    )


def _weighed(emitter: float) -> JointRecipe:
    return replace(
        _MMOE,
        name=f"{_MMOE.name}-{round(10 * emitter)}to{round(10 - 10 * emitter)}",
        description=f"{_MMOE.description}; loss of emitters weighed {emitter:g}",
        balance=partial(FixedWeights, first=1 - emitter),  # modulation is the first head
    )


def _elsewhere(recipe: JointRecipe) -> tuple[JointRecipe, ...]:
    """The same on random data, and without some pairs of modulation and amplifier."""
    return tuple(
        replace(recipe, name=f"{recipe.name}-{suffix}", description=f"{recipe.description}; {what}",
                corpus=partial(recipe.corpus, **changes), simulated_only=True)
        for suffix, what, changes in (
            ("random", "trained on random data", {"payload": "random"}),
            ("unseen-pairs", "each amplifier trained without one or two modulations", {"unseen_pairs": True}),
        )
    )


JOINT = {
    recipe.name: recipe
    for recipe in (
        _MMOE,
        *_alone("cnn", "One CNN", experts=1, transformer=False),
        *_alone("cnn-transformer", "One CNN and a Transformer head", experts=1),
        replace(_MMOE, name="sb-cnn-transformer", description="One CNN shared by two Transformer heads", network=partial(JointCnn, experts=1)),
        replace(_MMOE, name="mmoe-cnn", description="Three CNN experts, a gate and a dense head for each task",
                network=partial(JointCnn, transformer=False)),
        *_alone("mmoe-cnn-transformer", "Three CNN experts, a gate and a Transformer head"),
        replace(_MMOE, name="mmoe-cnn-transformer-uncertainty", description=f"{_MMOE.description}; learnt uncertainties",
                balance=UncertaintyWeights),
        replace(_MMOE, name="mmoe-cnn-transformer-dwa", description=f"{_MMOE.description}; dynamic weight average",
                balance=DynamicWeightAverage),
        *(_weighed(weight) for weight in EMITTER_WEIGHTS if weight != 0.5),
        *_elsewhere(_MMOE),
        _OURS,
        *_elsewhere(_OURS),
    )
}


def find_joint_recipe(name: str) -> JointRecipe:
    """Return the recipe of a joint model's name; ParameterError lists the names where there is none."""
    if name not in JOINT:
        raise ParameterError(f"The joint model to train must be one of {', '.join(JOINT)}. Got {name!r} instead.")
    return JOINT[name]
