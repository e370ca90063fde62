# SPDX-License-Identifier: GPL-3.0-or-later
"""The LSTM paper's figure 16: modulations of RadioML by the magnitude of their spectra alone, mapped and classified."""

from pathlib import Path

import numpy as np

from ..datasets.families import find_family
from ..datasets.labelled_windows import LabelledWindows
from ..datasets.seeding import Purpose
from ..errors import ParameterError
from .features import flat_map
from .files import make_folder, write_text
from .markdown import markdown_table
from .pictures.features import draw_features
from .train import Report

NAME, TITLE = "lstm-fig16", "LSTM paper, figure 16: modulations by magnitude FFT"
TEST_PER_CELL = 23  # 5,060 windows, where the paper has 5,000
PAPER_PERCENT = 19.0  # section VI-D, all 11 modulations at high SNRs
TREES, HIGH_DB = 150, 0
_TRAINED = 2  # times as many windows to learn from as to test
_NOTE = (
    "Windows of 128 samples of all SNRs become the magnitude of their 128-point FFT. The paper classifies them with its LSTM, trained on half of "
    "its data; here a random forest of 150 trees does, beside the same forest on I and Q with their phases. It stays above the paper's "
    "figure: analogue modulations, FSK and PAM have spectra of their own, and only PSK and QAM share one."
)


def reproduce_magnitude_fft(out: Path, per_cell: int, threads: int, command: str, report: Report) -> dict[str, float]:
    """Write the map and the page into the folder `out`; return the accuracy at high SNR of both inputs, percent.

    Raises
    ------
    ParameterError
        If `per_cell` (test windows of each label at each SNR) or `threads` is below 1.
    OutputError
        If `out` cannot be written to.
    """
    if per_cell < 1 or threads < 1:
        raise ParameterError(f"The 'test-windows-per-cell' and 'threads' of this reproduction must be at least 1. Got {per_cell}, {threads}.")
    make_folder(out)
    family = find_family("rml2016a")
    report("making windows", 0, None)
    test = family.generate(family.shapes[0], family.snrs_db, per_cell, seed=1001)
    training = family.generate(family.shapes[0], family.snrs_db, _TRAINED * per_cell, seed=1, purpose=Purpose.TRAINING)
    right = {}
    for title, features in (("magnitude FFT", magnitude_fft), ("I and Q", _parts)):
        report(f"a forest on {title}", 0, None)
        right[title] = _forest(features, training, test, threads)
    report("drawing", 0, None)
    draw_features({f"{len(test)} windows, all SNRs": flat_map(magnitude_fft(test))}, test.label, family.labels, out / "map.png")
    lines = [(title, f"{PAPER_PERCENT:g}" if title == "magnitude FFT" else "–", f"{percent:.2f}") for title, percent in right.items()]
    table = markdown_table(("input", "paper / %", f"ours / %, from {HIGH_DB} dB up"), lines)
    write_text(out / "table.csv", "\n".join(["input,accuracy", *(f"{title},{percent / 100:.6f}" for title, percent in right.items())]) + "\n")
    write_text(out / "README.md", f"# {NAME}: {TITLE}\n\nMade by\n\n```\n{command}\n```\n\n{_NOTE}\n\n{table}\n\n![t-SNE map](map.png)\n")
    return right


def magnitude_fft(windows: LabelledWindows) -> np.ndarray:
    """Return float32 [n, length]: magnitudes of the spectrum, unit norm."""
    size = np.abs(np.fft.fftshift(np.fft.fft(windows.x, axis=1), axes=1))
    return (size / np.maximum(np.linalg.norm(size, axis=1, keepdims=True), 1e-30)).astype(np.float32)


def _parts(windows: LabelledWindows) -> np.ndarray:
    return np.concatenate((windows.x.real, windows.x.imag), axis=1)


def _forest(features, training: LabelledWindows, test: LabelledWindows, threads: int) -> float:
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(TREES, random_state=1, n_jobs=threads).fit(features(training), training.label)
    high = test.snr_db >= HIGH_DB
    return 100 * float(np.mean(forest.predict(features(test))[high] == test.label[high]))
