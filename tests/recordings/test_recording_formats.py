# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format is read back as it was written, with the scaling of independent readers."""

import hashlib
import json
import struct
import tarfile

import numpy as np
import pytest
import sigmf
from gnuradio import blocks, gr
from gnuradio.rfsec.errors import ParameterError, RecordingError
from gnuradio.rfsec.recordings.recording import open_recording
from scipy.io import wavfile

COUNT = 1000


def stored_integers(rng, dtype, count=2 * COUNT):
    limits = np.iinfo(dtype)
    values = rng.integers(limits.min, limits.max, count, endpoint=True).astype(dtype)
    values[:4] = limits.min, limits.max, limits.max, limits.min
    return values


def through_gnuradio(source, *chain):
    """Run source and chain in a flowgraph and return what comes out."""
    sink = blocks.vector_sink_c()
    flowgraph = gr.top_block()
    flowgraph.connect(source, *chain, sink)
    flowgraph.run()
    return np.array(sink.data(), np.complex64)


def test_cs16_is_scaled_as_by_gnuradio(tmp_path, rng):
    values = stored_integers(rng, "<i2")
    path = tmp_path / "a.cs16"
    path.write_bytes(values.tobytes())
    truth = through_gnuradio(
        blocks.vector_source_s(values.tolist()), blocks.interleaved_short_to_complex(False, False, 32768.0)
    )
    with open_recording(path) as recording:
        assert recording.sample_format == "cs16_le" and recording.sample_count == COUNT
        assert recording.read(0, COUNT).tobytes() == truth.tobytes()


def test_cs8_is_scaled_as_by_gnuradio(tmp_path, rng):
    values = stored_integers(rng, "i1")
    path = tmp_path / "a.complex16s"
    path.write_bytes(values.tobytes())
    truth = through_gnuradio(
        blocks.vector_source_b(values.view("u1").tolist()), blocks.interleaved_char_to_complex(False, 128.0)
    )
    with open_recording(path) as recording:
        assert recording.sample_format == "cs8"
        assert recording.read(0, COUNT).tobytes() == truth.tobytes()


def test_cu8_is_centred_as_gnuradio_would(tmp_path, rng):
    values = stored_integers(rng, "u1")
    path = tmp_path / "a.cu8"
    path.write_bytes(values.tobytes())
    floats = blocks.uchar_to_float()
    centred, scaled = blocks.add_const_ff(-127.5), blocks.multiply_const_ff(1 / 127.5)
    sink = blocks.vector_sink_f()
    flowgraph = gr.top_block()
    flowgraph.connect(blocks.vector_source_b(values.tolist()), floats, centred, scaled, sink)
    flowgraph.run()
    truth = np.array(sink.data(), np.float32).view(np.complex64)
    with open_recording(path) as recording:
        assert np.allclose(recording.read(0, COUNT), truth, rtol=0, atol=1e-7)
        first = recording.read(0, 1)[0]
    assert first == -1 + 1j


def test_cf32_passes_bit_for_bit_with_nan_and_inf(tmp_path, rng):
    samples = rng.standard_normal(2 * COUNT).astype("<f4").view(np.complex64)
    samples[3], samples[5] = complex(np.nan, 1), complex(np.inf, -np.inf)
    path = tmp_path / "a.cfile"
    path.write_bytes(samples.tobytes())
    with open_recording(path, sample_rate_hz=2e6) as recording:
        assert recording.read(0, COUNT).tobytes() == samples.tobytes()
        assert recording.sample_rate_hz == 2e6
        assert recording.frequency_hz is None and recording.start_time is None
        assert recording.captures == [(0, None, None)]


@pytest.mark.parametrize("sample_format", ["cu8", "cs8", "cs16_le", "cf32_le"])
def test_skipped_header_is_no_sample(tmp_path, rng, sample_format):
    body = rng.bytes(800)
    plain, headed = tmp_path / "plain.bin", tmp_path / "headed.bin"
    plain.write_bytes(body)
    headed.write_bytes(b"RIFF\0\0\0\0WAVE and more" + body)
    with (
        open_recording(plain, sample_format=sample_format) as a,
        open_recording(headed, sample_format=sample_format, skip_bytes=21) as b,
    ):
        assert a.sample_count == b.sample_count
        assert a.read(0, 800).tobytes() == b.read(0, 800).tobytes()


