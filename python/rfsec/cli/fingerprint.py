# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec fingerprint``: enrol emitters in a gallery, and say which of them sent a burst."""

import os
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from ..errors import ParameterError
from .fingerprint_evaluate import evaluate
from .fingerprint_gallery import export, import_, list_, merge, rename, revoke
from .fingerprint_identify import identify, verify
from .fingerprint_input import Bursts, Format, GalleryFile, Model, Rate, SkipBytes, checked_numbers, opened
from .plain import say

app = typer.Typer(help="Enrol emitters, and say which of them sent a burst.", no_args_is_help=True)


@app.command()
def enrol(
    gallery: GalleryFile,
    name: Annotated[str, typer.Argument(help="Of the emitter, 1 to 64 printable characters.")],
    recordings: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings: SigMF, WAV, or raw samples.")],
    burst: Bursts = None,
    add: Annotated[bool, typer.Option("--add", help="Add examples to an emitter that is enrolled.")] = False,
    note: Annotated[str, typer.Option(help="Kept with the emitter, for people.")] = "",
    allow_clipping: Annotated[bool, typer.Option("--allow-clipping", help="Take bursts that clip, too.")] = False,
    model: Model = None,
    sample_format: Format = None,
    rate: Rate = None,
    skip_bytes: SkipBytes = 0,
) -> None:
    """Enrol an emitter from the bursts of recordings in which nothing else is sent. The gallery is made where it is missing."""
    numbers = checked_numbers(burst, len(recordings))
    if add and note:
        raise ParameterError("--note belongs to a new emitter; leave out --add.")
    from ..fingerprint.enrolled import check_name, check_note
    from ..fingerprint.gallery import Gallery
    from ..inference.authenticator import encoder_of
    from ..inference.fingerprinter import Fingerprinter
    from ..inference.recorded_fingerprints import fingerprinted, suitable_encoder

    check_name(name)
    check_note(note)
    chosen = model or (encoder_of(gallery) if add or os.path.exists(gallery) else None)
    fingerprinter, embeddings, left_out = None, [], []
    for path in recordings:
        with opened(path, sample_format, rate, skip_bytes) as (recording, rate_hz):
            if fingerprinter is None:
                fingerprinter = Fingerprinter(chosen or suitable_encoder(recording, rate_hz, numbers))
            for one in fingerprinted(recording, rate_hz, fingerprinter, numbers):
                where = f"burst {one.number} of {path}"
                if one.embedding is None and numbers:
                    raise ParameterError(f"{where} gives no fingerprint ({one.reason}); choose others with --burst.")
                if one.embedding is None:
                    left_out.append(f"{where}: {one.reason}")
                    continue
                if one.burst.clips and not allow_clipping:
                    raise ParameterError(f"{where} clips, and that would become part of the fingerprint; choose others with --burst, "
                                         "receive with less gain, or add --allow-clipping.")
                embeddings.append(one.embedding)
    if not embeddings:
        raise ParameterError(f"No burst gives a fingerprint of {fingerprinter.card.name}: {left_out[0]}. Is it for another --model?")
    with Gallery(gallery, fingerprinter.encoder, create=not add) as store:
        if add:
            store.add_examples(name, np.stack(embeddings))
        else:
            store.enrol(name, np.stack(embeddings), note)
    for text in left_out:
        say(f"left out: {text}", stderr=True)
    say(f"{name}: {'added' if add else 'enrolled from'} {len(embeddings)} burst{'s' * (len(embeddings) > 1)} ({fingerprinter.card.name}).")


app.command()(identify)
app.command()(verify)
app.command("list")(list_)
app.command()(revoke)
app.command()(rename)
app.command()(merge)
app.command()(export)
app.command("import")(import_)
app.command()(evaluate)
