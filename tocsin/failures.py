"""How the command line says that something cannot be done: in a sentence that names the remedy."""

from typing import NoReturn

import typer


def stop(*lines: str) -> NoReturn:
    """End with exit code 2 after writing *lines* to stderr."""
    for line in lines:
        typer.secho(line, fg=typer.colors.RED, err=True)
    raise typer.Exit(2)


class MissingLibrary(typer.BadParameter):
    """A verb of the center in an installation that has only what a gateway needs."""

    def __init__(self, flaw: ModuleNotFoundError) -> None:
        super().__init__(
            f"this verb needs {flaw.name}, which is not installed: pip install 'tocsin[center]'"
        )
