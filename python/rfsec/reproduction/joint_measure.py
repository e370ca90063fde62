# SPDX-License-Identifier: GPL-3.0-or-later
"""How right a joint model is: on test recordings, and where nothing of its training was."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..datasets.amplifiers import EMITTERS, MODULATIONS, SPLIT, AmplifierBench, left_out
from ..datasets.joint_windows import JointWindows
from ..datasets.seeding import Purpose
from ..inference.card import ModelCard
from ..inference.multiply_adds import multiply_adds
from ..inference.representations import represent
from ..inference.session import ModelSession
from .joint_rows import EMITTER, MODULATION

_AT_ONCE = 64
_OTHER_SET = 1000  # added to the seed: amplifiers that no model knows
_ELSEWHERE_PER_SNR = 5  # windows of each recording at each SNR, at most
_ENROLLED_PER_SNR = 2
LABELS = {MODULATION: MODULATIONS, EMITTER: EMITTERS}
HELD_OUT, OTHERS = "other amplifiers, enrolled", "other amplifiers"
PAIRS = "pairs left out of training"


@dataclass(frozen=True)
class Score:
    """Shares of 1 of right windows: by head and SNR, and the confusion [true, predicted] by head at the lowest SNR."""

    by_snr: dict[str, dict[int, float]]
    lowest: dict[str, np.ndarray]


@dataclass(frozen=True)
class JointResult:
    """What one model, a row's of one seed, is worth; `elsewhere` by condition, empty where it is not measured."""

    card: ModelCard
    seed: int
    multiply_adds: int
    test: Score
    elsewhere: dict[str, Score]


def measure_joint(session: ModelSession, path: Path, elsewhere: bool, per_snr: int, report: Callable[[int, int], None]) -> JointResult:
    """Measure a model.

    Parameters
    ----------
    session : ModelSession
        Of windows of `amplifiers`, whose card says which seed and data it was trained on.
    path : Path
        Its file.
    elsewhere : bool
        Measure other data, carriers, symbol rates and amplifiers too, and the pairs left out, if any.
    per_snr : int
        Test windows of each recording at each SNR; elsewhere five at most.
    report : callable
        Told how many of how many conditions are done.
    """
    seed = session.card.training.seed
    payload = "random" if "random data" in session.card.training.data else "repeated"
    conditions = _conditions(seed, payload) if elsewhere else {}
    steps = 2 + len(conditions)
    report(0, steps)
    test = AmplifierBench(seed, payload).windows(SPLIT["test"], per_snr, purpose=Purpose.EVALUATION)
    logits = _logits(session, test)
    found = {}
    if elsewhere and "left out" in session.card.training.data:
        pairs = left_out(test)
        found[PAIRS] = _score({head: values[pairs] for head, values in logits.items()}, test[pairs])
    for done, (name, bench) in enumerate(conditions.items(), 1):
        report(done, steps)
        windows = bench.windows(SPLIT["test"], min(per_snr, _ELSEWHERE_PER_SNR), purpose=Purpose.EVALUATION)
        given = _logits(session, windows)
        heads = {head: values for head, values in given.items() if head != EMITTER or name != OTHERS}
        found[name] = _score(heads, windows)
        if name == OTHERS and EMITTER in given:
            enrolled = bench.windows(SPLIT["training"], _ENROLLED_PER_SNR)
            found[HELD_OUT] = _enrolled(_logits(session, enrolled), enrolled, given, windows)
    report(steps - 1, steps)
    return JointResult(session.card, seed, multiply_adds(path, session.card.input.window_max).count, _score(logits, test), found)


def _conditions(seed: int, payload: str) -> dict[str, AmplifierBench]:
    other = "repeated" if payload == "random" else "random"
    return {
        f"{other} data": AmplifierBench(seed, other),
        "carrier within 1 kHz": AmplifierBench(seed, payload, offset_hz=1e3),
        "carrier within 10 kHz": AmplifierBench(seed, payload, offset_hz=10e3),
        "8 samples a symbol": AmplifierBench(seed, payload, 8),
        "12 samples a symbol": AmplifierBench(seed, payload, 12),
        OTHERS: AmplifierBench(seed + _OTHER_SET, payload),
    }


def _logits(session: ModelSession, windows: JointWindows) -> dict[str, np.ndarray]:
    parts = [session.logits(represent("iq", windows.x[i : i + _AT_ONCE])) for i in range(0, len(windows), _AT_ONCE)]
    return {head.name: np.concatenate(values) for head, values in zip(session.card.heads, zip(*parts), strict=True)}


def _score(logits: dict[str, np.ndarray], windows: JointWindows) -> Score:
    return score_of({head: values.argmax(axis=1) for head, values in logits.items()}, windows)


def score_of(predicted: dict[str, np.ndarray], windows: JointWindows) -> Score:
    """Return the score of predicted label indices, int [n] by head."""
    right = {head: one == getattr(windows, head) for head, one in predicted.items()}
    lowest = windows.snr_db == windows.snr_db.min()
    confusions = {}
    for head, one in predicted.items():
        size = len(LABELS[head])
        cells = getattr(windows, head)[lowest].astype(int) * size + one[lowest]
        confusions[head] = np.bincount(cells, minlength=size * size).reshape(size, size)
    by_snr = {head: {int(snr): float(one[windows.snr_db == snr].mean()) for snr in np.unique(windows.snr_db)} for head, one in right.items()}
    return Score(by_snr, confusions)


def _enrolled(known: dict[str, np.ndarray], enrolled: JointWindows, given: dict[str, np.ndarray], windows: JointWindows) -> Score:
    """Amplifiers never trained on, told apart by linear discriminants of the model's logits on other recordings of theirs."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    values, others = (np.concatenate(list(one.values()), axis=1) for one in (known, given))
    rule = LinearDiscriminantAnalysis().fit(values, enrolled.emitter)
    return score_of({EMITTER: rule.predict(others)}, windows)
