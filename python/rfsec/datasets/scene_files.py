# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene as a SigMF pair: ci16_le samples, and the truth as annotations."""

import io
from pathlib import Path

import numpy as np
import sigmf

from .files import check_name, written_aside
from .scene import Scene

CENTRE_HZ = 433.92e6
#: A scene is generated, so it has no true time; a fixed one keeps its files equal for equal seeds.
DATETIME = "2026-01-01T00:00:00Z"
_FULL_SCALE = 0.7 * 32767  # of the strongest component: leaves 3 dB


def write_scene(scene: Scene, path: Path) -> Path:
    """Write a scene as PATH.sigmf-data and PATH.sigmf-meta.

    Annotations hold the truth: ``core:label`` is the modulation, ``core:comment`` the transmitter, the frequency
    edges its 99% band. Equal scenes give equal bytes.

    Parameters
    ----------
    scene : Scene
    path : Path
        With or without one of the two suffixes.

    Returns
    -------
    Path
        Of the .sigmf-meta file.

    Raises
    ------
    OutputError
        If a file cannot be written; half a scene is never there.
    """
    check_name(path, "scene")
    stem = path.with_suffix("") if path.suffix in (".sigmf-meta", ".sigmf-data") else path
    data, meta = (stem.with_name(stem.name + suffix) for suffix in (".sigmf-data", ".sigmf-meta"))
    parts = scene.samples.view(np.float32)
    samples = np.round(parts * (_FULL_SCALE / np.abs(parts).max())).astype("<i2").tobytes()
    with written_aside(meta, "scene") as meta_aside, written_aside(data, "scene") as data_aside:
        data_aside.write_bytes(samples)  # ndarray.tofile does not say why a disk takes no more
        meta_aside.write_text(_metadata(scene, samples).dumps(pretty=True) + "\n", encoding="utf-8")
        meta.unlink(missing_ok=True)  # never beside samples that it does not describe; a pair that has it is complete
    return meta


def _metadata(scene: Scene, data: bytes) -> sigmf.SigMFFile:
    file = sigmf.SigMFFile(
        global_info={
            sigmf.DATATYPE_KEY: "ci16_le",
            sigmf.SAMPLE_RATE_KEY: scene.sample_rate_hz,
            sigmf.AUTHOR_KEY: "gr-rfsec",
            sigmf.DESCRIPTION_KEY: f"Generated: four transmitters in turn (rfsec dataset make demo-scene --seed {scene.seed})",
        }
    )
    file.set_data_file(data_buffer=io.BytesIO(data))
    file.add_capture(0, metadata={sigmf.FREQUENCY_KEY: CENTRE_HZ, sigmf.DATETIME_KEY: DATETIME})
    for burst in scene.bursts:
        file.add_annotation(
            burst.start,
            burst.count,
            metadata={
                sigmf.LABEL_KEY: burst.label,
                sigmf.COMMENT_KEY: burst.transmitter,
                sigmf.FREQ_LOWER_EDGE_KEY: CENTRE_HZ + burst.lower_edge_hz,
                sigmf.FREQ_UPPER_EDGE_KEY: CENTRE_HZ + burst.upper_edge_hz,
            },
        )
    file.validate()
    return file
