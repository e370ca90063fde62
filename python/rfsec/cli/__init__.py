# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line. ``main`` is its front door: every deliberate error becomes one line and a non-zero exit."""

import os
import sys

import typer

from ..errors import RfsecError
from .bench import app as bench
from .classify import classify
from .collect import collect
from .dataset import app as dataset
from .doctor import doctor
from .evaluate import evaluate
from .fingerprint import app as fingerprint
from .keygen import app as keygen
from .models import models
from .quantise import quantise
from .report import report
from .reproduce import reproduce
from .sensor import sensor
from .train import train

app = typer.Typer(name="rfsec", help="RF security in GNU Radio: classify what is transmitted, and by whom; draw keys from channels.",
                  no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
app.command()(classify)
app.command()(report)
app.add_typer(models)
app.command()(doctor)
app.command()(evaluate)
app.command()(train)
app.command()(quantise)
app.command()(reproduce)
app.add_typer(fingerprint, name="fingerprint")
app.add_typer(keygen, name="keygen")
app.command()(sensor)
app.command()(collect)
app.add_typer(dataset, name="dataset")
app.add_typer(bench, name="bench")

GNU_RADIO_SETTINGS = "/.gnuradio"  # in HOME; GNU Radio makes this folder when the first flowgraph starts


def main() -> None:
    """Run the command line and leave with its exit status."""
    try:
        app()
    except RfsecError as error:
        typer.echo(f"rfsec: {error}", err=True)
        sys.exit(1)
    except RuntimeError as error:
        if GNU_RADIO_SETTINGS not in str(error):
            raise
        typer.echo(f"rfsec: GNU Radio keeps settings in the home directory and cannot: {error}. "
                   "Set HOME to a folder that can be written to.", err=True)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more while it ends
        sys.exit(1)
