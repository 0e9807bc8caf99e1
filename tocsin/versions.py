"""``tocsin --version``."""

from typing import Annotated

import typer


def _show(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tocsin {version('tocsin')}")
        raise typer.Exit


def callback(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_show, is_eager=True, help="Show the version, and exit."),
    ] = False,
) -> None:
    """Carries a fire signal from a detector on a wall to the people who must act, and proves it."""
