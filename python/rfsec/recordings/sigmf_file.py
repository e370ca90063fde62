# SPDX-License-Identifier: GPL-3.0-or-later
"""SigMF recordings by file name: a metadata and data pair, an archive, or a collection of one recording."""

import os
import warnings
from pathlib import Path

from sigmf.error import SigMFError
from sigmf.sigmffile import SigMFCollection, get_dataset_filename_from_metadata, get_sigmf_filenames

from .files import MappedFile
from .layout import Layout
from .sigmf_archive import archive_layout
from .sigmf_metadata import metadata_layout, parse_metadata, parse_object, read_json, refused


def sigmf_layout(file: MappedFile) -> Layout:
    """Return the layout of the recording that `file` (metadata, dataset, archive or collection) belongs to.

    Raises
    ------
    RecordingError
        A part is missing or breaks the rules of :mod:`.sigmf_metadata` or :mod:`.sigmf_archive`.
    """
    suffix = file.path.suffix.lower()
    if suffix in (".sigmf-meta", ".sigmf-data"):
        return _pair_layout(file.path)
    if suffix == ".sigmf-collection":
        return _pair_layout(_only_stream(file))
    return archive_layout(file)


def _pair_layout(path: Path) -> Layout:
    meta_path = get_sigmf_filenames(path)["meta_fn"]
    if not os.path.isfile(meta_path):
        raise refused(
            path, f"has no {meta_path.name!r} beside it", "get it, or pass --format to read the samples as raw"
        )
    with MappedFile(meta_path) as file:
        meta = parse_metadata(read_json(file), meta_path)
    try:
        with warnings.catch_warnings():
            # A dataset under both names: the library takes the one that the metadata names, as SigMF says.
            warnings.simplefilter("ignore")
            data_path = get_dataset_filename_from_metadata(meta_path, {"global": meta.get_global_info()})
    except (SigMFError, OSError, ValueError) as error:
        raise refused(meta_path, f"has no dataset ({error})", "put the file beside its metadata") from None
    if data_path is None:
        expected = get_sigmf_filenames(meta_path)["data_fn"].name
        raise refused(meta_path, f"has no {expected!r} beside it", "put its dataset there")
    with MappedFile(data_path) as data:
        return metadata_layout(meta, meta_path, Path(data_path), 0, data.size)


def _only_stream(file: MappedFile) -> Path:
    """Return the metadata path of the one recording that a collection names."""
    metadata = parse_object(read_json(file), file.path)
    try:
        names = SigMFCollection(metadata=metadata, base_path=file.path.parent, skip_checksums=True).get_stream_names()
    except (AttributeError, KeyError, TypeError):
        names = []
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise refused(file.path, "names no recordings (collection, core:streams)", "name a .sigmf-meta file instead")
    if len(names) > 1:
        listed = ", ".join(repr(name) for name in names[:8])
        raise refused(file.path, f"is a collection of {len(names)} recordings ({listed})", "name one of them")
    if Path(names[0]).name != names[0]:
        raise refused(file.path, f"names a recording outside of its folder, {names[0]!r}", "do not trust this file")
    return get_sigmf_filenames(file.path.parent / names[0])["meta_fn"]
