# SPDX-License-Identifier: GPL-3.0-or-later
"""The sink writes what it is told, refuses what is no decision, and outlives outputs that fail."""

import json
import os
import socket
import subprocess
import sys
import tarfile

import numpy as np
import pmt
import pytest
import zmq
from flowgraphs import ChunkedSource, complex_noise, run
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.records import DecisionRecord
from scipy.io import wavfile
from sigmf import SigMFFile, sigmffile
from small_model import write_small_model

LENGTH = 32
ONE = DecisionRecord(0, 128, None, None, 1e6, None, "modulation", "QPSK", 0.75, "accepted", "m")
HOSTILE = [pmt.PMT_NIL, pmt.PMT_T, pmt.intern("x"), pmt.from_long(1), pmt.cons(pmt.make_dict(), pmt.make_u8vector(4, 0)),
           pmt.dict_add(ONE.to_pmt(), pmt.intern("sample_start"), pmt.from_double(-3)),
           pmt.dict_add(ONE.to_pmt(), pmt.intern("confidence"), pmt.from_double(float("nan"))),
           pmt.dict_delete(ONE.to_pmt(), pmt.intern("label"))]


class Messages(gr.sync_block):
    """Sends messages, then ends the stream."""

    def __init__(self, messages):
        gr.sync_block.__init__(self, "Messages", [], [np.int8])
        self._messages = messages
        self.message_port_register_out(pmt.intern("out"))

    def work(self, input_items, output_items):
        for message in self._messages:
            self.message_port_pub(pmt.intern("out"), message)
        return -1


def send(sink, messages):
    top, source, end = gr.top_block(), Messages(messages), blocks.null_sink(1)
    top.connect(source, end)
    top.msg_connect(source, "out", sink, "decisions")
    run(top)


def several(count, **changes):
    fields = {**{name: getattr(ONE, name) for name in ONE.__slots__}, **changes}
    return [DecisionRecord(**{**fields, "sample_start": index * 128}) for index in range(count)]


def test_lines_are_those_of_the_records(tmp_path):
    records = several(1000)
    sink = rfsec.decision_sink(jsonl=str(tmp_path / "out.jsonl"))
    send(sink, [one.to_pmt() for one in records])
    assert (tmp_path / "out.jsonl").read_text() == "".join(one.to_json() + "\n" for one in records)
    assert (sink.decisions, sink.refused, sink.lost, sink.error) == (1000, 0, 0, None)


def test_what_is_no_decision_is_refused_and_counted(tmp_path):
    sink = rfsec.decision_sink(jsonl=str(tmp_path / "out.jsonl"), sigmf=str(tmp_path / "out"))
    messages = [message for hostile in HOSTILE for message in (hostile, ONE.to_pmt())]
    send(sink, messages)
    assert (sink.decisions, sink.refused, sink.lost) == (len(HOSTILE), len(HOSTILE), 0)
    assert (tmp_path / "out.jsonl").read_text() == len(HOSTILE) * (ONE.to_json() + "\n")


def test_no_decision_is_lost_at_the_end_of_fifty_short_runs(tmp_path):
    model = write_small_model(tmp_path / "small.onnx", LENGTH)
    for number in range(50):
        top, source, windower = gr.top_block(), ChunkedSource(complex_noise(number * LENGTH)), rfsec.iq_windower(LENGTH, LENGTH)
        classifier, sink = rfsec.onnx_classifier(str(model), LENGTH), rfsec.decision_sink(jsonl=str(tmp_path / "out.jsonl"))
        top.connect(source, windower, classifier)
        top.msg_connect(classifier, "decisions", sink, "decisions")
        run(top)
        assert len((tmp_path / "out.jsonl").read_text().splitlines()) == number == sink.decisions


