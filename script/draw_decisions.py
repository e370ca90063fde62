# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the spectrogram of an annotated SigMF recording twice: with its own annotations, and with decisions about bursts.

Usage: draw_decisions.py RECORDING.sigmf-meta DECISIONS.jsonl PICTURE.png
"""

import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from gnuradio.rfsec.recordings.recording import open_recording
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from scipy import signal

COLUMNS = 2000
TRUE = "tab:blue"
COLOURS = {"accepted": "tab:green", "unknown": "tab:orange", "low_snr": "tab:gray", "skipped": "tab:red"}


def spectrogram(recording) -> np.ndarray:
    """Power in dB [frequency, time], one column for each equal share of the recording."""
    step = max(256, recording.sample_count // COLUMNS)
    columns = []
    for start in range(0, recording.sample_count - 255, step):
        _, power = signal.welch(recording.read(start, min(step, recording.sample_count - start)), nperseg=256,
                                return_onesided=False, detrend=False)
        columns.append(np.fft.fftshift(power))
    return 10 * np.log10(np.array(columns).T + 1e-20)


def box(axis, colour, start: float, end: float, low: float, high: float, text: str) -> None:
    """A box over seconds and kHz, and above it its text, upright."""
    axis.add_patch(Rectangle((start, low), end - start, high - low, facecolor=to_rgba(colour, 0.15), edgecolor=colour, lw=1.5))
    axis.text((start + end) / 2, high + 4, text, rotation=90, ha="center", va="bottom", fontsize=9, color="white")


def main(recording_path: str, decisions_path: str, picture_path: str) -> None:
    with open_recording(recording_path) as recording:
        rate, image = recording.sample_rate_hz, spectrogram(recording)
        seconds, edge = recording.sample_count / rate, rate / 2e3
        metadata = recording.sigmf_metadata()
    tuned = metadata["captures"][0]["core:frequency"]
    with open(decisions_path, encoding="utf-8") as lines:
        decisions = [json.loads(line) for line in lines]
    darkest, brightest = np.percentile(image, (5, 99.7))
    figure, (above, below) = plt.subplots(2, 1, figsize=(16, 9), sharex=True, layout="constrained")
    for axis, title in ((above, "Truth: modulation and transmitter"), (below, "Decisions: bursts that were found, and their labels")):
        axis.imshow(image, origin="lower", aspect="auto", extent=(0, seconds, -edge, edge), cmap="gray", vmin=darkest, vmax=brightest)
        axis.set(title=title, ylabel="frequency / kHz", xlim=(0, seconds), ylim=(-edge, edge))
    for one in metadata["annotations"]:
        start, edges = one["core:sample_start"] / rate, (one[f"core:freq_{side}_edge"] for side in ("lower", "upper"))
        text = f"{one['core:label']}  {one.get('core:comment', '')}".strip()
        box(above, TRUE, start, start + one["core:sample_count"] / rate, *((at - tuned) / 1e3 for at in edges), text)
    for one in decisions:
        start, centre, width = one["sample_start"] / rate, one["centre_hz"] / 1e3, one["bandwidth_hz"] / 1e3
        end, text = start + one["sample_count"] / rate, one["label"] or one["verdict"]
        box(below, COLOURS[one["verdict"]], start, end, centre - width / 2, centre + width / 2, text)
    below.set_xlabel("time / s")
    figure.savefig(picture_path, dpi=110)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
