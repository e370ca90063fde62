# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the spectrogram of an annotated SigMF recording twice: with its own annotations, and with decisions.

Usage: draw_decisions.py RECORDING.sigmf-meta DECISIONS.jsonl PICTURE.png
"""

import json
import sys
from itertools import groupby

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from gnuradio.rfsec.recordings.recording import open_recording
from scipy import signal

SLICE = 64  # decisions whose majority is drawn as one stretch
COLUMNS = 2000


def spectrogram(recording) -> np.ndarray:
    """Power in dB [frequency, time], one column for each equal share of the recording."""
    step = max(256, recording.sample_count // COLUMNS)
    columns = []
    for start in range(0, recording.sample_count - 255, step):
        _, power = signal.welch(recording.read(start, min(step, recording.sample_count - start)), nperseg=256,
                                return_onesided=False, detrend=False)
        columns.append(np.fft.fftshift(power))
    return 10 * np.log10(np.array(columns).T + 1e-20)


def decided_stretches(path: str) -> list[tuple[int, int, str]]:
    """Runs of slices with the same majority label, as (first sample, end sample, label)."""
    with open(path, encoding="utf-8") as lines:
        decisions = [json.loads(line) for line in lines]
    slices = []
    for first in range(0, len(decisions), SLICE):
        part = decisions[first:first + SLICE]
        labels = [one["label"] or one["verdict"] for one in part]
        slices.append((part[0]["sample_start"], part[-1]["sample_start"] + part[-1]["sample_count"],
                       max(set(labels), key=labels.count)))
    runs = [list(run) for _, run in groupby(slices, key=lambda one: one[2])]
    return [(run[0][0], run[-1][1], run[0][2]) for run in runs]


def draw(axis, image, extent, stretches, colours, title) -> None:
    axis.imshow(image, origin="lower", aspect="auto", extent=extent, cmap="gray",
                vmin=np.percentile(image, 5), vmax=np.percentile(image, 99.7))
    low, high = extent[2], extent[3]
    for start, end, label, text in stretches:
        axis.axvspan(start, end, color=colours[label], alpha=0.35, lw=0)
        if end - start > 0.012 * extent[1]:
            ink = "black" if sum(colours[label][:3]) > 1.7 else "white"
            axis.text((start + end) / 2, low + 0.93 * (high - low), text, rotation=90, ha="center", va="top",
                      fontsize=9, color=ink, bbox={"facecolor": colours[label], "lw": 0, "pad": 1.5})
    axis.set(title=title, ylabel="frequency / kHz")


def main(recording_path: str, decisions_path: str, picture_path: str) -> None:
    with open_recording(recording_path) as recording:
        rate, image = recording.sample_rate_hz, spectrogram(recording)
        extent = (0, recording.sample_count / rate, -rate / 2e3, rate / 2e3)
        annotations = recording.sigmf_metadata()["annotations"]
    truth = [(one["core:sample_start"], one["core:sample_start"] + one["core:sample_count"], one["core:label"],
              f"{one['core:label']}  {one.get('core:comment', '')}".strip()) for one in annotations]
    decided = [(*stretch, stretch[2]) for stretch in decided_stretches(decisions_path)]
    labels = sorted({stretch[2] for stretch in [*truth, *decided]})
    colours = {label: plt.get_cmap("tab20")(index % 20) for index, label in enumerate(labels)}
    figure, (above, below) = plt.subplots(2, 1, figsize=(16, 9), sharex=True, layout="constrained")
    for axis, stretches, title in ((above, truth, "Truth: modulation and transmitter"),
                                   (below, decided, f"Decisions: majority of {SLICE} windows")):
        seconds = [(start / rate, end / rate, *names) for start, end, *names in stretches]
        draw(axis, image, extent, seconds, colours, title)
    below.set_xlabel("time / s")
    figure.savefig(picture_path, dpi=110)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