def test_a_full_disk_is_named_once_and_counted(tmp_path):
    sink = rfsec.decision_sink(jsonl="/dev/full", sigmf=str(tmp_path / "out"))
    send(sink, [one.to_pmt() for one in several(700)])
    assert isinstance(sink.error, rfsec.OutputError)
    assert str(sink.error).startswith("/dev/full: No space left on device; ") and "\n" not in str(sink.error)
    assert (sink.decisions, sink.lost) == (700, 700)
    assert len(json.loads((tmp_path / "out.sigmf-meta").read_text())["annotations"]) == 1, "the other output goes on"


@pytest.mark.parametrize("output, mode", [("a file", "wb"), ("-", "wb"), ("-", "ab")])
def test_a_disk_that_fills_up_leaves_whole_lines(tmp_path, output, mode):
    """The limit of a file's size stands for the disk: a write is cut short in the middle of a line. What stood there before stays."""
    path = tmp_path / "out.jsonl"
    code = f"""
import resource, signal, sys
from gnuradio.rfsec.blocks.decision_outputs import JsonLines
from gnuradio.rfsec.errors import OutputError
from gnuradio.rfsec.records import DecisionRecord
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
out, lost = JsonLines({("-" if output == "-" else str(path))!r}), 0
for index in range(2000):
    try:
        out.write(DecisionRecord(index, 128, None, None, None, None, "h", "QPSK", 0.5, "accepted", "m"))
    except OutputError as error:
        lost += error.lost
out.close()
print(lost, file=sys.stderr)
"""
    earlier = "one line of another run\n" * 100 if output == "-" else ""
    with path.open("wb") as file:
        file.write(earlier.encode())
        file.flush()
        with path.open("ab") as behind:
            done = subprocess.run([sys.executable, "-c", code], stdout=file if mode == "wb" else behind, stderr=subprocess.PIPE, text=True,
                                  check=True, timeout=60)
    text = path.read_text()
    starts = [json.loads(line)["sample_start"] for line in text.removeprefix(earlier).splitlines()]
    assert text.startswith(earlier) and text.endswith("\n") and 99_000 < len(text) <= 100_000
    assert starts == list(range(len(starts))) and int(done.stderr) == 2000 - len(starts)


def test_a_reader_that_goes_away_is_an_error_of_one_line(tmp_path):
    code = """
from gnuradio.rfsec.blocks.decision_outputs import JsonLines
from gnuradio.rfsec.errors import OutputError
from gnuradio.rfsec.records import DecisionRecord
out = JsonLines("-")
try:
    for index in range(5000):
        out.write(DecisionRecord(index, 128, None, None, None, None, "h", "QPSK", 0.5, "accepted", "m"))
    out.close()
except OutputError as error:
    raise SystemExit(str(error))
"""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(write)
    assert done.returncode == 1
    assert done.stderr.startswith("standard output: Broken pipe;") and done.stderr.count("\n") == 1


def test_decisions_are_published_to_subscribers():
    with zmq.Context() as context, context.socket(zmq.SUB) as subscriber:
        subscriber.setsockopt(zmq.RCVTIMEO, 10_000)
        subscriber.setsockopt(zmq.SUBSCRIBE, b"")
        endpoint = f"tcp://127.0.0.1:{free_port()}"
        sink = rfsec.decision_sink(zmq=endpoint)
        subscriber.connect(endpoint)
        records, arrived = several(200), []
        # A subscription takes a moment to arrive: publish until something comes, then a run that must come whole.
        publisher = sink._outputs[0]
        while not subscriber.poll(10):
            publisher.write(ONE)
        send(sink, [one.to_pmt() for one in records])
        while not arrived or arrived[-1] != records[-1].to_json():
            arrived.append(subscriber.recv().decode())
        assert arrived[-200:] == [one.to_json() for one in records]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("skip_bytes", [-1, 1.5, "1", None, float("nan")])
def test_wrong_bytes_to_skip_raise_when_the_sink_is_made(skip_bytes):
    with pytest.raises(rfsec.ParameterError, match="The 'skip_bytes' parameter of Decision Sink must be a whole number, 0 or more bytes. Got"):
        rfsec.decision_sink(skip_bytes=skip_bytes)


