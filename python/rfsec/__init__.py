# SPDX-License-Identifier: GPL-3.0-or-later
"""RF security in GNU Radio: what is transmitted, who transmits it, and which secret two ends share.

Names resolve on first use (PEP 562), so ``from gnuradio import rfsec`` costs nothing until a block is made.

Example
-------
>>> from gnuradio import rfsec
>>> windower = rfsec.iq_windower(length=128, hop=128)   # doctest: +SKIP
"""

from importlib import import_module

__version__ = "0.1.0"  # CMakeLists.txt reads it here

_WHERE = {
    "recording_source": ".blocks.recording_source",
    "iq_windower": ".blocks.iq_windower",
    "iq_to_amp_phase": ".blocks.iq_to_amp_phase",
    "onnx_classifier": ".blocks.onnx_classifier",
    "burst_detector": ".blocks.burst_detector",
    "burst_classifier": ".blocks.burst_classifier",
    "burst_view": ".blocks.burst_view",
    "joint_view": ".blocks.joint_view",
    "averaged_spectrum": ".blocks.averaged_spectrum",
    "technology_classifier": ".blocks.technology_classifier",
    "sweep_view": ".blocks.sweep_view",
    "sweep_controller": ".blocks.sweep_controller",
    "decision_sink": ".blocks.decision_sink",
    "decision_table": ".blocks.decision_table",
    "fingerprint_authenticator": ".blocks.fingerprint_authenticator",
    "guard_band_quantizer": ".blocks.guard_band_quantizer",
    "key_agreement": ".blocks.key_agreement",
    "simulated_room": ".blocks.simulated_room",
    "channel_features": ".blocks.channel_features",
    "probe_sink": ".blocks.probe_sink",
    "key_error_rate": ".blocks.key_error_rate",
    "ofdm_sounder": ".blocks.ofdm_sounder",
    "ofdm_cfr_estimator": ".blocks.ofdm_cfr_estimator",
    "kgnet_mapper": ".blocks.kgnet_mapper",
    "find_usrp": ".blocks.usrp",
    "DecisionRecord": ".records",
    "RfsecError": ".errors",
    "ParameterError": ".errors",
    "RecordingError": ".errors",
    "ModelError": ".errors",
    "DatasetError": ".errors",
    "OutputError": ".errors",
    "RadioError": ".errors",
    "GalleryError": ".errors",
    "KeyAgreementError": ".errors",
    "open_recording": ".recordings.recording",
    "ModelSession": ".inference.session",
    "ModelCard": ".inference.card",
}
__all__ = sorted(_WHERE)


def __getattr__(name: str):
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name], __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *_WHERE])
