# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels between positions: where they lie, that they are those of the tracer, and that no position left out lends its own."""

import numpy as np
import pytest
from gnuradio.rfsec.datasets.room import RoomChannels, trace
from gnuradio.rfsec.datasets.room_scene import ROW, STEP_M, grid

torch = pytest.importorskip("torch")

from gnuradio.rfsec.training.between_positions import draw_between, neighbours  # noqa: E402
from gnuradio.rfsec.training.mapper_corpus import MapperCorpus  # noqa: E402
from gnuradio.rfsec.training.mapper_recipes import find_mapper_recipe  # noqa: E402

SQUARE = grid()[: 12 * ROW].reshape(12, ROW, 3)[:, :12].reshape(-1, 3)


@pytest.fixture
def some():
    rng = np.random.default_rng(3)
    return rng.permutation(SQUARE)[:110]  # 34 are left out


def test_neighbours_are_a_step_away_or_the_position_itself(some):
    around = neighbours(some)
    there = {tuple(place) for place in np.rint(some[:, :2] / STEP_M).astype(int)}
    for axis in range(2):
        for side, sign in enumerate((-1, 1)):
            apart = np.rint((some[around[axis, side]] - some) / STEP_M).astype(int)
            wanted = np.rint(some[:, :2] / STEP_M).astype(int)
            wanted[:, axis] += sign
            found = np.array([tuple(place) in there for place in wanted])
            assert 0 < found.sum() < len(some)
            assert (apart[found, axis] == sign).all() and not apart[found, 1 - axis].any() and not apart[~found].any()


def test_places_are_spread_over_the_triangles_and_linear_functions_are_exact(some):
    near = np.tile(np.arange(len(some)), 50)
    corners, shares = draw_between(neighbours(some), near, np.random.default_rng(4))
    assert (corners[0] == near).all() and shares.min() >= 0 and np.allclose(shares.sum(axis=0), 1)
    places = np.einsum("kn,kni->ni", shares, some[corners])
    apart = (places - some[near])[:, :2] / STEP_M
    assert np.abs(apart).sum(axis=1).max() <= 1 + 1e-6 and np.abs(apart.mean(axis=0)).max() < 0.05 and apart.std(axis=0).min() > 0.3
    height = some @ (3.0, -5.0, 2.0)
    assert np.einsum("kn,kn->n", shares, height[corners]) == pytest.approx(places @ (3.0, -5.0, 2.0), abs=1e-6)


def test_rows_between_positions_are_near_the_tracers_channels_there():
    channels = RoomChannels(SQUARE, *trace("disjoint-100", SQUARE))
    corpus = MapperCorpus(find_mapper_recipe("mapper-disjoint-100-free"), channels, 3)
    order = np.arange(len(corpus.train))
    corners, shares = draw_between(neighbours(SQUARE[corpus.train]), order, np.random.default_rng(5))
    traced = trace("disjoint-100", np.einsum("kn,kni->ni", shares, SQUARE[corpus.train][corners]))
    own = channels.band1[corpus.train], channels.band2[corpus.train]
    for mixed, at_position, true in zip(corpus.between(order, np.random.default_rng(5)), own, traced):
        wrong, far = (np.median(np.sum(np.abs(one - true) ** 2, axis=1) / np.sum(np.abs(true) ** 2, axis=1)) for one in (mixed, at_position))
        assert wrong < 1e-3 < 1e-2 < far
