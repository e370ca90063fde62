# SPDX-License-Identifier: GPL-3.0-or-later
"""The room's tracer against closed forms: Friis, two rays, Fresnel, reciprocity; its files, splits, radios and walks."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets import room, room_cache, room_fields, room_paths
from gnuradio.rfsec.datasets.room_materials import CONCRETE, LIGHT_M_S, METAL, Material, reflection
from gnuradio.rfsec.datasets.room_radios import measure
from gnuradio.rfsec.datasets.room_scenarios import SCENARIOS
from gnuradio.rfsec.datasets.room_scene import ALICE_M, BOB_HEIGHT_M, BOXES, SIZE_M, Box, Surface, grid
from gnuradio.rfsec.datasets.room_splits import BLOCK_M, split
from gnuradio.rfsec.datasets.room_walk import walk
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.keygen.features import features, from_features

HZ = 2.4e9
GRID = grid()
SOME = GRID[:: len(GRID) // 60]


@pytest.fixture
def scene(monkeypatch):
    """Replace the room's surfaces and furniture by others."""
    def use(surfaces=(), boxes=()):
        monkeypatch.setattr(room_paths, "surfaces", lambda: list(surfaces))
        monkeypatch.setattr(room_paths, "BOXES", tuple(boxes))
        room_paths._images.cache_clear()
    yield use
    room_paths._images.cache_clear()


def floor(material):
    return Surface(2, 0.0, 1, (-100.0, -100.0, 0.0), (100.0, 100.0, 0.0), material, True)


def test_free_space_is_that_of_friis(scene):
    scene()
    receivers = np.array([[3.0, 4.0, 1.0], [0.0, 12.0, 1.0]])  # as high as the sender
    [rays] = room_paths.find_rays((0.0, 0.0, 1.0), receivers)
    np.testing.assert_allclose(room_fields.gains(rays, HZ), LIGHT_M_S / HZ / (4 * np.pi * np.array([5.0, 12.0])))
    np.testing.assert_allclose(room_fields.delays(rays), np.array([5.0, 12.0]) / LIGHT_M_S)


def test_a_metal_floor_makes_two_rays(scene):
    """Vertical polarisation over metal: the mirrored dipole is in phase, each ray by the cosine of its elevation, twice."""
    scene([floor(METAL)])
    distance, heights = 20.0, (2.0, 1.5)
    direct, reflected = room_paths.find_rays((0.0, 0.0, heights[0]), np.array([[distance, 0.0, heights[1]]]))
    length = np.hypot(distance, sum(heights))
    expected = LIGHT_M_S / HZ / (4 * np.pi * length) * (distance / length) ** 2
    np.testing.assert_allclose(np.abs(room_fields.gains(reflected, HZ)), expected, rtol=1e-3)
    assert np.angle(room_fields.gains(reflected, HZ) / room_fields.gains(direct, HZ))[0] == pytest.approx(0, abs=0.05)
    np.testing.assert_allclose(room_fields.delays(reflected), length / LIGHT_M_S)


@pytest.mark.parametrize("cosine", [1.0, 0.7, 0.2])
def test_a_thick_slab_reflects_as_fresnel_says(cosine):
    """Snell's law and the textbook coefficients of a half space that loses a little, so that nothing comes back."""
    thick = Material(4.0, 0, 0.02, 0, 50.0)
    index = np.sqrt(thick.permittivity(HZ))
    inside = np.sqrt(1 - (1 - cosine**2) / index**2)
    electric, magnetic = reflection(thick, HZ, np.array(cosine))
    assert electric == pytest.approx((cosine - index * inside) / (cosine + index * inside), rel=1e-6)
    assert magnetic == pytest.approx((index * cosine - inside) / (index * cosine + inside), rel=1e-6)


def test_brewsters_angle_reflects_nothing_of_one_polarisation():
    lossless = Material(4.0, 0, 0.0, 0, 0.1)
    electric, magnetic = reflection(lossless, HZ, np.array(np.cos(np.arctan(2.0))))
    assert abs(magnetic) < 1e-12 < abs(electric)


def test_concrete_is_that_of_the_recommendation():
    """ITU-R P.2040-3, table 3, at 2.4 GHz: 5.24 - j 0.0462 * 2.4^0.7822 * 17.98 / 2.4."""
    assert CONCRETE.permittivity(HZ) == pytest.approx(5.24 - 0.6865j, abs=2e-3)


def test_rays_are_the_same_both_ways():
    receiver = SOME[17]
    there, back = room_paths.find_rays(ALICE_M, receiver[None]), room_paths.find_rays(tuple(receiver), np.array([ALICE_M]))
    def both(rays):
        found = [(room_fields.delays(one)[0], room_fields.gains(one, HZ)[0]) for one in rays]
        return np.array(sorted(found, key=lambda one: one[0]))
    assert len(there) > 20
    np.testing.assert_allclose(both(there), both(back), rtol=1e-6)


def test_furniture_stops_a_ray(scene):
    scene((), [Box((4.0, -1.0, 0.0), (5.0, 1.0, 2.0), METAL)])
    receivers = np.array([[9.0, 0.0, 1.0], [9.0, 3.0, 1.0], [3.0, 0.0, 1.0], [9.0, 0.0, 5.0]])
    [rays] = room_paths.find_rays((0.0, 0.0, 1.0), receivers)
    assert rays.receiver.tolist() == [1, 2, 3]


