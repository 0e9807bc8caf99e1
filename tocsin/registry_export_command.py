"""The verb ``registry export``: the whole registry as TOML files, or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.model.registry import Registry


def export(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="PLACE", help="FILE.toml, or a folder; without it, the terminal."
        ),
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="This version; the active one by default."),
    ] = None,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole registry as TOML, which an import reads again.

    The same registry is written as the same bytes, so that git shows what changed: tables in their
    order, rows by their keys, and nothing that has its default. Importing an export imports nothing.

    Into a folder it writes shared.toml and one file for each premises, premises/NAME.toml; all of them
    together are the registry. A TOML file there that is not part of it is named, and nothing is written:
    an import would read it, too. Comments and the order of your own files are not kept: a registry has
    none.

    With --json the registry is written as one JSON object on the terminal.

    tocsin registry export -o registry/ --config alerting.toml
    tocsin registry import registry/*.toml registry/premises/*.toml --config alerting.toml
    """
    needs_center()
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        content = _content(database_url(config, database), version)
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    if as_json:
        say_json(content.model_dump(mode="json"))
    elif output is None:
        from registry.domain.toml_text import toml_text

        typer.echo(toml_text(content), nl=False)
    else:
        say(_written(content, output))


def _content(url: str, version: int | None) -> Registry:
    import asyncio

    from registry.store import ChangeRefused, existing_store

    async def read() -> Registry:
        async with existing_store(url) as store:
            if version is None:
                return (await store.active_version()).registry
            return await store.version_at(version)

    try:
        return asyncio.run(read())
    except ChangeRefused as error:
        stop(str(error))


def _written(content: Registry, output: Path) -> str:
    """Write *content* to *output*; return what was written."""
    from registry.domain.toml_text import toml_files, toml_text

    try:
        if output.suffix == ".toml":
            output.write_text(toml_text(content), encoding="utf-8")
            return f"written to {output}"
        files = dict(toml_files(content))
        _refuse_others(output, set(files))
        (output / "premises").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (output / name).write_text(text, encoding="utf-8")
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}; name a place that can be written")
    return f"{len(files)} files written to {output}"


def _refuse_others(folder: Path, own: set[str]) -> None:
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*.toml")}
    if others := sorted(there - own):
        named = ", ".join(others[:5]) + ("" if len(others) <= 5 else f" and {len(others) - 5} more")
        stop(f"{folder}: {named} would not be part of the export; remove them, or name another folder")
