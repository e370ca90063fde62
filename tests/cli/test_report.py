# SPDX-License-Identifier: GPL-3.0-or-later
"""rfsec report from the front: one page that needs nothing else, with every burst, and nothing of the recording runs in it."""

import base64
import json
import os
import signal
import subprocess
import time
from html.parser import HTMLParser

import numpy as np
import pytest
from burst_scene import burst_scene
from command_line import DEADLINE_S, RFSEC, rfsec, the_error, write_noise
from gnuradio.rfsec.detection.detector import BurstDetector
from small_model import small_card, write_burst_model, write_small_model

RATE_HZ = 1e6
COUNT = 300_000
BURSTS = [(20_000, 3_000, 0.2), (60_000, 20_000, -0.3), (64_000, 9_000, 0.1), (129_000, 5_000, 0.0)]
EVIL = '<script>alert(1)</script>" onload="x'


class Page(HTMLParser):
    """The elements of a page, each as (name, attributes), its text, and its rows as lists of cells."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.text, self.rows = [], "", []
        self._in_row = False
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "tr":
            self._in_row = "data-burst" in dict(attributes)
            if self._in_row:
                self.rows.append([])
        if tag == "td" and self._in_row:
            self.rows[-1].append("")

    def handle_data(self, data):
        self.text += data
        if self._in_row and self.rows[-1:] and self.rows[-1]:
            self.rows[-1][-1] += data.strip()

    def all(self, tag, **attributes):
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_burst_model(tmp_path_factory.mktemp("model") / "small.onnx")


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    path = tmp_path_factory.mktemp("scene") / "scene.cf32"
    burst_scene(COUNT, BURSTS).tofile(path)
    return path


def report(path, out, model, *options):
    done = rfsec("report", path, "--rate", RATE_HZ, "--model", model, "--out", out, *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return Page(out)


@pytest.fixture(scope="module")
def page(tmp_path_factory, scene, model):
    return report(scene, tmp_path_factory.mktemp("page") / "page.html", model)


def test_every_burst_has_a_row_a_box_and_a_picture(scene, page):
    detector = BurstDetector(RATE_HZ)
    found = sorted(detector.push(np.fromfile(scene, np.complex64)) + detector.flush(), key=lambda one: one.sample_start)
    assert [row[1] for row in page.rows] == [f"{one.sample_start / RATE_HZ:.6f} s" for one in found]
    assert {row[7] for row in page.rows} <= {"quiet", "rising", "falling"}
    assert len(page.all("svg")) == len(found) == len(BURSTS)
    boxes = [box for box in page.all("button") if "data-burst" in box]
    for number, (box, one) in enumerate(zip(boxes, found, strict=True)):
        style = dict(part.split(":") for part in box["style"].split(";"))
        assert box["data-burst"] == str(number)
        assert abs(float(style["left"].rstrip("%")) - 100 * one.sample_start / COUNT) < 0.01
        assert abs(float(style["width"].rstrip("%")) - 100 * one.sample_count / COUNT) < 0.01
        middle = float(style["top"].rstrip("%")) + float(style["height"].rstrip("%")) / 2
        assert abs(middle - 100 * (0.5 - one.centre_hz / RATE_HZ)) < 0.01


def test_the_page_tells_about_the_recording_and_needs_nothing_else(page):
    assert all(part in page.text for part in ("scene.cf32", "cf32_le", "1 MS/s", "300.0 ms", "300,000", "small", "none"))
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.elements}
    sources = [value for _, found in page.elements for key, value in found.items() if key in ("src", "href", "srcset", "data")]
    assert [source.partition(",")[0] for source in sources] == ["data:image/png;base64"]
    assert base64.b64decode(sources[0].partition(",")[2]).startswith(b"\x89PNG")
    [policy] = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none'")


def test_nothing_that_comes_from_outside_becomes_a_part_of_the_page(tmp_path):
    burst_scene(COUNT, BURSTS).tofile(tmp_path / "x.sigmf-data")
    told = {"core:datatype": "cf32_le", "core:sample_rate": RATE_HZ, "core:version": "1.0.0", "core:description": EVIL}
    meta = {"global": told, "captures": [{"core:sample_start": 0}], "annotations": []}
    (tmp_path / "x.sigmf-meta").write_text(json.dumps(meta))
    name = "<script>alert(2)<:script>"
    for suffix in (".sigmf-data", ".sigmf-meta"):
        (tmp_path / f"x{suffix}").rename(tmp_path / f"{name}{suffix}")
    labels = [f"{EVIL}{number}" for number in range(3)]
    head = {"name": "modulation", "labels": labels, "temperature": 1.0, "reject_threshold": 0.0}
    card = small_card(1024, heads=[head], description=EVIL)
    card["input"]["conditioned_bandwidth"] = 0.5
    model = write_small_model(tmp_path / "evil.onnx", 1024, card=card)
    page = report(tmp_path / f"{name}.sigmf-meta", tmp_path / "page.html", model)
    assert page.text.count(EVIL) > len(BURSTS) and name in page.text  # all there, as text
    assert len(page.all("script")) == 1
    assert not [key for _, found in page.elements for key in found if key.startswith("on")]


def test_what_utf_8_cannot_write_is_a_question_mark(tmp_path, model):
    burst_scene(COUNT, BURSTS[:1]).tofile(tmp_path / "x.sigmf-data")
    told = {"core:datatype": "cf32_le", "core:sample_rate": RATE_HZ, "core:version": "1.0.0", "core:description": "half \ud83d pair"}
    meta = {"global": told, "captures": [{"core:sample_start": 0}], "annotations": []}
    (tmp_path / "x.sigmf-meta").write_text(json.dumps(meta))
    assert "half ? pair" in report(tmp_path / "x.sigmf-meta", tmp_path / "page.html", model).text


@pytest.mark.parametrize("samples", [np.zeros(200_000), np.zeros(10), np.full(100_000, np.nan)])
def test_a_recording_of_nothing_is_a_page_that_says_so(tmp_path, model, samples):
    samples.astype(np.complex64).tofile(tmp_path / "nothing.cf32")
    page = report(tmp_path / "nothing.cf32", tmp_path / "page.html", model)
    assert page.rows == [] and "Nothing stands out" in page.text
    invalid = int(np.isnan(samples).sum())
    assert (f"{invalid:,} samples, taken as 0" in page.text) == bool(invalid)


def test_many_bursts_all_have_rows_and_the_first_200_pictures(tmp_path, model):
    burst_scene(2_100_000, [(10_000 * number + 5000, 3000, 0.1) for number in range(205)]).tofile(tmp_path / "many.cf32")
    page = report(tmp_path / "many.cf32", tmp_path / "page.html", model)
    assert len(page.rows) == 205 and len(page.all("svg")) == 200
    assert "The first 200 of 205 bursts have a picture." in page.text


def test_a_retuned_recording_has_each_burst_at_its_own_frequency(tmp_path, model):
    burst_scene(COUNT, BURSTS).tofile(tmp_path / "x.sigmf-data")
    meta = {"global": {"core:datatype": "cf32_le", "core:sample_rate": RATE_HZ, "core:version": "1.0.0"}, "annotations": [],
            "captures": [{"core:sample_start": 0, "core:frequency": 100e6, "core:datetime": "2026-01-31T12:00:00Z"},
                         {"core:sample_start": 110_000, "core:frequency": 200e6}]}
    (tmp_path / "x.sigmf-meta").write_text(json.dumps(meta))
    page = report(tmp_path / "x.sigmf-meta", tmp_path / "page.html", model)
    assert [round(float(row[3].split()[0]), 1) for row in page.rows] == [100.2, 99.7, 100.1, 200.0]
    times = [row["title"] for row in page.all("tr") if "title" in row]
    assert [time[:22] for time in times] == [f"2026-01-31T12:00:00.{start // 10_000:02d}" for start, *_ in BURSTS]
    assert "100 MHz, 200 MHz" in page.text


def test_a_retune_behind_the_last_sample_moves_no_burst(tmp_path, model):
    burst_scene(100_000, [(40_000, 5_000, 0.2)]).tofile(tmp_path / "last.sigmf-data")
    (tmp_path / "last.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:version": "1.0.0", "core:sample_rate": RATE_HZ}, "annotations": [],
        "captures": [{"core:sample_start": 0, "core:frequency": 100e6}, {"core:sample_start": 100_000, "core:frequency": 433e6}]}))
    assert rfsec("report", tmp_path / "last.sigmf-meta", "--model", model, "--out", tmp_path / "last.html").returncode == 0
    [row] = Page(tmp_path / "last.html").rows
    assert float(row[1].removesuffix(" s")) == pytest.approx(0.04, abs=1e-4)
    assert float(row[3].removesuffix(" MHz")) == pytest.approx(100.2, abs=0.1)


def test_by_default_the_page_has_the_name_of_the_recording(tmp_path, scene, model):
    done = rfsec("report", scene, "--rate", RATE_HZ, "--model", model, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4 bursts" in done.stdout and "scene.html" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["scene.html"]


REFUSALS = {
    "a rate that nobody tells": (lambda folder: [], "--rate"),
    "the recording as the page": (lambda folder: ["--rate", "1e6", "--out", folder / "noise.cf32"], "this is the recording"),
    "the model as the page": (lambda folder: ["--rate", "1e6", "--model", write_burst_model(folder / "m.onnx"), "--out", folder / "m.onnx"], "this is the model"),
    "a folder as the page": (lambda folder: ["--rate", "1e6", "--out", folder], "is a folder"),
    "a name that is too long": (lambda folder: ["--rate", "1e6", "--out", folder / ("x" * 300)], "File name too long"),
    "a page that cannot be": (lambda folder: ["--rate", "1e6", "--out", folder / "noise.cf32" / "page.html"], "page.html"),
    "no chance of a false alarm": (lambda folder: ["--rate", "1e6", "--false-alarms", "0"], "above 0"),
    "a model of windows": (lambda folder: ["--rate", "1e6", "--model", write_small_model(folder / "m.onnx")], "conditioned_bandwidth"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_is_one_line(tmp_path, model, case):
    make, rule = REFUSALS[case]
    write_noise(tmp_path / "noise.cf32")
    before = (tmp_path / "noise.cf32").read_bytes()
    line = the_error(rfsec("report", tmp_path / "noise.cf32", "--model", model, *make(tmp_path), cwd=tmp_path))
    assert rule in line
    assert (tmp_path / "noise.cf32").read_bytes() == before and not list(tmp_path.glob("**/*.html*"))


def started(tmp_path, model) -> subprocess.Popen:
    """A report of a long recording that has begun."""
    with open(tmp_path / "long.cf32", "wb") as file:
        burst_scene(COUNT, BURSTS).tofile(file)
        os.truncate(file.fileno(), 20_000_000_000)  # sparse: longer than any test
    process = subprocess.Popen([*RFSEC, "report", tmp_path / "long.cf32", "--rate", "1e6", "--model", model, "--out", tmp_path / "page.html"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + DEADLINE_S
    while not any(tmp_path.glob("page.html.*.part")) and time.monotonic() < deadline and process.poll() is None:
        os.sched_yield()
    return process


def test_a_signal_still_gives_the_page_of_what_was_found(tmp_path, model):
    process = started(tmp_path, model)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 128 + signal.SIGINT, stderr
    assert "in the first" in stdout and "were looked at" in Page(tmp_path / "page.html").text


def test_a_recording_that_is_cut_short_still_gives_the_page_of_what_was_found(tmp_path, model):
    process = started(tmp_path, model)
    os.truncate(tmp_path / "long.cf32", 8 * COUNT)
    stdout, stderr = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1 and "was cut short while it was read" in stderr and len(stderr.splitlines()) == 1
    page = Page(tmp_path / "page.html")
    assert "in the first" in stdout and "were looked at" in page.text and len(page.rows) >= len(BURSTS)
