# SPDX-License-Identifier: GPL-3.0-or-later
"""A model of any kind, opened as what its card says that it is."""

from pathlib import Path

from .card import ENCODER_TASK, MAPPER_TASK, TECHNOLOGY_TASK, task_of
from .encoder_session import EncoderSession
from .mapper_session import MapperSession
from .runtime import card_text, open_runtime
from .session import ModelSession
from .technology_session import TechnologySession

AnySession = ModelSession | EncoderSession | MapperSession | TechnologySession
_SESSIONS: dict[str, type[AnySession]] = {ENCODER_TASK: EncoderSession, MAPPER_TASK: MapperSession, TECHNOLOGY_TASK: TechnologySession}


def open_session(path: Path) -> AnySession:
    """Return a session of the kind that the task of the file's card asks for.

    Raises ModelError where the file is missing or damaged, has no card, or its card does not fit its graph.
    """
    task = task_of(card_text(open_runtime(path, 1), path))
    return _SESSIONS.get(task, ModelSession)(path)
