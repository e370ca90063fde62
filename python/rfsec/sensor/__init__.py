# SPDX-License-Identifier: GPL-3.0-or-later
"""A spectrum sensor that runs unattended: what it is told, what it decides, what it keeps, and who gets it."""
