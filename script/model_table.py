#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the tables of models in README.md from the cards in models/: .venv/bin/python script/model_table.py"""

import re
import sys
from pathlib import Path

from gnuradio.rfsec.inference.catalog import DEFAULT, DEFAULT_BURSTS, DEFAULT_ENCODER, DEFAULT_MAPPER, DEFAULT_TECHNOLOGY
from gnuradio.rfsec.inference.encoder_session import EncoderSession
from gnuradio.rfsec.inference.mapper_session import MapperSession
from gnuradio.rfsec.inference.session import ModelSession
from gnuradio.rfsec.inference.technology_session import TechnologySession

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- script/model_table.py writes this from the cards -->", "<!-- until here -->"
SNRS_DB = tuple(map(str, (-20, -16, -12, -10, -8, -6, -4, -2, 0, 4, 8, 12, 18, 30)))


def tables(models: Path) -> str:
    """All tables in Markdown: of models of windows, of bursts, of several heads, of encoders, of mappers and of technologies, where there are any."""
    sessions = [ModelSession(path) for path in models.glob("*.onnx")]
    sessions.sort(key=lambda one: (one.card.training.data, -one.card.metrics.accuracy, one.card.name))
    bursts = [one for one in sessions if one.card.input.conditioned_bandwidth]
    joint = [one for one in sessions if one.card.metrics.by_head]
    encoders = [EncoderSession(path) for path in sorted((models / "encoders").glob("*.onnx"))]
    mappers = [MapperSession(path) for path in sorted((models / "mappers").glob("*.onnx"))]
    technologies = [TechnologySession(path) for path in sorted((models / "technologies").glob("*.onnx"))]
    parts = [_of_windows([one for one in sessions if one not in bursts + joint]), *([_of_bursts(bursts)] if bursts else []),
             *([_of_joint(joint)] if joint else []),
             *([_of_encoders(encoders)] if encoders else []), *([_of_mappers(mappers)] if mappers else []),
             *([_of_technologies(technologies)] if technologies else [])]
    return "\n\n".join(parts)


def _of_encoders(sessions: list[EncoderSession]) -> str:
    """What each encoder is, and its equal error rate under each condition."""
    what = _table(["name", "encoder", "input", "weights", "file", "trained on", "windows seen"], [
        [f"`{one.card.name}`" + " (the default)" * (one.card.name == DEFAULT_ENCODER), one.card.description, f"`{one.card.input.representation}`",
         f"{one.card.parameters:,}", f"{one.path.stat().st_size / 1e6:.2f} MB", one.card.training.data,
         f"{one.card.training.windows_seen / 1e6:.2f} M"] for one in sessions])
    names = list(dict.fromkeys(name for one in sessions for name in one.card.metrics.conditions))
    rates = _table(["encoder", *names], [
        [one.card.name, *(f"{one.card.metrics.conditions[name].equal_error_rate:.1%}" if name in one.card.metrics.conditions else ""
                          for name in names)] for one in sessions])
    return (f"Encoders of fingerprints:\n\n{what}\n\nEqual error rate of pairs of single windows or bursts of simulated emitters: one "
            f"recording enrols, and another is tried in which what the column names has changed; 50% is guessing:\n\n{rates}")


def _of_mappers(sessions: list[MapperSession]) -> str:
    """What each mapper is, and its key error rate at each SNR."""
    cards = [one.card for one in sessions]
    what = _table(["name", "mapper", "channels", "split", "radios", "weights", "file", "channels seen", "bits a carrier, 25 dB"], [
        [f"`{one.name}`" + " (the default)" * (one.name == DEFAULT_MAPPER), one.description, one.channels, one.split, one.radio,
         f"{one.parameters:,}", f"{session.path.stat().st_size / 1e6:.2f} MB", f"{one.training.windows_seen / 1e6:.2f} M",
         f"{one.metrics.by_snr['25'].key_generation_ratio:.2f}"] for one, session in zip(cards, sessions)])
    snrs = list(dict.fromkeys(snr for one in cards for snr in one.metrics.by_snr))
    errors = _table(["SNR / dB", *snrs], [
        [one.name, *(f"{one.metrics.by_snr[snr].key_error_rate:.1e}" if snr in one.metrics.by_snr else "" for snr in snrs)] for one in cards])
    return (f"Mappers of channels, of the simulated room:\n\n{what}\n\nShare of the initial key's bits that are wrong, on positions never "
            f"trained on; what those bits are worth stands in the tables of `rfsec reproduce kgnet-fig9`:\n\n{errors}")


def _of_technologies(sessions: list[TechnologySession]) -> str:
    """What each classifier of technologies is, what it accepts, and its accuracy by technology and by SNR."""
    cards = [one.card for one in sessions]
    what = _table(["name", "classifier", "weights", "file", "windows seen", "right", "accepted", "wrong of these", "others accepted"], [
        [f"`{one.name}`" + " (the default)" * (one.name == DEFAULT_TECHNOLOGY), one.description.rstrip("."), f"{one.parameters:,}",
         f"{session.path.stat().st_size / 1e6:.2f} MB", f"{one.training.windows_seen / 1e6:.2f} M",
         *(f"{share:.1%}" for share in (one.metrics.accuracy, one.metrics.accepted_share, one.metrics.accepted_error_rate,
                                        one.metrics.other_accepted_share))] for one, session in zip(cards, sessions)])
    tables = []
    for head, field in (("technology", "accuracy_by_label"), ("SNR / dB", "accuracy_by_snr")):
        names = list(dict.fromkeys(name for one in cards for name in getattr(one.metrics, field)))
        tables.append(_table([head, *names], [_percents(one.name, getattr(one.metrics, field), names) for one in cards]))
    return (f"Classifiers of technologies in swept spectra, on sensors never trained on:\n\n{what}\n\nRight, in percent of each technology and "
            f"at each measured SNR:\n\n" + "\n\n".join(tables))


