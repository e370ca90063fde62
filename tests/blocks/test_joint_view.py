# SPDX-License-Identifier: GPL-3.0-or-later
"""The joint view on a screen that is not there: points, bars and time where they belong, and nothing that harms it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from companion import new_flowgraph, validated
from flowgraphs import ArraySink, ChunkedSource, complex_noise, run
from gnuradio import gr, rfsec
from gnuradio.rfsec.blocks.iq_windower import BUFFER_SAMPLES
from gnuradio.rfsec.dsp.constellations import constellation
from gnuradio.rfsec.dsp.pulse_shaping import shape_symbols
from small_joint import EMITTERS, MODULATIONS
from small_model import small_card, write_small_model

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PyQt5.QtWidgets import QApplication  # noqa: E402

from gnuradio.rfsec.blocks.joint_view_panels import BarsPanel, ConstellationPanel, TimePanel  # noqa: E402

LENGTH, PER_SYMBOL = 3000, 10
GREEN, WHITE, BLUE, YELLOW = (0x5D, 0xFF, 0xA0), (0xFF, 0xFF, 0xFF), (0x3F, 0x6F, 0x8F), (0xFF, 0xC4, 0x4D)
HEADS = [{"name": name, "labels": labels, "temperature": 1.0, "reject_threshold": threshold}
         for name, labels, threshold in (("emitter", EMITTERS, 0.5), ("modulation", MODULATIONS, 0.0))]
SIZES = tuple((head["name"], len(head["labels"])) for head in HEADS)  # the emitter first: it is shown over time by its name


@pytest.fixture(scope="module")
def application():
    return QApplication.instance() or QApplication(["tests"])


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "joint.onnx"
    return write_small_model(path, LENGTH, card=small_card(LENGTH, heads=HEADS), heads=SIZES)


def signal(name: str, offset: float = 0.0, seed: int = 1) -> np.ndarray:
    """One window of a modulation, complex64 [1, LENGTH], with a phase and ``offset`` cycles a sample of its own."""
    points = constellation(name, unit_power=True)
    symbols = points[np.random.default_rng(seed).integers(0, points.size, LENGTH // PER_SYMBOL)]
    turned = np.exp(2j * np.pi * (0.1 + offset * np.arange(LENGTH)))
    return (np.roll(shape_symbols(symbols[None], PER_SYMBOL, 0.35), 3, axis=1) * turned).astype(np.complex64)


def said(labels, sure: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A label stream, and probabilities that give each of its labels ``sure`` and share the rest; zeros for -1."""
    labels = np.asarray(labels, np.int16)
    probabilities = np.full((len(labels), count), (1 - sure) / (count - 1), np.float32)
    probabilities[np.arange(len(labels)), labels] = sure
    probabilities[labels < 0] = 0
    return labels, probabilities


def last_again(count: int, *items: np.ndarray) -> tuple[np.ndarray, ...]:
    """Items with the last of each as often again as makes ``count``; none where there is none."""
    return tuple(np.concatenate([one, np.repeat(one[-1:], max(0, count - len(one)), axis=0)]) if len(one) else one for one in items)


def shown(view, windows, emitters, modulations, size=(1200, 600), sizes=(7, 1, 40), even=True):
    """The widget of a view after a run; ``even``: with as many windows as decisions, and as many of each head."""
    top, items = gr.top_block(), (windows, *emitters, *modulations)
    if even:
        items = last_again(max(map(len, items[1:])), *items)
    sources = [ChunkedSource(one, sizes) for one in items]
    for port, source in enumerate(sources):
        top.connect(source, (view, port))
    widget = view.qwidget()
    widget.resize(*size)
    run(top)
    widget._look()
    return widget


def painted(widget, kind, place: int = 0) -> np.ndarray:
    """What one panel paints, int [height, width, 3]."""
    image = widget.findChildren(kind)[place].grab().toImage().convertToFormat(4)  # RGB32
    data = np.frombuffer(image.bits().asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), -1, 4)
    return data[:, :image.width(), 2::-1].astype(int)


def places(pixels: np.ndarray, colour, most: int = 12) -> np.ndarray:
    """Rows and columns of the pixels of a colour, int [n, 2]."""
    return np.argwhere((np.abs(pixels - colour) <= most).all(axis=2))


