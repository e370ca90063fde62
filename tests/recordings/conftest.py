# SPDX-License-Identifier: GPL-3.0-or-later
"""Writers of small recordings for the tests of this room."""

import json
import tarfile

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(2016)


@pytest.fixture
def sigmf_pair(tmp_path):
    """Write name.sigmf-meta and name.sigmf-data; `edit` changes the metadata, a string replaces it."""

    def write(data: bytes, datatype: str = "ci16_le", edit=None, name: str = "rec", text=None, **fields):
        metadata = {
            "global": {"core:datatype": datatype, "core:version": "1.2.0", "core:sample_rate": 1e6, **fields},
            "captures": [{"core:sample_start": 0}],
            "annotations": [],
        }
        if edit is not None:
            edit(metadata)
        path = tmp_path / f"{name}.sigmf-meta"
        path.write_text(json.dumps(metadata) if text is None else text)
        if data is not None:
            path.with_suffix(".sigmf-data").write_bytes(data)
        return path

    return write


@pytest.fixture
def sigmf_archive(tmp_path, sigmf_pair):
    """Write an archive of one recording."""

    def write(data: bytes, datatype: str = "ci16_le", name: str = "rec"):
        meta = sigmf_pair(data, datatype, name=name)
        path = tmp_path / f"{name}.sigmf"
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
            archive.add(meta, f"{name}/{meta.name}")
            archive.add(meta.with_suffix(".sigmf-data"), f"{name}/{name}.sigmf-data")
        return path

    return write
