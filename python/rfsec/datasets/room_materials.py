# SPDX-License-Identifier: GPL-3.0-or-later
"""How building materials reflect radio waves: ITU-R P.2040-3, tables 3 and 4, equations 28 to 38."""

from dataclasses import dataclass

import numpy as np

LIGHT_M_S = 299_792_458.0
_PER_GHZ = 17.98  # of a conductivity in S/m: 1 / (2 pi eps0 1e9)


@dataclass(frozen=True)
class Material:
    """A slab; permittivity `a` f^`b` and conductivity `c` f^`d` S/m, f in GHz.

    Attributes
    ----------
    a, b, c, d : float
    thickness_m : float
    """

    a: float
    b: float
    c: float
    d: float
    thickness_m: float

    def permittivity(self, frequency_hz: float) -> complex:
        """Return the complex relative permittivity at a frequency, its imaginary part negative."""
        ghz = frequency_hz / 1e9
        return self.a * ghz**self.b - 1j * _PER_GHZ * self.c * ghz**self.d / ghz


CONCRETE = Material(5.24, 0, 0.0462, 0.7822, 0.2)
PLASTERBOARD = Material(2.73, 0, 0.0085, 0.9395, 0.03)
WOOD = Material(1.99, 0, 0.0047, 1.0718, 0.04)
GLASS = Material(6.31, 0, 0.0036, 1.3394, 0.01)
CEILING_BOARD = Material(1.48, 0, 0.0011, 1.0750, 0.02)
METAL = Material(1.0, 0, 1e7, 0, 0.002)


def reflection(material: Material, frequency_hz: float, cosine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of a slab in air for both polarisations, complex128 of `cosine`'s shape.

    Parameters
    ----------
    material : Material
    frequency_hz : float
    cosine : float array
        Of the angle between the ray and the normal, 0 to 1.

    Returns
    -------
    transverse electric, transverse magnetic : complex128
        At normal incidence the one is minus the other: the latter counts the field in the plane of incidence along
        s x k, with s normal to that plane and k the direction of the ray.
    """
    permittivity = material.permittivity(frequency_hz)
    root = np.sqrt(permittivity - (1 - cosine**2))
    electric = (cosine - root) / (cosine + root)
    magnetic = (permittivity * cosine - root) / (permittivity * cosine + root)
    through = np.exp(-4j * np.pi * material.thickness_m * frequency_hz / LIGHT_M_S * root)  # there and back
    return tuple(one * (1 - through) / (1 - one**2 * through) for one in (electric, magnetic))
