# SPDX-License-Identifier: GPL-3.0-or-later
"""Galleries of a few emitters, of an encoder that does not exist."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import GalleryError
from gnuradio.rfsec.fingerprint.encoder_id import EncoderId
from gnuradio.rfsec.fingerprint.gallery import Gallery

SIZE = 4


def encoder_id(name="small", digit="a", size=SIZE, **how) -> EncoderId:
    return EncoderId(name, 64 * digit, size, **how)


def examples(count, seed=1, size=SIZE) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)


def filled(path, encoder=None) -> Gallery:
    """A gallery with the emitters "one" (3 examples) and "two" (1)."""
    gallery = Gallery(path, encoder or encoder_id(), create=True)
    gallery.enrol("one", examples(3), "by the window")
    gallery.enrol("two", examples(1, 2))
    return gallery


def contents(gallery) -> list:
    """All that a gallery holds, to be compared."""
    enrolled = gallery.enrolled()
    return [enrolled.emitters, enrolled.embeddings.tolist()]


def refusal(act, error=GalleryError) -> str:
    """The one line with which something is refused."""
    with pytest.raises(error) as caught:
        act()
    message = str(caught.value)
    assert type(caught.value) is error and "\n" not in message and len(message) < 700
    return message
