# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of probes: what they must hold, and what is refused in one line."""

import zipfile

import numpy as np
import pytest
from gnuradio.rfsec.errors import DatasetError
from gnuradio.rfsec.keygen.probe_file import read_probe_file

VALUES = np.arange(24, dtype=np.float32).reshape(3, 8)


@pytest.mark.parametrize("name, values", [("features", VALUES), ("features", VALUES.astype(float)), ("cfr", VALUES * np.complex64(1j))])
def test_probes_come_back(tmp_path, name, values):
    np.savez(tmp_path / "probes.npz", probe=np.array([4, 1, 2**62]), **{name: values})
    found = read_probe_file(tmp_path / "probes.npz")
    assert found.numbers.tolist() == [4, 1, 2**62] and found.measured is (name == "cfr")
    np.testing.assert_array_equal(found.values, values)


@pytest.mark.parametrize("arrays, reason", [
    ({"probe": np.arange(3)}, "has none"), ({"features": VALUES}, "'probe'"), ({"probe": np.arange(3), "features": VALUES, "cfr": VALUES}, "has both"),
    ({"probe": np.arange(2), "features": VALUES}, "'probe'"), ({"probe": np.arange(3.0), "features": VALUES}, "'probe'"),
    ({"probe": np.zeros((3, 1), int), "features": VALUES}, "'probe'"), ({"probe": np.arange(3), "features": VALUES.astype(int)}, "'features'"),
    ({"probe": np.arange(3), "features": VALUES[:, 0]}, "'features'"), ({"probe": np.arange(3), "features": VALUES[:, :1]}, "'features'"),
    ({"probe": np.arange(3), "cfr": VALUES}, "'cfr'"), ({"probe": np.arange(3), "features": VALUES * 1j}, "'features'"),
    ({"probe": np.arange(3), "features": np.array([[{}, {}]] * 3, dtype=object)}, "cannot be read")])
def test_wrong_arrays_are_refused(tmp_path, arrays, reason):
    np.savez(tmp_path / "probes.npz", **arrays)
    with pytest.raises(DatasetError, match=reason) as caught:
        read_probe_file(tmp_path / "probes.npz")
    assert "\n" not in str(caught.value)


def test_more_rows_than_memory_holds_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "probes.npz", "w") as archive, archive.open("cfr.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "<c8", "fortran_order": False, "shape": (1 << 40, 64)})
    with pytest.raises(DatasetError, match="cannot be read: Unable to allocate"):
        read_probe_file(tmp_path / "probes.npz")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\3\4" + bytes(100), None])
def test_what_is_no_npz_is_refused(tmp_path, content):
    if content is None:
        with (tmp_path / "probes.npz").open("wb") as file:
            np.save(file, VALUES)
    else:
        (tmp_path / "probes.npz").write_bytes(content)
    with pytest.raises(DatasetError, match="cannot be read"):
        read_probe_file(tmp_path / "probes.npz")
    with pytest.raises(DatasetError, match="cannot be read"):
        read_probe_file(tmp_path / "nowhere.npz")
