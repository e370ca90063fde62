# SPDX-License-Identifier: GPL-3.0-or-later
"""The bursts in a step of a sweep: who sent them, where they are, and which steps are looked at."""

import numpy as np
import pytest
from fsk_scene import OFFSETS_HZ, RATE_HZ, fsk_scene
from gnuradio.rfsec.detection.raw_bursts import raw_bursts
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.inference.authenticator import Authenticator
from gnuradio.rfsec.sensor.config_file import ConfigFile
from gnuradio.rfsec.sensor.decide import SweepDecider
from gnuradio.rfsec.sensor.step_bursts import StepBursts
from gnuradio.rfsec.sensor.sweep import Step
from small_model import write_burst_model

TUNED_HZ, FIRST, TIME_NS = 433.9e6, 5_000_000, 1_700_000_000_000_000_000
WHOLE = [(TUNED_HZ - 50e3, TUNED_HZ + 50e3)]


def step(senders, seed: int = 1) -> Step:
    return Step(TUNED_HZ, RATE_HZ, FIRST, TIME_NS, fsk_scene(senders, seed))


@pytest.fixture(scope="module")
def bursts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emitters")
    authenticator = Authenticator(folder / "emitters.gallery", "rffi-fsk", create=True)
    for name in ("door", "gate"):
        one = step([name] * 3, seed=7)
        values = authenticator.fingerprinter.embed([burst.samples for burst in raw_bursts(one, RATE_HZ)], RATE_HZ).values
        authenticator.gallery.enrol(name, np.asarray(values))
    authenticator.gallery.close()
    write_burst_model(folder / "bursts.onnx")
    (folder / "sensor.yaml").write_text(
        "bands: [{start_hz: 1, stop_hz: 2}]\nsource: {replay: {path: x}}\noutput: {jsonl: x}\nspool: {path: x}\n"
        "models: {modulation: bursts.onnx, gallery: emitters.gallery}\n")
    return StepBursts(ConfigFile(folder / "sensor.yaml"))


def test_modulation_and_emitter_of_each_burst(bursts):
    senders = ["door", "gate", "stranger", "door"]
    records = bursts.decide(step(senders, seed=20), WHOLE)
    modulations, emitters = ([one for one in records if one.head == head] for head in ("modulation", "emitter"))
    assert len(modulations) == len(emitters) == len(senders) == len(records) / 2
    assert [(one.label, one.verdict) for one in emitters if one.verdict == "accepted"] == [(name, "accepted") for name in senders if name != "stranger"]
    assert emitters[2].verdict == "unknown" and {one.model for one in emitters} == {"rffi-fsk"}
    for number, (one, other) in enumerate(zip(modulations, emitters)):
        assert abs(one.sample_start - other.sample_start) < 200 and abs(one.sample_start - FIRST - 10_000 - 20_037 * number) < 500
        assert one.time_ns - TIME_NS == pytest.approx((one.sample_start - FIRST) * 1000, abs=1) and one.freq_hz == TUNED_HZ
        assert one.centre_hz == pytest.approx(OFFSETS_HZ[senders[number]], abs=5e3)


@pytest.mark.parametrize("bands", [[], [(TUNED_HZ - 450e3, TUNED_HZ + 50e3)], [(TUNED_HZ + 100e3, TUNED_HZ + 200e3)]])
def test_only_emissions_that_the_step_holds_whole_are_looked_at(bursts, bands):
    assert bursts.decide(step(["door"]), bands) == []


def test_a_wrong_gallery_is_named_with_its_line(bursts, tmp_path):
    (tmp_path / "sensor.yaml").write_text("bands: [{start_hz: 1, stop_hz: 2}]\nsource: {replay: {path: x}}\noutput: {jsonl: x}\nspool: {path: x}\n"
                                          "models:\n  gallery: none\n")
    with pytest.raises(ParameterError, match="sensor.yaml, line 6: .*no such gallery"):
        StepBursts(ConfigFile(tmp_path / "sensor.yaml"))


def test_steps_that_memory_does_not_hold_are_refused(tmp_path):
    """A sweep of 6 GHz at 10 s a step has some 600 GB of samples."""
    write_burst_model(tmp_path / "bursts.onnx")
    text = ("bands: [{start_hz: 1e6, stop_hz: 6e9}]\nsource:\n  usrp: {args: '', gain_db: 1}\n  dwell_s: 10\noutput: {jsonl: x}\nspool: {path: x}\n"
            "models: {modulation: bursts.onnx}\n")
    (tmp_path / "sensor.yaml").write_text(text)
    with pytest.raises(ParameterError, match="sensor.yaml, line 4: .* more than half of this machine's memory"):
        SweepDecider(ConfigFile(tmp_path / "sensor.yaml"))
    for fitting in (text.replace("6e9", "2e6").replace("10", "0.05"), text.replace("models: {modulation: bursts.onnx}", "")):
        (tmp_path / "sensor.yaml").write_text(fitting)
        SweepDecider(ConfigFile(tmp_path / "sensor.yaml"))
