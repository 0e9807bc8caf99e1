"""The verb ``registry sheet``: spreadsheets, previewed and imported as one change."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.language import Language, chosen_words
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, load_alerting, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.model.registry import Registry
    from registry.sheets.cells import Sheet
    from registry.sheets.changes import SheetChanges
    from registry.sheets.findings import Finding
    from registry.sheets.plan_state import Check, PlanOptions
    from words.catalogue import Words

Pairs = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="The field of a column; COLUMN=- leaves it out."),
]


def sheet(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, XLSX, XLS or ODS; together one change.")
    ],
    config: Config = None,
    database: Database = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="TABLE", help="The table of every sheet.")
    ] = None,
    map_: Pairs = None,
    fill: Annotated[
        list[str] | None,
        typer.Option("--fill", metavar="FIELD=VALUE", help="A field of all rows, without a column."),
    ] = None,
    source: Annotated[
        str, typer.Option(metavar="NAME", help="Who sends these sheets: their mapping is remembered.")
    ] = "",
    complete: Annotated[
        bool, typer.Option("--complete", help="Remove rows that the sheets do not have.")
    ] = False,
    call_heads: Annotated[
        bool,
        typer.Option("--call-heads", help="Make contacts of heads and team leaders, called in order."),
    ] = False,
    corrected: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a copy (.xlsx) whose faulty cells are coloured."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply/--preview", help="Import it; by default it is only shown.")
    ] = False,
    who: Annotated[
        str, typer.Option(metavar="NAME", help="The person who imports; the user by default.")
    ] = "",
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Show what FILE... would change in the registry, or import them with --apply.

    Headings are known in Vietnamese and English, with or without diacritics, and as names of fields;
    a template has them all: tocsin registry template. What a column means is said with --map, and
    remembered once the sheets were imported with the same --source. Every mistake is named with its
    sheet, row, column and remedy; with one mistake nothing is imported.

    Sheets change the rows and columns that they have. Rows that they do not have stay, unless they are
    --complete. An import needs --config, for the channels that are set up, as registry import does.
    It is taken back with: tocsin registry undo.

    Exit code: 0 if it can be imported or was, 1 if the preview has errors, 2 if it is refused.
    """
    needs_center()
    from registry.store import ChangeRefused
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    words, url = chosen_words(language, default="vi"), database_url(config, database)
    if apply and config is None:
        from tocsin.registry_import_command import NEEDS_CONFIG

        stop(NEEDS_CONFIG)
    now = utc_now()
    options = _options(table, map_, fill, now=now, source=source, complete=complete, calls=call_heads)
    order = _Order(tuple(files), url, config, options, words, now, who or getpass.getuser(), corrected)
    try:
        changes, version = order.run(is_applied=apply)
    except (BadDatabase, CannotStart, ChangeRefused) as error:
        stop(*str(error).split("\n"))
    _show(changes, version, words, as_json=as_json, wanted=apply)


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be done with *files*."""

    files: tuple[Path, ...]
    url: str
    config: Path | None
    options: PlanOptions
    words: Words
    now: datetime
    who: str
    corrected: Path | None

    def run(self, *, is_applied: bool) -> tuple[SheetChanges, int | None]:
        """Return the changes, and the version that they became."""
        import asyncio
        from dataclasses import replace

        sheets, unreadable = _read(self.files)
        changes, version = asyncio.run(self._in_database(sheets, unreadable, is_applied=is_applied))
        changes = replace(changes, findings=(*unreadable, *changes.findings))
        if self.corrected is not None:
            from registry.sheets.corrected_copy import corrected_copy

            self.corrected.write_bytes(corrected_copy(sheets, changes.findings, self.words))
        return changes, version

    async def _in_database(
        self, sheets: list[Sheet], unreadable: list[Finding], *, is_applied: bool
    ) -> tuple[SheetChanges, int | None]:
        from registry.sheets.importing import open_sheets
        from registry.sheets.labels import Labels
        from words.loading import catalogue

        async with open_sheets(self.url, self._key()) as store:
            based_on, changes = await store.plan(
                sheets, self.options, labels=Labels(catalogue()), check=self._check()
            )
            if not is_applied or unreadable or not changes.is_usable or changes.says_nothing:
                return changes, None
            note = ", ".join(each.name for each in self.files)
            made = await store.apply(changes, based_on=based_on, who=self.who, now=self.now, note=note)
            return changes, made.version

    def _check(self) -> Check:
        """Return the check of an import on whom policies reach, by the settings."""
        from registry.files import BadRegistry, check_reachable
        from tocsin.registry_channels import channels_of

        def check(registry: Registry) -> list[str]:
            try:
                check_reachable(registry, self.now, **channels_of(self.config))
            except BadRegistry as error:
                return error.errors
            return []

        return check

    def _key(self) -> Path | None:
        from audit.center_key import NAME

        return None if self.config is None else load_alerting(self.config).data_dir / NAME


def _options(
    table: str | None,
    mapped: list[str] | None,
    fill: list[str] | None,
    *,
    now: datetime,
    source: str,
    complete: bool,
    calls: bool,
) -> PlanOptions:
    from registry.model.local_time import local_day
    from registry.model.registry import TABLES
    from registry.sheets.headings import ByHand
    from registry.sheets.plan_state import PlanOptions

    if table is not None and table not in TABLES:
        stop(f"--table {table}: unknown table; known: {', '.join(TABLES)}")
    return PlanOptions(
        local_day(now),
        source=source,
        by_hand=ByHand(table, _pairs("--map", mapped)),
        fill=_pairs("--fill", fill),
        is_complete=complete,
        calls_heads=calls,
    )


def _pairs(option: str, texts: list[str] | None) -> dict[str, str]:
    pairs = [each.rpartition("=") if option == "--map" else each.partition("=") for each in texts or []]
    if wrong := [
        text for text, (name, mark, _) in zip(texts or [], pairs, strict=True) if not (name and mark)
    ]:
        stop(f"{option} {wrong[0]}: it has no name before '='; write {option} NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _read(files: tuple[Path, ...]) -> tuple[list[Sheet], list[Finding]]:
    """Return the sheets in *files*, and what is wrong with files that cannot be read."""
    from registry.sheets.reading import read_files

    try:
        return read_files([(each.name, each.read_bytes()) for each in files])
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}; correct the path")


def _show(
    changes: SheetChanges, version: int | None, words: Words, *, as_json: bool, wanted: bool
) -> NoReturn:
    from registry.sheets.preview_text import preview_json, preview_lines

    if as_json:
        say_json(preview_json(changes, words) | {"version": version})
    else:
        say(*preview_lines(changes, words), _last_line(changes, version, wanted=wanted))
    raise typer.Exit(0 if changes.is_usable else 2 if wanted else 1)


def _last_line(changes: SheetChanges, version: int | None, *, wanted: bool) -> str:
    if version is not None:
        return f"imported as version {version}; to take it back: tocsin registry undo"
    if changes.says_nothing and changes.is_usable:
        return "nothing to import: the registry says the same"
    if not changes.is_usable:
        return "nothing was imported; correct what is named, --corrected FILE writes a coloured copy"
    return "nothing was imported" if wanted else "nothing was imported; run it with --apply to import it"
