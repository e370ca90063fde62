# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line needs of the home directory, and what it leaves there."""

import os

from command_line import rfsec, the_error, write_noise
from small_model import write_small_model


def classify(folder, home):
    write_noise(folder / "noise.cf32")
    environment = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    return rfsec("classify", folder / "noise.cf32", "--windows", "--model", write_small_model(folder / "small.onnx"),
                 env={**environment, "HOME": str(home)})


def test_a_home_that_cannot_be_written_is_one_line(tmp_path):
    line = the_error(classify(tmp_path, "/dev/null"))
    assert "/dev/null/.gnuradio" in line and "Set HOME" in line


def test_onnx_runtime_keeps_no_device_id_to_report_with(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    done = classify(tmp_path, home)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in home.iterdir()] == [".gnuradio"]