def test_a_port_in_use_is_an_error_when_the_sink_is_made():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        endpoint = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(rfsec.OutputError, match=f"{endpoint}: .*Address already in use; choose a free endpoint"):
            rfsec.decision_sink(zmq=endpoint)


@pytest.mark.parametrize("options, message", [
    ({"jsonl": "{folder}/none/out.jsonl"}, "none/out.jsonl: JSON lines can't be written here: No such file"),
    ({"jsonl": "{folder}"}, "Is a directory"), ({"sigmf": "{folder}/none/out"}, "SigMF annotations can't be written here"),
    # Names too long to look up stand for folders that may not be looked into, which nothing is for root.
    ({"recording": "air.cf32", "jsonl": "{folder}/" + "x" * 300}, "JSON lines can't be written here: File name too long"),
    ({"sigmf": "{folder}/" + "x" * 300 + "/out"}, "SigMF annotations can't be written here"),
    ({"zmq": "nonsense"}, "nonsense: a ZMQ PUB socket can't be bound here"),
    ({"zmq": "tcp://\udcff:1"}, "a ZMQ PUB socket can't be bound here: it is no text")])
def test_an_output_that_can_not_be_opened_raises_when_the_block_is_made(tmp_path, options, message):
    with pytest.raises(rfsec.OutputError, match=message) as caught:
        rfsec.decision_sink(**{name: value.format(folder=tmp_path) for name, value in options.items()})
    assert "\n" not in str(caught.value)


def test_a_file_is_replaced_when_the_flowgraph_starts_and_not_before(tmp_path):
    paths = [tmp_path / "old.jsonl", tmp_path / "new.jsonl", tmp_path / "there.jsonl"]
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "there.jsonl")
    sinks = []
    paths[0].write_text("earlier results, longer than nothing\n")
    for name in ("old", "new", "link"):
        with pytest.raises(rfsec.OutputError, match="ZMQ"):
            rfsec.decision_sink(jsonl=str(tmp_path / f"{name}.jsonl"), zmq="nonsense")
        sinks.append(rfsec.decision_sink(jsonl=str(tmp_path / f"{name}.jsonl")))
    assert paths[0].read_text().startswith("earlier") and not paths[1].exists() and not paths[2].exists()
    for sink, path in zip(sinks, paths):
        send(sink, [ONE.to_pmt()])
        assert path.read_text() == ONE.to_json() + "\n"
        send(rfsec.decision_sink(jsonl=str(path)), [])
        assert path.read_text() == "", "earlier results are none of a run without a decision"
    assert (tmp_path / "link.jsonl").is_symlink()


def test_a_named_pipe_gets_its_lines(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE, text=True) as reader:
        send(rfsec.decision_sink(jsonl=str(tmp_path / "pipe")), [ONE.to_pmt()])
        assert reader.communicate(timeout=20)[0] == ONE.to_json() + "\n"


def test_a_folder_that_vanishes_before_the_start_is_named_and_counted(tmp_path):
    (tmp_path / "folder").mkdir()
    sink = rfsec.decision_sink(jsonl=str(tmp_path / "folder/out.jsonl"))
    (tmp_path / "folder").rmdir()
    send(sink, [ONE.to_pmt()] * 3)
    assert "folder/out.jsonl: No such file or directory" in str(sink.error) and (sink.decisions, sink.lost) == (3, 3)


def test_every_burst_has_an_annotation_of_its_own(tmp_path):
    sink = rfsec.decision_sink(sigmf=str(tmp_path / "out"))
    bursts = several(3, centre_hz=1e5, bandwidth_hz=2e4, symbol_rate_hz=None, snr_db=12.0)
    send(sink, [one.to_pmt() for one in [*bursts, *several(3)]])
    annotations = json.loads((tmp_path / "out.sigmf-meta").read_text())["annotations"]
    edges = [(one["core:sample_start"], one.get("core:freq_lower_edge"), one.get("core:freq_upper_edge")) for one in annotations]
    assert sorted(edges, key=str) == sorted([(0, 90e3, 110e3), (128, 90e3, 110e3), (256, 90e3, 110e3), (0, None, None)], key=str)


