# SPDX-License-Identifier: GPL-3.0-or-later
"""Which format a file is in, by its name and its first bytes."""

from ..errors import RecordingError
from .files import MappedFile, quoted

FORMATS = ("cu8", "cs8", "cs16_le", "cf32_le", "wav", "sigmf")

# The bit counts in Universal Radio Hacker's .complex16s and .complex32s are those of I and Q together.
_BY_EXTENSION = {
    ".cu8": "cu8",
    ".complex16u": "cu8",
    ".cs8": "cs8",
    ".sc8": "cs8",
    ".complex16s": "cs8",
    ".cs16": "cs16_le",
    ".sc16": "cs16_le",
    ".complex32s": "cs16_le",
    ".cf32": "cf32_le",
    ".fc32": "cf32_le",
    ".cfile": "cf32_le",
    ".complex": "cf32_le",
    ".wav": "wav",
    ".sigmf": "sigmf",
    ".sigmf-meta": "sigmf",
    ".sigmf-data": "sigmf",
    ".sigmf-collection": "sigmf",
}

_SIGNATURES = (
    (0, b"\x93NUMPY", "a NumPy array", "convert it with numpy.load(...).astype('complex64').tofile(...)"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file", "export its samples as raw cf32_le first"),
    (0, b"MATLAB 5.0 MAT-file", "a MATLAB file", "export its samples as raw cf32_le first"),
    (0, b"\x1f\x8b\x08\x00", "gzip data", "decompress it first"),
    (0, b"\x1f\x8b\x08\x08", "gzip data", "decompress it first"),
    (0, b"\xfd7zXZ\x00", "xz data", "decompress it first"),
    (0, b"PK\x03\x04", "a zip archive", "decompress it first"),
    (257, b"ustar", "a tar archive", "pass --format sigmf if it is a SigMF archive"),
)


def is_wave(head: bytes) -> bool:
    """Return whether `head` (12 bytes or more) starts a RIFF, RIFX or RF64 file of the form WAVE."""
    return head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE"


def foreign_header(file: MappedFile) -> tuple[str, str] | None:
    """Return what the first bytes say the file is, and the way out; None where they say nothing."""
    head = file.head(0, 512)
    if is_wave(head):
        return "a RIFF/WAVE header", "pass --format wav, or --skip-bytes to read what follows it as raw samples"
    for offset, magic, name, way_out in _SIGNATURES:
        if head[offset : offset + len(magic)] == magic:
            return name, way_out
    return None


def refuse_foreign_header(file: MappedFile, sample_format: str) -> None:
    """Raise RecordingError if a file said to be raw `sample_format` begins with another format's header."""
    found = foreign_header(file)
    if found is None and file.path.suffix.lower() in (".sigmf-meta", ".sigmf-collection"):
        found = "SigMF metadata", "pass --format sigmf, or name the .sigmf-data file"
    if found is not None:
        raise RecordingError(
            f"The recording {quoted(file.path)} was to be read as {sample_format} but begins with {found[0]}; "
            f"{found[1]}."
        )


def detect_format(file: MappedFile) -> str:
    """Return the format of `file`, one of ``FORMATS``, from its extension, else from a WAVE header.

    Raises
    ------
    RecordingError
        Neither settles it. Raw samples carry no mark, so their format is never guessed from the bytes.
    """
    name = file.path.name.lower()
    if name.endswith((".sigmf.gz", ".sigmf.xz", ".sigmf.zip")):
        raise RecordingError(
            f"The recording {quoted(file.path)} is a compressed SigMF archive, which cannot be read in place; "
            "decompress it first."
        )
    by_extension = _BY_EXTENSION.get(file.path.suffix.lower())
    if by_extension is not None:
        return by_extension
    if is_wave(file.head(0, 12)):
        return "wav"
    found = foreign_header(file)
    hint = f"it begins with {found[0]}: {found[1]}" if found else f"pass --format with one of {', '.join(FORMATS)}"
    extension = f"the extension {file.path.suffix!r}" if file.path.suffix else "a name without extension"
    raise RecordingError(f"The format of {quoted(file.path)} does not follow from {extension}; {hint}.")
