# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeded generators of labelled signals; no GNU Radio and no torch, so that they run on a bare machine."""
