# SPDX-License-Identifier: GPL-3.0-or-later
"""Models at work: the card, the session, the representations of a window. The only room that imports onnxruntime."""
