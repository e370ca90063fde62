# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line. ``main`` is its front door: every deliberate error becomes one line and a non-zero exit."""

import os
import sys
from typing import Annotated, NoReturn

import typer

from .. import __version__
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
from .plain import spelled_out
from .quantise import quantise
from .report import report
from .reproduce import reproduce
from .sensor import sensor
from .train import train

app = typer.Typer(name="rfsec", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rfsec {__version__}")
        raise typer.Exit


@app.callback()
def _program(version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")] = False) -> None:
    """RF security in GNU Radio: classify what is transmitted, and by whom; draw keys from channels."""


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
    if sys.stdout is None:  # its number would be that of the next file opened, and what is printed would go there
        _fail("Standard output is closed. Send it to a file, or to /dev/null.")
    sys.stdout.reconfigure(errors="replace")  # a terminal may lack the dash of a range, or the letters of a name
    try:
        try:
            app()
        except SystemExit:
            sys.stdout.flush()
            raise
    except RfsecError as error:
        _fail(str(error))
    except RuntimeError as error:
        if GNU_RADIO_SETTINGS not in str(error):
            raise
        _fail(f"GNU Radio keeps settings in the home directory and cannot: {error}. Set HOME to a folder that can be written to.")
    except MemoryError:
        _fail("What is asked for does not fit into memory. Ask for fewer windows at once.")
    except BrokenPipeError:
        _let_go()
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'standard output'}: {error.strerror or error}.")


def _fail(message: str) -> NoReturn:
    """Print a message as one line, whatever names are in it, and leave; what would command a terminal is spelled out."""
    line = " ".join(message.splitlines())
    typer.echo(f"rfsec: {spelled_out(line)}", err=True)
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError:
            _let_go()
    sys.exit(1)


def _let_go() -> None:
    """Send what standard output did not take nowhere, or Python complains once more while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
