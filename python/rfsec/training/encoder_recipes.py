# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of encoders: the siamese paper's three paradigms, and ours."""

from functools import partial

from torch import nn

from ..errors import ParameterError
from .encoder_corpus import ManyEmitters, FixedRecordings
from .encoder_recipe import EncoderRecipe, Stage
from .networks.complex_siamese import ComplexSiameseNetwork
from .networks.measured_network import MeasuredNetwork
from .networks.siamese import SiameseNetwork
from .objectives import ClassLoss, ContrastiveLoss, FusedContrastiveLoss, LogisticLoss, SupervisedContrastiveLoss, TripletLoss

_PAPER = "L. Morge-Rollet et al., Siamese Network on I/Q Signal for RF Fingerprinting, 2020"
_PAPER_WINDOWS = 16 * 3000 * 32  # three quarters of 4,000 windows of 16 emitters, 32 epochs
_FIELD_ONLY = "Takes the 128 samples of the long training field of an 802.11 frame."
_PAPER_LIMITS = ("Learned with one channel a recording: on a recording through another channel it guesses.", _FIELD_ONLY)
_OUR_80211 = "Dense layers on what an 802.11 preamble tells of the radio with the channel divided out"
_VARIANTS = (  # of the paper's network: name, description, data
    ("unaligned", "windows from anywhere in the frame", {"representation": "iq"}),
    ("augmented", "trained with many channels, days and receivers", {"augmented": True}),
    ("equalised", "equalised by the training field", {"representation": "iq_equalised"}),
    ("complex", "equalised; convolutions with complex weights", {"representation": "iq_equalised", "layers": ComplexSiameseNetwork}),
)
_OBJECTIVES = (
    ("contrastive", "contrastive loss with margin 1", ContrastiveLoss),
    ("triplet", "hardest triplets of a batch", TripletLoss),
    ("supervised", "supervised contrastive loss of single windows", SupervisedContrastiveLoss),
)
_KINDS_80211 = (("80211a", 5e6, 1.0), ("80211a", 20e6, 20.0))  # waveform, sample rate, oscillators within +- ppm
_KINDS_FSK = (("ble", 8e6, 20.0), ("fsk", 1e6, 20.0), ("ble", 4e6, 20.0))
_OUR_LIMITS = ("Trained and tested on simulated emitters only.",)


def _siamese(
    paradigm: str, description: str, stages: tuple[Stage, ...], rate: float, l2: float, limits: tuple[str, ...] = _PAPER_LIMITS,
    layers: type[nn.Module] = SiameseNetwork, **data,
) -> EncoderRecipe:
    return EncoderRecipe(
        name=f"siamese-{paradigm}",
        description=description,
        paper=_PAPER,
        network=lambda shape: layers(shape[1]),
        corpus=partial(FixedRecordings, **{"waveforms": ("80211a",), "representation": "iq_aligned"} | data),
        stages=stages,
        size=128,
        unit_length=False,
        batch=128,  # windows, of which each gives up to 10 pairs, where the paper has batches of 128 pairs
        learning_rate=rate,
        weight_decay=2 * l2,  # of a penalty l2 * |w|^2
        default_windows=_PAPER_WINDOWS,
        limits=limits,
    )


def _ours(
    name: str, kinds: tuple[tuple[str, float, float], ...], representation: str, description: str, default_windows: int,
    different: int = 128, objective=FusedContrastiveLoss,
    batch: int = 2048, learning_rate: float = 2e-3,
) -> EncoderRecipe:
    waveforms, rates_hz, oscillators_ppm = zip(*kinds)
    return EncoderRecipe(
        name=name,
        description=description,
        paper="gr-rfsec",
        network=lambda shape: MeasuredNetwork(shape[1]),
        corpus=partial(ManyEmitters, waveforms=waveforms, representation=representation, rates_hz=rates_hz,
                       oscillators_ppm=oscillators_ppm, different=different, one_receiver=representation == "fsk_burst"),
        stages=(Stage(objective),),
        size=64,
        unit_length=True,
        batch=batch,
        learning_rate=learning_rate,
        weight_decay=1e-5,
        default_windows=default_windows,
        limits=_OUR_LIMITS,
    )


ENCODERS = {
    recipe.name: recipe
    for recipe in (
        _siamese(
            "logistic",
            "Two convolutions and two dense layers on I and Q; logistic regression on a weighted L1 norm",
            (Stage(ClassLoss, 0.3), Stage(LogisticLoss, 0.7)),
            5e-4,  # the paper's 1e-4 is for ten times as many steps, with as many fewer pairs in each
            1e-5,
        ),
        _siamese(
            "contrastive", "The same network; contrastive loss with margin 1", (Stage(ContrastiveLoss),), 1e-3, 1e-4
        ),
        _siamese(
            "transfer",
            "The same network, trained to tell 16 emitters apart; then a new last layer by the contrastive loss",
            (Stage(ClassLoss, 0.7), Stage(ContrastiveLoss, 0.3, last_only=True)),
            1e-3,
            1e-4,
        ),
        *(
            _siamese(f"contrastive-{name}", f"The same network; contrastive loss; {what}", (Stage(ContrastiveLoss),), 1e-3, 1e-4,
                     (_FIELD_ONLY,) if name != "unaligned" else (), **data)
            for name, what, data in _VARIANTS
        ),
        *(
            _ours(f"rffi-80211-{name}", _KINDS_80211, "preamble_80211", f"{_OUR_80211}; {what}", 2_500_000, objective=objective,
                  batch=512, learning_rate=1e-3)
            for name, what, objective in _OBJECTIVES
        ),
        _ours(
            "rffi-80211",
            _KINDS_80211,
            "preamble_80211",
            _OUR_80211,
            5_000_000,
            256,
        ),
        _ours(
            "rffi-fsk",
            _KINDS_FSK,
            "fsk_burst",
            "Dense layers on what a burst of FSK tells of the radio: offset, deviation, pulse, turn-on, I/Q",
            2_500_000,
            64,
        ),
    )
}


def find_encoder_recipe(name: str) -> EncoderRecipe:
    """Return the recipe of an encoder's name; ParameterError lists the names where there is none."""
    if name not in ENCODERS:
        raise ParameterError(f"The encoder to train must be one of {', '.join(ENCODERS)}. Got {name!r} instead.")
    return ENCODERS[name]
