"""The passphrase of the offline root: from a file or the terminal, never from the command line."""

from pathlib import Path
from typing import Annotated

import typer

from runtime.text_files import NotText, read_text
from tocsin.failures import stop

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A file with the root's passphrase; else it is asked for at the terminal."
    ),
]


def passphrase(file: Path | None, *, twice: bool) -> str:
    """Return the passphrase in *file*, or the one that is typed, *twice* where it is new."""
    if file is None:
        return str(typer.prompt("Passphrase of the root", hide_input=True, confirmation_prompt=twice))
    try:
        return read_text(file).strip()
    except (OSError, NotText) as error:
        stop(f"{file}: cannot be read ({error}); name a file with the passphrase")
