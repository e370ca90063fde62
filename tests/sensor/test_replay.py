# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay: which captures become which sweeps, where it goes on, and that its spectra are those of the block."""

import json
import os

import numpy as np
import pytest
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.sensor.config_file import ConfigFile
from gnuradio.rfsec.sensor.replay import ReplaySource
from sensor_scene import BAND_HZ, RATE_HZ, STEPS_HZ, write_sweep

SAMPLES, PASSES = 6_000, 3
PASS = SAMPLES * len(STEPS_HZ)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return write_sweep(tmp_path_factory.mktemp("replay") / "sweep", PASSES, SAMPLES)


def source(folder, recording, position: str = "", bands=(BAND_HZ,), replay: str = "", more: str = "") -> ReplaySource:
    listed = ", ".join(f"{{start_hz: {start}, stop_hz: {stop}}}" for start, stop in bands)
    (folder / "sensor.yaml").write_text(f"bands: [{listed}]\nsource:\n  replay: {{path: {recording}{replay}}}\n  dwell_s: 0.005\n"
                                        f"output: {{jsonl: x}}\nspool: {{path: x}}\n{more}")
    return ReplaySource(ConfigFile(folder / "sensor.yaml"), position)


def all_of(one: ReplaySource) -> list:
    sweeps = []
    while not one.ended:
        sweeps.append(one.next(0))
    return sweeps


def retold(recording, folder, captures) -> str:
    """The same samples with other captures: (sample, frequency) each."""
    meta = json.loads(recording.read_text())
    meta["captures"] = [{"core:sample_start": start} | ({} if freq is None else {"core:frequency": freq}) for start, freq in captures]
    (folder / "other.sigmf-meta").write_text(json.dumps(meta))
    (folder / "other.sigmf-data").write_bytes(recording.with_suffix(".sigmf-data").read_bytes())
    return folder / "other.sigmf-meta"


def test_spectra_are_those_of_the_block(tmp_path, recording):
    sweeps = all_of(source(tmp_path, recording))
    top, replayed = gr.top_block(), rfsec.recording_source(str(recording))
    spectrum = rfsec.averaged_spectrum(start_hz=BAND_HZ[0], stop_hz=BAND_HZ[1], settle_s=0)
    sink = blocks.vector_sink_f(len(sweeps[0].spectrum.power_db))
    top.connect(replayed, spectrum, sink)
    top.run()
    items = np.array(sink.data(), np.float32).reshape(PASSES, -1)
    assert len(sweeps) == PASSES and all((one.spectrum.power_db == item).all() for one, item in zip(sweeps, items))
    assert sweeps[0].spectrum.first_hz == BAND_HZ[0] + 5e3 and np.isfinite(items).all()


def test_where_and_when_each_sweep_was(tmp_path, recording):
    sweeps = all_of(source(tmp_path, recording))
    assert [(one.sample_start, one.sample_count) for one in sweeps] == [(number * PASS, PASS) for number in range(PASSES)]
    assert np.diff([one.spectrum.time_ns for one in sweeps]) == pytest.approx(PASS / RATE_HZ * 1e9, abs=2000) and sweeps[0].steps == []


def test_it_goes_on_behind_a_position_of_the_same_replay(tmp_path, recording):
    sweeps = all_of(source(tmp_path, recording))
    rest = all_of(source(tmp_path, recording, sweeps[0].position))
    assert [one.position for one in rest] == [one.position for one in sweeps[1:]] and len(rest) == PASSES - 1
    assert source(tmp_path, recording, sweeps[-1].position).ended
    for other in ({"bands": [(98.5e6, 103e6)]}, {}):
        position = sweeps[0].position if other else "no position"
        assert len(all_of(source(tmp_path, recording, position, **other))) == PASSES  # of another replay: from the start


