# SPDX-License-Identifier: GPL-3.0-or-later
"""WAV files: two channels are I and Q, one channel is a real IF.

The header is walked here and the samples stay on disk: scipy.io.wavfile cannot map 24-bit samples or RF64 files.
Chunks follow Microsoft's "Multimedia Programming Interface and Data Specifications 1.0"; RF64 is EBU Tech 3306.
"""

import struct

from ..errors import RecordingError
from .detect import foreign_header, is_wave
from .encoding import PACKED_24, Encoding
from .files import MappedFile, quoted
from .layout import Layout, whole_samples

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_CODECS = {2: "ADPCM", 6: "A-law", 7: "mu-law", 17: "IMA ADPCM", 49: "GSM 6.10", 80: "MPEG", 85: "MP3"}
# 8-bit WAV is offset binary around 128 by its specification, unlike cu8.
_ENCODINGS = {
    (_PCM, 1): ("u1", 128.0, 2.0**7, "8-bit integer"),
    (_PCM, 2): ("<i2", 0.0, 2.0**15, "16-bit integer"),
    (_PCM, 3): (PACKED_24, 0.0, 2.0**31, "24-bit integer"),
    (_PCM, 4): ("<i4", 0.0, 2.0**31, "32-bit integer"),
    (_FLOAT, 4): ("<f4", 0.0, 1.0, "32-bit float"),
    (_FLOAT, 8): ("<f8", 0.0, 1.0, "64-bit float"),
}
# No recorder writes more chunks before its data; a crafted file of empty chunks would be walked for hours.
_MOST_CHUNKS = 1000
_WRAP = 1 << 32  # a recorder that goes on beyond it begins to count the bytes again from 0


def wav_layout(file: MappedFile) -> Layout:
    """Return the layout of a WAV file.

    Raises
    ------
    RecordingError
        No RIFF/WAVE header, no format or data chunk, a compressed codec, more than two channels, an impossible
        header, fewer bytes than the header claims, or so many more that its 32 bits have overflowed.
    """
    head = file.head(0, 12)
    if not is_wave(head):
        found = foreign_header(file)
        what = f"begins with {found[0]}" if found else "has no RIFF/WAVE header"
        raise RecordingError(
            f"The recording {quoted(file.path)} was to be read as wav but {what}; if it holds raw samples, "
            "pass --format cu8, cs8, cs16_le or cf32_le."
        )
    if head[:4] == b"RIFX":
        raise _refused(file, "is a big-endian RIFX file", "convert it to RIFF, for example with sox")
    format_chunk, offset, size = _find_chunks(file)
    encoding, rate, words = _parse_format(file, format_chunk)
    present = file.size - offset
    if size > present:
        raise _refused(
            file,
            f"is truncated: its header claims {size} bytes of samples and {present} are there",
            f"repair the header (sox --ignore-length), or read it raw with --skip-bytes {offset}",
        )
    if present - size >= _WRAP:  # what may stand behind the samples is small
        raise _refused(
            file,
            f"is longer than its header can say: it claims {size} bytes of samples and {present} follow",
            f"repair the header (sox --ignore-length), or read it raw with --skip-bytes {offset}",
        )
    count = whole_samples(file.path, size, encoding, "WAV", "Repair it, for example with sox --ignore-length.")
    return Layout("wav", f"WAV, {words}", file.path, encoding, offset, count, sample_rate_hz=float(rate), is_dataset=False)


def _find_chunks(file: MappedFile) -> tuple[bytes, int, int]:
    """Return the body of the format chunk, then the byte offset and claimed size of the data chunk."""
    position, format_chunk, size_64 = 12, None, None
    for _ in range(_MOST_CHUNKS):
        header = file.head(position, 8)
        if len(header) < 8:
            break
        name, size = struct.unpack("<4sI", header)
        body = position + 8
        if name == b"ds64":
            sizes = file.head(body, 16)
            if len(sizes) == 16:
                _riff_size, size_64 = struct.unpack("<QQ", sizes)
        elif name == b"fmt ":
            format_chunk = file.head(body, min(size, 40))
        elif name == b"data":
            if format_chunk is None:
                break
            # RF64 puts this mark where the size does not fit 32 bits and the true size into its ds64 chunk.
            return format_chunk, body, size_64 if size == 0xFFFFFFFF and size_64 is not None else size
        position = body + size + size % 2
    raise _refused(file, "is truncated: no format chunk followed by a data chunk", "record or copy it again")


def _parse_format(file: MappedFile, chunk: bytes) -> tuple[Encoding, int, str]:
    """Return the encoding, the sample rate in Hz, and the format in words."""
    if len(chunk) < 16:
        raise _refused(file, f"has a format chunk of {len(chunk)} bytes, at least 16 are needed", "record it again")
    codec, channels, rate, _byte_rate, block, bits = struct.unpack("<HHIIHH", chunk[:16])
    if codec == _EXTENSIBLE and len(chunk) >= 26:
        # WAVEFORMATEXTENSIBLE: the first two bytes of the subformat identifier are the codec.
        codec = struct.unpack("<H", chunk[24:26])[0]
    if codec not in (_PCM, _FLOAT):
        raise _refused(file, f"uses the codec {_CODECS.get(codec, hex(codec))}", "convert it to integer or float PCM")
    if channels not in (1, 2):
        raise _refused(file, f"has {channels} channels", "keep one (a real IF) or two (I and Q)")
    known = _ENCODINGS.get((codec, block // channels))
    # Samples may use fewer bits than their container, left-justified, but never more or another container's.
    if known is None or block % channels or not block // channels * 8 - 8 < bits <= block // channels * 8:
        raise _refused(
            file,
            f"has {bits}-bit samples in {block} bytes for {channels} channel(s)",
            "convert it to 8, 16, 24 or 32-bit integers or 32-bit floats",
        )
    if rate == 0:
        raise _refused(file, "claims a sample rate of 0 Hz", "repair its header")
    dtype, zero, full_scale, words = known
    arrangement = "2 channels as I and Q" if channels == 2 else "1 channel, a real IF made analytic"
    return Encoding(dtype, channels == 2, zero, full_scale), rate, f"{words}, {arrangement}"


def _refused(file: MappedFile, what: str, way_out: str) -> RecordingError:
    return RecordingError(f"The WAV file {quoted(file.path)} {what}; {way_out}.")
