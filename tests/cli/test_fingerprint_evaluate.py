# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec fingerprint evaluate``: every file's burst counts once, whatever its format, and what cannot be used is named."""

import json

import numpy as np
import pytest
from flowgraphs import complex_noise
from fsk_scene import BURST_SAMPLES, OFFSETS_HZ, RATE_HZ, fsk_burst, fsk_scene
from gnuradio.rfsec.cli.fingerprint import app
from gnuradio.rfsec.errors import DatasetError, ModelError
from gnuradio.rfsec.fingerprint.fsk_values import NAMES
from gnuradio.rfsec.fingerprint.preamble_fingerprint import VALUES
from gnuradio.rfsec.inference import catalog
from gnuradio.rfsec.ofdm.preamble import CARRIERS, LONG_FIELD, SHORT_FIELD, symbol
from small_encoder import write_selecting_encoder
from typer.testing import CliRunner

BURSTS = 3  # of each emitter in each session


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two sessions of two emitters as cf32 and cs8, and an encoder that looks at the carrier offset only."""
    folder = tmp_path_factory.mktemp("emitters")
    write_selecting_encoder(folder / "encoder.onnx", "fsk_burst", len(NAMES), 0)
    for emitter in ("door", "gate"):
        for session in (1, 2):
            for number in range(BURSTS):
                samples = fsk_scene([emitter], seed=100 * session + 10 * number)
                name = folder / f"{emitter}-{session}-{number}"
                samples.tofile(name.with_suffix(".cf32"))
                np.round(127 * samples.view(np.float32)).astype(np.int8).tofile(name.with_suffix(".cs8"))
    fsk_burst(OFFSETS_HZ["door"], 5)[: BURST_SAMPLES // 2].tofile(folder / "full.cf32")
    (0.01 * fsk_scene([])).astype(np.complex64).tofile(folder / "noise.cf32")
    return folder


def entries(suffix="cf32", sample_format="cf32_le", **fields):
    return [{"name": f"{emitter}-{session}-{number}.{suffix}", "sample_format": sample_format, "sample_rate": RATE_HZ,
             "emitter": emitter, "session": session, **fields}
            for emitter in ("door", "gate") for session in (1, 2) for number in range(BURSTS)]


def evaluated(folder, files, *options, model="encoder.onnx"):
    (folder / "manifest.json").write_text(json.dumps({"files": files}))
    model = folder / model if model.endswith(".onnx") else model
    return CliRunner().invoke(app, ["evaluate", "--manifest", str(folder / "manifest.json"), "--model", str(model), *options])


def as_json(folder, files):
    done = evaluated(folder, files, "--json")
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def test_emitters_that_differ_are_told_apart_in_any_session(folder):
    found = as_json(folder, entries())
    assert found == {"model": "small-encoder", "bursts": 12, "emitters": 2, "sessions": 2, "identification": {"1": 1.0, "2": 1.0},
                     "cross_session": {"1": 1.0, "2": 1.0}, "open_set_eer": 0.0, "open_set_enrolled": 2, "skipped": []}
    assert as_json(folder, entries("cs8", "cs8")) == found


def test_labels_that_say_nothing_give_chance(folder):
    mixed = [{**one, "emitter": number % 2} for number, one in enumerate(entries())]
    found = as_json(folder, mixed)
    assert max(found["identification"]["1"], found["cross_session"]["1"]) < 0.8 and found["open_set_eer"] > 0.2


def test_a_file_that_is_all_burst_is_taken_as_a_whole(folder):
    full = {"name": "full.cf32", "sample_format": "cf32_le", "sample_rate": RATE_HZ, "emitter": "door", "session": 1}
    assert as_json(folder, [*entries(), full])["bursts"] == 13


def test_what_cannot_be_used_is_named_with_its_reason(folder):
    odd = [{"name": "noise.cf32", "sample_format": "cf32_le", "sample_rate": RATE_HZ, "emitter": "door"},
           {"name": "nowhere.cf32", "sample_format": "cf32_le", "sample_rate": RATE_HZ, "emitter": "door"},
           {"name": "full.cf32", "sample_format": "cf32_le", "emitter": "door", "extra": {"known": "to nobody"}},
           {"name": "full.cf32", "sample_format": "cf32_le", "sample_rate": RATE_HZ}]
    found = as_json(folder, [*entries(), *odd])
    reasons = [one["reason"] for one in found["skipped"]]
    assert [one["name"] for one in found["skipped"]] == [one["name"] for one in odd] and found["bursts"] == 12
    assert "FSK" in reasons[0] and "nowhere.cf32" in reasons[1] and "sample rate" in reasons[2] and reasons[3] == "no emitter is named"
    table = evaluated(folder, [*entries(), *odd]).stdout
    assert "12 bursts of 2 emitters in 2 sessions" in table and "left out: noise.cf32" in table and "100.0%" in table


@pytest.mark.parametrize("files, rule", [
    ([{"name": "../x.cf32", "emitter": "a"}], "outside of the manifest's folder"), ([], "'files' of the manifest is wrong"),
    ([{"name": "x.cf32", "emitter": {}}], "'files.0.emitter' of the manifest is wrong"),
    ([{"name": "noise.cf32", "sample_format": "cf32_le", "sample_rate": 1e6, "emitter": "a"}], "two emitters at least.*Got 0.*noise.cf32"),
    (entries()[:6], "two emitters at least.*Got 1 from 6 files")])
def test_a_bad_manifest_is_named(folder, files, rule):
    with pytest.raises(DatasetError, match=rule):
        raise evaluated(folder, files).exception


def frame(seed: int) -> np.ndarray:
    """An 802.11a preamble and random symbols between noise, one sample a grid step."""
    rng = np.random.default_rng(seed)
    data = [np.tile(symbol(CARRIERS, rng.choice([1, -1], CARRIERS.size)), 2)[48:] for _ in range(20)]
    samples = np.concatenate((np.zeros(3000), SHORT_FIELD, LONG_FIELD, *data, np.zeros(3000)))
    return (samples + 0.01 * complex_noise(samples.size, seed)).astype(np.complex64)


@pytest.mark.parametrize("frames, model", [(0, "rffi-fsk"), (3, "rffi-fsk"), (15, "rffi-80211")])
def test_auto_takes_the_encoder_that_most_files_suit(folder, monkeypatch, frames, model):
    """In a folder with small encoders that have the names of the shipped ones."""
    shipped = folder / "encoders"
    shipped.mkdir(exist_ok=True)
    write_selecting_encoder(shipped / "rffi-80211.onnx", "preamble_80211", VALUES, 0, name="rffi-80211")
    write_selecting_encoder(shipped / "rffi-fsk.onnx", "fsk_burst", len(NAMES), 0, name="rffi-fsk")
    monkeypatch.setattr(catalog, "models_folder", lambda: folder)
    for number in range(frames):
        frame(number).tofile(folder / f"frame-{number}.cf32")
    more = [{"name": f"frame-{number}.cf32", "sample_format": "cf32_le", "sample_rate": 20e6, "emitter": number % 2, "session": 1}
            for number in range(frames)]
    found = json.loads(evaluated(folder, [*entries(), *more], "--json", model="auto").stdout)
    assert found["model"] == model and found["bursts"] == (frames if model == "rffi-80211" else 12)


def test_a_new_gallery_takes_the_encoder_that_suits(folder, monkeypatch, tmp_path):
    test_auto_takes_the_encoder_that_most_files_suit(folder, monkeypatch, 1, "rffi-fsk")
    for name, rate, model in (("frame-0.cf32", 20e6, "rffi-80211"), ("door-1-0.cf32", RATE_HZ, "rffi-fsk")):
        gallery = str(tmp_path / model)
        done = CliRunner().invoke(app, ["enrol", gallery, "it", str(folder / name), "--rate", str(rate)])
        assert done.exit_code == 0, done.exception
        assert json.loads(CliRunner().invoke(app, ["list", gallery, "--json"]).stdout)["encoder"] == model
        done = CliRunner().invoke(app, ["verify", gallery, str(folder / name), "--claim", "it", "--rate", str(rate)])
        assert done.exit_code == 0, done.exception


def test_an_encoder_that_is_none(folder):
    assert isinstance(evaluated(folder, entries(), model="nonsense").exception, ModelError)