def write_recording(folder, samples):
    meta = SigMFFile(global_info={"core:datatype": "cf32_le", "core:sample_rate": 1e6, "core:version": "1.2.0"})
    samples.tofile(folder / "air.sigmf-data")
    meta.set_data_file(str(folder / "air.sigmf-data"))
    meta.add_capture(0, metadata={"core:frequency": 868e6})
    meta.add_annotation(5, 100, metadata={"core:label": "beacon"})
    meta.tofile(str(folder / "air.sigmf-meta"))


def test_annotations_are_valid_sigmf_and_stand_at_their_samples(tmp_path):
    model = write_small_model(tmp_path / "small.onnx", LENGTH)
    samples = complex_noise(LENGTH * 100)
    write_recording(tmp_path, samples)
    top, source = gr.top_block(), rfsec.recording_source(str(tmp_path / "air.sigmf-meta"))
    windower, classifier = rfsec.iq_windower(LENGTH, LENGTH), rfsec.onnx_classifier(str(model), LENGTH)
    sink = rfsec.decision_sink(jsonl=str(tmp_path / "out.jsonl"), sigmf=str(tmp_path / "found"), recording=str(tmp_path / "air.sigmf-meta"))
    top.connect(source, windower, classifier)
    top.msg_connect(classifier, "decisions", sink, "decisions")
    run(top)
    found = sigmffile.fromfile(str(tmp_path / "found.sigmf-meta"))
    found.validate()
    np.testing.assert_array_equal(found.read_samples(), samples)
    annotations = found.get_annotations()
    assert [one["core:sample_start"] for one in annotations if one["core:label"] == "beacon"] == [5], "the recording's own stay"
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    covered = [(start, one["core:label"], one["rfsec:verdict"]) for one in annotations if one["core:label"] != "beacon"
               for start in range(one["core:sample_start"], one["core:sample_start"] + one["core:sample_count"], LENGTH)]
    assert covered == [(line["sample_start"], line["label"], line["verdict"]) for line in lines]


@pytest.mark.parametrize("name", ["air.sigmf-data", "air.sigmf-meta", "air.cf32", "AIR.WAV", "air", "air.sigmf", "air.tar"])
def test_only_a_dataset_is_named_as_one(tmp_path, name):
    """Metadata beside a WAV file or an archive, whatever its name, stand alone: their samples are not the whole file."""
    samples = complex_noise(1000)
    write_recording(tmp_path, samples)
    samples.tofile(tmp_path / "air.cf32")
    for wav in ("AIR.WAV", "air"):
        wavfile.write(tmp_path / wav, 1_000_000, samples.view(np.float32).reshape(-1, 2))
    for archive in ("air.sigmf", "air.tar"):
        with tarfile.open(tmp_path / archive, "w") as packed:
            for part in ("air.sigmf-meta", "air.sigmf-data"):
                packed.add(tmp_path / part, f"air/{part}")
    sink = rfsec.decision_sink(sigmf=str(tmp_path / "found"), recording=str(tmp_path / name), sample_rate=1e6,
                               sample_format="sigmf" if name == "air.tar" else "")
    send(sink, [])
    told = json.loads((tmp_path / "found.sigmf-meta").read_text())["global"]
    dataset = {"air.sigmf-meta": "air.sigmf-data", "air.sigmf-data": "air.sigmf-data", "air.cf32": "air.cf32"}.get(name)
    assert (told.get("core:dataset"), told.get("core:metadata_only")) == ((dataset, None) if dataset else (None, True))
    assert told["core:sample_rate"] == 1e6, "without a decision too"


