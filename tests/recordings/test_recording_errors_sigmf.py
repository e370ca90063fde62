# SPDX-License-Identifier: GPL-3.0-or-later
"""SigMF recordings with broken, contradictory or hostile metadata and archives."""

import io
import json
import os
import tarfile

import pytest
from gnuradio.rfsec.recordings.recording import open_recording
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refusal

DATA = bytes(400)


def with_global(**fields):
    return lambda metadata: metadata["global"].update({f"core:{name}": value for name, value in fields.items()})


def with_capture(**fields):
    return lambda metadata: metadata["captures"][0].update({f"core:{name}": value for name, value in fields.items()})


def with_annotation(**fields):
    return lambda metadata: metadata["annotations"].append({f"core:{name}": value for name, value in fields.items()})


@pytest.mark.parametrize(
    "edit, words",
    [
        (lambda metadata: metadata["global"].pop("core:datatype"), "'core:datatype' is a required property"),
        (lambda metadata: metadata.pop("global"), "'global' is a required property"),
        (lambda metadata: metadata.update(captures={}), "invalid metadata"),
        (lambda metadata: metadata["captures"].append(5), "invalid metadata"),
        (with_global(datatype="cf32_lexyz"), "unknown core:datatype 'cf32_lexyz'"),
        (with_global(datatype="ci16"), "unknown core:datatype 'ci16'"),
        (with_global(datatype="cs16_le"), "invalid metadata"),
        (with_global(datatype=16), "invalid metadata"),
        (with_global(num_channels=2), "interleaves 2 channels"),
        (with_global(num_channels=9 * 10**18), "channels (core:num_channels)"),
        (with_global(num_channels=-1), "invalid metadata"),
        (with_global(sample_rate=-1), "invalid metadata"),
        (with_global(sample_rate=0), "invalid metadata"),
        (with_global(sample_rate="fast"), "invalid metadata"),
        (with_global(sample_rate=1e300), "invalid metadata"),
        (with_global(metadata_only=True), "without samples"),
        (with_global(trailing_bytes=401), "claims 401 header and trailing bytes"),
        (with_global(dataset="../secret.bin"), "outside of its folder"),
        (with_global(dataset=".."), "outside of its folder"),
        (with_global(dataset="absent.bin"), "has no dataset"),
        (with_global(offset=5), "before its core:offset"),
        (with_capture(sample_start=-1), "invalid metadata"),
        (with_capture(sample_start=101), "a capture reaches sample 101 and there are 100"),
        (with_capture(sample_start=9 * 10**18), "is truncated"),
        (with_capture(header_bytes=500), "claims 500 header"),
        (with_capture(datetime="2024-13-45T99:00:00Z"), "core:datetime"),
        (with_capture(datetime="yesterday"), "invalid metadata"),
        (lambda metadata: metadata["captures"].append({"core:sample_start": 5, "core:header_bytes": 4}), "between"),
        (with_global(extensions=[{"name": "ntia-algorithm", "version": "2.0.0", "optional": False}]), "needs the extension 'ntia-algorithm'"),
        (with_global(extensions=[{"name": "a\nb" * 200, "version": "1", "optional": False}]), "needs the extension 'a ba b"),
        (with_annotation(sample_start=90, sample_count=11), "an annotation reaches sample 101 and there are 100"),
        (with_annotation(sample_start=-5), "invalid metadata"),
        (with_annotation(sample_count=5), "invalid metadata"),
    ],
)
def test_metadata_that_breaks_a_rule(sigmf_pair, edit, words):
    path = sigmf_pair(DATA, edit=edit)
    message = refusal(path)
    assert words in message and "rec.sigmf-meta" in message


def test_extensions_that_need_not_be_known_are_passed_over(sigmf_pair):
    extensions = [{"name": "antenna", "version": "1.0.0", "optional": True}]
    with open_recording(sigmf_pair(DATA, edit=with_global(extensions=extensions))) as recording:
        assert recording.sample_count == 100


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "is empty"),
        ("{", "no valid JSON"),
        ("[]", "a JSON list, not an object"),
        ("5", "a JSON int, not an object"),
        ('{"global": NaN}', "NaN is no JSON number"),
        ('{"global": {"core:sample_rate": Infinity}}', "Infinity is no JSON number"),
        ("[" * 100_000, "no valid JSON"),
        ('{"a": ' + "9" * 10_000 + "}", "no valid JSON"),
    ],
)
def test_metadata_that_is_no_json_object(sigmf_pair, text, words):
    assert words in refusal(sigmf_pair(DATA, text=text))


def test_metadata_in_another_encoding_or_of_absurd_size(sigmf_pair):
    path = sigmf_pair(DATA)
    path.write_bytes(b"\xff\xfe\x00{}")
    assert "no valid JSON" in refusal(path)
    os.truncate(path, 10**12)
    assert "bytes of metadata" in refusal(path)


