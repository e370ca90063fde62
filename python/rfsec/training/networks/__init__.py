# SPDX-License-Identifier: GPL-3.0-or-later
"""One network a file; each takes float32 windows [batch, 2, time] and gives logits [batch, labels]."""