@pytest.mark.parametrize("dtype", ["u1", "<i2", "<i4", "<f4", "<f8"])
@pytest.mark.parametrize("channels", [1, 2])
def test_wav_agrees_with_scipy(tmp_path, rng, dtype, channels):
    kind = np.dtype(dtype)
    count = COUNT * channels
    values = rng.uniform(-1, 1, count) if kind.kind == "f" else stored_integers(rng, dtype, count)
    path = tmp_path / "a.wav"
    wavfile.write(path, 48000, values.astype(dtype).reshape(COUNT, channels))
    rate, truth = wavfile.read(path)
    truth = truth.reshape(COUNT, channels).astype(np.float64)
    if kind.kind != "f":
        truth = (truth - (128 if dtype == "u1" else 0)) / 2.0 ** (8 * kind.itemsize - 1)
    with open_recording(path) as recording:
        samples = recording.read(0, COUNT)
        assert recording.sample_rate_hz == rate == 48000 and recording.sample_count == COUNT
    assert samples.dtype == np.complex64
    assert np.array_equal(samples.real, truth[:, 0].astype(np.float32))
    if channels == 2:
        assert np.array_equal(samples.imag, truth[:, 1].astype(np.float32))


def test_wav_of_24_bits_and_its_rf64_and_extensible_forms(tmp_path, rng):
    body = rng.bytes(6 * COUNT)
    fmt = struct.pack("<HHIIHH", 1, 2, 96000, 576000, 6, 24)
    guid = b"\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
    extensible = b"\xfe\xff" + fmt[2:] + b"\x16\x00\x18\x00\x03\x00\x00\x00" + guid

    def chunk(name, content, size=None):
        return name + np.uint32(len(content) if size is None else size).tobytes() + content

    odd = chunk(b"LIST", b"abc") + b"\0"
    sizes = np.array([0, len(body), COUNT], "<u8").tobytes() + bytes(4)
    unsized = 0xFFFFFFFF
    files = {
        "riff": chunk(b"RIFF", b"WAVE" + odd + chunk(b"fmt ", fmt) + chunk(b"data", body)),
        "extensible": chunk(b"RIFF", b"WAVE" + chunk(b"fmt ", extensible) + chunk(b"data", body)),
        "rf64": chunk(
            b"RF64", b"WAVE" + chunk(b"ds64", sizes) + chunk(b"fmt ", fmt) + chunk(b"data", body, unsized), unsized
        ),
    }
    (tmp_path / "riff.wav").write_bytes(files["riff"])
    truth = wavfile.read(tmp_path / "riff.wav")[1] / 2.0**31
    truth = (truth[:, 0] + 1j * truth[:, 1]).astype(np.complex64)
    for name, content in files.items():
        path = tmp_path / name  # without an extension: the header tells
        path.write_bytes(content)
        with open_recording(path) as recording:
            assert recording.sample_format == "wav" and recording.sample_rate_hz == 96000
            assert np.array_equal(recording.read(0, COUNT), truth), name


@pytest.mark.parametrize("datatype", ["cf32_le", "cf32_be", "cf64_le", "ci16_le", "ci16_be", "ci8", "ci32_le"])
def test_sigmf_agrees_with_the_sigmf_library(sigmf_pair, rng, datatype):
    dtype = sigmf.sigmffile.dtype_info(datatype)["component_dtype"]
    values = rng.uniform(-1, 1, 2 * COUNT) if dtype.kind == "f" else stored_integers(rng, dtype)
    path = sigmf_pair(values.astype(dtype).tobytes(), datatype)
    truth = sigmf.fromfile(path)[:].astype(np.complex64)
    for name in (path, path.with_suffix(".sigmf-data")):
        with open_recording(name) as recording:
            assert recording.sample_format == "sigmf" and recording.sample_rate_hz == 1e6
            assert np.allclose(recording.read(0, COUNT), truth, rtol=0, atol=1e-7)


@pytest.mark.parametrize("datatype", ["cu8", "cu16_le", "cu16_be", "cu32_le", "ru8", "ru16_le"])
def test_sigmf_unsigned_types_fill_the_range(sigmf_pair, datatype):
    dtype = sigmf.sigmffile.dtype_info(datatype)["component_dtype"]
    values = np.array([0, np.iinfo(dtype).max], dtype)
    with open_recording(sigmf_pair(np.tile(values, 50).tobytes(), datatype)) as recording:
        samples = recording.read(0, 2)
    assert samples[0] == -1 + 1j if datatype[0] == "c" else samples.real.tolist() == [-1, 1]


@pytest.mark.parametrize("datatype", ["ri16_le", "rf32_le", "ri8", "rf64_be"])
def test_sigmf_real_types_keep_the_real_part(sigmf_pair, rng, datatype):
    dtype = sigmf.sigmffile.dtype_info(datatype)["component_dtype"]
    values = rng.uniform(-1, 1, COUNT) if dtype.kind == "f" else stored_integers(rng, dtype, COUNT)
    path = sigmf_pair(values.astype(dtype).tobytes(), datatype)
    truth = sigmf.fromfile(path)[:]
    with open_recording(path) as recording:
        assert recording.sample_count == COUNT
        assert np.allclose(recording.read(0, COUNT).real, truth, rtol=0, atol=1e-7)


