# SPDX-License-Identifier: GPL-3.0-or-later
"""WAV files that are none, are cut short, or hold what cannot be read as I and Q."""

import io
import os
import struct

import numpy as np
import pytest
from gnuradio.rfsec.errors import RecordingError
from gnuradio.rfsec.recordings.recording import open_recording
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refusal as refusal_of
from scipy.io import wavfile


def wave_bytes(codec=1, channels=2, rate=48000, block=4, bits=16, body=bytes(400), size=None):
    fmt = struct.pack("<HHIIHH", codec, channels, rate, rate * block, block, bits)
    data = b"data" + struct.pack("<I", len(body) if size is None else size) + body
    content = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + data
    return b"RIFF" + struct.pack("<I", len(content)) + content


def refusal(tmp_path, content) -> str:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    return refusal_of(path)


def test_the_writer_of_these_tests_makes_a_good_file(tmp_path):
    (tmp_path / "a.wav").write_bytes(wave_bytes())
    with open_recording(tmp_path / "a.wav") as recording:
        assert recording.sample_count == 100
    assert wavfile.read(io.BytesIO(wave_bytes()))[1].shape == (100, 2)


def test_raw_samples_named_wav(tmp_path):
    message = refusal(tmp_path, bytes(range(200)))
    assert "has no RIFF/WAVE header" in message and "--format cu8" in message
    assert "NumPy" in refusal(tmp_path, b"\x93NUMPY" + bytes(100))
    assert "has no RIFF/WAVE header" in refusal(tmp_path, b"RIFF")


@pytest.mark.parametrize("cut", [12, 20, 30, 40])
def test_header_cut_short(tmp_path, cut):
    assert "truncated" in refusal(tmp_path, wave_bytes()[:cut])


def test_samples_cut_short_or_claimed(tmp_path):
    message = refusal(tmp_path, wave_bytes()[:-100])
    assert "claims 400 bytes of samples and 300 are there" in message and "--skip-bytes 44" in message
    assert "claims 4294967295 bytes" in refusal(tmp_path, wave_bytes(size=0xFFFFFFFF))
    assert "no multiple of the 4 bytes" in refusal(tmp_path, wave_bytes(size=399))
    assert "holds no samples" in refusal(tmp_path, wave_bytes(size=0))


@pytest.mark.parametrize("size", [1 << 32, 5 << 30])  # of which 32 bits leave nothing, and 1 GiB
def test_more_samples_than_a_header_can_claim_are_not_read_in_part(tmp_path, size):
    path, head = tmp_path / "a.wav", wave_bytes(body=b"", size=size % (1 << 32))
    path.write_bytes(head)
    os.truncate(path, len(head) + size)
    message = refusal_of(path)
    assert f"claims {size % (1 << 32)} bytes of samples and {size} follow" in message and f"--skip-bytes {len(head)}" in message
    with open_recording(path, sample_format="cs16_le", skip_bytes=len(head)) as recording:
        assert recording.sample_count == size // 4


@pytest.mark.parametrize(
    "change, words",
    [
        ({"codec": 7, "bits": 8, "block": 2}, "codec mu-law"),
        ({"codec": 2, "bits": 4}, "codec ADPCM"),
        ({"codec": 0x4321}, "codec 0x4321"),
        ({"channels": 6, "block": 12}, "has 6 channels"),
        ({"channels": 65535, "block": 65535}, "has 65535 channels"),
        ({"channels": 0}, "has 0 channels"),
        ({"rate": 0}, "rate of 0 Hz"),
        ({"block": 0}, "16-bit samples in 0 bytes"),
        ({"block": 5}, "16-bit samples in 5 bytes"),
        ({"bits": 0}, "0-bit samples"),
        ({"bits": 33, "block": 8}, "33-bit samples"),
        ({"codec": 3}, "16-bit samples in 4 bytes"),
    ],
)
def test_formats_that_are_no_iq(tmp_path, change, words):
    assert words in refusal(tmp_path, wave_bytes(**change))


def test_big_endian_and_chunks_in_the_wrong_order(tmp_path):
    assert "RIFX" in refusal(tmp_path, b"RIFX" + wave_bytes()[4:])
    good = wave_bytes()
    assert "no format chunk" in refusal(tmp_path, good[:12] + good[36:] + good[12:36])
    assert "format chunk of 8 bytes" in refusal(tmp_path, good[:16] + struct.pack("<I", 8) + good[20:28] + good[36:])


def test_endless_empty_chunks_are_given_up(tmp_path):
    good = wave_bytes()
    (tmp_path / "few.wav").write_bytes(good[:12] + bytes(8 * 900) + good[12:])
    with open_recording(tmp_path / "few.wav") as recording:
        assert recording.sample_count == 100
    assert "no format chunk" in refusal(tmp_path, good[:12] + bytes(8 * 1001) + good[12:])


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 60), value=st.binary(min_size=1, max_size=4))
def test_damaged_headers_never_crash(tmp_path_factory, place, value):
    content = bytearray(wave_bytes(body=np.arange(200, dtype="<i2").tobytes()))
    content[place : place + len(value)] = value
    path = tmp_path_factory.mktemp("damaged") / "a.wav"
    path.write_bytes(content)
    try:
        with open_recording(path) as recording:
            assert recording.read(0, 1000).size == min(1000, recording.sample_count)
    except RecordingError as error:
        assert "\n" not in str(error)