def test_captures_stay_as_they_are_told_and_a_live_signal_gets_its_frequency(tmp_path):
    captures = [{"core:sample_start": 0}, {"core:sample_start": 500, "core:frequency": 868e6}]
    complex_noise(1000).tofile(tmp_path / "air.sigmf-data")
    (tmp_path / "air.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:version": "1.2.0"}, "captures": captures, "annotations": []}))
    for recording, expected in ((str(tmp_path / "air.sigmf-meta"), captures), ("", [{"core:sample_start": 0, "core:frequency": 868e6}])):
        sink = rfsec.decision_sink(sigmf=str(tmp_path / "found"), recording=recording)
        send(sink, [one.to_pmt() for one in several(2, freq_hz=868e6)])
        assert json.loads((tmp_path / "found.sigmf-meta").read_text())["captures"] == expected


def test_annotations_of_a_part_count_from_its_offset(tmp_path):
    """core:offset is the number of the first sample in the file; decisions count from 0."""
    complex_noise(1000).tofile(tmp_path / "part.sigmf-data")
    (tmp_path / "part.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:version": "1.2.0", "core:offset": 5000},
        "captures": [{"core:sample_start": 5000}], "annotations": [{"core:sample_start": 5010, "core:sample_count": 10}]}))
    sink = rfsec.decision_sink(sigmf=str(tmp_path / "found"), recording=str(tmp_path / "part.sigmf-meta"))
    send(sink, [one.to_pmt() for one in several(2)])
    annotations = json.loads((tmp_path / "found.sigmf-meta").read_text())["annotations"]
    assert [(one["core:sample_start"], one["core:sample_count"]) for one in annotations] == [(5000, 256), (5010, 10)]


@pytest.mark.parametrize("name", ["air", "air.sigmf-meta", "link"])
def test_the_recordings_own_metadata_are_never_overwritten(tmp_path, name):
    write_recording(tmp_path, complex_noise(1000))
    (tmp_path / "link.sigmf-meta").symlink_to(tmp_path / "air.sigmf-meta")
    before = (tmp_path / "air.sigmf-meta").read_bytes()
    with pytest.raises(rfsec.OutputError, match="own metadata; choose another name"):
        rfsec.decision_sink(sigmf=str(tmp_path / name), recording=str(tmp_path / "air.sigmf-data"))
    assert (tmp_path / "air.sigmf-meta").read_bytes() == before


@pytest.mark.parametrize("jsonl", ["found.sigmf-meta", "link"])
def test_json_lines_and_annotations_are_two_files(tmp_path, jsonl):
    (tmp_path / "link").symlink_to(tmp_path / "found.sigmf-meta")
    with pytest.raises(rfsec.OutputError, match=f"{jsonl}: the SigMF annotations are written to this file; choose another"):
        rfsec.decision_sink(jsonl=str(tmp_path / jsonl), sigmf=str(tmp_path / "found"))
    assert not (tmp_path / "found.sigmf-meta").exists()


def test_a_dataset_of_another_name_and_its_metadata_are_never_overwritten(tmp_path):
    """Metadata may name their dataset (core:dataset), so that the two do not share a name."""
    complex_noise(1000).tofile(tmp_path / "samples.bin")
    (tmp_path / "air.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:version": "1.2.0", "core:sample_rate": 1e6, "core:dataset": "samples.bin"},
        "captures": [{"core:sample_start": 0}], "annotations": []}))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for output in ({"sigmf": "air"}, {"jsonl": "air.sigmf-meta"}, {"jsonl": "samples.bin"}):
        with pytest.raises(rfsec.OutputError, match="choose another name"):
            rfsec.decision_sink(**{kind: str(tmp_path / name) for kind, name in output.items()},
                                recording=str(tmp_path / "air.sigmf-meta"))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_sink_whose_flowgraph_has_ended_says_so(tmp_path):
    sink = rfsec.decision_sink(jsonl=str(tmp_path / "out.jsonl"), sigmf=str(tmp_path / "out"))
    send(sink, [ONE.to_pmt()])
    send(sink, [ONE.to_pmt()])
    assert sink.lost == 1 and "make a new sink" in str(sink.error)
    assert (tmp_path / "out.jsonl").read_text() == ONE.to_json() + "\n"
