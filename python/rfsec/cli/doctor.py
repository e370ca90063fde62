# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec doctor``: what this machine has, what it lacks, and the command that mends it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

_BOOTSTRAP = "script/bootstrap"
_PROBE_TIMEOUT_S = 60
_BLOCK_FOLDERS = (f"{sys.prefix}/share/gnuradio/grc/blocks", "/usr/local/share/gnuradio/grc/blocks",
                  "/usr/share/gnuradio/grc/blocks")
_MODELS = """
from gnuradio.rfsec.inference.catalog import list_models
from gnuradio.rfsec.inference.session import ModelSession
names = [ModelSession(path).card.name for path in list_models().values()]
print(", ".join(names)) if names else exit("no model is installed")
"""


@dataclass(frozen=True)
class Finding:
    """One row: what was looked for, what was found, and the command that mends it (empty where nothing is wrong).

    An optional one that is missing is a note; a required one makes the command fail.
    """

    what: str
    found: str
    mend: str = ""
    required: bool = True


def doctor() -> None:
    """Show what this machine lacks, and the command that mends it. Fails if something required is missing."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        findings = list(pool.map(lambda check: check(), _CHECKS))
    table = Table("", "what", Column("found", overflow="fold"), Column("command that mends it", overflow="fold"))
    for finding in findings:
        table.add_row(_mark(finding), finding.what, escape(finding.found), finding.mend)
    console = Console(emoji=False)  # the :ab: of an address is no picture
    console.print(table)
    missing = [finding.what for finding in findings if finding.mend and finding.required]
    if missing:
        console.print(f"Missing: {', '.join(missing)}.")
        raise typer.Exit(1)
    console.print("Everything that is required is here.")


def _mark(finding: Finding) -> str:
    if not finding.mend:
        return "[green]ok[/]"
    return "[red]missing[/]" if finding.required else "[yellow]note[/]"


def _probe(what: str, code: str, mend: str, required: bool = True) -> Finding:
    """Runs ``code`` in an interpreter of its own, for a broken library may end the process that imports it."""
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S,
                              env={"ORT_DISABLE_TELEMETRY": "1", **os.environ})  # as inference/runtime.py has it
    except subprocess.TimeoutExpired:
        return Finding(what, f"no answer in {_PROBE_TIMEOUT_S} s", mend, required)
    if done.returncode == 0:
        return Finding(what, _last_line(done.stdout))
    if done.returncode < 0:
        return Finding(what, f"crashed with signal {-done.returncode}", mend, required)
    return Finding(what, _last_line(done.stderr), mend, required)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def _version(module: str, mend: str = _BOOTSTRAP, required: bool = True, what: str = "") -> partial:
    return partial(_probe, what or module, f"import {module}; print({module}.__version__)", mend, required)


def _blocks() -> Finding:
    """The block descriptions, where GNU Radio Companion looks for them."""
    for folder in [*os.environ.get("GRC_BLOCKS_PATH", "").split(os.pathsep), *_BLOCK_FOLDERS]:
        count = len(list(Path(folder).glob("rfsec_*.block.yml"))) if folder else 0
        if count:
            return Finding("blocks for GNU Radio Companion", f"{count} in {folder}")
    return Finding("blocks for GNU Radio Companion", "none", _BOOTSTRAP)


def _wrappers() -> Finding:
    """Debian's grcc and gnuradio-companion see this interpreter's packages only through wrappers beside it."""
    if sys.prefix == sys.base_prefix:
        return Finding("grcc and gnuradio-companion", "the system's own serve this interpreter")
    absent = [name for name in ("grcc", "gnuradio-companion") if not os.access(f"{sys.prefix}/bin/{name}", os.X_OK)]
    if absent:
        return Finding("grcc and gnuradio-companion", f"no {' and no '.join(absent)} in {sys.prefix}/bin", _BOOTSTRAP)
    return Finding("grcc and gnuradio-companion", f"{sys.prefix}/bin")


def _usrp_images() -> Finding:
    """The firmware and FPGA images that UHD loads into a USRP."""
    folder = Path(os.environ.get("UHD_IMAGES_DIR", "/usr/share/uhd/images"))
    if any(folder.glob("usrp_*")):
        return Finding("USRP images", str(folder))
    return Finding("USRP images", f"none in {folder}", "sudo apt-get install uhd-host && sudo uhd_images_downloader", False)


_CHECKS = (
    partial(_probe, "GNU Radio 3.10 or newer", "from gnuradio import gr; v = gr.version(); print(v)\n"
            "[int(p) for p in v.split('.')[:2]] >= [3, 10] or exit(v + ' is too old')", "sudo apt-get install gnuradio"),
    partial(_probe, "gr-rfsec", "from gnuradio import rfsec; print(rfsec.__version__, 'in', rfsec.__path__[0])", _BOOTSTRAP),
    partial(_probe, "numpy below 2", "import numpy; v = numpy.__version__; print(v)\n"
            "int(v.split('.')[0]) < 2 or exit(v + ', but GNU Radio is compiled against an older one')", _BOOTSTRAP),
    _version("scipy", "sudo apt-get install python3-scipy"),
    _version("onnxruntime"),
    _version("sigmf"),
    _version("pydantic"),
    _version("zmq", "sudo apt-get install python3-zmq"),
    _version("yaml", "sudo apt-get install python3-yaml"),
    _version("cryptography", "sudo apt-get install python3-cryptography"),
    _version("matplotlib", "sudo apt-get install python3-matplotlib"),
    partial(_probe, "shipped models", _MODELS, _BOOTSTRAP),
    _blocks,
    _wrappers,
    partial(_probe, "GTK 3 for GNU Radio Companion", "import gi; gi.require_version('Gtk', '3.0')\n"
            "from gi.repository import Gtk; print(f'{Gtk.MAJOR_VERSION}.{Gtk.MINOR_VERSION}')",
            "sudo apt-get install gir1.2-gtk-3.0"),
    partial(_probe, "UHD", "from gnuradio import uhd; print(uhd.get_version_string())",
            "sudo apt-get install gnuradio", False),
    _usrp_images,
    partial(_probe, "USRP", "from gnuradio import uhd; found = [d.to_string() for d in uhd.find('')]\n"
            "print('; '.join(found)) if found else exit('none found')", "uhd_find_devices, once one is connected", False),
    _version("torch", f"{_BOOTSTRAP} --dev", False, "PyTorch, for training only"),
    _version("onnx", f"{_BOOTSTRAP} --dev", False, "onnx, for training only"),
)
