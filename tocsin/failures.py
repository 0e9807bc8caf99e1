"""How the command line says that something cannot be done: in a sentence that names the remedy."""

from typing import NoReturn

import typer


def stop(*lines: str) -> NoReturn:
    """End with exit code 2 after writing *lines* to stderr."""
    for line in lines:
        typer.secho(line, fg=typer.colors.RED, err=True)
    raise typer.Exit(2)


def missing(error: ModuleNotFoundError, extra: str) -> NoReturn:
    """End because this verb needs *extra* in an installation that has only what a gateway needs."""
    stop(f"this verb needs {error.name}, which is not installed: pip install 'tocsin[{extra}]'")