def test_a_sweep_after_the_year_9999_has_no_time(tmp_path, recording):
    meta = json.loads(recording.read_text())
    for capture in meta["captures"]:
        capture["core:datetime"] = "9999-12-31T23:59:59.999Z"
    (tmp_path / "late.sigmf-meta").write_text(json.dumps(meta))
    (tmp_path / "late.sigmf-data").write_bytes(recording.with_suffix(".sigmf-data").read_bytes())
    one = source(tmp_path, tmp_path / "late.sigmf-meta", replay=", loop: true", more="models: {modulation: field}\n")
    *_, last, again = [one.next(0) for _ in range(PASSES + 1)]
    assert last.spectrum.time_ns == last.steps[0].time_ns == 253_402_300_799_999_000_000
    assert again.spectrum.time_ns is again.steps[0].time_ns is None and last.steps[0].time_ns_of(SAMPLES) is None


def test_a_loop_counts_on(tmp_path, recording):
    one = source(tmp_path, recording, replay=", loop: true")
    first, *_, again = [one.next(0) for _ in range(PASSES + 1)]
    assert not one.ended and again.sample_start == PASSES * PASS and one.samples == (PASSES + 1) * PASS
    assert (again.spectrum.power_db == first.spectrum.power_db).all()
    assert again.spectrum.time_ns - first.spectrum.time_ns == pytest.approx(PASSES * PASS / RATE_HZ * 1e9, abs=2000)
    assert source(tmp_path, recording, again.position, replay=", loop: true").next(0).sample_start == (PASSES + 1) * PASS


def test_speed_holds_sweeps_back_until_they_are_due(tmp_path, recording):
    one = source(tmp_path, recording, replay=", speed: 0.001")
    assert one.next(0) is None and one.next(0.01) is None and one.samples == 0
    assert len(all_of(source(tmp_path, recording, replay=", speed: 1e6"))) == PASSES


def test_bands_take_the_steps_that_cover_them(tmp_path, recording):
    bands = [BAND_HZ, (100.5e6, 101e6)]
    sweeps = all_of(source(tmp_path, recording, bands=bands, more="models: {modulation: field}\n"))
    assert [len(one.steps) for one in sweeps] == [1, 3] * PASSES and sweeps[0].steps[0].freq_hz == STEPS_HZ[1]
    assert [len(step.samples) for step in sweeps[1].steps] == [SAMPLES] * 3 and sweeps[3].steps[0].sample_start == PASS


def test_one_tuning_is_cut_by_the_dwell(tmp_path, recording):
    path = retold(recording, tmp_path, [(0, 101e6)])
    sweeps = all_of(source(tmp_path, path, bands=[(100.5e6, 101.5e6)]))
    dwell = round(0.005 * RATE_HZ)
    assert [one.sample_start for one in sweeps] == list(range(0, PASSES * PASS - dwell + 1, dwell))
    assert sweeps[-1].sample_start + sweeps[-1].sample_count == PASSES * PASS


@pytest.mark.parametrize("captures, bands, rule", [
    ([(0, None)], [BAND_HZ], "line 3: .*cover none"), ([(0, 99e6), (SAMPLES, 102.6e6)], [BAND_HZ], "line 3: .*cover none"),
    ([(0, 99e6)], [(98.9e6, 98.9e6 + 1)], "line 1: .*bins")])
def test_a_recording_that_does_not_cover_a_band_is_refused_with_the_line(tmp_path, recording, captures, bands, rule):
    path, before = retold(recording, tmp_path, captures), os.listdir("/proc/self/fd")
    with pytest.raises(ParameterError, match=rule) as caught:
        source(tmp_path, path, bands=bands)
    assert os.listdir("/proc/self/fd") == before, caught  # whose frames hold the recording


@pytest.mark.parametrize("rate_hz", [1e-3, 250e3, 1e9])
def test_a_sample_rate_that_gives_no_bins_is_refused_by_its_name(tmp_path, recording, rate_hz):
    path = retold(recording, tmp_path, [(0, 99e6)])
    meta = json.loads(path.read_text())
    meta["global"]["core:sample_rate"] = rate_hz
    path.write_text(json.dumps(meta))
    with pytest.raises(ParameterError, match=rf"line 3: the sample rate of a sensor must be 0\.6 to 614\.4 MS/s\. Got {rate_hz / 1e6:g} instead"):
        source(tmp_path, path)