def test_parts_missing_or_cut_short(sigmf_pair):
    path = sigmf_pair(DATA)
    data = path.with_suffix(".sigmf-data")
    os.truncate(data, 399)
    assert "399 bytes of samples, which is no multiple of the 4 bytes of a ci16_le sample" in refusal(path)
    os.truncate(data, 0)
    assert "rec.sigmf-data' is empty" in refusal(path)
    data.unlink()
    assert "has no 'rec.sigmf-data' beside it" in refusal(path)
    data.write_bytes(DATA)
    path.unlink()
    message = refusal(data)
    assert "has no 'rec.sigmf-meta' beside it" in message and "--format" in message
    with open_recording(data, sample_format="cs8") as recording:
        assert recording.sample_count == 200


def test_rate_and_skipping_contradict_metadata(sigmf_pair):
    path = sigmf_pair(DATA)
    assert "states a sample rate of 1000000 Hz" in refusal(path, sample_rate_hz=2e6)
    assert "--skip-bytes is for raw formats" in refusal(path, skip_bytes=4)


@pytest.mark.parametrize(
    "content, words",
    [
        ("{}", "names no recordings"),
        ('{"collection": []}', "names no recordings"),
        ('{"collection": {"core:streams": 5}}', "names no recordings"),
        ('{"collection": {"core:streams": [{"name": 5}]}}', "names no recordings"),
        ('{"collection": {"core:streams": [{"name": "../../etc/rec"}]}}', "outside of its folder"),
        ('{"collection": {"core:streams": [{"name": "absent"}]}}', "beside it"),
    ],
)
def test_collections(tmp_path, content, words):
    path = tmp_path / "a.sigmf-collection"
    path.write_text(content)
    assert words in refusal(path)


def repacked(path, change=lambda member: member, extra=(), drop=()):
    """Write the archive at `path` again with changed, added or dropped members."""
    with tarfile.open(path) as archive:
        members = [(member, archive.extractfile(member).read()) for member in archive if member.name not in drop]
    with tarfile.open(path, "w") as archive:
        for member, content in members:
            archive.addfile(change(member), io.BytesIO(content))
        for member in extra:
            archive.addfile(member)
    return path


@pytest.mark.parametrize("name", ["../../etc/rec.sigmf-meta", "/etc/rec.sigmf-meta", "rec/../../x"])
def test_archive_with_names_outside_of_it(sigmf_archive, name):
    path = repacked(sigmf_archive(DATA), extra=[tarfile.TarInfo(name)])
    assert "outside of itself" in refusal(path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_archive_with_links_and_devices(sigmf_archive, kind):
    member = tarfile.TarInfo("rec/rec.sigmf-data")
    member.type, member.linkname = kind, "/etc/passwd"
    path = repacked(sigmf_archive(DATA), extra=[member], drop=["rec/rec.sigmf-data"])
    assert "no plain file" in refusal(path)


def test_archive_without_or_with_too_many_parts(sigmf_archive):
    assert "holds 0 (none)" in refusal(repacked(sigmf_archive(DATA), drop=["rec/rec.sigmf-meta"]))
    assert "holds no 'rec/rec.sigmf-data'" in refusal(repacked(sigmf_archive(DATA), drop=["rec/rec.sigmf-data"]))
    path = repacked(sigmf_archive(DATA), extra=[tarfile.TarInfo("other/other.sigmf-meta")])
    assert "holds 2 ('rec', 'other')" in refusal(path)
    path = repacked(sigmf_archive(DATA), extra=[tarfile.TarInfo(str(number)) for number in range(1001)])
    assert "more than 1000 members" in refusal(path)


def test_archive_with_claims_beyond_its_size(sigmf_archive):
    path = sigmf_archive(DATA)
    content = bytearray(path.read_bytes())
    with tarfile.open(path) as archive:
        member = archive.getmember("rec/rec.sigmf-data")
    member.size = 8 * 10**9
    header = member.tobuf(tarfile.USTAR_FORMAT)
    content[member.offset : member.offset + 512] = header[:512]
    path.write_bytes(content)
    assert "claims 8000000000 bytes" in refusal(path)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
@pytest.mark.parametrize("size", [8 * 10**9, -512])
def test_archive_with_a_giant_or_negative_extended_header(tmp_path, kind, size):
    path = tmp_path / "a.sigmf"
    member = tarfile.TarInfo("header")
    member.type, member.size = kind, size
    path.write_bytes(member.tobuf(tarfile.GNU_FORMAT))
    os.truncate(path, 9 * 10**9)
    assert "no readable tar archive" in refusal(path)


def test_archive_that_is_none(tmp_path, sigmf_archive):
    path = tmp_path / "a.sigmf"
    path.write_bytes(b"not a tar archive" * 100)
    assert "no readable tar archive" in refusal(path)
    good = sigmf_archive(DATA)
    for cut in (100, 512, 700, 1024, 1500):
        path.write_bytes(good.read_bytes()[:cut])
        refusal(path)


@settings(max_examples=100, deadline=None)
@given(
    text=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["global", "captures", "annotations", "core:datatype", "core:version"]),
            inner,
            max_size=4,
        ),
        max_leaves=12,
    )
)
def test_any_json_is_refused_in_one_line(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "a.sigmf-meta"
    path.write_text(json.dumps(text))
    path.with_suffix(".sigmf-data").write_bytes(DATA)
    refusal(path)
