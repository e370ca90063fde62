# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec fingerprint list|revoke|rename|merge|export|import``: what is in a gallery, and changes to it."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from .fingerprint_input import GalleryFile
from .out_files import refuse_own
from .plain import plain_console, say

Name = Annotated[str, typer.Argument(help="Of an enrolled emitter.")]


def list_(
    gallery: GalleryFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """List the enrolled emitters."""
    with _opened(gallery) as store:
        emitters, encoder = store.emitters(), store.encoder
    if as_json:
        print(json.dumps({"encoder": encoder.name, "sha256": encoder.sha256, "emitters": [asdict(one) for one in emitters]},
                         indent=2, ensure_ascii=False))
        return
    console, table = plain_console(), Table(
        Column("emitter", overflow="fold"), Column("examples", justify="right"), "enrolled (UTC)", Column("note", overflow="fold"), box=SIMPLE_HEAD)
    for one in emitters:
        table.add_row(one.name, f"{one.examples:,}", one.enrolled, one.note)
    console.print(table)
    console.print(f"{_counted(len(emitters))}, by the encoder {encoder.name}.", highlight=False)


def revoke(gallery: GalleryFile, name: Name) -> None:
    """Take an emitter out of the gallery."""
    with _opened(gallery) as store:
        store.revoke(name)
    say(f"{name}: revoked.")


def rename(gallery: GalleryFile, name: Name, new: Annotated[str, typer.Argument(help="Its new name.")]) -> None:
    """Give an emitter another name."""
    with _opened(gallery) as store:
        store.rename(name, new)
    say(f"{name}: now {new}.")


def merge(gallery: GalleryFile, into: Name, name: Name) -> None:
    """Give the examples of the emitter NAME to the emitter INTO: both turned out to be one."""
    with _opened(gallery) as store:
        store.merge(into, name)
    say(f"{name}: now part of {into}.")


def export(gallery: GalleryFile, file: Annotated[Path, typer.Argument(help="The text file to write.")]) -> None:
    """Write the whole gallery as text."""
    refuse_own(file, "gallery", gallery, "another name for the text")
    with _opened(gallery) as store:
        count = store.export_to(file)
    say(f"{file}: {_counted(count)} written.")


def import_(gallery: GalleryFile, file: Annotated[Path, typer.Argument(help="A text file that export wrote.")]) -> None:
    """Enrol all emitters of such a text file. The gallery is made where it is missing."""
    from ..fingerprint.gallery import Gallery
    from ..fingerprint.gallery_export import read_export

    encoder = None if os.path.exists(gallery) else read_export(file)[0]
    with Gallery(gallery, encoder, create=encoder is not None) as store:
        count = store.import_from(file)
    say(f"{file}: {_counted(count)} enrolled.")


def _counted(emitters: int) -> str:
    return f"{emitters:,} emitter{'s' * (emitters != 1)}"


def _opened(gallery: Path):
    from ..fingerprint.gallery import Gallery

    return Gallery(gallery)
