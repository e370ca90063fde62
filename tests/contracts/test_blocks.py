# SPDX-License-Identifier: GPL-3.0-or-later
"""What every block keeps: its description for the Companion, its documentation, and that the two agree with the code."""

import ast
import inspect
import re

import numpy as np
import pytest
import yaml
from companion import ROOT, companion, complaints, new_flowgraph, validated
from gnuradio import rfsec
from gnuradio.grc.core import Constants, schema_checker
from gnuradio.rfsec.keygen.identity import Identity, write_identity
from small_encoder import write_window_encoder

SPDX = "# SPDX-License-Identifier: GPL-3.0-or-later"
NUMERIC = ("int", "real", "float")
UNIT_OR_RANGE = re.compile(r"\b(samples|Hz|bytes|windows|labels)\b|\b\d+ (to \d+|or more)")


def is_block_module(path) -> bool:
    return any(isinstance(node, ast.ClassDef) and node.name == path.stem for node in ast.parse(path.read_text()).body)


BLOCKS = [path.stem for path in sorted((ROOT / "python/rfsec/blocks").glob("*.py")) if is_block_module(path)]
every_block = pytest.mark.parametrize("name", BLOCKS)


def description_path(name):
    return ROOT / f"grc/rfsec_{name}.block.yml"


def described(name) -> dict:
    return yaml.safe_load(description_path(name).read_text())


def described_parameters(name) -> list[dict]:
    """What the user may set, without the place in the window, which is the Companion's own."""
    return [parameter for parameter in described(name).get("parameters", []) if parameter["dtype"] != "gui_hint"]


def constructor_parameters(name) -> dict:
    parameters = dict(inspect.signature(getattr(rfsec, name).__init__).parameters)
    del parameters["self"]
    return parameters


def entries(text: str) -> dict[str, str]:
    """The "name: text" entries of a documentation, a text going on over the lines that follow."""
    found, current = {}, None
    for line in inspect.cleandoc(text).splitlines():
        start = re.match(r"\s*(\w+)(?: \([^)]*\))?: (.*)", line)
        if start:
            current = start[1]
            found[current] = start[2]
        elif not line.strip():
            current = None
        elif current:
            found[current] += " " + line.strip()
    return found


def section(docstring: str, title: str) -> str:
    """The indented lines below ``title:`` in a docstring; fails where they are missing."""
    found = re.search(rf"^{title}:\n((?:[ ]+\S.*\n?|\n)+)", inspect.cleandoc(docstring), re.MULTILINE)
    assert found, f"no section {title}"
    return inspect.cleandoc("\n" + found[1])


@pytest.fixture
def settings(tmp_path):
    """What the user must choose before a block is valid."""
    recording = tmp_path / "recording.cf32"
    np.zeros(256, np.complex64).tofile(recording)
    encoder = write_window_encoder(tmp_path / "encoder.onnx")
    identity = tmp_path / "alice"
    write_identity(identity, Identity.generate())
    return {"recording_source": {"path": str(recording)},
            "fingerprint_authenticator": {"gallery": str(tmp_path / "gallery.db"), "model": str(encoder)},
            "key_agreement": {"identity": str(identity), "peer": f"{identity}.pub"}}


def lone_flowgraph(name, **parameters):
    """A validated flowgraph of one block, each of its ports connected to GNU Radio's own blocks."""
    flowgraph = new_flowgraph()
    block = add(flowgraph, f"rfsec_{name}", **parameters)
    validated(flowgraph)
    for port in block.active_sinks:
        if port.domain == "message":
            strobe = add(flowgraph, "blocks_message_strobe")
            flowgraph.connect(strobe.sources[0], port)
        else:
            source = add(flowgraph, "blocks_null_source", type=port.dtype, vlen=str(port.vlen))
            flowgraph.connect(source.sources[0], port)
    for port in block.active_sources:
        if port.domain == "message":
            flowgraph.connect(port, add(flowgraph, "blocks_message_debug").sinks[0])
        else:
            sink = add(flowgraph, "blocks_null_sink", type=port.dtype, vlen=str(port.vlen))
            flowgraph.connect(port, sink.sinks[0])
    return validated(flowgraph), block


def add(flowgraph, block_id, **parameters):
    block = flowgraph.new_block(block_id)
    block.params["id"].set_value(f"block_{len(flowgraph.blocks)}")
    for key, value in parameters.items():
        block.params[key].set_value(value)
    return block


def test_there_are_blocks_and_no_description_without_one():
    described_names = {path.name for path in (ROOT / "grc").iterdir()}
    assert BLOCKS and described_names == {description_path(name).name for name in BLOCKS}


