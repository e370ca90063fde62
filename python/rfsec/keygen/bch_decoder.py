# SPDX-License-Identifier: GPL-3.0-or-later
"""BCH codes: syndromes of words, and the errors that syndromes tell.

Berlekamp-Massey and Chien's search as in S. Lin and D. J. Costello, "Error Control Coding", chapter 6. A code that is shortened
has bits 0 where its words end.
"""

import numpy as np

from .galois_field import Field


def syndromes(ones: np.ndarray, powers: range, field: Field) -> np.ndarray:
    """Return the syndromes, int64 [k], of the odd `powers`, k of them, of the word that is 1 at the places `ones`, int64 [n]."""
    return np.bitwise_xor.reduce(field.power[np.outer(powers, ones) % field.order], axis=1)


def find_errors(odd: np.ndarray, length: int, field: Field) -> np.ndarray | None:
    """Return the places, int64, of the at most t errors that have these syndromes; None where there are no such errors.

    Parameters
    ----------
    odd : int64 [t]
        Syndromes of the powers 1, 3, ... 2 t - 1.
    length : int
        Bits of the word, at most `field.order`.
    field : Field
    """
    known = np.zeros(2 * odd.size + 1, np.int64)  # by power
    known[1::2] = odd
    for power in range(2, 2 * odd.size + 1, 2):  # squares, since bits are their own squares
        known[power] = field.multiply(known[power // 2], known[power // 2])
    locator = _locator(known[1:], field)
    if len(locator) - 1 > odd.size:
        return None
    places = np.arange(length)
    turns = np.outer(field.order - places, np.arange(len(locator))) % field.order  # powers of the inverses of the places' elements
    errors = places[np.bitwise_xor.reduce(field.multiply(locator[None], field.power[turns]), axis=1) == 0]
    return errors if np.array_equal(syndromes(errors, range(1, 2 * odd.size, 2), field), odd) else None


def _locator(known: np.ndarray, field: Field) -> np.ndarray:
    """Berlekamp and Massey: the shortest register that makes the syndromes, as coefficients from the constant 1 up."""
    current, before = np.array([1]), np.array([1])
    length, shift, last = 0, 1, 1
    for number, syndrome in enumerate(known):
        reach = min(length, len(current) - 1)
        terms = field.multiply(current[1 : reach + 1], known[number - reach : number][::-1])
        discrepancy = int(syndrome ^ np.bitwise_xor.reduce(terms))
        if not discrepancy:
            shift += 1
            continue
        scaled = np.append(np.zeros(shift, np.int64), field.multiply(field.multiply(discrepancy, field.inverse(last)), before))
        size = max(len(current), len(scaled))
        changed = np.pad(current, (0, size - len(current))) ^ np.pad(scaled, (0, size - len(scaled)))
        if 2 * length <= number:
            length, before, last, shift = number + 1 - length, current, discrepancy, 1
        else:
            shift += 1
        current = changed
    return current[: np.flatnonzero(current)[-1] + 1]