def rows_of(pixels, colour, count: int) -> set[int]:
    """The rows of a chart with ``count`` labels that have something of a colour."""
    height = pixels.shape[0] - 26 - 44
    return set(((places(pixels, colour)[:, 0] - 26) * count // height).tolist())


def view_of(model, **options):
    return rfsec.joint_view(str(model), LENGTH, samples_per_symbol=PER_SYMBOL, **options)


def test_a_bar_for_each_label_as_long_as_its_probability(application, model):
    widths = []
    for sure in (0.8, 0.6):
        widget = shown(view_of(model), signal("BPSK"), said([0, 3], sure, 6), said([5], 0.9, 8))
        pixels = painted(widget, BarsPanel)
        assert rows_of(pixels, GREEN, 6) == {3} and rows_of(pixels, BLUE, 6) == {0, 1, 2, 4, 5}
        columns = places(pixels, GREEN)[:, 1]
        widths.append(columns.max() - columns.min())
        assert rows_of(painted(widget, BarsPanel, 1), GREEN, 8) == {5}
    assert widths[0] / widths[1] == pytest.approx(0.8 / 0.6, rel=0.03)


def test_what_is_below_the_threshold_of_its_head_is_white(application, model):
    widget = shown(view_of(model), signal("BPSK"), said([2], 0.4, 6), said([5], 0.4, 8))
    emitter, modulation = (painted(widget, BarsPanel, place) for place in (0, 1))
    assert rows_of(emitter, WHITE, 6) == {2} and not places(emitter, GREEN).size
    assert rows_of(modulation, GREEN, 8) == {5} and not places(modulation, WHITE).size


def test_the_emitter_goes_over_time_from_left_to_right(application, model):
    labels = [1] * 10 + [-1] * 10 + [4] * 20
    widget = shown(view_of(model, decisions=40), signal("BPSK"), said(labels, 0.9, 6), said([0] * 40, 0.9, 8))
    pixels = painted(widget, TimePanel)
    height = pixels.shape[0] - 26 - 44
    green = places(pixels, GREEN)
    rows, columns = (green[:, 0] - 26) * 6 // height, green[:, 1]
    assert set(rows) == {1, 4}
    left, right = columns[rows == 1].min(), columns[rows == 4].max()
    share = (columns - left) / (right - left)
    assert (share[rows == 1].max(), share[rows == 4].min()) == (pytest.approx(0.25, abs=0.02), pytest.approx(0.5, abs=0.02))
    assert right > pixels.shape[1] - 20


def test_over_time_what_was_not_accepted_is_hollow_and_old_decisions_go(application, model):
    widget = shown(view_of(model, decisions=20), signal("BPSK"), said([0] * 30 + [3] * 20, 0.3, 6), said([0], 0.9, 8))
    pixels = painted(widget, TimePanel)
    assert rows_of(pixels, WHITE, 6) == {3} and not places(pixels, GREEN).size
    corner = places(pixels, WHITE).min(axis=0)
    assert (pixels[corner[0] + 5, corner[1] + 5] < 60).all()


@pytest.mark.parametrize("name, label", [("BPSK", "BPSK"), ("QPSK", "QPSK"), ("8PSK", "8PSK"), ("16PSK", "16PSK"), ("QAM16", "16QAM")])
def test_symbols_stand_where_their_constellation_has_them(application, model, name, label):
    """Whatever the window's timing, phase and carrier offset were."""
    windows = np.concatenate([complex_noise(LENGTH)[None], signal(name, offset=2e-5)])
    widget = shown(view_of(model), windows, said([0, 0], 0.9, 6), said([0, MODULATIONS.index(label)], 0.9, 8))
    pixels = painted(widget, ConstellationPanel)
    where = places(pixels, YELLOW)
    centre, scale = np.array([26 + (pixels.shape[0] - 70) / 2, 34 + (pixels.shape[1] - 46) / 2]), (pixels.shape[0] - 70) / 2 / 1.8
    assert pixels.shape[0] - 70 < pixels.shape[1] - 46  # so the height gives the scale
    found = (where[:, 1] - centre[1] - 1j * (where[:, 0] - centre[0])) / scale
    ideal = constellation(name, unit_power=True)
    distance = np.abs(found[:, None] - ideal)
    nearest = np.quantile(distance.min(axis=1), 0.95)
    # Near a point of it, nearer than half of the way to the next one of 16PSK, and none is missing.
    assert nearest < 0.19 and distance.min(axis=0).max() < 0.12


@pytest.mark.parametrize("emitters, modulations", [(2, 2), (2, 5), (300, 2)])
def test_the_constellation_is_of_the_window_that_all_heads_decided(application, model, emitters, modulations):
    """Though newer windows wait for their decisions, more than are kept; and so again when the flowgraph runs again."""
    view, symbols = view_of(model), signal("QPSK")
    windows = np.concatenate([signal("BPSK"), symbols, np.repeat(signal("16PSK"), 200, axis=0)])
    for again in range(2):
        shown(view, windows, said([0] * emitters, 0.9, 6), said([1] * modulations, 0.9, 8), sizes=(300,), even=False)
        alone = view_of(model)
        shown(alone, symbols, said([0], 0.9, 6), said([1], 0.9, 8))
        np.testing.assert_array_equal(view._scene.now().points, alone._scene.now().points)
        assert [len(now.labels) for now in view._scene.now().heads] == [2 + 2 * again] * 2


@pytest.mark.parametrize("length", [128, LENGTH, 10_000])
def test_a_window_waits_for_its_decision_as_long_as_the_buffer_before_a_classifier_is(model, length):
    """And as three batches of a classifier are; but not for ever."""
    scene = view_of(model)._scene
    ahead = BUFFER_SAMPLES // length + 3 * 64
    for number in range(ahead):
        scene.see(np.full((1, length), number, np.complex64))
    for index, (_, count) in enumerate(SIZES):
        scene.decide(index, *said([0] * 10, 0.9, count))
    assert scene.now().window[0] == 9
    for number in range(ahead, 5 * ahead):
        scene.see(np.full((1, length), number, np.complex64))
    assert sum(window.nbytes for window in scene._waiting) < 34e6


def test_an_undecided_window_has_no_modulation(application, tmp_path):
    """-1 is no label, though the last of these is 8PSK."""
    heads = [{**HEADS[1], "labels": ["16QAM", "64QAM", "8PSK"]}]
    path = write_small_model(tmp_path / "one.onnx", LENGTH, card=small_card(LENGTH, heads=heads), heads=(("modulation", 3),))
    points = []
    for label in (-1, 0, 2):
        view = rfsec.joint_view(str(path), LENGTH, samples_per_symbol=PER_SYMBOL)
        shown(view, signal("QPSK"), said([label], 0.9, 3), ())
        points.append(view._scene.now().points)
    assert np.array_equal(points[0], points[1]) and not np.array_equal(points[0], points[2])


def test_the_view_shows_what_the_classifier_says(application, model):
    samples = complex_noise(LENGTH * 90)
    samples[LENGTH * 7] = np.nan
    top, source, windower = gr.top_block(), ChunkedSource(samples), rfsec.iq_windower(LENGTH, LENGTH)
    classifier, view = rfsec.onnx_classifier(str(model), LENGTH), view_of(model, decisions=200)
    top.connect(source, windower, classifier)
    top.connect(windower, view)
    sinks = [ArraySink(classifier, port) for port in range(4)]
    for port, sink in enumerate(sinks):
        top.connect((classifier, port), (view, port + 1))
        top.connect((classifier, port), sink)
    run(top)
    for now, (labels, probabilities) in zip(view._scene.now().heads, ((sinks[0], sinks[1]), (sinks[2], sinks[3]))):
        np.testing.assert_array_equal(now.labels, labels.items())
        np.testing.assert_array_equal(now.probabilities, probabilities.items()[-1])
        assert now.labels[7] == -1 and not now.sure[7] or now.head.name == "modulation"


def test_windows_pass_while_no_decision_comes(application, model):
    nothing = np.empty(0, np.int16), np.empty((0, 6), np.float32)
    widget = shown(view_of(model), np.repeat(signal("BPSK"), 2000, axis=0), nothing, said([], 0.5, 8))
    assert len(places(painted(widget, ConstellationPanel), YELLOW)) > 20
    assert not places(painted(widget, BarsPanel), GREEN).size


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0, 3e38, 1e-42, np.nan, np.inf, complex(0, -np.inf)])
def test_samples_that_make_no_sense_do_no_harm(application, model, value):
    window = np.full((1, LENGTH), value, np.complex64)
    painted(shown(view_of(model), window, said([1], 0.9, 6), said([1], 0.9, 8)), ConstellationPanel)
    broken = signal("BPSK")
    broken[0, 500] = value
    painted(shown(view_of(model), broken, said([1], 0.9, 6), said([1], 0.9, 8)), ConstellationPanel)


