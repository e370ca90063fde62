# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks, one a file, and parts of them.

Networks of modulations and bursts take float32 windows [batch, 2, time] and give logits [batch, labels]; joint ones give such logits
for each head. Those of spectra take [batch, 1, bins]. The siamese ones and ``measured_network`` give embeddings [batch, size], and
``mappers`` the features of another band.
"""
