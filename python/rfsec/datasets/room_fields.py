# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrives by a ray: spreading, reflections of both polarisations, and antennas that are vertical."""

import numpy as np

from .room_materials import LIGHT_M_S, reflection
from .room_paths import Rays

_TINY = 1e-12


def gains(rays: Rays, frequency_hz: float) -> np.ndarray:
    """Return the complex gain of each ray without the turn by its length, complex128 [m].

    Both antennas are short vertical dipoles: their field is the part of the vertical that is across the ray, and a ray along
    the horizon has unit gain. The field is a vector that each reflection splits into what is normal to the plane of
    incidence and what lies in it.

    Parameters
    ----------
    rays : Rays
    frequency_hz : float
    """
    legs = np.diff(rays.points, axis=1)
    lengths = np.linalg.norm(legs, axis=2)
    directions = legs / lengths[..., None]
    field = _vertical(directions[:, 0]).astype(complex)
    for number, surface in enumerate(rays.reflectors):
        before, after = directions[:, number], directions[:, number + 1]
        cosine = np.abs(before[:, surface.axis])
        across = _unit(np.cross(before, np.eye(3)[surface.axis]), np.eye(3)[(surface.axis + 1) % 3])
        electric, magnetic = reflection(surface.material, frequency_hz, cosine)
        normal_part = np.einsum("ij,ij->i", field, across) * electric
        plane_part = np.einsum("ij,ij->i", field, np.cross(across, before)) * magnetic
        field = normal_part[:, None] * across + plane_part[:, None] * np.cross(across, after)
    received = np.einsum("ij,ij->i", field, _vertical(directions[:, -1]))
    return received * LIGHT_M_S / (4 * np.pi * frequency_hz * lengths.sum(axis=1))


def delays(rays: Rays) -> np.ndarray:
    """Return the delay of each ray, float64 [m], s."""
    return np.linalg.norm(np.diff(rays.points, axis=1), axis=2).sum(axis=1) / LIGHT_M_S


def _vertical(directions: np.ndarray) -> np.ndarray:
    """The part of the vertical that is across each direction."""
    across = -directions * directions[:, 2:]
    across[:, 2] += 1
    return across


def _unit(vectors: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    size = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(size < _TINY, otherwise, vectors / np.maximum(size, _TINY))