def test_every_ray_obeys_the_law_of_reflection():
    for rays in room_paths.find_rays(ALICE_M, SOME[:10]):
        directions = np.diff(rays.points, axis=1)
        directions /= np.linalg.norm(directions, axis=2, keepdims=True)
        for number, surface in enumerate(rays.reflectors):
            before, after = directions[:, number].copy(), directions[:, number + 1]
            before[:, surface.axis] *= -1
            np.testing.assert_allclose(before, after, atol=1e-9)
        assert (rays.points >= -1e-9).all() and (rays.points <= np.array(SIZE_M) + 1e-9).all()


def test_the_strongest_tap_is_at_the_delay_of_the_nearest_way():
    """A 500 MHz band tells delays apart by 2 ns: the line of sight leads the impulse response."""
    band, _ = room.trace("paper", SOME)
    scenario = SCENARIOS["paper"]
    taps = np.abs(np.fft.ifft(band, axis=1))
    expected = np.linalg.norm(SOME - np.array(ALICE_M), axis=1) / LIGHT_M_S * scenario.bandwidth_hz
    away = (taps.argmax(axis=1) - expected + 32) % 64 - 32
    assert np.mean(np.abs(away) <= 2) > 0.6  # the table's reflection is often as strong


def test_any_cut_of_the_positions_gives_the_same_bytes(monkeypatch):
    whole = room.trace("disjoint-20", SOME)
    monkeypatch.setattr(room, "_AT_ONCE", 7)
    for one, other in zip(whole, room.trace("disjoint-20", SOME)):
        assert one.tobytes() == other.tobytes()


def test_channels_are_kept_on_disk_and_a_damaged_file_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(room, "grid", lambda: SOME)
    steps = []
    first = room.load_room("paper", lambda done, of: steps.append(done))
    again = room.load_room("paper", lambda done, of: steps.append(done))
    assert steps == [len(SOME)] and first.sha256 == again.sha256
    [path] = room_cache.cache_folder().glob("*.npz")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert room.load_room("paper", lambda done, of: steps.append(done)).sha256 == first.sha256
    assert len(steps) == 2


def test_bands_of_the_disjoint_scenarios_do_not_touch():
    assert SCENARIOS["paper"].overlap == pytest.approx(0.8)
    assert SCENARIOS["disjoint-100"].overlap == SCENARIOS["disjoint-20"].overlap == 0
    with pytest.raises(ParameterError, match="'scenario' of a room must be one of paper, disjoint-100, disjoint-20"):
        room.load_room("attic")


def test_splits_share_no_position_and_held_out_squares_are_whole():
    assert len(np.unique(GRID, axis=0)) == len(GRID) == 100_902
    for kind in ("random", "held-out"):
        train, test = split(kind, GRID, 1)
        assert np.array_equal(np.sort(np.concatenate((train, test))), np.arange(len(GRID)))
        assert len(test) == pytest.approx(0.2 * len(GRID), rel=0.1)
        assert np.array_equal(test, split(kind, GRID, 1)[1])
    squares = [set(map(tuple, np.floor(GRID[part, :2] / BLOCK_M + 1e-6))) for part in (train, test)]
    assert not squares[0] & squares[1]
    with pytest.raises(ParameterError, match="'split' of positions must be one of random, held-out, in-order"):
        split("none", GRID, 1)


def test_an_ideal_radio_adds_the_noise_that_was_asked_for():
    cfr = room.trace("paper", SOME)[0]
    noise = measure(np.repeat(cfr, 50, axis=0), 10.0, np.random.default_rng(1)) - np.repeat(cfr, 50, axis=0)
    signal = np.mean(np.abs(np.repeat(cfr, 50, axis=0)) ** 2, axis=1)
    assert np.mean(np.mean(np.abs(noise) ** 2, axis=1) / signal) == pytest.approx(0.1, rel=0.02)
    np.testing.assert_array_equal(measure(cfr, np.inf, np.random.default_rng(1)), cfr)


def test_a_free_running_radio_turns_shifts_and_scales():
    cfr = np.ones((4000, 64), np.complex64)
    measured = measure(cfr, np.inf, np.random.default_rng(2), "free-running")
    gain_db = 20 * np.log10(np.abs(measured).mean(axis=1))
    delay = -np.angle(np.sum(measured[:, 1:] * measured[:, :-1].conj(), axis=1)) * 64 / (2 * np.pi)
    for found, limit in ((gain_db, 3.0), (delay, 1.0), (np.angle(measured[:, 0]), np.pi)):
        assert -limit * 1.01 <= found.min() < -0.95 * limit and 0.95 * limit < found.max() <= limit * 1.01
    with pytest.raises(ParameterError, match="'radio' that measures must be ideal or free-running"):
        measure(cfr, 10, np.random.default_rng(1), "broken")


def test_features_hold_the_response():
    cfr = room.trace("paper", SOME)[1]
    np.testing.assert_array_equal(from_features(features(cfr)), cfr)


def test_a_walk_keeps_its_step_and_stays_on_the_table():
    way = walk(400, 0.05, np.random.default_rng(3))
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    assert np.quantile(steps, 0.1) == pytest.approx(0.05) and steps.max() <= 0.05 + 1e-9  # shorter where it turns back
    assert (way[:, 2] == BOB_HEIGHT_M).all()
    assert np.ptp(way[:, 0]) <= 2.0 and np.ptp(way[:, 1]) <= 2.5
    still = walk(5, 0.0, np.random.default_rng(3))
    assert (still == still[0]).all()


def test_positions_inside_of_furniture_hear_nothing():
    inside = np.mean([BOXES[3].low, BOXES[3].high], axis=0)
    assert not any(band.any() for band in room.trace("paper", inside[None]))
