"""The verb ``audit verifier``: the program that verifies an export without Tocsin."""

from pathlib import Path

import typer

import audit


def verifier() -> None:
    """Print the verifier, for whoever has an export and no Tocsin.

    It is one file and needs Python 3.9 or newer, nothing else:

    tocsin audit verifier > verify.py; python3 verify.py EXPORT
    """
    typer.echo((Path(audit.__file__).parent / "verify.py").read_text(encoding="utf-8"), nl=False)