def test_labels_and_probabilities_that_make_no_sense_do_no_harm(application, model):
    labels, probabilities = said([1, 2, 3, 1, 2], 0.9, 6)
    labels[:4], probabilities[4] = [999, -32768, 6, -1], np.nan
    widget = shown(view_of(model), signal("BPSK"), (labels, probabilities), said([1], 0.9, 8))
    assert widget._scene.now().timed.labels.tolist() == [-1, -1, -1, -1, 2]
    for kind in (BarsPanel, TimePanel):
        painted(widget, kind)


@pytest.mark.parametrize("length, per_symbol", [(1, 2), (1, 1000), (20, 10), (33, 2.5), (3000, 1000)])
def test_short_windows_and_long_symbols_are_shown_as_far_as_they_go(application, tmp_path, length, per_symbol):
    path = write_small_model(tmp_path / "short.onnx", length, card=small_card(length, heads=HEADS), heads=SIZES)
    view = rfsec.joint_view(str(path), length, samples_per_symbol=per_symbol)
    windows = complex_noise(length) if length == 1 else complex_noise(length)[None]
    painted(shown(view, windows, said([1], 0.9, 6), said([1], 0.9, 8)), ConstellationPanel)


@pytest.mark.parametrize("size", [(1, 1), (3000, 400), (600, 2000)])
def test_it_can_be_made_any_size(application, model, size):
    widget = shown(view_of(model), signal("QPSK"), said([1], 0.9, 6), said([1], 0.9, 8), size=size)
    painted(widget, TimePanel)
    assert widget.width() >= size[0] and widget.height() >= size[1]
    assert len(places(painted(widget, ConstellationPanel), YELLOW)) > 4


