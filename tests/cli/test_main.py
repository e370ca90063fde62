# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of ``rfsec``: standard output that fails, names that would tear a message apart, and a quick start."""

import os
import subprocess
import sys

import pytest
from command_line import DEADLINE_S, RFSEC, rfsec, the_error
from gnuradio.rfsec import __version__
from gnuradio.rfsec.cli.plain import say


@pytest.mark.parametrize("arguments", [("models", "show", "dilated-conv"), ("models", "list"), ("--help",)])
def test_a_full_disk_behind_standard_output_is_one_line(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*RFSEC, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=DEADLINE_S)
    assert the_error(done) == "rfsec: standard output: No space left on device."


def test_an_error_stays_the_error_where_standard_output_fails_too(tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*RFSEC, "models", "verify", "default", tmp_path / "none.onnx"], stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=DEADLINE_S)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1


def test_a_standard_output_that_is_closed_is_one_line():
    done = subprocess.run([*RFSEC, "models", "show"], stderr=subprocess.PIPE, text=True, timeout=DEADLINE_S, preexec_fn=lambda: os.close(1))
    assert "Standard output is closed" in the_error(done)


def test_a_pipe_that_nobody_reads_ends_in_silence():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*RFSEC, "models", "show"], stdout=writing, stderr=subprocess.PIPE, text=True, timeout=DEADLINE_S)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_name_of_several_lines_stays_in_one(tmp_path):
    assert "two lines.onnx" in the_error(rfsec("models", "show", tmp_path / "two\nlines.onnx"))


def test_what_an_error_names_does_not_command_the_terminal(tmp_path):
    assert r"\x1b[2J\u202enone.onnx" in the_error(rfsec("models", "show", tmp_path / "\x1b[2J\u202enone.onnx"))


def test_no_name_that_is_told_commands_the_terminal(capsys):
    say("\x1b]0;x\x07[b] \x9b2J \udcff\u202e.html: \u00e9\nWritten.")
    assert capsys.readouterr().out == r"\x1b]0;x\x07[b] \x9b2J \udcff\u202e.html: " + "\u00e9\nWritten.\n"


def test_a_standard_output_that_cannot_hold_a_sign_gets_a_question_mark():
    done = rfsec("models", "list", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "") and "0?18 dB" in done.stdout


def test_the_version_is_that_of_the_package():
    done = rfsec("--version")
    assert (done.returncode, done.stdout) == (0, f"rfsec {__version__}\n")


def test_a_command_loads_what_it_needs_and_no_more():
    heavy = "('gnuradio.gr', 'onnxruntime', 'torch', 'sigmf', 'scipy.signal', 'scipy.stats', 'matplotlib')"
    program = f"import sys, gnuradio.rfsec.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    assert done.stdout.split() == ["[]"]