def test_sigmf_archive_is_read_like_its_pair(sigmf_pair, tmp_path, rng):
    pair = sigmf_pair(stored_integers(rng, "<i2").tobytes())
    sigmf.fromfile(pair).archive(tmp_path / "packed.sigmf")
    with open_recording(pair) as a, open_recording(tmp_path / "packed.sigmf") as b:
        assert a.sample_count == b.sample_count == COUNT
        assert a.read(0, COUNT).tobytes() == b.read(0, COUNT).tobytes()
        b.verify_checksum()


def test_sigmf_captures_count_from_the_first_sample_in_the_file(sigmf_pair):
    def edit(metadata):
        metadata["global"] |= {"core:offset": 100, "core:description": "two\ntunings"}
        metadata["captures"] = [
            {"core:sample_start": 100, "core:frequency": 433.92e6, "core:datetime": "2024-05-01T12:00:00.5Z"},
            {"core:sample_start": 150, "core:frequency": 868e6},
        ]
        metadata["annotations"] = [{"core:sample_start": 150, "core:sample_count": 50}]

    with open_recording(sigmf_pair(bytes(400), edit=edit)) as recording:
        assert recording.captures == [(0, 433.92e6, "2024-05-01T12:00:00.5Z"), (50, 868e6, None)]
        assert recording.frequency_hz == 433.92e6 and recording.start_time == "2024-05-01T12:00:00.5Z"
        assert recording.description == "SigMF ci16_le: two tunings"


def test_sigmf_dataset_with_a_name_and_header_of_its_own(sigmf_pair, tmp_path, rng):
    values = stored_integers(rng, "<i2")
    (tmp_path / "old.wav").write_bytes(bytes(44) + values.tobytes() + bytes(7))

    def edit(metadata):
        metadata["global"] |= {"core:dataset": "old.wav", "core:trailing_bytes": 7}
        metadata["captures"][0]["core:header_bytes"] = 44

    with open_recording(sigmf_pair(None, edit=edit)) as recording:
        assert recording.sample_count == COUNT
        assert np.array_equal(recording.read(0, COUNT).real * 32768, values[::2])
    with tarfile.open(tmp_path / "packed.sigmf", "w") as archive:
        archive.add(tmp_path / "rec.sigmf-meta", "rec/rec.sigmf-meta")
        archive.add(tmp_path / "old.wav", "rec/old.wav")
    with open_recording(tmp_path / "packed.sigmf") as recording:
        assert np.array_equal(recording.read(0, COUNT).real * 32768, values[::2])


def test_sigmf_collection_of_one_recording_opens_it(sigmf_pair, tmp_path):
    path = sigmf_pair(bytes(400))
    collection = tmp_path / "all.sigmf-collection"
    sigmf.SigMFCollection(["rec.sigmf-meta"], base_path=tmp_path).tofile(collection)
    with open_recording(collection) as recording:
        assert recording.sample_count == 100
    streams = json.loads(collection.read_text())
    streams["collection"]["core:streams"] *= 2
    collection.write_text(json.dumps(streams))
    with pytest.raises(RecordingError, match="collection of 2 recordings"):
        open_recording(collection)
    assert path.exists()


def test_checksum_is_verified_only_when_asked(sigmf_pair):
    good = hashlib.sha512(bytes(400)).hexdigest().upper()
    with open_recording(sigmf_pair(bytes(400), **{"core:sha512": good})) as recording:
        recording.verify_checksum()
    path = sigmf_pair(bytes(400), **{"core:sha512": "0" * 128})
    with open_recording(path) as recording:
        recording.read(0, 10)
        with pytest.raises(RecordingError, match="do not match the checksum"):
            recording.verify_checksum()
    with open_recording(sigmf_pair(bytes(400))) as recording:
        with pytest.raises(RecordingError, match="carries no checksum"):
            recording.verify_checksum()


def test_reads_end_at_the_end(tmp_path):
    path = tmp_path / "a.cu8"
    path.write_bytes(bytes(200))
    with open_recording(path) as recording:
        assert recording.read(90, 50).size == 10
        assert recording.read(100, 1).size == recording.read(10**12, 5).size == recording.read(5, 0).size == 0
        for start, count in ((-1, 5), (0, -1)):
            with pytest.raises(ParameterError, match="at least 0"):
                recording.read(start, count)
        kept = recording.read(0, 100)
    assert kept[99] == -1 - 1j
    with pytest.raises(RecordingError, match="is closed"):
        recording.read(0, 1)
