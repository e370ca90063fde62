# SPDX-License-Identifier: GPL-3.0-or-later
"""The source gives the whole recording each time its flowgraph runs, and says why where it can't."""

import threading

import numpy as np
import pytest
from flowgraphs import ArraySink, complex_noise, run
from gnuradio import gr, rfsec
from sigmf import SigMFFile


class Held(gr.sync_block):
    """Takes samples, and lets the first of its calls wait until it is released."""

    def __init__(self):
        gr.sync_block.__init__(self, "Held", [np.complex64], [])
        self.reached, self.release, self.parts = threading.Event(), threading.Event(), []

    def start(self):
        self.parts = []
        return True

    def work(self, input_items, output_items):
        self.reached.set()
        self.release.wait()
        self.parts.append(input_items[0].copy())
        return len(input_items[0])


@pytest.fixture
def recording(tmp_path):
    """The path of a recording of two captures, and its samples."""
    samples, path = complex_noise(300_000), tmp_path / "air.sigmf-meta"
    meta = SigMFFile(global_info={"core:datatype": "cf32_le", "core:sample_rate": 1e6, "core:version": "1.2.0"})
    samples.tofile(tmp_path / "air.sigmf-data")
    meta.set_data_file(str(tmp_path / "air.sigmf-data"))
    meta.add_capture(0, metadata={"core:frequency": 868e6, "core:datetime": "2026-01-01T00:00:00Z"})
    meta.add_capture(200_000, metadata={"core:frequency": 869e6})
    meta.tofile(str(path))
    return path, samples


def test_a_flowgraph_that_runs_again_gives_the_same_again(recording):
    path, samples = recording
    top, source = gr.top_block(), rfsec.recording_source(str(path))
    sink = ArraySink(source)
    top.connect(source, sink)
    for _ in range(2):
        run(top)
    np.testing.assert_array_equal(sink.items(), np.tile(samples, 2))
    tags = [tag[:2] for tag in sink.tags()]
    assert tags[::2] == tags[1::2] == [(0, "rx_freq"), (0, "rx_rate"), (0, "rx_time"), (200_000, "rx_freq")]
    assert source.error is None


def test_a_time_before_1970_gives_no_tag(recording):
    path, _ = recording
    path.write_text(path.read_text().replace("2026-01-01", "1960-01-01"))
    top, source = gr.top_block(), rfsec.recording_source(str(path))
    sink = ArraySink(source)
    top.connect(source, sink)
    run(top)
    assert [tag[:2] for tag in sink.tags()] == [(0, "rx_freq"), (0, "rx_rate"), (200_000, "rx_freq")]


def test_after_lock_and_unlock_it_begins_at_the_first_sample(recording):
    """GNU Radio drops what waits in its buffers then, and counts samples from 0 again."""
    path, samples = recording
    top, source, sink = gr.top_block(), rfsec.recording_source(str(path)), Held()
    top.connect(source, sink)

    def reconfigure():
        assert sink.reached.wait(20)
        top.lock()
        sink.release.set()
        top.unlock()

    run(top, meanwhile=reconfigure)
    np.testing.assert_array_equal(np.concatenate(sink.parts), samples)
    assert source.error is None


@pytest.mark.parametrize("options, message", [
    ({"sample_rate": "1"}, "The 'sample_rate' parameter of Recording Source must be 0 or more Hz. Got '1' instead"),
    ({"sample_rate": float("nan")}, "'sample_rate'"), ({"sample_rate": float("inf")}, "'sample_rate'"), ({"sample_rate": -1}, "'sample_rate'"),
    ({"skip_bytes": 1.5}, "The 'skip_bytes' parameter of Recording Source must be a whole number, 0 or more bytes. Got 1.5 instead"),
    ({"skip_bytes": "1"}, "'skip_bytes'"), ({"skip_bytes": -1}, "'skip_bytes'"), ({"path": ""}, "'path'")])
def test_a_wrong_parameter_raises_when_the_block_is_made(recording, options, message):
    with pytest.raises(rfsec.ParameterError, match=message):
        rfsec.recording_source(**{"path": str(recording[0]), **options})


def test_a_recording_that_is_gone_at_the_second_run_is_named(recording):
    path, samples = recording
    source = rfsec.recording_source(str(path))
    for count in (len(samples), 0):
        top, sink = gr.top_block(), ArraySink(source)
        top.connect(source, sink)
        run(top)
        assert len(sink.items()) == count
        path.unlink(missing_ok=True)
    assert isinstance(source.error, rfsec.RecordingError) and "air.sigmf-meta" in str(source.error) and "does not exist" in str(source.error)
