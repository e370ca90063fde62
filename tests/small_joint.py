# SPDX-License-Identifier: GPL-3.0-or-later
"""A card of a joint model with two heads, for tests of what surrounds one."""

from gnuradio.rfsec.inference.card import ModelCard

MODULATIONS = ["BPSK", "QPSK", "8PSK", "16PSK", "16QAM", "64QAM", "256QAM", "1024QAM"]
EMITTERS = [f"PA{number}" for number in range(1, 7)]


def joint_card(name: str) -> ModelCard:
    """A valid card of windows of 6,000 samples and the heads "modulation" and "emitter"."""
    heads = [{"name": head, "labels": labels, "temperature": 1.0, "reject_threshold": 0.0}
             for head, labels in (("modulation", MODULATIONS), ("emitter", EMITTERS))]
    return ModelCard.model_validate({
        "schema": 1, "name": name, "task": "joint", "paper": "gr-rfsec", "description": "For tests.",
        "input": {"representation": "iq", "layout": "batch,channel,time", "window_min": 6000, "window_max": 6000,
                  "normalisation": "unit_power"},
        "heads": heads,
        "training": {"command": "none", "seed": 1, "data": "none", "data_sha256": "0" * 64, "windows_seen": 0, "hardware": "none"},
        "metrics": {"test_data": "none", "accuracy": 0.0, "accuracy_by_snr": {}},
        "parameters": 0, "licence": "GPL-3.0-or-later", "limits": []})
