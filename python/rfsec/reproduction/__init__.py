# SPDX-License-Identifier: GPL-3.0-or-later
"""The papers' tables and figures measured again: every row an ONNX file with its card, beside the paper's figure."""
