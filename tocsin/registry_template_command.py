"""The verbs ``registry template`` and ``registry sheet-export``: sheets to fill, and those filled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.language import Language, chosen_words
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say

if TYPE_CHECKING:
    from registry.model.registry import Registry

Tables = Annotated[
    list[str] | None, typer.Argument(metavar="[TABLE...]", help="Tables; all where none is named.")
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")]


def template(
    tables: Tables = None, output: Output = Path("mau.xlsx"), language: Language = None
) -> None:
    """Write a workbook (.xlsx) to be filled: a sheet for each TABLE, with choices, example and help."""
    needs_center()
    from registry.sheets.template import make_template

    _write(output, make_template(_known(tables), chosen_words(language, default="vi")))


def sheet_export(
    tables: Tables = None,
    output: Output = Path("so-lieu.xlsx"),
    config: Config = None,
    database: Database = None,
    language: Language = None,
) -> None:
    """Write TABLES of the active registry as a workbook (.xlsx), or one table as text (.csv).

    An import of what was written changes nothing.
    """
    needs_center()
    import asyncio

    from registry import store
    from registry.sheets.exporting import export_csv, export_xlsx
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    known, words = _known(tables), chosen_words(language, default="vi")
    try:
        registry: Registry = asyncio.run(store.active_version(database_url(config, database))).registry
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    if output.suffix.lower() != ".csv":
        _write(output, export_xlsx(registry, known, words))
    elif len(known) != 1:
        stop(f"{output}: a file of text has one table; name one, or write .xlsx")
    else:
        _write(output, export_csv(registry, known[0], words))


def _known(tables: list[str] | None) -> tuple[str, ...]:
    from registry.sheets.importing import in_tables

    try:
        return in_tables(tables or [])
    except ValueError as error:
        stop(str(error))


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        stop(f"{output}: {error.strerror}; name a file that can be written with -o FILE")
    say(f"written: {output}")
