# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraphs that ``rfsec bench stream`` times. Each function runs one and returns its rate."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gnuradio import blocks, gr

from ..inference.representations import represent
from .classify_flowgraph import front_end
from .decision_sink import decision_sink
from .fingerprint_authenticator import fingerprint_authenticator
from .iq_to_amp_phase import iq_to_amp_phase
from .iq_windower import iq_windower
from .onnx_classifier import onnx_classifier

SOURCE_SAMPLES = 1 << 16


def noise(count: int) -> np.ndarray:
    """complex64 [count] of seeded Gaussian noise."""
    return np.random.default_rng(1).normal(size=2 * count).astype(np.float32).view(np.complex64)


def _source():
    return blocks.vector_source_c(noise(SOURCE_SAMPLES), True)


def _timed(top: gr.top_block, items: int) -> float:
    started = time.perf_counter()
    top.run()
    return items / (time.perf_counter() - started)


def amp_phase_rate(length: int, samples: int) -> float:
    """Samples a second through the windower and the amplitude-phase block."""
    top, source, windower, amp_phase = gr.top_block(), _source(), iq_windower(length, length), iq_to_amp_phase(length)
    top.connect(source, windower, amp_phase, blocks.head(gr.sizeof_float * 2 * length, samples // length),
                blocks.null_sink(gr.sizeof_float * 2 * length))
    return _timed(top, samples)


def cpp_amp_phase_rate(length: int, samples: int) -> float:
    """Samples a second through GNU Radio's own C++ blocks that do the same, but leave amplitude and phase apart."""
    top, cut, squares = gr.top_block(), blocks.stream_to_vector(gr.sizeof_gr_complex, length), blocks.complex_to_mag_squared(length)
    quotient = blocks.divide_ff()
    top.connect(_source(), cut, squares, blocks.vector_to_stream(gr.sizeof_float, length), blocks.integrate_ff(length),
                blocks.transcendental("sqrt", "float"), blocks.repeat(gr.sizeof_float, length), (quotient, 1))
    top.connect(cut, blocks.complex_to_mag(length), blocks.vector_to_stream(gr.sizeof_float, length), (quotient, 0))
    top.connect(quotient, blocks.head(gr.sizeof_float, samples), blocks.null_sink(gr.sizeof_float))
    top.connect(cut, blocks.complex_to_arg(length), blocks.multiply_const_ff(1 / np.pi, length),
                blocks.head(gr.sizeof_float * length, samples // length), blocks.null_sink(gr.sizeof_float * length))
    return _timed(top, samples)


class _Naive(gr.sync_block):
    """One call of a function for each window: how a block is written at first."""

    def __init__(self, classify: Callable[[np.ndarray], int], representation: str, length: int):
        gr.sync_block.__init__(self, "Naive Classifier", [(np.complex64, length)], [np.int16])
        self._classify, self._representation = classify, representation

    def work(self, input_items, output_items):
        for index, window in enumerate(input_items[0]):
            output_items[0][index] = self._classify(represent(self._representation, window[None])[0])
        return len(output_items[0])


def naive_rate(classify: Callable[[np.ndarray], int], representation: str, length: int, windows: int) -> float:
    """Windows a second of a block that calls ``classify`` on one float32 [2, length] window after the other."""
    top, source, windower = gr.top_block(), _source(), iq_windower(length, length)
    naive = _Naive(classify, representation, length)
    top.connect(source, blocks.head(gr.sizeof_gr_complex, windows * length), windower, naive, blocks.null_sink(gr.sizeof_short))
    return _timed(top, windows)


def classifier_rate(model: Path, length: int, windows: int, batch: int, threads: int, jsonl: str = "") -> float:
    """Windows a second through windower, representation and classifier; decisions go to ``jsonl`` unless it is empty."""
    top, source = gr.top_block(), _source()
    classifier = onnx_classifier(str(model), length, batch=batch, threads=threads)
    front = front_end(classifier)
    top.connect(source, blocks.head(gr.sizeof_gr_complex, windows * length), *front, classifier)
    if jsonl:
        sink = decision_sink(jsonl=jsonl)
        top.msg_connect(classifier, "decisions", sink, "decisions")
    return _timed(top, windows)


def authenticator_rate(gallery: Path, model: Path, length: int, windows: int, fused: int, batch: int, threads: int,
                       jsonl: str = "") -> float:
    """Windows a second through windower and authenticator, `fused` for a decision; decisions go to ``jsonl`` unless it is empty."""
    top, source = gr.top_block(), _source()
    windower = iq_windower(length, length)
    authenticator = fingerprint_authenticator(str(gallery), str(model), length, windows=fused, batch=batch, threads=threads)
    top.connect(source, blocks.head(gr.sizeof_gr_complex, windows * length), windower, authenticator)
    if jsonl:
        sink = decision_sink(jsonl=jsonl)
        top.msg_connect(authenticator, "decisions", sink, "decisions")
    return _timed(top, windows)


@dataclass(frozen=True)
class SkipRun:
    """A run in skip mode: the source's rates, the windows by fate, and the process's memory after a quarter and at the end."""

    samples_per_s: float
    offered: int
    classified: int
    skipped: int
    invalid: int
    memory_early_bytes: int
    memory_late_bytes: int


def skip_run(model: Path, length: int, rate_hz: float, duration_s: float, batch: int, threads: int, classify: bool = True) -> SkipRun:
    """Run a source paced at ``rate_hz`` for ``duration_s`` through windower and classifier in skip mode.

    With ``classify`` False the windows end in a null sink: the source's own rate, to compare with.
    """
    top, source = gr.top_block(), _source()
    pace = blocks.throttle(gr.sizeof_gr_complex, rate_hz)
    classifier = onnx_classifier(str(model), length, batch=batch, threads=threads, on_overload="skip") if classify else None
    gate = blocks.head(gr.sizeof_gr_complex, 1 << 62)
    front = front_end(classifier) if classifier else [iq_windower(length, length)]
    top.connect(source, pace, gate, *front, classifier or blocks.null_sink(gr.sizeof_gr_complex * length))
    top.start()
    time.sleep(duration_s / 4)  # buffers, caches and ONNX Runtime's arena have filled
    started, before, early = time.perf_counter(), pace.nitems_written(0), _memory_bytes()
    time.sleep(duration_s * 3 / 4)
    samples_per_s = (pace.nitems_written(0) - before) / (time.perf_counter() - started)
    late = _memory_bytes()
    gate.set_length(0)  # the stream ends here, and what is under way is still decided
    top.wait()
    fates = (classifier.classified, classifier.skipped, classifier.invalid) if classifier else (0, 0, 0)
    return SkipRun(samples_per_s, front[0].nitems_written(0), *fates, early, late)


def _memory_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
