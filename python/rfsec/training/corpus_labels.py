# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of a user's own data, checked before a training that ends in a card of them."""

from pydantic import TypeAdapter, ValidationError

from ..errors import DatasetError
from ..inference.card import Label

_LABEL = TypeAdapter(Label)


def check_labels(where: str, labels: tuple[str, ...]) -> None:
    """Raises DatasetError, naming the data `where` they are from, unless these are two or more labels that a card may have."""
    wrong = next((one for number, one in enumerate(labels) if not _is_label(one) or one in labels[:number]), None)
    if wrong is not None or len(labels) < 2:
        got = f"{len(labels)} label" if wrong is None else f"{wrong[:80]!r}"
        raise DatasetError(f"The labels of the {where} must be two or more, all different, of 1 to 64 characters that can be printed. Got {got} instead.")


def _is_label(text: str) -> bool:
    try:
        _LABEL.validate_python(text)
    except ValidationError:
        return False
    return True
