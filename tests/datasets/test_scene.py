# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo scene: its truth, its SigMF pair, its reproducibility."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import sigmf

from gnuradio.rfsec.datasets.scene import TRANSMITTERS, make_scene
from gnuradio.rfsec.datasets.scene_files import CENTRE_HZ, write_scene
from gnuradio.rfsec.errors import OutputError, ParameterError


@pytest.fixture(scope="module")
def scene():
    return make_scene(4)


def test_bursts_follow_each_other_with_gaps(scene):
    assert scene.duration_s == 8.0 and len(scene.bursts) >= 8
    ends = [0, *(burst.start + burst.count for burst in scene.bursts)]
    for burst, end in zip(scene.bursts, ends):
        assert burst.start - end >= 0.04 * 200e3
        assert 0.19 * 200e3 <= burst.count <= 0.8 * 200e3
        assert burst.label in TRANSMITTERS[burst.transmitter]
    assert ends[-1] <= len(scene.samples)
    assert len({burst.transmitter for burst in scene.bursts}) >= 3


def test_snr_is_what_the_samples_hold(scene):
    inside = np.zeros(len(scene.samples), bool)
    for burst in scene.bursts:
        inside[burst.start : burst.start + burst.count] = True
    noise = np.mean(np.abs(scene.samples[~inside]) ** 2)
    for burst in scene.bursts:
        received = np.mean(np.abs(scene.samples[burst.start : burst.start + burst.count]) ** 2)
        assert 10 * np.log10(received / noise - 1) == pytest.approx(burst.snr_db, abs=0.3)


def test_pair_reads_back_with_its_truth(scene, tmp_path):
    meta = write_scene(scene, tmp_path / "new" / "scene.sigmf-data")
    file = sigmf.sigmffile.fromfile(str(meta))
    file.validate()
    assert meta.name == "scene.sigmf-meta" and file.sample_count == len(scene.samples)
    annotations = file.get_annotations()
    assert [one["core:label"] for one in annotations] == [burst.label for burst in scene.bursts]
    assert [one["core:comment"] for one in annotations] == [burst.transmitter for burst in scene.bursts]
    for one in annotations:
        assert one["core:freq_lower_edge"] < CENTRE_HZ + 100 < one["core:freq_upper_edge"] + 200
    read = file.read_samples()
    scale = np.vdot(read, scene.samples).real / np.vdot(read, read).real
    assert np.abs(read * scale - scene.samples).max() < 1e-3 * np.abs(scene.samples).max()


def test_equal_seeds_equal_bytes(scene, tmp_path):
    digests = []
    for seed in (4, 4, 5):
        meta = write_scene(make_scene(seed), tmp_path / "scene")
        data = meta.with_suffix(".sigmf-data")
        digests.append(hashlib.sha256(meta.read_bytes() + data.read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_bad_seed_and_bad_folder(scene):
    with pytest.raises(ParameterError, match="'seed'.*must be at least 0"):
        make_scene(-1)
    with pytest.raises(OutputError, match="cannot be written"):
        write_scene(scene, Path("/dev/null/scene"))