def _of_windows(sessions: list[ModelSession]) -> str:
    """What each model is, and its accuracy at each SNR; by data, the best first."""
    what = _table(["name", "network", "input", "window", "weights", "file", "right, all SNRs", "0 to 18 dB", "data", "windows seen"],
                  [_facts(one.card, one.path) for one in sessions])
    how_right = _table(["SNR / dB", *SNRS_DB], [_percents(one.card.name, one.card.metrics.accuracy_by_snr, SNRS_DB) for one in sessions])
    return f"{what}\n\nAccuracy in percent at each SNR, on the test data that `rfsec models show NAME` names:\n\n{how_right}"


def _of_bursts(sessions: list[ModelSession]) -> str:
    """The same of models of bursts, which decide from an SNR of their own on and may say that they do not know."""
    what = _table(["name", "network", "weights", "file", "windows seen", "right, all SNRs", "decides from", "accepted",
                   "wrong of the accepted", "noise accepted", "calibration error"], [_decisions(one.card, one.path) for one in sessions])
    snrs = list(dict.fromkeys(snr for one in sessions for snr in one.card.metrics.accuracy_by_snr))
    labels = list(dict.fromkeys(label for one in sessions for label in one.card.metrics.accuracy_by_label))
    by_snr = _table(["SNR / dB", *snrs], [_percents(one.card.name, one.card.metrics.accuracy_by_snr, snrs) for one in sessions])
    by_label = _table(["label", *labels], [_percents(one.card.name, one.card.metrics.accuracy_by_label, labels) for one in sessions])
    return ("Models of bursts. All figures are of single windows of generated bursts; a longer burst is decided by up to 16 windows "
            f"together. Accepted: of emissions from the SNR on from which the model decides, and of noise at any:\n\n{what}\n\n"
            f"Accuracy in percent at each SNR in the occupied bandwidth, and of each label from that SNR on:\n\n{by_snr}\n\n{by_label}")


def _of_joint(sessions: list[ModelSession]) -> str:
    """What each joint model is, and the accuracy of each of its heads at each SNR."""
    what = _table(["name", "network", "window", "weights", "file", "data", "windows seen"], [
        [f"`{one.card.name}`", one.card.description.rstrip("."), str(one.card.input.window_max), f"{one.card.parameters:,}",
         f"{one.path.stat().st_size / 1e6:.2f} MB", one.card.training.data, f"{one.card.training.windows_seen / 1e6:.2f} M"] for one in sessions])
    snrs = list(dict.fromkeys(snr for one in sessions for snr in one.card.metrics.accuracy_by_snr))
    heads = _table(["SNR / dB", "head", *snrs], [
        [one.card.name, head, *(f"{shares.accuracy_by_snr[snr]:.1%}".rstrip("%") if snr in shares.accuracy_by_snr else "" for snr in snrs)]
        for one in sessions for head, shares in one.card.metrics.by_head.items()])
    return (f"Models of modulation and emitter together:\n\n{what}\n\nAccuracy in percent of each head at each SNR, on recordings never "
            f"trained on:\n\n{heads}")


def _decisions(card, path: Path) -> list[str]:
    metrics, lowest, sure = card.metrics, card.heads[0].min_snr_db, card.heads[0].weak_threshold
    shares = (metrics.accepted_share, metrics.accepted_error_rate, metrics.noise_accepted_share, metrics.expected_calibration_error)
    return [f"`{card.name}`" + " (the default)" * (card.name == DEFAULT_BURSTS), card.description.rstrip("."), f"{card.parameters:,}",
            f"{path.stat().st_size / 1e6:.2f} MB", f"{card.training.windows_seen / 1e6:.2f} M",
            f"{metrics.accuracy:.1%}", "" if lowest is None else f"{lowest:g} dB" + ("" if sure is None else f", or {sure:.1%} sure"),
            *("" if share is None else f"{share:.1%}" for share in shares)]


def _percents(name: str, shares: dict[str, float], columns: list[str]) -> list[str]:
    return [name, *(f"{shares[column]:.0%}".rstrip("%") if column in shares else "" for column in columns)]


def _facts(card, path: Path) -> list[str]:
    low, high = card.input.window_min, card.input.window_max
    best = card.metrics.accuracy_0_to_18_db
    return [f"`{card.name}`" + " (the default)" * (card.name == DEFAULT), card.description.rstrip("."), f"`{card.input.representation}`",
            str(low) if low == high else f"{low} to {high}", f"{card.parameters:,}", f"{path.stat().st_size / 1e6:.2f} MB",
            f"{card.metrics.accuracy:.1%}", "" if best is None else f"{best:.1%}", card.training.data,
            f"{card.training.windows_seen / 1e6:.2f} M"]


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_tables(readme: str, models: Path) -> str:
    """``readme`` with what stands between its two marks replaced by the tables."""
    return re.sub(f"(?<={re.escape(BEGIN)}\n\n).*?(?=\n\n{re.escape(END)})", lambda _: tables(models), readme, flags=re.S)


if __name__ == "__main__":
    path = ROOT / "README.md"
    before = path.read_text()
    if BEGIN not in before or END not in before:
        sys.exit(f"{path}: the lines '{BEGIN}' and '{END}' are missing; put them back around the tables of models.")
    path.write_text(with_tables(before, ROOT / "models"))
