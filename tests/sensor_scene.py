# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorded sweep: SigMF whose captures are steps over a band in which known carriers stand."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RATE_HZ = 2.4e6
STEPS_HZ = (99e6, 100.8e6, 102.6e6)
BAND_HZ = (98.2e6, 103.4e6)
CARRIERS_HZ = (98.8e6, 101.1e6, 103.0e6)  # of noise, 200 kHz wide
WIDTH_HZ = 200e3
LABELS = ["tetra", "wfm", "other"]


def step_samples(freq_hz: float, count: int, rng: np.random.Generator, amplitude: float = 0.05) -> np.ndarray:
    """What a receiver tuned to `freq_hz` hears: complex64 [count], noise and the carriers within its band."""
    noise = rng.normal(scale=0.002, size=(count, 2)).view(complex)[:, 0]
    bins = np.fft.fftfreq(count, 1 / RATE_HZ) + freq_hz
    spectrum = np.zeros(count, complex)
    for carrier_hz in CARRIERS_HZ:
        inside = np.flatnonzero(np.abs(bins - carrier_hz) < WIDTH_HZ / 2)
        if np.abs(freq_hz - carrier_hz) < 0.45 * RATE_HZ:
            spectrum[inside] = rng.normal(size=(inside.size, 2)).view(complex)[:, 0]
    carriers = np.fft.ifft(spectrum) * count / np.sqrt(max(1, np.count_nonzero(spectrum)))
    return (noise + amplitude * carriers).astype(np.complex64)


def write_sweep(path: Path, passes: int, samples: int = 24_000, seed: int = 1) -> Path:
    """Write `passes` over the band, each step `samples` long; return the path of the metadata."""
    rng = np.random.default_rng(seed)
    captures, blocks = [], []
    for number in range(passes * len(STEPS_HZ)):
        freq_hz, seconds = STEPS_HZ[number % len(STEPS_HZ)], number * samples / RATE_HZ
        captures.append({"core:sample_start": number * samples, "core:frequency": freq_hz,
                         "core:datetime": f"2026-01-31T12:{int(seconds // 60):02d}:{seconds % 60:09.6f}Z"})
        blocks.append(step_samples(freq_hz, samples, rng))
    values = np.concatenate(blocks).view(np.float32)
    np.round(values * 32767).clip(-32768, 32767).astype("<i2").tofile(path.with_suffix(".sigmf-data"))
    meta = {"global": {"core:datatype": "ci16_le", "core:sample_rate": RATE_HZ, "core:version": "1.0.0"}, "captures": captures, "annotations": []}
    path.with_suffix(".sigmf-meta").write_text(json.dumps(meta))
    return path.with_suffix(".sigmf-meta")


def write_small_technologies(path: Path) -> Path:
    """A classifier with a card that looks at the mean of a window only."""
    card = {
        "schema": 1, "name": "small-technologies", "task": "technology", "paper": "gr-rfsec", "description": "The mean of a window.",
        "input": {"representation": "spectrum_db", "layout": "batch,channel,bin", "normalisation": "floor_20_db", "bin_hz": 10e3,
                  "lengths": [64, 256, 1024]},
        "heads": [{"name": "technology", "labels": LABELS, "temperature": 1.0, "reject_threshold": 0.1}],
        "training": {"command": "none", "seed": 1, "data": "none", "data_sha256": "0" * 64, "windows_seen": 0, "hardware": "none"},
        "metrics": {"test_data": "none", "accuracy": 0, "accuracy_by_snr": {}, "accuracy_by_label": {}, "expected_calibration_error": 0,
                    "accepted_share": 0, "accepted_error_rate": 0, "other_accepted_share": 0},
        "parameters": 3, "licence": "GPL-3.0-or-later", "limits": []}
    weights = numpy_helper.from_array(np.array([[-1, 2, -2]], np.float32), "weights")
    graph = helper.make_graph(
        [helper.make_node("GlobalAveragePool", ["windows"], ["mean"]), helper.make_node("Flatten", ["mean"], ["flat"], axis=1),
         helper.make_node("MatMul", ["flat", "weights"], ["technology"])], "small",
        [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", 1, "bins"])],
        [helper.make_tensor_value_info("technology", TensorProto.FLOAT, ["batch", len(LABELS)])], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"rfsec.card": json.dumps(card)})
    onnx.save(model, path)
    return path
