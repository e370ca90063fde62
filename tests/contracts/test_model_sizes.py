# SPDX-License-Identifier: GPL-3.0-or-later
"""A checkout stays small enough to be cloned: what is shipped has a largest file and a largest sum."""

from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "models"
LARGEST, ALL = 25_000_000, 120_000_000  # bytes


def test_models_are_small_enough_to_ship():
    sizes = {path.name: path.stat().st_size for path in MODELS.rglob("*.onnx")}
    assert sizes and max(sizes.values()) < LARGEST
    assert sum(sizes.values()) < ALL
