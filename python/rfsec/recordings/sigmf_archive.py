# SPDX-License-Identifier: GPL-3.0-or-later
"""SigMF archives: a tar file that is read in place and never extracted."""

import tarfile
from pathlib import PurePosixPath

import sigmf

from .bounded_reads import BoundedReads
from .files import MappedFile
from .layout import Layout
from .sigmf_metadata import MOST_METADATA_BYTES, metadata_layout, parse_metadata, refused

# A recording is two members and a folder. The limit keeps a crafted archive from being walked for hours.
_MOST_MEMBERS = 1000


def archive_layout(file: MappedFile) -> Layout:
    """Return the layout of the one recording in a SigMF archive.

    Raises
    ------
    RecordingError
        No tar archive, a truncated one, one with links, devices or names outside of it, or not exactly one recording.
    """
    members = _regular_members(file)
    metas = [member for member in members if member.name.endswith(".sigmf-meta")]
    if len(metas) != 1:
        names = ", ".join(repr(PurePosixPath(member.name).stem) for member in metas[:8]) or "none"
        raise refused(file.path, f"must hold one recording; it holds {len(metas)} ({names})", "extract it with tar -xf")
    if metas[0].size > MOST_METADATA_BYTES:
        raise refused(file.path, f"claims {metas[0].size} bytes of metadata", f"at most {MOST_METADATA_BYTES} are read")
    meta = parse_metadata(file.head(metas[0].offset_data, metas[0].size), file.path)
    # A dataset that keeps its original name (core:dataset) stands in the same folder.
    named = meta.get_global_field(sigmf.DATASET_KEY)
    place = PurePosixPath(metas[0].name)
    wanted = str(place.with_name(named) if named else place.with_suffix(".sigmf-data"))
    data = [member for member in members if str(PurePosixPath(member.name)) == wanted]
    if len(data) != 1:
        raise refused(file.path, f"holds no {wanted!r}, the samples of its metadata", "write the archive again")
    return metadata_layout(meta, file.path, file.path, data[0].offset_data, data[0].size)


def _regular_members(file: MappedFile) -> list[tarfile.TarInfo]:
    members = []
    try:
        with open(file.path, "rb") as stream, tarfile.open(fileobj=BoundedReads(stream), mode="r:") as archive:
            for number, member in enumerate(archive):
                if number >= _MOST_MEMBERS:
                    raise refused(file.path, f"has more than {_MOST_MEMBERS} members", "extract it with tar -xf")
                _refuse_unsafe(file, member)
                if member.isreg():
                    members.append(member)
    except (tarfile.TarError, ValueError, OverflowError, RecursionError, OSError) as error:
        raise refused(file.path, f"is no readable tar archive ({error})", "write it again, uncompressed") from None
    return members


def _refuse_unsafe(file: MappedFile, member: tarfile.TarInfo) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise refused(file.path, f"has a member outside of itself, {member.name!r}", "do not trust this archive")
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise refused(file.path, f"has the member {member.name!r}, no plain file", "write it again with plain files")
    if member.size < 0 or member.offset_data + member.size > file.size:
        raise refused(
            file.path,
            f"is truncated: {member.name!r} claims {member.size} bytes, the whole archive has {file.size}",
            "copy it again",
        )
