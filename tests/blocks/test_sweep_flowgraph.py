# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraph of a sensor: bands in turn from a radio or a recording, what it says where sweeps stop, and what it drops."""

import numpy as np
import pmt
import pytest
from gnuradio import gr, rfsec
from gnuradio.rfsec.blocks import sweep_flowgraph
from gnuradio.rfsec.blocks.sweep_flowgraph import SweepFlowgraph
from gnuradio.rfsec.dsp.averaged_power import averaged_power
from gnuradio.rfsec.dsp.stitching import stitch
from gnuradio.rfsec.dsp.sweep_grid import SweepGrid
from gnuradio.rfsec.errors import RadioError, RecordingError
from gnuradio.rfsec.sensor.sweep import SWEEPS_WAITING
from software_radio import SoftwareRadio
from swept_scene import RATE_HZ, write_sweeps

BANDS = [SweepGrid(99e6, 102e6), SweepGrid(102e6, 104e6)]
DWELL = 8000
DEADLINE_S = 20


def taken(flowgraph, count):
    """So many sweeps; fails where they do not come."""
    sweeps = []
    while len(sweeps) < count:
        sweep = flowgraph.next(DEADLINE_S)
        assert sweep is not None
        sweeps.append(sweep)
    return sweeps


def test_a_recording_gives_the_bands_in_turn_and_waits_until_they_are_taken(tmp_path):
    centres = [freq_hz for grid in BANDS for freq_hz in grid.centres_hz]
    rounds = 2 * SWEEPS_WAITING
    samples = write_sweeps(tmp_path / "sweeps.sigmf", centres, DWELL, rounds)
    source = rfsec.recording_source(str(tmp_path / "sweeps.sigmf-meta"))
    flowgraph = SweepFlowgraph(source, BANDS, is_radio=False, dwell_s=1500 / RATE_HZ, keep_steps=True)
    flowgraph.begin()
    sweeps = taken(flowgraph, 2 * rounds)
    assert flowgraph.next(DEADLINE_S) is None and flowgraph.ended and flowgraph.skipped == 0 and flowgraph.samples == len(samples)
    flowgraph.close()
    for number, sweep in enumerate(sweeps):
        grid, done = BANDS[number % 2], number // 2 * len(centres) + (number % 2) * len(BANDS[0].centres_hz)
        starts = [(done + step) * DWELL for step in range(len(grid.centres_hz))]
        powers = [averaged_power(samples[start:][:1280], 256) for start in starts]
        np.testing.assert_array_equal(sweep.spectrum.power_db, stitch(grid, grid.centres_hz, np.array(powers)).power_db)
        assert (sweep.sample_start, sweep.sample_count) == (starts[0], starts[-1] + 1500 - starts[0])
        assert [(step.freq_hz, step.sample_start) for step in sweep.steps] == list(zip(grid.centres_hz, starts))
        for step, start in zip(sweep.steps, starts):
            np.testing.assert_array_equal(step.samples, samples[start : start + 1500])


def test_a_radio_is_swept_and_what_nobody_takes_is_dropped():
    radio = SoftwareRadio()
    flowgraph = SweepFlowgraph(radio, BANDS, is_radio=True)
    flowgraph.begin()
    sweeps = taken(flowgraph, 4)
    assert [one.spectrum.first_hz for one in sweeps] == [99.005e6, 102.005e6] * 2
    while not flowgraph.skipped:
        assert not flowgraph.ended
    assert flowgraph.fill > 0 and flowgraph.overflows == 0 and sweeps[0].steps == []
    flowgraph.close()
    flowgraph.close()
    assert flowgraph.samples > 0


class DyingRadio(SoftwareRadio):
    """Ends after its second step."""

    def work(self, input_items, output_items):
        return -1 if len(self.tuned) >= 2 else SoftwareRadio.work(self, input_items, output_items)


def failure(flowgraph) -> str:
    with pytest.raises(RadioError) as caught:
        for _ in range(10_000):
            flowgraph.next(0.01)
    flowgraph.close()
    return str(caught.value)


def test_a_radio_that_has_gone_is_said():
    flowgraph = SweepFlowgraph(DyingRadio(), BANDS, is_radio=True)
    flowgraph.begin()
    assert "no samples" in failure(flowgraph)


class MuteRadio(gr.sync_block):
    """Takes commands, and gives nothing."""

    def __init__(self):
        gr.sync_block.__init__(self, "Mute Radio", [], [np.complex64])
        self.message_port_register_in(pmt.intern("command"))
        self.set_msg_handler(pmt.intern("command"), lambda message: None)

    def work(self, input_items, output_items):
        return 0


def test_a_radio_that_falls_silent_is_said(monkeypatch):
    monkeypatch.setattr(sweep_flowgraph, "SILENCE_S", 0.05)
    flowgraph = SweepFlowgraph(MuteRadio(), BANDS, is_radio=True)
    flowgraph.begin()
    assert "no samples" in failure(flowgraph)


def test_a_radio_that_cannot_be_tuned_is_said(monkeypatch):
    monkeypatch.setattr(sweep_flowgraph, "TIMEOUT_S", 0.01)
    flowgraph = SweepFlowgraph(SoftwareRadio(wrong=1000), BANDS, is_radio=True)
    flowgraph.begin()
    assert "can't be tuned to 100.04" in failure(flowgraph)


def test_a_recording_that_fails_is_said(tmp_path):
    write_sweeps(tmp_path / "sweeps.sigmf", BANDS[0].centres_hz, 400_000, 4)
    source = rfsec.recording_source(str(tmp_path / "sweeps.sigmf-meta"))
    (tmp_path / "sweeps.sigmf-data").write_bytes(b"")
    flowgraph = SweepFlowgraph(source, BANDS, is_radio=False)
    flowgraph.begin()
    with pytest.raises(RecordingError, match="sweeps"):
        for _ in range(10_000):
            flowgraph.next(0.01)
    flowgraph.close()
