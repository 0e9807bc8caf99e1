"""The verb ``report``: figures of a period, for the terminal, a spreadsheet or a document."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contract.times import to_micros
from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.language import Language, chosen_words
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.report_enter_command import enter

if TYPE_CHECKING:
    from reports.domain.document import ReportDocument
    from reports.order import ReportOrder
    from words.catalogue import Words

app = typer.Typer(
    help="Show figures of a period: incidents, response times, availability, the daily sheet, duties, "
    "shifts; enter figures in the sheet.",
    no_args_is_help=True,
)


class ShownForm(StrEnum):
    """The form of a report: lines for a terminal, or a file."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


FILES = frozenset({ShownForm.XLSX, ShownForm.PDF})
"""Forms that no terminal can show."""

REPORTS = {
    "figures": "Count incidents by outcome, place, hour and cause.",
    "response": "Show how long each step took, and the slowest fires.",
    "availability": "Show for which time points and gateways were well.",
    "daily": "Show the daily sheet of 61 lines, and the lists beside it.",
    "duties": "Count duties that were due, and that were done.",
    "shifts": "List the hand-overs of shifts, what was open, and the fires.",
}

First = Annotated[str, typer.Option("--from", metavar="DAY", help="The first day: 2026-11-01.")]
End = Annotated[str, typer.Option("--to", metavar="DAY", help="The day after the last one: 2026-12-01.")]
AreaName = Annotated[
    str | None, typer.Option("--area", metavar="AREA", help="Only this area, with all below it.")
]
FormOption = Annotated[ShownForm, typer.Option("--format", help="The form of the report.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report to this file.")
]


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """The options of a report."""

    form: ShownForm
    output: Path | None
    language: str | None


def _report(name: str, about: str) -> Callable[..., None]:
    def report(
        first: First,
        end: End,
        area: AreaName = None,
        form: FormOption = ShownForm.TEXT,
        output: Output = None,
        config: Config = None,
        database: Database = None,
        language: Language = None,
        as_json: AsJson = False,
    ) -> None:
        asked = ReportOptions(ShownForm.JSON if as_json else form, output, language)
        _make(name, (first, end, area), asked, config, database)

    report.__doc__ = (
        f"{about}\n\nThe database of the center is only read. What each figure counts, and what "
        f"it leaves out: docs/reports.md.\n\ntocsin report {name} --from 2026-11-01 --to 2026-12-01 "
        f"--config alerting.toml --format pdf -o {name}.pdf"
    )
    return report


for _name, _about in REPORTS.items():
    app.command(_name)(_report(_name, _about))
app.command("enter")(enter)


def _make(
    name: str,
    about: tuple[str, str, str | None],
    asked: ReportOptions,
    config: Path | None,
    database: str | None,
) -> None:
    if asked.form in FILES and asked.output is None and sys.stdout.isatty():
        stop(f"a {asked.form} is no text for a terminal; name a file with --output FILE")
    needs_center()
    from registry.model.local_time import LOCAL_TIME
    from reports.order import ReportForm, ReportOrder

    words = chosen_words(asked.language)
    form = ReportForm.JSON if asked.form is ShownForm.TEXT else ReportForm(asked.form.value)
    order = ReportOrder(
        database=database_url(config, database),
        name=name,
        form=form,
        first=about[0],
        end=about[1],
        area=about[2],
        as_of=to_micros(utc_now()),
        zone=LOCAL_TIME,
        language=words.language,
    )
    document = _read(order, words)
    if asked.form is ShownForm.TEXT:
        _show(document, asked.output)
    else:
        _write(document, form=order.form.value, words=words, output=asked.output)


def _read(order: ReportOrder, words: Words) -> ReportDocument:
    from rich.console import Console

    from reports.making import report_of
    from reports.reading import UnreadableDatabase, reading

    console = Console(stderr=True)
    try:
        with console.status("opening the database") as status, reading(order.database) as connection:
            return report_of(connection, order, words, lambda what: status.update(f"reading: {what}"))
    except (UnreadableDatabase, ValueError) as error:
        stop(str(error))


def _write(document: ReportDocument, *, form: str, words: Words, output: Path | None) -> None:
    from reports.making import written
    from reports.order import ReportForm

    content = written(document, ReportForm(form), words)
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        stop(f"{output}: {error.strerror}; name another file with --output")


def _show(document: ReportDocument, output: Path | None) -> None:
    from reports.outputs.as_text import as_text

    text = as_text(document)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(f"{output}: {error.strerror}; name another file with --output")