@every_block
def test_description_fits_the_schema_and_the_house(name):
    text = description_path(name).read_text()
    checker = schema_checker.Validator(schema_checker.BLOCK_SCHEME)
    assert checker.run(yaml.safe_load(text)) and not checker.messages, checker.messages
    data = described(name)
    assert text.startswith(SPDX + "\n")
    assert data["id"] == f"rfsec_{name}"  # so the Companion finds the docstring
    assert re.fullmatch(r"\[RF Security\]/\w+", data["category"])
    assert data["label"] and data["templates"]["imports"] == "from gnuradio import rfsec"


@every_block
def test_parameters_are_the_constructors(name):
    wanted, given = constructor_parameters(name), described_parameters(name)
    assert [parameter["id"] for parameter in given] == list(wanted)
    make = described(name)["templates"]["make"]
    assert re.findall(r"(\w+)='?\$\{(\w+)\}'?", make) == [(key, key) for key in wanted]
    for parameter in given:
        default, shown = wanted[parameter["id"]].default, parameter.get("default", "")
        if default is inspect.Parameter.empty:
            assert shown == ""  # the user must choose; the description refuses an empty one
        elif default is None:  # the Companion must know ports before anything runs
            assert "None" in entries(section(getattr(rfsec, name).__doc__, "Args"))[parameter["id"]]
            assert shown != ""
        else:
            assert shown == default, parameter["id"]


@every_block
def test_each_parameter_is_documented_with_unit_or_range(name):
    docstring, page = entries(section(getattr(rfsec, name).__doc__, "Args")), entries(described(name)["documentation"])
    for parameter in described_parameters(name):
        key = parameter["id"]
        assert docstring.get(key) and page.get(key), key
        assert parameter["dtype"] in Constants.PARAM_TYPE_NAMES
        if parameter["dtype"] in NUMERIC:
            assert UNIT_OR_RANGE.search(docstring[key]), f"{key} in the docstring"
            assert UNIT_OR_RANGE.search(page[key]), f"{key} in the documentation of the yml"
            assert re.search(r"\(\w+\)$", parameter["label"]), f"{key}: the label names no unit"


@every_block
def test_each_parameter_has_a_rule(name):
    rules = " ".join(described(name).get("asserts", []))
    for parameter in described_parameters(name):
        assert parameter.get("options") or re.search(rf"\b{parameter['id']}\b", rules), parameter["id"]


@every_block
def test_class_says_what_users_need(name):
    cls = getattr(rfsec, name)
    for title in ("Args", "Ports", "Tags", "Example"):
        assert section(cls.__doc__, title)
    assert inspect.getsource(inspect.getmodule(cls)).startswith(SPDX + "\n")


@every_block
def test_default_flowgraph_is_valid_and_its_ports_are_the_blocks(name, settings):
    flowgraph, block = lone_flowgraph(name, **settings.get(name, {}))
    assert complaints(flowgraph) == []
    names = {}
    exec(block.templates.render("imports"), names)
    make, *_ = block.templates.render("make").split("\nself.")  # what follows puts a widget into the window
    made = eval(make, names)
    for ports, signature in ((block.active_sinks, made.input_signature()), (block.active_sources, made.output_signature())):
        streams = [port for port in ports if port.domain == "stream"]
        bytes_of = [Constants.TYPE_TO_SIZEOF[port.dtype] * port.vlen for port in streams]
        assert bytes_of == [signature.sizeof_stream_item(index) for index in range(len(streams))]
        assert signature.min_streams() <= len(streams) <= signature.max_streams()


NUMBERS = [(name, parameter["id"]) for name in BLOCKS if description_path(name).exists()
           for parameter in described_parameters(name) if parameter["dtype"] in NUMERIC]


@pytest.mark.parametrize("name, key", NUMBERS)
def test_a_number_out_of_range_is_refused_before_it_runs(name, key, settings):
    flowgraph, _ = lone_flowgraph(name, **{**settings.get(name, {}), key: "-1"})
    assert any("Assertion" in complaint and key in complaint for complaint in complaints(flowgraph))


@pytest.mark.parametrize("name, key", [(name, parameter["id"]) for name in BLOCKS if description_path(name).exists()
                                       for parameter in described_parameters(name) if parameter["dtype"] == "real"])
def test_an_infinite_number_is_refused_before_it_runs(name, key, settings):
    flowgraph, _ = lone_flowgraph(name, **{**settings.get(name, {}), key: "float('inf')"})
    assert any("Assertion" in complaint and key in complaint for complaint in complaints(flowgraph))


def test_a_required_parameter_is_refused_while_it_is_empty():
    for name in BLOCKS:
        for key, parameter in constructor_parameters(name).items():
            if parameter.default is inspect.Parameter.empty:
                assert any(key in complaint for complaint in complaints(lone_flowgraph(name)[0]))


def test_blocks_are_in_a_category_of_their_own():
    assert {companion().blocks[f"rfsec_{name}"].category[0] for name in BLOCKS} == {"RF Security"}
