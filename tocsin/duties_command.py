"""The verb ``duties``: what is due, what was done, the deadline board, the rules, and the history."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from contract.duties import DutyKind, DutyOutcome, DutyState
from contract.http.duties import (
    Board,
    BoardArea,
    Duties,
    DutyEvents,
    DutyOfPremises,
    DutyRecord,
    DutyRuleList,
    PremisesDuties,
    RecordedDuty,
)
from duties.domain.wording import DUTY_OUTCOMES, DUTY_STATES, shown_day
from tocsin.csv_files import write_csv
from tocsin.failures import stop
from tocsin.http_client import ServiceClient
from tocsin.language import Language, chosen_words
from tocsin.options import HERE, Alerting, AsJson, By, Note, Premises, TokenFile, acting
from words.catalogue import Words

app = typer.Typer(
    help="Duties of fire prevention: what is due at which premises, and what was done. "
    "The rules are rows of the registry, each with its law.",
    no_args_is_help=True,
)

AT_ONCE = 1_000
"""Duties of one request, where all are written to a file."""

Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Write all to FILE for a spreadsheet."),
]
Area = Annotated[
    str | None, typer.Option("--area", metavar="AREA", help="Only this area, with all below it.")
]
OfPremises = Annotated[str, typer.Argument(metavar="PREMISES", help="Their id in the registry.")]


def _day_option(name: str, about: str) -> Any:
    """Return the option *name*, which is a day."""
    return typer.Option(name, metavar="DAY", formats=["%Y-%m-%d"], help=about)


Day = Annotated[datetime | None, _day_option("--day", "As of this day; today if absent.")]
DoneOn = Annotated[datetime | None, _day_option("--on", "When; today if absent.")]
GoodUntil = Annotated[datetime | None, _day_option("--until", "It counts until then.")]


@app.command()
def due(
    area: Area = None,
    premises: Premises = None,
    kind: Annotated[DutyKind | None, typer.Option(help="Only duties of this kind.")] = None,
    state: Annotated[DutyState | None, typer.Option(help="Only duties in this state.")] = None,
    day: Day = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=1_000, help="List so many.")] = 100,
    csv: Csv = None,
    language: Language = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List duties, those that are due first before the others."""
    center, words = ServiceClient(alerting, token_file), chosen_words(language)
    wanted = _query(area=area, premises=premises, kind=kind, state=state, day=_day(day), limit=limit)
    if csv is not None:
        written = write_csv(csv, _DUTY_HEADER, _all_duties(center, wanted))
        typer.echo(words.counted("duties.written", written, file=csv))
        return
    answer = center.get("/api/v1/duties", wanted)
    if as_json:
        typer.echo(answer.text())
        return
    found: Duties = answer.decoded(Duties)
    lines = [_line(each, words) for each in found.duties] or [words.text("duties.none")]
    typer.echo("\n".join(lines))
    if found.next is not None:
        typer.echo(words.text("duties.more"), err=True)


@app.command()
def record(
    premises: OfPremises,
    duty: Annotated[str, typer.Argument(metavar="DUTY", help="The duty, as due and rules name it.")],
    outcome: Annotated[DutyOutcome, typer.Option(help="How it ended.")] = DutyOutcome.PASSED,
    on: DoneOn = None,
    by: By = None,
    note: Note = "",
    file: Annotated[
        str | None, typer.Option(metavar="SHA256", help="The stored file that proves it.")
    ] = None,
    until: GoodUntil = None,
    corrects: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The event that was wrong, as history shows it.")
    ] = None,
    language: Language = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Record what was done for a duty of premises.

    Nothing that was recorded is ever changed: a mistake is corrected by another event that names it
    with --corrects. What should not count at all is corrected by --outcome cancelled.
    """
    given = {"premises": premises, "duty": duty, "outcome": outcome.value, **acting(by, note)}
    optional = {"done_on": _day(on), "file": file, "good_until": _day(until), "corrects": corrects}
    body = given | {name: value for name, value in optional.items() if value is not None}
    answer = ServiceClient(alerting, token_file).post("/api/v1/duties/events", body)
    if as_json:
        typer.echo(answer.text())
        return
    done: RecordedDuty = answer.decoded(RecordedDuty)
    typer.echo(_recorded(done, chosen_words(language)))


@app.command()
def show(
    premises: OfPremises,
    day: Day = None,
    language: Language = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Show the duties of premises, and points late to test."""
    client, words = ServiceClient(alerting, token_file), chosen_words(language)
    answer = client.get(f"/api/v1/premises/{premises}/duties", _query(day=_day(day)))
    if as_json:
        typer.echo(answer.text())
        return
    found: PremisesDuties = answer.decoded(PremisesDuties)
    typer.echo("\n".join([_line(each, words) for each in found.duties] or [words.text("duties.none")]))
    if late := found.late_to_test:
        names = ", ".join(each.point for each in late)
        typer.echo(words.counted("duties.late", len(late), points=found.points, names=names))


