# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to features that Alice and Bob are to have alike: a mapper, and what it is to be compared with."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..datasets.room import RoomChannels, trace
from ..datasets.room_radios import measure
from ..inference.mapper_card import Normalisation
from ..inference.mapper_features import min_max, normalised, represented
from ..inference.mapper_session import MapperSession
from ..keygen.features import features
from .keygen_probes import Probes, Setting, noise_of, trained_on

_AT_ONCE = 256  # rows that are compared with all positions
_EVE = 1  # her noise is not Bob's


@dataclass(frozen=True)
class Mapping:
    """Features at both ends.

    Attributes
    ----------
    setting : Setting
    alice : callable
        From probes to her features, float32 [n, 2L].
    representation, normalisation : str, Normalisation
        Of band 2, which Bob's features are of, see ``inference.mapper_card``.
    """

    setting: Setting
    alice: Callable[[Probes], np.ndarray]
    representation: str
    normalisation: Normalisation

    def bob(self, cfr: np.ndarray) -> np.ndarray:
        """Return features, float32 [n, 2L], of responses in band 2, complex [n, L]."""
        return normalised(features(represented(self.representation, cfr)), self.normalisation)


def of_session(session: MapperSession) -> Mapping:
    """The mapping of a model that was trained in the room."""
    card = session.card
    setting = Setting(card.channels.removeprefix("room "), card.split, card.radio)
    return Mapping(setting, lambda probes: session.alice(probes.band1), card.input.representation, card.output.normalisation)


def beside(name: str) -> Mapping:
    """The mapping of a name in `BESIDE`, in the paper's setting; features are normalised by training positions without noise."""
    setting = Setting()
    room = trained_on(setting)
    by = min_max(features(room.band2))

    def alice(probes: Probes) -> np.ndarray:
        return normalised(features(found(probes)), by)

    found = BESIDE[name](room)
    return Mapping(setting, alice, "cfr", by)


def _ridge(room: RoomChannels) -> Callable[[Probes], np.ndarray]:
    """The linear map of least error at the SNR that there is (complex ridge, whose penalty is the noise)."""
    scale = _rms(room.band1)
    one, other = (room.band1 / scale).astype(np.complex128), room.band2 / scale
    gram, cross = one.conj().T @ one, one.conj().T @ other

    def mapped(probes: Probes) -> np.ndarray:
        noise = max(10 ** (-probes.snr_db / 10), 1e-6) * len(one)
        size = _rms(probes.band1)
        return (probes.band1 / size) @ np.linalg.solve(gram + noise * np.eye(len(gram)), cross) * size

    return mapped


def _nearest(room: RoomChannels) -> Callable[[Probes], np.ndarray]:
    """Band 2 of the training position whose band 1 is nearest, both at unit power."""
    scale = _rms(room.band1)
    known, other = np.ascontiguousarray(features(room.band1 / scale).T), room.band2 / scale

    def mapped(probes: Probes) -> np.ndarray:
        size = _rms(probes.band1)
        rows = features(probes.band1 / size)
        best = [(rows[first : first + _AT_ONCE] @ known).argmax(axis=1) for first in range(0, len(rows), _AT_ONCE)]
        return other[np.concatenate(best)] * size

    return mapped


def _eve(apart_m: float) -> Callable[[RoomChannels], Callable[[Probes], np.ndarray]]:
    def mapped(probes: Probes) -> np.ndarray:
        rng = noise_of(probes.snr_db, _EVE)
        angle = rng.uniform(0, 2 * np.pi, len(probes.positions))
        away = apart_m * np.stack((np.cos(angle), np.sin(angle), np.zeros_like(angle)), axis=1)
        return measure(trace(probes.setting.scenario, probes.positions + away)[1], probes.snr_db, rng, probes.setting.radio)

    return lambda room: mapped


def _rms(cfr: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(np.abs(cfr) ** 2, axis=1, keepdims=True))


BESIDE: dict[str, Callable[[RoomChannels], Callable[[Probes], np.ndarray]]] = {
    "complex ridge": _ridge,
    "nearest position": _nearest,
    "floor": lambda room: lambda probes: probes.true,  # Alice knows band 2; only Bob's noise errs
    "no mapper": lambda room: lambda probes: probes.band1,
    **{f"Eve at {apart_m:g} m": _eve(apart_m) for apart_m in (0.01, 0.05, 0.15, 0.3)},
}
