# SPDX-License-Identifier: GPL-3.0-or-later
"""A sensor over the flowgraph that sweeps with radios: what it decides is what it decides of a replay."""

import json
from contextlib import closing

import pytest
from gnuradio import rfsec
from gnuradio.rfsec.blocks import usrp
from gnuradio.rfsec.blocks.sweep_flowgraph import SweepFlowgraph
from gnuradio.rfsec.cli.sensor import _open_source
from gnuradio.rfsec.sensor.config_file import ConfigFile
from gnuradio.rfsec.sensor.decide import SweepDecider, wants_steps
from gnuradio.rfsec.sensor.grids import grids_of
from gnuradio.rfsec.sensor.replay import ReplaySource
from gnuradio.rfsec.sensor.sensor import Sensor
from sensor_scene import BAND_HZ, RATE_HZ, STEPS_HZ, write_small_technologies, write_sweep
from small_model import write_burst_model
from software_radio import SoftwareRadio

SAMPLES, PASSES, DWELL_S = 36_000, 4, 0.01
X310_HZ = 200e6 / 83  # asked for 2.4 MS/s


def flowgraph(file: ConfigFile, position: str) -> SweepFlowgraph:
    source = rfsec.recording_source(str(file.config.source.replay.path))
    made = SweepFlowgraph(source, grids_of(file, RATE_HZ), is_radio=False, dwell_s=DWELL_S, keep_steps=wants_steps(file))
    made.begin()
    return made


@pytest.fixture
def decide(tmp_path):
    write_sweep(tmp_path / "sweep", PASSES, SAMPLES)
    write_small_technologies(tmp_path / "technologies.onnx")
    write_burst_model(tmp_path / "bursts.onnx")

    def run(name: str, open_source) -> tuple[list[dict], dict]:
        (tmp_path / f"{name}.yaml").write_text(
            f"bands: [{{start_hz: {BAND_HZ[0]}, stop_hz: {BAND_HZ[1]}}}]\nsource: {{replay: {{path: sweep.sigmf-meta}}}}\n"
            "models: {technology: technologies.onnx, modulation: bursts.onnx}\n"
            f"output: {{jsonl: {name}.jsonl}}\nspool: {{path: {name}.db}}\n")
        said = []
        Sensor(ConfigFile(tmp_path / f"{name}.yaml"), open_source=open_source, make_decider=SweepDecider, emit=said.append).run()
        return [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text().splitlines()], json.loads(said[-1])

    return run


def test_it_decides_what_a_replay_decides(decide):
    found, health = decide("flowgraph", flowgraph)
    replayed, _ = decide("replayed", ReplaySource)
    labels = [[one["label"] for one in lines if one["head"] == "technology"] for lines in (found, replayed)]
    assert labels[0] == labels[1] == ["wfm"] * PASSES * len(STEPS_HZ)
    starts = sorted({one["sample_start"] for one in found if one["head"] == "technology"})
    assert starts == [number * SAMPLES * len(STEPS_HZ) for number in range(PASSES)]  # a recording needs no time to settle
    bursts = [one for one in found if one["head"] == "modulation"]
    assert len(bursts) >= PASSES * len(STEPS_HZ) and all(one["freq_hz"] in STEPS_HZ for one in bursts)
    assert {one["sample_start"] // SAMPLES % len(STEPS_HZ) for one in bursts} == {0, 1, 2}
    assert health["sweeps"] == PASSES and health["samples"] == PASSES * SAMPLES * len(STEPS_HZ) and health["source"]["state"] == "ended"
    assert health["skipped"] == health["overflows"] == 0


def test_a_radio_is_swept_at_the_rate_that_it_has(tmp_path, monkeypatch):
    radio = SoftwareRadio(rate_hz=X310_HZ)
    monkeypatch.setattr(usrp, "open_usrp", lambda args, **settings: radio)
    (tmp_path / "sensor.yaml").write_text("bands: [{start_hz: 99e6, stop_hz: 102e6}]\nsource: {usrp: {args: '', gain_db: 1}, dwell_s: 0.005}\n"
                                          "output: {jsonl: x}\nspool: {path: x}\n")
    with closing(_open_source(ConfigFile(tmp_path / "sensor.yaml"), "")) as flowgraph:
        sweep = flowgraph.next(20)
    assert sweep is not None and sweep.sample_rate_hz == X310_HZ and len(sweep.spectrum.power_db) == 300
