# SPDX-License-Identifier: GPL-3.0-or-later
"""The sweep controller takes a radio through a band; the radio here is software that answers commands as gr-uhd does."""

import numpy as np
import pmt
import pytest
from flowgraphs import ArraySink, ChunkedSource, RecordCollector, run
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.dsp.sweep_grid import SweepGrid
from software_radio import DELAY, SoftwareRadio
from swept_scene import CARRIERS, NOISE_DB, RATE_HZ, power_db

BAND = {"start_hz": 99e6, "stop_hz": 104.12e6}
GRID = SweepGrid(**BAND)
CENTRES = list(GRID.centres_hz)


def sweep(radio, controller, sweeps, band=BAND):
    """What comes of so many sweeps, and the block that made them."""
    spectrum = rfsec.averaged_spectrum(**band, settle_s=0)
    top, sink, head = gr.top_block(), ArraySink(spectrum), blocks.head(spectrum.output_signature().sizeof_stream_item(0), sweeps)
    top.connect(radio, spectrum, head, sink)
    top.msg_connect(spectrum, "tune", controller, "tune")
    top.msg_connect(controller, "command", radio, "command")
    run(top)
    return sink.items(), spectrum


def check_scene(spectra):
    for one in spectra:
        for carrier_hz, expected_db in CARRIERS.items():
            place = round((carrier_hz - GRID.first_hz) / 10e3)
            assert abs(power_db(one, place - 4, place + 5) - expected_db) < 3.0  # levelling moves a step a little
        assert abs(10 * np.log10(np.median(10.0 ** (one / 10)) * RATE_HZ / 10e3) - NOISE_DB) < 3.0


def test_a_radio_is_taken_through_the_band_sweep_after_sweep():
    radio, controller = SoftwareRadio(), rfsec.sweep_controller()
    spectra, spectrum = sweep(radio, controller, 3)
    check_scene(spectra)
    assert len(spectra) == 3 and radio.tuned[:9] == CENTRES * 3
    assert (controller.retries, controller.refused, spectrum.gaps, spectrum.incomplete) == (0, 0, 0, 0)
    assert spectrum.discarded >= 9 * DELAY  # what still came of the old frequencies


def test_commands_that_are_lost_are_sent_again():
    radio, controller = SoftwareRadio(deaf=3), rfsec.sweep_controller(timeout_s=0.01)
    spectra, _ = sweep(radio, controller, 2)
    check_scene(spectra)
    assert controller.retries >= 3 and controller.commands >= 9


def test_a_radio_that_came_elsewhere_is_tuned_again():
    radio, controller = SoftwareRadio(wrong=2), rfsec.sweep_controller(timeout_s=0.01)
    spectra, _ = sweep(radio, controller, 1)
    check_scene(spectra)
    assert radio.tuned[:2] == [900e6, 900e6] and controller.retries >= 2


def test_a_band_of_one_step_is_tuned_once():
    radio, controller = SoftwareRadio(), rfsec.sweep_controller()
    spectra, _ = sweep(radio, controller, 20, {"start_hz": 100e6, "stop_hz": 101.28e6})
    assert len(spectra) == 20 and controller.commands == 1


class Silent(gr.sync_block):
    """Listens to commands and never answers; the flowgraph ends after the sixth."""

    def __init__(self):
        gr.sync_block.__init__(self, "Silent", [], [np.complex64])
        self.message_port_register_in(pmt.intern("command"))
        self.set_msg_handler(pmt.intern("command"), self._command)
        self.commands = []

    def _command(self, message):
        self.commands.append(pmt.to_python(message))

    def work(self, input_items, output_items):
        return -1 if len(self.commands) >= 6 else 1


def test_pauses_grow_while_a_radio_does_not_answer():
    radio, controller, spectrum = Silent(), rfsec.sweep_controller(timeout_s=0.01), rfsec.averaged_spectrum(**BAND)
    top, sink = gr.top_block(), ArraySink(spectrum)
    top.connect(radio, spectrum, sink)
    top.msg_connect(spectrum, "tune", controller, "tune")
    top.msg_connect(controller, "command", radio, "command")
    run(top)
    assert radio.commands[:6] == [{"freq": CENTRES[0], "tag": True}] * 6
    assert controller.retries == controller.in_vain - 1 >= 5 and controller.pause_s == 0.01 * 2 ** (controller.in_vain - 1)


@pytest.mark.parametrize("message", [pmt.PMT_T, pmt.intern("x"), pmt.make_dict(), pmt.to_pmt({"freq": "high"}), pmt.to_pmt({"freq": -1.0}),
                                     pmt.to_pmt({"freq": float("nan")})])
def test_what_is_no_frequency_is_refused_and_counted(message):
    class Sender(ChunkedSource):
        def __init__(self):
            ChunkedSource.__init__(self, np.zeros(10, np.complex64))
            self.message_port_register_out(pmt.intern("out"))

        def work(self, input_items, output_items):
            self.message_port_pub(pmt.intern("out"), message)
            return -1

    top, source, sink, controller, commands = (gr.top_block(), Sender(), blocks.null_sink(8), rfsec.sweep_controller(),
                                               RecordCollector("in"))
    top.connect(source, sink)
    top.msg_connect(source, "out", controller, "tune")
    top.msg_connect(controller, "command", commands, "in")
    run(top)
    assert controller.refused == 1 and commands.messages == []


@pytest.mark.parametrize("value", [0, -1, 61, float("nan"), "1"])
def test_a_timeout_outside_its_range_is_refused(value):
    with pytest.raises(rfsec.ParameterError, match="timeout_s"):
        rfsec.sweep_controller(timeout_s=value)
