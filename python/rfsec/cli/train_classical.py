# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train random-forest`` and the other classical baselines: fitted at once, without a loop to continue."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console

from ..errors import ParameterError
from .plain import plain_console


def train_classical(
    model: str,
    seed: int,
    windows: int | None,
    out: Path,
    corpus: tuple[str | None, str | None, int | None],
    unused: dict[str, Any],
) -> None:
    """Fit the baseline `model` and write it; `corpus` is what ``make_corpus`` takes beside the recipe and the seed.

    `unused` are the options of networks: ParameterError where one of them is given, or scikit-learn is missing.
    """
    given = [name for name, value in unused.items() if value is not None]
    if given:
        raise ParameterError(f"The baseline {model} is fitted at once and takes no --{given[0]}. Leave it out.")
    if find_spec("sklearn") is None:
        raise ParameterError(f"Training {model} needs scikit-learn, which is not installed. Run script/bootstrap --dev.")
    from ..training.classical import LSTM, produce_classical
    from ..training.corpus import make_corpus

    console = plain_console()
    with console.status(model) as status:

        def report(stage: str) -> None:
            status.update(f"{model}: {stage}")
            if not console.is_terminal:
                console.print(f"{model}: {stage}")

        card = produce_classical(model, seed, windows, out, report, make_corpus(LSTM, seed, *corpus))
    show_result(console, card, out)


def show_result(console: Console, card: Any, out: Path) -> None:
    """Print the accuracies of a card, and where its model was written."""
    by_snr = "  ".join(f"{snr}: {share:.0%}" for snr, share in card.metrics.accuracy_by_snr.items())
    console.print(f"Accuracy by SNR (dB): {by_snr}", soft_wrap=True)
    if card.metrics.accuracy_0_to_18_db is not None:
        console.print(f"Accuracy over 0 to 18 dB: {card.metrics.accuracy_0_to_18_db:.1%} ({card.metrics.test_data})", soft_wrap=True)
    console.print(f"Accuracy: {card.metrics.accuracy:.1%}")
    console.print(f"Written: {out}", soft_wrap=True)
