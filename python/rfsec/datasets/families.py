# SPDX-License-Identifier: GPL-3.0-or-later
"""The families of generated data behind one interface: RadioML 2016.10a, the same varied, Sig2019-12, and field bursts.

Example
-------
>>> from rfsec.datasets.families import find_family
>>> family = find_family("rml2016a-varied", "corrected")
>>> family.generate(family.shapes[0], snrs_db=(0,), windows_per_cell=2, seed=7).x.shape
(22, 64)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from ..errors import ParameterError
from . import field as field_bursts
from . import rml2016a, sig2019
from .labelled_windows import LabelledWindows
from .rml2016a_channels import PUBLISHED_SHAPE
from .seeding import Purpose
from .shape import Shape

__all__ = ["DATASETS", "Family", "Shape", "find_family"]

DATASETS = ("rml2016a", "rml2016a-varied", "sig2019-12", "field")
#: Rajendran et al., IEEE TCCN 4(3), 2018, table II.
VARIED_SHAPES = tuple(Shape(sps, window) for sps in (4, 8) for window in (64, 128, 256, 512))


@dataclass(frozen=True)
class Family:
    """One kind of generated data.

    Attributes
    ----------
    name : str
        As model cards state it: the data set, and the mode where there are two.
    labels : tuple of str
    snrs_db : tuple of int
        SNR labels of the whole set, dB.
    shapes : tuple of Shape
        What its windows may measure.
    windows_per_cell : int
        Windows of each label at each SNR in the set that its paper describes.
    one_by_one : bool
        Whether its windows are made one by one in Python, and not by operations on large arrays.
    """

    name: str
    labels: tuple[str, ...]
    snrs_db: tuple[int, ...]
    shapes: tuple[Shape, ...]
    windows_per_cell: int
    make: Callable[..., LabelledWindows] = field(repr=False)
    one_by_one: bool = False

    def generate(
        self,
        shape: Shape,
        snrs_db: Sequence[int],
        windows_per_cell: int,
        seed: int,
        purpose: Purpose = Purpose.EVALUATION,
        index: int = 0,
    ) -> LabelledWindows:
        """Generate labelled windows of one shape, ordered by label, then SNR; equal arguments give equal bytes (on another CPU, to within rounding).

        Parameters
        ----------
        shape : Shape
            One of `shapes`.
        snrs_db : sequence of int
            SNR labels, dB; any, not only those of the whole set.
        windows_per_cell : int
            Windows of each label at each SNR, at least 1.
        seed : int
            At least 0. Two shapes share nothing of one seed.
        purpose : Purpose
            Equal seeds of two purposes give independent data.
        index : int
            Number of the chunk in an endless stream of one seed.

        Raises
        ------
        ParameterError
            If an argument is outside its range.
        """
        if shape not in self.shapes:
            known = ", ".join(map(str, self.shapes))
            raise ParameterError(f"The 'shape' of {self.name} must be one of {known}. Got {shape} instead.")
        return self.make(shape, snrs_db, windows_per_cell, seed, purpose, index)


def _make_rml2016a(mode, shape, snrs_db, windows_per_cell, seed, purpose, index) -> LabelledWindows:
    return rml2016a.generate(mode, snrs_db, windows_per_cell, seed, purpose, index, shape)


def _make_sig2019(shape, snrs_db, windows_per_cell, seed, purpose, index) -> LabelledWindows:
    return sig2019.generate(snrs_db, windows_per_cell, seed, purpose, index)


def _make_field(shape, snrs_db, windows_per_cell, seed, purpose, index) -> LabelledWindows:
    return field_bursts.generate(snrs_db, windows_per_cell, seed, purpose, index)


def find_family(dataset: str, mode: str = "compat") -> Family:
    """Return the family of a data set.

    Parameters
    ----------
    dataset : str
        One of `DATASETS`.
    mode : str
        Of the two RadioML sets: "compat" (the published recipe with its faults) or "corrected". The others have none.

    Raises
    ------
    ParameterError
        If `dataset` or `mode` is unknown.
    """
    if dataset not in DATASETS:
        raise ParameterError(f"The 'dataset' must be one of {', '.join(DATASETS)}. Got {dataset!r} instead.")
    if dataset == "sig2019-12":
        return Family(dataset, sig2019.LABELS, sig2019.SNRS_DB, (sig2019.SHAPE,), 1500, _make_sig2019)
    if dataset == "field":
        return Family(dataset, field_bursts.LABELS, field_bursts.SNRS_DB, (field_bursts.SHAPE,), 500, _make_field, one_by_one=True)
    if mode not in rml2016a.MODES:
        raise ParameterError(f"The 'mode' of {dataset} must be 'compat' or 'corrected'. Got {mode!r} instead.")
    shapes = VARIED_SHAPES if dataset == "rml2016a-varied" else (PUBLISHED_SHAPE,)
    make = partial(_make_rml2016a, mode)
    return Family(f"{dataset} {mode}", rml2016a.LABELS, rml2016a.SNRS_DB, shapes, 1000, make)
