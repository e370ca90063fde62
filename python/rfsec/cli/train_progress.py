# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a training is: a bar on a terminal, and now and then a line where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..errors import ParameterError

_SHARE_PER_LINE = 0.02  # where there is no terminal for a bar, a line each time that much more is done


class TrainingProgress:
    """What `training_progress` gives: tell it what is done."""

    def __init__(self, console: Console, bar: Progress, task: int) -> None:
        self._console, self._bar, self._task, self._shown = console, bar, task, 0.0

    def prepares(self, what: str, done: int | None = None, of: int | None = None) -> None:
        """Data are being made: `what` in words, and how much of how much."""
        self._bar.update(self._task, completed=done, total=of, standing=what)

    def stands(self, done: int, of: int, unit: str, text: str) -> None:
        """The training has done so many of so many `unit`; `text` says how it goes."""
        self._bar.update(self._task, completed=done, total=of, standing=text)
        if not self._console.is_terminal and done / of >= self._shown + _SHARE_PER_LINE:
            self._shown = done / of
            self._console.print(f"{done:,} of {of:,} {unit}: {text}", soft_wrap=True)


@contextmanager
def training_progress(console: Console, what: str) -> Iterator[TrainingProgress]:
    """Show the progress of the training `what` while the block lasts."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[standing]}"),
               TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        yield TrainingProgress(console, bar, bar.add_task(what, total=None, standing=""))


def refuse_unused(what: str, unused: dict[str, object]) -> None:
    """Raise ParameterError where an option of other models is given; `what` names the model and why it takes none."""
    given = [name for name, value in unused.items() if value is not None]
    if given:
        raise ParameterError(f"{what} takes no --{given[0].replace('_', '-')}. Leave it out.")
