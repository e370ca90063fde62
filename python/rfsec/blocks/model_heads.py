# SPDX-License-Identifier: GPL-3.0-or-later
"""Which heads of a model a block has ports for."""

from collections.abc import Iterable, Sequence

from ..errors import ModelError
from ..inference.card import Head
from ..inference.session import ModelSession


def chosen_heads(session: ModelSession, classes: int | Sequence[int] | None) -> list[Head]:
    """The heads of a model that ``classes`` speaks of: their numbers of labels, in the order of the card.

    A number alone stands for the first head, and None for all heads. Raises ModelError, naming the head, where the card
    says otherwise, and where it has fewer heads.
    """
    heads = session.card.heads
    if classes is None:
        return heads
    numbers = list(classes) if isinstance(classes, Iterable) else [classes]
    if not 1 <= len(numbers) <= len(heads):
        names = ", ".join(f"'{head.name}'" for head in heads)
        raise ModelError(f"{session.path}: the model has the heads {names}, and 'classes' has a number for each of them. "
                         f"Got classes={classes} instead.")
    for head, number in zip(heads, numbers):
        if number != len(head.labels):
            raise ModelError(f"{session.path}: the head '{head.name}' has {len(head.labels)} labels. Got classes={classes} instead.")
    return heads[: len(numbers)]