@app.command()
def board(
    area: Area = None,
    day: Day = None,
    csv: Csv = None,
    language: Language = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Count who is connected, only declared, or neither."""
    client, words = ServiceClient(alerting, token_file), chosen_words(language)
    answer = client.get("/api/v1/duties/board", _query(area=area, day=_day(day)))
    if as_json:
        typer.echo(answer.text())
        return
    found: Board = answer.decoded(Board)
    if csv is not None:
        written = write_csv(csv, _BOARD_HEADER, _board_rows(found))
        typer.echo(words.counted("duties.written", written, file=csv))
        return
    typer.echo("\n".join(_board_lines(found, words)))


@app.command()
def rules(
    language: Language = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List the rules of duties, each with its law."""
    answer = ServiceClient(alerting, token_file).get("/api/v1/duties/rules", {})
    if as_json:
        typer.echo(answer.text())
        return
    found: DutyRuleList = answer.decoded(DutyRuleList)
    lines = [f"{each.id}  {each.name} ({each.valid_from}): {each.source}" for each in found.rules]
    typer.echo("\n".join(lines) or chosen_words(language).text("duties.rules_none"))


@app.command()
def history(
    premises: OfPremises,
    duty: Annotated[str | None, typer.Option(metavar="DUTY", help="Only this duty.")] = None,
    csv: Csv = None,
    language: Language = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List all that was recorded for premises, with every correction."""
    client, words = ServiceClient(alerting, token_file), chosen_words(language)
    answer = client.get("/api/v1/duties/events", _query(premises=premises, duty=duty))
    if as_json:
        typer.echo(answer.text())
        return
    found: DutyEvents = answer.decoded(DutyEvents)
    if csv is not None:
        written = write_csv(csv, _EVENT_HEADER, map(_event_row, found.events))
        typer.echo(words.counted("duties.written", written, file=csv))
        return
    lines = [_event_line(each, words) for each in found.events]
    typer.echo("\n".join(lines) or words.text("duties.history_none"))


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else moment.date().isoformat()


def _query(**given: object) -> dict[str, str]:
    """Return those of *given* that are there, as a query has them."""
    return {name: str(value) for name, value in given.items() if value is not None}


def _all_duties(center: ServiceClient, wanted: dict[str, str]) -> Iterator[Sequence[object]]:
    """Yield the rows of all duties that are *wanted*, page by page."""
    asked = wanted | {"limit": str(AT_ONCE)}
    while True:
        page: Duties = center.get("/api/v1/duties", asked).decoded(Duties)
        yield from map(_duty_row, page.duties)
        if page.next is None:
            return
        if page.next == asked.get("after"):
            stop("the center answers the same page again; try again later")
        asked["after"] = page.next


_DUTY_HEADER = (
    *("premises", "premises_name", "duty", "name", "kind", "state", "reason"),
    *("due_on", "days_left", "done_on", "outcome", "source"),
)


def _duty_row(duty: DutyOfPremises) -> Sequence[object]:
    return [getattr(duty, name) for name in _DUTY_HEADER]


_EVENT_HEADER = (
    *("id", "premises", "duty", "done_on", "outcome", "by", "account", "role", "note", "file"),
    *("source", "source_id", "good_until", "corrects", "corrected_by"),
)


def _event_row(event: DutyRecord) -> Sequence[object]:
    return [getattr(event, name) for name in _EVENT_HEADER]


_BOARD_HEADER = (
    *("area", "area_name", "premises", "name", "state", "live", "by", "days_left"),
    *("connected_on", "declared_on"),
)


def _board_rows(found: Board) -> Iterator[Sequence[object]]:
    for area in found.areas:
        for each in area.premises:
            own = [getattr(each, name) for name in _BOARD_HEADER[2:]]
            yield [area.area, area.name, *own]


def _line(duty: DutyOfPremises, words: Words) -> str:
    state = words.name(DUTY_STATES, duty.state)
    place = duty.premises_name or duty.premises
    day = _shown(duty.due_on, words)
    return words.text(
        "duties.line", day=day, state=state, place=place, duty=f"{duty.name} ({duty.duty})"
    )


def _shown(day: date | None, words: Words) -> str:
    return words.text("duties.no_day") if day is None else shown_day(day)


def _recorded(done: RecordedDuty, words: Words) -> str:
    return words.text(
        "duties.recorded",
        event=done.event.id,
        duty=done.duty.name,
        place=done.duty.premises_name or done.duty.premises,
        outcome=words.name(DUTY_OUTCOMES, done.event.outcome),
        state=words.name(DUTY_STATES, done.duty.state),
        day=_shown(done.duty.due_on, words),
    )


def _event_line(event: DutyRecord, words: Words) -> str:
    line = words.text(
        "duties.event",
        event=event.id,
        day=shown_day(event.done_on),
        duty=event.duty,
        outcome=words.name(DUTY_OUTCOMES, event.outcome),
        by=event.by,
        source=event.source,
    )
    if event.corrected_by is None:
        return line
    return words.text("duties.corrected", line=line, event=event.corrected_by)


def _board_lines(found: Board, words: Words) -> Iterator[str]:
    yield _figures(found, words)
    if found.by is not None and found.days_left is not None:
        left = found.days_left
        yield words.counted("duties.board_until", left, day=shown_day(found.by))
    for area in found.areas:
        name = area.name or area.area or "-"
        yield words.text("duties.board_area", area=name, figures=_figures(area, words))


def _figures(found: Board | BoardArea, words: Words) -> str:
    return words.text(
        "duties.board",
        connected=found.connected,
        owed=found.owed,
        percent="-" if found.percent is None else found.percent,
        declared=found.declared,
        neither=found.neither,
        unknown=found.unknown,
    )
