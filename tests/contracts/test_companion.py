# SPDX-License-Identifier: GPL-3.0-or-later
"""GNU Radio Companion itself, on a virtual screen: an example opens, and its blocks are found."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from companion import ROOT

COMPANION = Path(sys.executable).parent / "gnuradio-companion"
LIMIT_S = 60  # a busy machine needs a few seconds
POLL_S = 0.1
EXAMPLE = "classify_recording"


def wait_for(condition, what):
    """The first true value of ``condition()``; fails where there is none before the deadline."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(POLL_S)
    pytest.fail(f"{what} did not come within {LIMIT_S} s")


@contextmanager
def running(command, **options):
    """A process that ends with the block."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def screen():
    """The environment of a virtual screen that nobody else uses."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with running(command, pass_fds=[write_end], stderr=subprocess.DEVNULL), os.fdopen(read_end) as number:
        os.close(write_end)
        display = number.readline().strip()  # Xvfb writes it once it accepts windows
        assert display, "Xvfb did not start"
        yield {**os.environ, "DISPLAY": f":{display}", "NO_AT_BRIDGE": "1"}


def xdotool(environment, *arguments) -> str:
    return subprocess.run(["xdotool", *arguments], env=environment, capture_output=True, text=True).stdout


def test_companion_opens_an_example_and_finds_its_blocks(screen, tmp_path):
    shutil.copy(ROOT / f"examples/{EXAMPLE}.grc", tmp_path)
    environment = {**screen, "GRC_PREFS_PATH": str(tmp_path / "preferences")}
    log = tmp_path / "log"
    with log.open("wb") as output, \
            running([COMPANION, tmp_path / f"{EXAMPLE}.grc"], env=environment, stdout=output, stderr=output) as program:
        def window():
            assert program.poll() is None, log.read_text()
            return xdotool(environment, "search", "--onlyvisible", "--name", f"^{EXAMPLE}\\.grc - ").split()

        shown = wait_for(window, "the Companion's window")[0]

        def generated():
            # F5 generates the program, which the Companion allows only where it found every block and all is valid.
            xdotool(environment, "windowfocus", shown, "key", "F5")
            made = tmp_path / f"{EXAMPLE}.py"
            return made.exists() and "rfsec.onnx_classifier(" in made.read_text()

        wait_for(generated, "the generated program")
    assert "Error" not in log.read_text() and "ERROR" not in log.read_text()
