# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec doctor``: silent where all is well, and a command for everything that is not."""

import os
import subprocess
import sys


def run_doctor(**environment) -> tuple[int, dict[str, str]]:
    """Exit status, and the rows by what they are about."""
    done = subprocess.run([sys.executable, "-c", "from gnuradio.rfsec.cli import main; main()", "doctor"],
                          capture_output=True, text=True, timeout=120, env={**os.environ, "COLUMNS": "400", **environment})
    assert "Traceback" not in done.stderr
    rows = [[cell.strip() for cell in line.strip("│┃").split("│")] for line in done.stdout.splitlines() if "│" in line]
    return done.returncode, {cells[1]: cells for cells in rows}


def test_a_machine_that_script_bootstrap_set_up_lacks_nothing():
    status, rows = run_doctor()
    assert status == 0
    assert not [row for row in rows.values() if row[0] == "missing"]
    assert rows["GNU Radio 3.10 or newer"][2].startswith("3.")
    # An absent radio or radio firmware is a note with a way out, never a failure.
    assert all(row[3] for row in rows.values() if row[0] == "note")


def test_broken_libraries_are_rows_with_a_command(tmp_path):
    """One that does not import, and one that ends the process that imports it."""
    (tmp_path / "zmq.py").write_text("raise ImportError('libzmq [5] was not found')")
    (tmp_path / "yaml.py").write_text("import none_such")
    (tmp_path / "matplotlib.py").write_text("import os; os.kill(os.getpid(), 11)")
    status, rows = run_doctor(PYTHONPATH=str(tmp_path))
    assert status == 1
    assert rows["zmq"] == ["missing", "zmq", "ImportError: libzmq [5] was not found", "sudo apt-get install python3-zmq"]
    assert rows["yaml"] == ["missing", "yaml", "ModuleNotFoundError: No module named 'none_such'", "sudo apt-get install python3-yaml"]
    assert rows["matplotlib"][:3] == ["missing", "matplotlib", "crashed with signal 11"]
    assert rows["scipy"][0] == "ok"


def test_blocks_are_found_where_grc_blocks_path_says(tmp_path):
    (tmp_path / "rfsec_only.block.yml").write_text("")
    _, rows = run_doctor(GRC_BLOCKS_PATH=str(tmp_path))
    assert rows["blocks for GNU Radio Companion"][2] == f"1 in {tmp_path}"


def test_a_path_is_shown_as_it_is(tmp_path):
    _, rows = run_doctor(UHD_IMAGES_DIR=str(tmp_path / "[x]:ab:"))
    assert rows["USRP images"][2] == f"none in {tmp_path}/[x]:ab:"
