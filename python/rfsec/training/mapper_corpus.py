# SPDX-License-Identifier: GPL-3.0-or-later
"""What mappers of channels are trained and tested on."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..datasets.room import RoomChannels
from ..datasets.room_radios import measure
from ..datasets.room_splits import split
from ..datasets.seeding import Purpose, seed_sequence
from ..errors import DatasetError
from ..inference.mapper_card import Normalisation
from ..inference.mapper_features import min_max, normalised, represented
from ..keygen.features import features
from .between_positions import draw_between, neighbours
from .filled_grid import filled
from .mapper_recipe import MapperRecipe

SNRS_DB = (0.0, 40.0)  # of the noise that is drawn anew
_LEAST_NOISE = 0.003  # over the signal: below that, rows weigh alike
_SETS = 4  # the paper counts rows in quarters of all
_LEAST_SPREAD = 1e-4  # of the largest feature: below that, it is rounding


@dataclass(frozen=True)
class MapperCorpus:
    """Pairs of channels for one recipe; equal corpora give equal rows.

    Attributes
    ----------
    recipe : MapperRecipe
    channels : RoomChannels
    seed : int
    """

    recipe: MapperRecipe
    channels: RoomChannels
    seed: int

    @cached_property
    def _split(self) -> tuple[np.ndarray, np.ndarray]:
        train, test = split(self.recipe.split, self.channels.positions, self.seed)
        return train[: self.recipe.positions], test

    @cached_property
    def train(self) -> np.ndarray:
        """Numbers of the positions to train on."""
        return self._split[0]

    @property
    def test(self) -> np.ndarray:
        """Numbers of the positions to test on."""
        return self._split[1]

    def sha256(self) -> str:
        """Return the SHA-256 of the channels that are trained on, in hexadecimal."""
        digest = hashlib.sha256()
        for band in (self.channels.band1, self.channels.band2):
            digest.update(np.ascontiguousarray(band[self.train]).tobytes())
        return digest.hexdigest()

    @cached_property
    def _fixed(self) -> np.ndarray:
        """Inputs of the paper's cross dataset: noisy in the first rows, the others as they are; not normalised.

        The paper does not say whether labels are noisy too. They are not here: noise in labels teaches nothing, and without it
        KGNet is better at every SNR.
        """
        count = round((_SETS - (self.recipe.cross - 1)) / _SETS * len(self.train))
        snr_db = np.where(np.arange(len(self.train)) < count, self.recipe.noisy_db, np.inf)
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, 0))
        return self._rows(measure(self.channels.band1[self.train], snr_db, rng, self.recipe.radio))

    @cached_property
    def _labels(self) -> np.ndarray:
        """Normalised features of band 2 without noise, at the positions to train on."""
        return self._label(self.channels.band2[self.train])

    def _label(self, band2: np.ndarray) -> np.ndarray:
        return normalised(self._rows(band2), self.normalisations[1])

    def _rows(self, cfr: np.ndarray) -> np.ndarray:
        return features(represented(self.recipe.representation, cfr))

    @cached_property
    def normalisations(self) -> tuple[Normalisation, Normalisation]:
        """Of band 1 and of band 2, by the rows that are trained on; the paper's inputs include the noisy ones.

        Raises
        ------
        DatasetError
            If no feature of a band differs from row to row.
        """
        inputs = self._rows(self.channels.band1[self.train]) if self.recipe.cross is None else self._fixed
        labels = self._rows(self.channels.band2[self.train])
        for band, rows in (("band 1", inputs), ("band 2", labels)):
            if not np.ptp(rows, axis=0).max() > _LEAST_SPREAD * np.abs(rows).max():
                raise DatasetError(f"The channels of {band} to train {self.recipe.name} on must differ from row to row, as it takes them "
                                   f"('{self.recipe.representation}'). Measure at other places or times.")
        return tuple(_normalisation(rows, self.recipe.min_max) for rows in (inputs, labels))

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return inputs and labels of an epoch in the order to train on them, float32 [n, 2L], and the rows' weights, float32 [n].

        Where noise is drawn anew, a row counts by how little noise there is in it: else the strongest alone would be learned.
        """
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, number + 1))
        order = rng.permutation(len(self.train))
        if self.recipe.cross is not None:
            return normalised(self._fixed[order], self.normalisations[0]), self._labels[order], np.ones(len(order), np.float32)
        snr_db = rng.uniform(*SNRS_DB, len(order))
        if self.recipe.between:
            band1, band2 = self.between(len(order), rng)
            labels = self._label(band2)
        else:
            band1, labels = self.channels.band1[self.train[order]], self._labels[order]
        measured = measure(band1, snr_db, rng, self.recipe.radio)
        weights = 1 / (10 ** (-snr_db / 10) + _LEAST_NOISE)
        return normalised(self._rows(measured), self.normalisations[0]), labels, (weights / weights.mean()).astype(np.float32)

    @cached_property
    def filled(self) -> RoomChannels:
        """Channels that are trained on, and those that they give for positions between them."""
        channels = self.channels
        return filled(RoomChannels(*(one[self.train] for one in (channels.positions, channels.band1, channels.band2))))

    @cached_property
    def _around(self) -> np.ndarray:
        return neighbours(self.filled.positions)

    def between(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return band 1 and band 2, complex64 [count, L], at places drawn near positions of `filled`."""
        corners, shares = draw_between(self._around, rng.permutation(len(self.filled.positions))[:count], rng)
        return tuple(sum(share[:, None] * band[corner] for share, corner in zip(shares, corners))
                     for band in (self.filled.band1, self.filled.band2))


def _normalisation(rows: np.ndarray, to_one: bool) -> Normalisation:
    if to_one:
        return min_max(rows)
    spread = rows.std(axis=0, dtype=np.float64)
    return Normalisation(offset=rows.mean(axis=0, dtype=np.float64).tolist(), scale=np.maximum(spread, 1e-3 * spread.max()).tolist())
