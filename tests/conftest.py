# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every test."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # also where a test imports ONNX Runtime itself
