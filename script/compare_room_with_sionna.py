#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the rays of the simulated room with those of Sionna RT, in the same room.

Sionna RT needs another NumPy than GNU Radio, so a virtual environment of its own, and LLVM 19 where there is no GPU:

    python3 -m venv SIONNA && SIONNA/bin/pip install sionna-rt==2.2.0
    DRJIT_LIBLLVM_PATH=/usr/lib/llvm-19/lib/libLLVM.so PYTHONPATH=python SIONNA/bin/python script/compare_room_with_sionna.py
"""

import sys

import numpy as np
from rfsec.datasets.room import PATHS
from rfsec.datasets.room_fields import delays, gains
from rfsec.datasets.room_materials import CEILING_BOARD, CONCRETE, GLASS, METAL, PLASTERBOARD, WOOD
from rfsec.datasets.room_paths import MOST_REFLECTIONS, find_rays
from rfsec.datasets.room_scene import ALICE_M, BOXES, grid, surfaces

try:
    import mitsuba as mi
    import sionna.rt as sionna
except ImportError as missing:
    sys.exit(f"Sionna RT is not installed here ({missing}).\n{__doc__}")

HZ = 2.4e9
NAMES = {CONCRETE: "concrete", PLASTERBOARD: "plasterboard", GLASS: "glass", CEILING_BOARD: "ceiling_board", WOOD: "wood", METAL: "metal"}
DIPOLE = 1.5  # gain of a short dipole along the horizon, which the room's antennas leave out
AT_ONCE, POSITIONS, SEED = 20, 100, 1
SAME_S = 3e-12  # Sionna's delays have 24 bits: 1 mm


def box(low, high, material) -> str:
    """A cuboid, or a wall where one side has no length, as Mitsuba's XML has it."""
    middle, half = (np.array(low) + high) / 2, (np.array(high) - low) / 2
    return (f'<shape type="cube"><transform name="to_world"><scale x="{half[0]}" y="{half[1]}" z="{half[2]}"/>'
            f'<translate x="{middle[0]}" y="{middle[1]}" z="{middle[2]}"/></transform><ref id="{NAMES[material]}" name="bsdf"/></shape>')


def scene() -> sionna.Scene:
    """The room: each wall a cuboid of 1 m that begins where the room ends, and the furniture."""
    parts = [f'<bsdf type="itu-radio-material" id="{name}"><string name="type" value="{name}"/>'
             f'<float name="thickness" value="{material.thickness_m}"/></bsdf>' for material, name in NAMES.items()]
    for one in (one for one in surfaces() if one.wall):
        low, high = np.array(one.low), np.array(one.high)
        low[one.axis], high[one.axis] = sorted((one.at, one.at - one.outward))
        parts.append(box(low, high, one.material))
    parts += [box(one.low, one.high, one.material) for one in BOXES]
    made = sionna.scene.load_scene_from_string(f'<scene version="2.1.0">{"".join(parts)}</scene>', merge_shapes=False)
    made.frequency = HZ
    made.tx_array = made.rx_array = sionna.PlanarArray(num_rows=1, num_cols=1, pattern="dipole", polarization="V")
    made.add(sionna.Transmitter("alice", mi.Point3f(list(ALICE_M))))
    return made


def theirs(room: sionna.Scene, positions: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Delays and gains of Sionna's paths at each position."""
    for number, position in enumerate(positions):
        room.add(sionna.Receiver(f"bob{number}", mi.Point3f(position.tolist())))
    paths = sionna.PathSolver()(room, max_depth=MOST_REFLECTIONS, refraction=False)
    valid, delay = paths.valid.numpy().reshape(len(positions), -1), paths.tau.numpy().reshape(len(positions), -1)
    gain = (paths.a[0].numpy() + 1j * paths.a[1].numpy()).reshape(len(positions), -1) / DIPOLE
    for number in range(len(positions)):
        room.remove(f"bob{number}")
    return [(delay[row][valid[row]], gain[row][valid[row]]) for row in range(len(positions))]


def ours(position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Delays and gains of our rays at one position."""
    rays = find_rays(ALICE_M, position[None])
    return np.concatenate([delays(one) for one in rays]), np.concatenate([gains(one, HZ) for one in rays])


def main() -> None:
    positions = np.random.default_rng(SEED).permutation(grid())[:POSITIONS]
    room, apart, lacking, alone = scene(), [], 0, 0
    found = [one for start in range(0, POSITIONS, AT_ONCE) for one in theirs(room, positions[start : start + AT_ONCE])]
    for position, (delay, gain) in zip(positions, found):
        our_delay, our_gain = ours(position)
        same = np.abs(our_delay[:, None] - delay) < SAME_S
        strong, our_strong = np.argsort(-np.abs(gain))[:PATHS], np.argsort(-np.abs(our_gain))[:PATHS]
        alone += int((~same[our_strong].any(axis=1)).sum())
        lacking += int((~same[:, strong].any(axis=0)).sum())
        # Two rays may have one length: the more alike is meant.
        differences = np.where(same[:, strong], np.abs(our_gain[:, None] - gain[strong]), np.inf).min(axis=0) / np.abs(gain[strong])
        apart += differences[np.isfinite(differences)].tolist()
    print(f"The {PATHS} strongest paths at {POSITIONS} positions: {lacking} of Sionna's are not among ours, {alone} of ours not among Sionna's.")
    print(f"Relative difference of the others' complex gains: median {np.median(apart):.1e}, 99th percentile "
          f"{np.quantile(apart, 0.99):.1e}, worst {max(apart):.1e}.")


if __name__ == "__main__":
    main()
