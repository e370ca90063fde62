# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of python/rfsec: which one may import what, and what an import may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "python" / "rfsec"
# From the top of the house to its floor: a room may import the rooms after it in this list, never one before it.
HOUSE = ["cli", "blocks", "sensor", "report", "reproduction", "training", "datasets", "inference", "fingerprint", "keygen", "detection",
         "ofdm", "dsp", "recordings", "records", "npz_file", "sqlite_file", "whole_file", "errors"]
ONLY_IN = {"gnuradio": {"blocks"}, "pmt": {"blocks", "records"}, "onnxruntime": {"inference"}, "torch": {"training"},
           "onnx": {"training", "reproduction"}, "sklearn": {"training", "reproduction"},
           "matplotlib": {"report", "reproduction"}, "h5py": {"datasets"}, "sqlite3": {"fingerprint", "keygen", "sensor", "sqlite_file"},
           "cryptography": {"keygen"}, "zmq": {"blocks", "keygen", "sensor"}, "yaml": {"sensor"}}
# torch, onnx, sklearn and h5py come with script/bootstrap --dev only
SOURCES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room that a source file belongs to; ``""`` for the package's own ``__init__.py``."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports_of(path: Path):
    """Every import of a file, wherever it stands in it: (line, absolute module) or (line, room) with ``None``."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module, None
        elif isinstance(node, ast.ImportFrom):
            here = path.relative_to(PACKAGE).parts[:-1]
            inside = [*here[:len(here) - node.level + 1], *(node.module or "").split(".")]
            inside = [part for part in inside if part]
            for alias in node.names:
                yield node.lineno, None, (inside or [alias.name])[0]


def faults_of(path: Path):
    """What is wrong with the imports of one file, one line each."""
    room = room_of(path)
    for line, module, target in imports_of(path):
        where = f"{path.relative_to(PACKAGE)}:{line}"
        if module is not None:
            top = module.split(".")[0]
            if top == "rfsec" or module.startswith("gnuradio.rfsec"):
                yield f"{where} imports {module} by its full name; inside the package imports are relative"
            elif top in ONLY_IN and room not in ONLY_IN[top]:
                yield f"{where} imports {top}, which only {' and '.join(sorted(ONLY_IN[top]))} may"
        elif target == "__version__":  # the package's own
            continue
        elif target not in HOUSE:
            yield f"{where} imports {target}, which is no room of the house"
        elif room and HOUSE.index(target) < HOUSE.index(room):
            yield f"{where}: {room} imports {target}, which is above it"


def run_python(code: str) -> str:
    """What a fresh interpreter prints for ``code``."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_source_belongs_to_a_room():
    assert {room_of(path) for path in SOURCES} <= {"", *HOUSE}


@pytest.mark.parametrize("room", HOUSE)
def test_imports_of_a_room(room):
    assert [fault for path in SOURCES if room_of(path) == room for fault in faults_of(path)] == []


@pytest.mark.parametrize("room", [name for name in HOUSE if (PACKAGE / name).is_dir()])
def test_a_room_itself_is_a_docstring(room):
    """Importing a room loads nothing: each module of it is imported by name."""
    body = ast.parse((PACKAGE / room / "__init__.py").read_text()).body
    if room != "cli":  # the command line's room holds its app
        assert [type(node).__name__ for node in body] == ["Expr"]


@pytest.mark.parametrize("source, fault", [
    ("dsp/x.py:import torch", "only training may"),
    ("training/x.py:import onnxruntime.quantization", "only inference may"),
    ("inference/x.py:def f():\n    from gnuradio import gr", "only blocks may"),
    ("recordings/x.py:import pmt", "only blocks and records may"),
    ("dsp/x.py:from ..blocks.iq_windower import iq_windower", "is above it"),
    ("errors.py:from . import records", "is above it"),
    ("cli/x.py:from ..attic import thing", "no room"),
    ("cli/x.py:from gnuradio.rfsec.errors import RfsecError", "relative"),
])
def test_a_wrong_import_is_found(source, fault, tmp_path, monkeypatch):
    name, code = source.split(":", 1)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(code)
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    found = list(faults_of(path))
    assert len(found) == 1 and fault in found[0]


def test_importing_the_module_loads_nothing_heavy():
    loaded = run_python("import sys, gnuradio.rfsec; print([m for m in ('gnuradio.gr', 'onnxruntime', 'torch') if m in sys.modules])")
    assert loaded == "[]"


def test_loading_every_public_name_leaves_torch_unloaded():
    loaded = run_python("import sys; from gnuradio import rfsec\n"
                        "for name in rfsec.__all__: getattr(rfsec, name)\n"
                        "print('gnuradio.gr' in sys.modules, 'torch' in sys.modules)")
    assert loaded == "True False"


@pytest.mark.parametrize("room, without", [
    ("datasets", {"gnuradio", "pmt", "onnxruntime", "torch"}), ("training", {"gnuradio", "pmt", "onnxruntime"}),
    ("sensor", {"gnuradio", "pmt", "torch", "onnx"}), ("report", {"gnuradio", "pmt", "torch", "onnx"}), ("reproduction", {"gnuradio", "pmt", "torch"}),
    ("inference", {"gnuradio", "pmt", "torch", "onnx"}),
    ("fingerprint", {"gnuradio", "pmt", "onnxruntime", "torch"}),
    ("keygen", {"gnuradio", "pmt", "onnxruntime", "torch"}), ("ofdm", {"gnuradio", "pmt", "onnxruntime", "torch"}),
    ("recordings", {"gnuradio", "pmt", "onnxruntime", "torch"}), ("dsp", {"gnuradio", "pmt", "onnxruntime", "torch"})])
def test_a_room_loads_on_a_machine_that_lacks(room, without):
    """Rooms below the blocks must run where GNU Radio is not installed, each with no more than it needs."""
    modules = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
               for path in SOURCES if room_of(path) == room and path.name != "__main__.py"]
    run_python(f"""
import importlib, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {without!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, {str(PACKAGE.parent)!r})
for module in {modules!r}:
    importlib.import_module(module)
""")
