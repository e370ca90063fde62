# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels between positions: where they lie, that they are those of the tracer, and that no position left out lends its own."""

import numpy as np
import pytest
from gnuradio.rfsec.datasets.room import RoomChannels, trace
from gnuradio.rfsec.datasets.room_scene import ROW, STEP_M, grid

torch = pytest.importorskip("torch")

from gnuradio.rfsec.training.between_positions import draw_between, neighbours  # noqa: E402
from gnuradio.rfsec.training.filled_grid import filled  # noqa: E402
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
    known, count = corpus.filled.positions, len(corpus.train)
    rng = np.random.default_rng(5)
    near = rng.permutation(len(known))[:count]
    corners, shares = draw_between(neighbours(known), near, rng)
    traced = trace("disjoint-100", np.einsum("kn,kni->ni", shares, known[corners]))
    own = corpus.filled.band1[near], corpus.filled.band2[near]
    for mixed, at_position, true in zip(corpus.between(count, np.random.default_rng(5)), own, traced):
        wrong, far = (np.median(error(one, true)) for one in (mixed, at_position))
        assert wrong < 1e-3 < 1e-2 < far


def error(one, true):
    return np.sum(np.abs(one - true) ** 2, axis=1) / np.sum(np.abs(true) ** 2, axis=1)


def test_positions_left_out_are_filled_in_from_those_around_them_alone():
    channels = RoomChannels(SQUARE, *trace("disjoint-100", SQUARE))
    corpus = MapperCorpus(find_mapper_recipe("mapper-disjoint-100-free"), channels, 3)
    spoiled = [band.copy() for band in (channels.band1, channels.band2)]
    for band in spoiled:
        band[corpus.test] = np.nan
    corpus = MapperCorpus(corpus.recipe, RoomChannels(SQUARE, *spoiled), 3)
    number = {tuple(place): at for at, place in enumerate(np.rint(SQUARE[:, :2] / STEP_M).astype(int))}
    made = slice(len(corpus.train), None)
    places = [number[tuple(place)] for place in np.rint(corpus.filled.positions[made, :2] / STEP_M).astype(int)]
    assert len(set(places)) == len(places) >= 0.4 * len(corpus.test) and set(places) <= set(corpus.test)  # most of so small a piece is edge
    assert np.abs(corpus.filled.positions[made] - SQUARE[places]).max() < 1e-9
    for band, true in zip((corpus.filled.band1, corpus.filled.band2), (channels.band1, channels.band2)):
        assert (band[: len(corpus.train)] == true[corpus.train]).all()
        assert np.median(error(band[made], true[places])) < 1e-4


def test_squares_left_out_stay_holes():
    channels = RoomChannels(SQUARE, *(np.ones((len(SQUARE), 2), np.complex64),) * 2)
    inside = (np.abs(SQUARE[:, 0] - SQUARE[:, 0].mean()) < 0.035) & (np.abs(SQUARE[:, 1] - SQUARE[:, 1].mean()) < 0.035)
    left = filled(RoomChannels(*(one[~inside] for one in (channels.positions, channels.band1, channels.band2)))).positions
    assert len(left) < len(SQUARE) and not any((np.abs(one[:2] - SQUARE[:, :2].mean(axis=0)) < 0.02).all() for one in left)