def test_the_first_heads_can_be_shown_alone(application, model):
    view = view_of(model, classes=[6])
    assert view.input_signature().max_streams() == 3
    assert len(view.qwidget().findChildren(BarsPanel)) == 1


@pytest.mark.parametrize("parameters, error, message", [
    ({"length": 2999}, rfsec.ModelError, "exactly 3000 samples. Got 2999"), ({"length": 0}, rfsec.ParameterError, "'length'"),
    ({"classes": [6, 7]}, rfsec.ModelError, "the head 'modulation' has 8 labels"),
    ({"classes": [6, 8, 2]}, rfsec.ModelError, "the heads 'emitter', 'modulation'"),
    ({"samples_per_symbol": 1.9}, rfsec.ParameterError, "'samples_per_symbol' parameter of Joint View must be 2 to 1000 samples"),
    ({"samples_per_symbol": float("nan")}, rfsec.ParameterError, "'samples_per_symbol'"),
    ({"decisions": 0}, rfsec.ParameterError, "'decisions'"), ({"decisions": 2.5}, rfsec.ParameterError, "'decisions'"),
    ({"model": "no-such-model"}, rfsec.ModelError, "no-such-model: neither a model file nor one of the shipped models")])
def test_bad_parameters_raise_when_the_block_is_made(model, parameters, error, message):
    with pytest.raises(error, match=message) as caught:
        rfsec.joint_view(**{"model": str(model), "length": LENGTH, **parameters})
    assert "\n" not in str(caught.value)


def test_the_companion_shows_a_pair_of_inputs_for_each_head():
    flowgraph = new_flowgraph()
    block = flowgraph.new_block("rfsec_joint_view")
    block.params["classes"].set_value("8, 6")
    validated(flowgraph)
    assert [(port.key, port.dtype, port.vlen) for port in block.active_sinks] == [
        ("0", "complex", 128), ("1", "short", 1), ("2", "float", 8), ("3", "short", 1), ("4", "float", 6)]


def test_a_flowgraph_without_a_screen_needs_no_qt():
    program = ("import sys\nsys.modules['PyQt5'] = None\nfrom gnuradio import blocks, gr, rfsec\n"
               "top, view = gr.top_block(), rfsec.joint_view()\nsources = [blocks.vector_source_c([1] * 512, vlen=128),\n"
               "    blocks.vector_source_s([1] * 4), blocks.vector_source_f([0] * 44, vlen=11)]\n"
               "for port, source in enumerate(sources):\n    top.connect(source, (view, port))\ntop.run()\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
