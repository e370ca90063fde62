# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything gr-rfsec raises on purpose: one line for a user that names the thing, the rule and the way out."""


class RfsecError(Exception):
    """Base of every deliberate error; the command line prints its message and exits non-zero."""


class ParameterError(RfsecError, ValueError):
    """A parameter is outside its rule. Raised when a block or function is called, never inside ``work()``."""


class RecordingError(RfsecError):
    """A recording is missing, truncated, mislabelled or of an unknown format."""


class ModelError(RfsecError):
    """A model file, its card, or the agreement between the two is wrong."""


class DatasetError(RfsecError):
    """A dataset or checkpoint file is cut short or is not what it says it is."""


class OutputError(RfsecError):
    """Results could not be written: a full disk, a broken pipe, a port in use. ``lost`` is how many this failure cost."""

    def __init__(self, message: str, lost: int = 1):
        super().__init__(message)
        self.lost = lost


class RadioError(RfsecError):
    """A radio was not found or stopped answering."""


class GalleryError(RfsecError):
    """A gallery of fingerprints is damaged, is of another encoder, or does not hold what is asked of it."""


class ClaimError(GalleryError):
    """A fingerprint is not that of the emitter that it is claimed to be."""


class KeyAgreementError(RfsecError):
    """Two ends stop without a key; the message says why."""
