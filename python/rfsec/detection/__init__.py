# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding emissions in noise, in time and frequency, and bringing them to a model."""
