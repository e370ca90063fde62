# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec fingerprint``: emitters are enrolled from recordings, told apart, and managed; what is refused leaves all as it was."""

import json
import shutil
import tempfile

import numpy as np
import pytest
from command_line import rfsec, write_noise
from command_line import the_error as the_error_line
from fsk_scene import EVERY, RATE_HZ, clipped, fsk_scene
from gnuradio.rfsec.cli.fingerprint import app
from gnuradio.rfsec.errors import RfsecError
from gnuradio.rfsec.fingerprint.fsk_values import NAMES
from small_encoder import write_selecting_encoder
from typer.testing import CliRunner

RATE = ("--rate", RATE_HZ)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Recordings, and an encoder that looks at the carrier offset only."""
    folder = tmp_path_factory.mktemp("emitters")
    write_selecting_encoder(folder / "encoder.onnx", "fsk_burst", len(NAMES), 0)
    for name, senders in {"door": ["door"] * 3, "gate": ["gate"], "all": ["door", "stranger", "gate"], "stranger": ["stranger"],
                          "both": ["door", "door", "gate", "between"]}.items():
        fsk_scene(senders, seed=len(name)).tofile(folder / f"{name}.cf32")
    clipped(fsk_scene(["door"]), 0.25).tofile(folder / "loud.cf32")
    write_noise(folder / "noise.cf32", 60_000)
    return folder


@pytest.fixture
def fingerprint(folder, tmp_path):
    """Runs one command on a gallery of its own, in this process; a recording is named without its folder."""
    def run(command, *arguments, gallery=tmp_path / "gallery.db", model=True):
        arguments = list(arguments)
        if command in ("enrol", "identify", "verify"):
            for place in range(command == "enrol", len(arguments)):
                if (folder / f"{arguments[place]}.cf32").exists() and arguments[place - 1] != "--claim":
                    arguments[place] = folder / f"{arguments[place]}.cf32"
            arguments += ["--model", folder / "encoder.onnx"] if model else []
        return CliRunner().invoke(app, [command, str(gallery), *map(str, arguments)])

    return run


def the_error(done) -> str:
    """The one line of a command that failed on purpose."""
    assert isinstance(done.exception, RfsecError), done.exception or done.stdout
    assert "\n" not in str(done.exception)
    return str(done.exception)


def enrolled(fingerprint, *names):
    for name in names:
        done = fingerprint("enrol", name, name, *RATE)
        assert done.exit_code == 0, done.exception
    return fingerprint


def listed(fingerprint) -> dict:
    """The emitters, and how many examples each has."""
    return {one["name"]: one["examples"] for one in json.loads(fingerprint("list", "--json").stdout)["emitters"]}


def decided(fingerprint, recording, *options):
    with tempfile.NamedTemporaryFile("r") as lines:
        done = fingerprint("identify", recording, *RATE, "--jsonl", lines.name, *options)
        assert done.exit_code == 0, done.exception
        return [json.loads(line) for line in lines]


def test_who_sent_each_burst(fingerprint):
    enrolled(fingerprint, "door", "gate")
    assert listed(fingerprint) == {"door": 3, "gate": 1}
    records = decided(fingerprint, "all")
    assert [(one["label"], one["verdict"]) for one in records] == [("door", "accepted"), (None, "unknown"), ("gate", "accepted")]
    assert {(one["head"], one["model"], one["sample_rate_hz"]) for one in records} == {("emitter", "small-encoder", RATE_HZ)}
    assert records[0]["confidence"] > 0.99 > 0.9 > records[1]["confidence"]
    assert abs(records[0]["centre_hz"] + 9e3) < 1e3 and records[0]["bandwidth_hz"] > 3e4
    table = fingerprint("identify", "all", *RATE).stdout
    assert "door" in table and "unknown" in table and "2 accepted, 1 unknown" in table


def test_each_burst_has_its_time_and_the_tuning_at_it(fingerprint, folder, tmp_path):
    enrolled(fingerprint, "door")
    (tmp_path / "two.sigmf-data").write_bytes((folder / "all.cf32").read_bytes())
    (tmp_path / "two.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:sample_rate": RATE_HZ, "core:version": "1.2.0"}, "annotations": [],
        "captures": [{"core:sample_start": 0, "core:frequency": 433e6, "core:datetime": "2026-01-31T12:00:00Z"},
                     {"core:sample_start": EVERY, "core:frequency": 434e6, "core:datetime": "2026-01-31T13:00:00Z"}]}))
    records = decided(fingerprint, tmp_path / "two.sigmf-meta")
    assert [one["label"] for one in records] == ["door", None, None]
    assert [one["freq_hz"] for one in records] == [433e6, 434e6, 434e6]
    after = [one["sample_start"] - start for one, start in zip(records, (0, EVERY, EVERY))]
    assert [one["time"] for one in records] == [f"2026-01-31T{hour}:00:00.{sample:06d}000Z" for hour, sample in zip((12, 13, 13), after)]


def test_thresholds_by_score_and_share(fingerprint):
    enrolled(fingerprint, "door")
    strict, lax = (decided(fingerprint, "all", "--threshold", score)[1]["verdict"] for score in ("0.9", "0.1"))
    assert (strict, lax) == ("unknown", "accepted")
    assert "'false_accepts' of small-encoder must be one of 0.01, 0.05" in the_error(
        fingerprint("identify", "all", *RATE, "--false-accepts", "0.3"))
    assert "above 0 and at most 1" in the_error(fingerprint("identify", "all", *RATE, "--threshold", "0"))
    assert "at least 1" in the_error(fingerprint("identify", "all", *RATE, "-k", "0"))


def test_one_burst_of_several(fingerprint):
    done = fingerprint("enrol", "middle", "all", *RATE, "--burst", "2")
    assert done.exit_code == 0 and listed(fingerprint) == {"middle": 1}
    assert [one["label"] for one in decided(fingerprint, "all")] == [None, "middle", None]
    assert [one["label"] for one in decided(fingerprint, "all", "--burst", "2")] == ["middle"]
    assert "there is no burst 7; it has 3" in the_error(fingerprint("enrol", "x", "all", *RATE, "--burst", "7"))
    assert "counts from 1" in the_error(fingerprint("enrol", "x", "all", *RATE, "--burst", "0"))
    assert "one recording" in the_error(fingerprint("enrol", "x", "all", "door", *RATE, "--burst", "1"))
    assert listed(fingerprint) == {"middle": 1}


def test_json_lines_stay_after_an_error_and_never_replace_what_the_command_reads(fingerprint, folder, tmp_path):
    enrolled(fingerprint, "door")
    assert "no burst 9" in the_error(
        fingerprint("identify", "all", *RATE, "--burst", "1", "--burst", "9", "--jsonl", tmp_path / "who.jsonl"))
    assert [json.loads(line)["label"] for line in (tmp_path / "who.jsonl").read_text().splitlines()] == ["door"]
    for path, what in ((tmp_path / "gallery.db", "gallery"), (folder / "all.cf32", "recording")):
        before = path.read_bytes()
        assert f"this is the {what}; choose another name" in the_error(fingerprint("identify", "all", *RATE, "--jsonl", path))
        assert path.read_bytes() == before
    model = shutil.copy(folder / "encoder.onnx", tmp_path / "encoder.onnx")
    before = model.read_bytes()
    assert "this is the model; choose another name" in the_error(
        fingerprint("identify", "all", *RATE, "--model", model, "--jsonl", model, model=False))
    assert model.read_bytes() == before


def test_a_claim_holds_or_fails(fingerprint):
    enrolled(fingerprint, "door", "gate")
    assert fingerprint("verify", "door", *RATE, "--claim", "door").exit_code == 0
    assert "gate" in the_error(fingerprint("verify", "door", *RATE, "--claim", "gate"))
    assert "nobody" in the_error(fingerprint("verify", "door", *RATE, "--claim", "nobody"))
    assert "no burst of it gives a fingerprint" in the_error(fingerprint("verify", "noise", *RATE, "--claim", "door"))


def test_a_claim_fails_where_one_burst_is_of_another_emitter(fingerprint):
    """Though any emitter is within the threshold of any, and the bursts together are nearest to the one that is claimed."""
    enrolled(fingerprint, "door", "gate")
    verify = ("verify", "both", *RATE, "--threshold", "0.01", "--claim")
    error = the_error(fingerprint(*verify, "door"))
    assert "Burst 3 is not of 'door': 'gate' is much nearer" in error and "bursts of one emitter" in error
    assert "not 'gate': 'door' is nearer" in the_error(fingerprint(*verify, "gate"))
    assert "not 'door': 'gate' is nearer" in the_error(fingerprint(*verify, "door", "--burst", "3"))
    assert "it is door, by 2 bursts" in fingerprint(*verify, "door", "--burst", "1", "--burst", "2").stdout
    assert decided(fingerprint, "both", "--threshold", "0.01")[3]["label"] == "gate"  # and hardly farther from door: by chance
    assert "it is door, by 3 bursts" in fingerprint(*verify, "door", "--burst", "1", "--burst", "2", "--burst", "4").stdout
    assert "it is gate, by 1 burst" in fingerprint(*verify, "gate", "--burst", "3").stdout


def test_examples_are_added_to_who_is_enrolled(fingerprint):
    enrolled(fingerprint, "door")
    assert "enrolled already" in the_error(fingerprint("enrol", "door", "door", *RATE))
    assert fingerprint("enrol", "door", "all", *RATE, "--add", "--burst", "1").exit_code == 0
    assert listed(fingerprint) == {"door": 4}
    assert "'gate' is enrolled" in the_error(fingerprint("enrol", "gate", "gate", *RATE, "--add"))
    assert "--note" in the_error(fingerprint("enrol", "door", "door", *RATE, "--add", "--note", "x"))


def test_clipping_and_noise_are_not_enrolled(fingerprint, tmp_path):
    assert "burst 1 of" in (error := the_error(fingerprint("enrol", "door", "loud", *RATE))) and "--allow-clipping" in error
    assert "No burst gives a fingerprint" in the_error(fingerprint("enrol", "hiss", "noise", *RATE))
    assert "gives no fingerprint" in the_error(fingerprint("enrol", "hiss", "noise", *RATE, "--burst", "1"))
    assert "printable characters" in the_error(fingerprint("enrol", " door", "door", *RATE))
    assert not (tmp_path / "gallery.db").exists()
    assert fingerprint("enrol", "door", "loud", *RATE, "--allow-clipping").exit_code == 0


def test_a_gallery_is_managed(fingerprint, tmp_path):
    enrolled(fingerprint, "door", "gate", "stranger")
    assert fingerprint("rename", "stranger", "[red]00:ab:13").exit_code == 0
    assert "[red]00:ab:13" in fingerprint("list").stdout
    assert fingerprint("merge", "door", "gate").exit_code == 0
    assert fingerprint("revoke", "[red]00:ab:13").exit_code == 0
    assert listed(fingerprint) == {"door": 4}
    text, copy = tmp_path / "gallery.txt", tmp_path / "copy.db"
    assert fingerprint("export", text).exit_code == 0
    assert fingerprint("import", text, gallery=copy).exit_code == 0
    assert [one["label"] for one in decided(fingerprint, "all")] == ["door", None, "door"]
    assert "enrolled already" in the_error(fingerprint("import", text))
    assert "this is the gallery" in the_error(fingerprint("export", tmp_path / "gallery.db"))
    assert "enrolled" in the_error(fingerprint("revoke", "nobody")) and listed(fingerprint) == {"door": 4}


def test_tables_show_whole_names(fingerprint):
    name = "serial-number-of-the-transmitter-in-the-garage-door-4711"
    enrolled(fingerprint, "door")
    assert fingerprint("rename", "door", name).exit_code == 0
    for done in (fingerprint("list"), fingerprint("identify", "door", *RATE)):
        assert done.exit_code == 0 and "…" not in done.stdout
        assert all(part in done.stdout for part in ("serial", "4711"))


def test_what_is_no_gallery_or_of_another_encoder(fingerprint, folder, tmp_path):
    assert "no such gallery" in the_error(fingerprint("identify", "door", *RATE))
    assert "no such gallery" in the_error(fingerprint("list"))
    (tmp_path / "there.txt").write_text("something")
    assert "no such gallery" in the_error(fingerprint("export", tmp_path / "there.txt"))
    too_long = tmp_path / ("x" * 300)
    for command, said in ((("export", too_long), "no such gallery"), (("enrol", "door", "door", *RATE), "can't be opened"),
                          (("import", too_long), "File name too long")):
        assert said in the_error(fingerprint(*command, gallery=too_long))
    (tmp_path / "text.db").write_text("This is no gallery, though it is long enough to be looked at.\n" * 20)
    assert "this is no gallery" in the_error(fingerprint("list", gallery=tmp_path / "text.db"))
    enrolled(fingerprint, "door")
    assert "which is not shipped; name its file" in the_error(fingerprint("identify", "door", *RATE, model=False))
    other = write_selecting_encoder(tmp_path / "other.onnx", "fsk_burst", len(NAMES), 1, name="other")
    done = fingerprint("identify", "door", *RATE, "--model", other, model=False)
    assert "made with the encoder 'small-encoder'" in the_error(done)


def test_recordings_that_cannot_be_used(fingerprint, tmp_path):
    assert "name it with --rate" in the_error(fingerprint("enrol", "door", "door"))
    assert "nowhere.cf32" in the_error(fingerprint("enrol", "door", tmp_path / "nowhere.cf32", *RATE))


def test_integers_read_as_floating_point_are_no_error(fingerprint, tmp_path):
    np.round(10_000 * fsk_scene(["door"]).view(np.float32)).astype("<i2").tofile(tmp_path / "integers.cf32")
    decided(enrolled(fingerprint, "door"), tmp_path / "integers.cf32")


def test_the_exit_status_tells_a_script(fingerprint, folder, tmp_path):
    enrolled(fingerprint, "door")
    verify = ("fingerprint", "verify", tmp_path / "gallery.db", folder / "stranger.cf32", *RATE, "--model", folder / "encoder.onnx")
    assert "door" in the_error_line(rfsec(*verify, "--claim", "door"))
    done = rfsec("fingerprint", "identify", *verify[2:], "--jsonl", "-")
    assert done.returncode == 0 and [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["unknown"]
