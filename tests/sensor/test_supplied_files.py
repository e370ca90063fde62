# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration and the systemd unit that are supplied are right, and the page about sensors tells of every key."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from gnuradio.rfsec.sensor.config import SensorConfig
from gnuradio.rfsec.sensor.config_file import ConfigFile
from gnuradio.rfsec.sensor.health import Counts, Health
from gnuradio.rfsec.sensor.radio import Radio
from gnuradio.rfsec.sensor.spool import MIN_BYTES, Spool
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "sensor.yaml"


def test_the_example_is_read_and_can_be_turned_into_a_replay(tmp_path):
    config = ConfigFile(EXAMPLE).config
    assert config.source.usrp.args == "type=b200" and config.output.zmq.clients and config.spool.max_bytes == 64 << 20
    text = EXAMPLE.read_text()
    for one in ("replay:", "path: sweep.sigmf-meta", "speed: 1", "loop: false", "modulation: field", "gallery: emitters.gallery"):
        assert f"# {one}" in text or f"#   {one}" in text
        text = re.sub(rf"# (  )?{one}", lambda found, one=one: f"{found[1] or ''}{one}", text)
    for one in ("usrp:", "  args: type=b200", "  gain_db: 40"):
        text = text.replace(f"  {one}", f"  # {one}")
    (tmp_path / "sensor.yaml").write_text(text)
    config = ConfigFile(tmp_path / "sensor.yaml").config
    assert config.source.replay.path == tmp_path / "sweep.sigmf-meta" and config.models.modulation == "field"


def keys(model: type[BaseModel]) -> set[str]:
    """The keys of a configuration, also of what is in it."""
    inner = {found for field in model.model_fields.values() for found in re.findall(r"\w+", str(field.annotation))}
    parts = [one for one in BaseModel.__subclasses__() if one.__module__ == model.__module__]
    parts = [two for one in parts for two in one.__subclasses__() if two.__name__ in inner]
    return set(model.model_fields).union(*map(keys, parts))


def test_the_example_explains_every_key():
    named = keys(SensorConfig)
    assert {"bands", "dwell_s", "min_confidence", "clients", "loop"} <= named
    assert [key for key in named if not re.search(rf"\b{key}:", EXAMPLE.read_text())] == []


def test_the_page_tells_of_every_key_of_a_health_record(tmp_path):
    page = (ROOT / "docs" / "sensor.md").read_text()
    with Spool(tmp_path / "spool.db", MIN_BYTES, ["one"]) as spool:
        record = Health().record(Counts(), Radio(lambda position: None, ""), spool, None)
    assert [key for key in (*record, *record["source"]) if f"`{key}`" not in page] == []


def test_the_unit_waits_for_the_clock_that_the_radio_is_set_by():
    unit = (ROOT / "systemd" / "rfsec-sensor.service").read_text()
    for key in ("After", "Wants"):
        assert "time-sync.target" in re.search(rf"^{key}=(.*)$", unit, re.MULTILINE)[1].split()
    assert "systemctl enable systemd-time-wait-sync" in (ROOT / "docs" / "sensor.md").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_the_unit_is_one_that_systemd_takes(tmp_path):
    text = (ROOT / "systemd" / "rfsec-sensor.service").read_text()
    assert "/usr/local/bin/rfsec" in text
    assert "ProtectHome=yes" in text and all("/opt/gr-rfsec/.venv/bin/rfsec" in told for told in (text, (ROOT / "docs/sensor.md").read_text()))
    (tmp_path / "rfsec-sensor.service").write_text(text.replace("/usr/local/bin/rfsec", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", tmp_path / "rfsec-sensor.service"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "rfsec-sensor" not in done.stderr, done.stderr
