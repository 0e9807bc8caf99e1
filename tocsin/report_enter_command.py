"""The verb ``report enter``: figures of a day that Tocsin does not count, for the daily sheet."""

from datetime import date
from typing import Annotated

import typer

from contract.http.reports import LINES, RecordedFigures
from tocsin.failures import stop
from tocsin.http_client import ServiceClient
from tocsin.options import HERE, Alerting, AsJson, By, Note, TokenFile, acting

TAKEN_BACK = "-"
"""The value that takes an earlier entry back."""


def enter(
    day: Annotated[str, typer.Argument(metavar="DAY", help="The day of the sheet: 2026-11-28.")],
    figures: Annotated[
        list[str], typer.Argument(metavar="LINE=VALUE...", help="Lines of the sheet, as 2=0 3=1 7=-")
    ],
    area: Annotated[
        str | None,
        typer.Option("--area", metavar="AREA", help="The area of the figures; else the whole center."),
    ] = None,
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter figures of a day in the daily sheet.

    Each LINE is one of the 61 of docs/reports.md, with its VALUE on DAY. A later entry corrects an
    earlier one of the same day, area and line; LINE=- takes it back. Who entered what is kept.
    tocsin report daily shows the sheet.

    tocsin report enter 2026-11-28 2=0 3=1 --area phuong-1 --note "đội 1 báo cáo"

    Exit code: 0 if all were entered, 2 if any is refused: then none was.
    """
    body = {
        **acting(by, note),
        "day": _day(day),
        **({} if area is None else {"area": area}),
        "figures": [_figure(each) for each in figures],
    }
    answer = ServiceClient(alerting, token_file).put("/api/v1/reports/daily", body)
    if as_json:
        typer.echo(answer.text())
        return
    done: RecordedFigures = answer.decoded(RecordedFigures)
    place = "the whole center" if done.area is None else done.area
    typer.echo(f"{done.recorded} figures of {done.day} entered for {place}, by {done.by}")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        stop(f"{text!r} is not a day; write one as 2026-11-28")


def _figure(text: str) -> dict[str, int | None]:
    """Return the figure in *text*, such as ``2=0``; ends the program where there is none."""
    line, is_pair, value = text.partition("=")
    if not is_pair or not line.isdecimal() or not 1 <= int(line) <= LINES:
        stop(f"{text!r} is not a figure; write the line from 1 to {LINES} and its value, as 2=0")
    if value == TAKEN_BACK:
        return {"line": int(line), "value": None}
    if not value.isdecimal():
        stop(f"{text!r}: {value!r} is not a whole number; write one as 2=0, or 2=- to take it back")
    return {"line": int(line), "value": int(value)}
