# SPDX-License-Identifier: GPL-3.0-or-later
"""The only room that imports torch: networks, one training loop, evaluation and ONNX export."""
