# SPDX-License-Identifier: GPL-3.0-or-later
"""A sensor's configuration: what is read, and the line and rule of what is wrong."""

import time

import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.sensor.config_file import ConfigFile

GOOD = """\
bands:
  - {start_hz: 88e6, stop_hz: 108e6}
  - start_hz: 470e6
    stop_hz: 700_000_000
source:
  replay:
    path: sweep.sigmf-meta
    speed: 10
models:
  technology: own.onnx
output:
  jsonl: /var/lib/decisions.jsonl
spool: {path: spool.db, max_bytes: 1048576}
"""


def read(folder, text: str = GOOD) -> ConfigFile:
    (folder / "sensor.yaml").write_text(text)
    return ConfigFile(folder / "sensor.yaml")


def test_files_count_from_the_folder_of_the_configuration(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)
    config = read(tmp_path).config
    assert [(band.start_hz, band.stop_hz) for band in config.bands] == [(88e6, 108e6), (470e6, 700e6)]
    assert config.source.replay.path == tmp_path / "sweep.sigmf-meta" and config.spool.path == tmp_path / "spool.db"
    assert config.models.technology == str(tmp_path / "own.onnx") and str(config.output.jsonl) == "/var/lib/decisions.jsonl"
    assert config.source.replay.speed == 10 and config.source.usrp is None and config.spool.max_bytes == 1 << 20
    assert read(tmp_path, GOOD.replace("own.onnx", "field")).config.models.technology == "field"


@pytest.mark.parametrize("old, new, line, rule", [
    ("88e6", "-1", 2, "'bands.0.start_hz' is wrong: Input should be greater than 0. Got -1 instead"),
    ("88e6", ".nan", 2, "finite"),
    ("700_000_000", "400e6", 3, "start_hz must be below stop_hz"),
    ("    stop_hz: 700_000_000\n", "", 3, "'bands.1.stop_hz' is wrong: Field required"),
    ("speed: 10", "speed: fast", 8, "as a number. Got 'fast' instead"),
    ("speed: 10", "sped: 10", 8, "'source.replay.sped' is wrong: there is no such key"),
    ("speed: 10", "path: other", 8, "come once"), ("  replay:", "  usrp: {args: '', gain_db: 1}\n  replay:", 5, "either replay or usrp"),
    ("    path: sweep.sigmf-meta\n", "", 6, "'source.replay.path' is wrong: Field required"),
    ("1048576", "10", 13, "greater than or equal to 1048576"),
    ("  jsonl: /var/lib/decisions.jsonl", "  {}", 11, "name jsonl, zmq or both"), ("spool: {", "spool: ]{", 13, "this is no YAML"),
    ("own.onnx", "own.onnx\n  sweeps: 0", 11, "'models.sweeps' is wrong: Input should be greater than or equal to 1"),
    ("own.onnx", "!!python/object/apply:os.system [ls]", 10, "this is no YAML"), ("own.onnx", "&a x\n  modulation: *a", 11, "no aliases"),
    ("speed: 10", "? [1]\n    : 2", 8, "a key must be a name"), (GOOD, "", 1, "empty"), (GOOD, "- 1", 1, "is a mapping"),
    (GOOD, "bands: " + "[" * 20, 1, "no YAML"), (GOOD, "bands: " + "[" * 50 + "]" * 50, 1, "not so deep"), ("88e6", "\x00", 2, "no YAML"),
    ("700_000_000", "9" + ":59" * 200, 4, "no int, or too large"), ("700_000_000", "9" + ":59" * 200 + ".5", 4, "no float, or too large"),
    ("1048576", "0x" + "f" * 5000, 13, "no int, or too large"), *(("speed: 10", f"speed: !!{value}", 8, rule) for value, rule in (
        ('int ""', "no int"), ('int "_"', "no int"), ('int {=: ""}', "no int"), ('float ""', "no float"), ('bool "x"', "no bool"),
        ('timestamp "x"', "no timestamp"))),
    ("speed: 10", r'"\UFFFFFFFF": 1', 1, "no YAML"), ("/var/lib/decisions.jsonl", r'"d\0.jsonl"', 12, "it can't hold a NUL"),
    ("sweep.sigmf-meta", r'"d\ud800x"', 7, "half of a surrogate pair"), ("own.onnx", r'"own\0.onnx"', 10, "it can't hold a NUL"),
    ("own.onnx", r'"own\0"', 10, "it can't hold a NUL"),
    ("  replay:\n    path: sweep.sigmf-meta\n    speed: 10", r'  usrp: {args: "\ud800", gain_db: 1}', 6, "half of a surrogate pair"),
    ("  jsonl: /var", r'  zmq: {endpoint: "tcp://a\0:1", identity: a, clients: [b]}' + "\n  jsonl: /var", 12, "it can't hold a NUL"),
    ("speed: 10", r'"sp\need": 10', 8, r"'source.replay.sp\need' is wrong: there is no such key"),
    ("  jsonl: /var", "  zmq: {endpoint: 'ipc://x', identity: a, clients: [b]}\n  jsonl: /var", 12, "'output.zmq.endpoint' is wrong"),
    ("  jsonl: /var", "  zmq: {endpoint: 'tcp://*:1', identity: a, clients: []}\n  jsonl: /var", 12, "at least 1 item"),
])
def test_a_wrong_field_is_named_with_its_line_and_rule(tmp_path, old, new, line, rule):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(ParameterError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/sensor.yaml, line {line}: ") and rule in message and "\n" not in message


def test_depth_is_told_before_it_takes_long(tmp_path):
    began = time.process_time()
    with pytest.raises(ParameterError, match="not so deep"):
        read(tmp_path, "[" * 5000)
    assert time.process_time() - began < 1


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ParameterError, match="nowhere.yaml: this configuration can't be read"):
        ConfigFile(tmp_path / "nowhere.yaml")


def test_errors_about_a_field_get_its_line(tmp_path):
    file = read(tmp_path)
    with pytest.raises(ParameterError, match="line 7: no such recording"), file.naming("source", "replay", "path"):
        raise ParameterError("no such recording")
    assert file.at("bands", 1, "stop_hz").endswith("line 4") and file.at("models", "modulation").endswith("line 9")
