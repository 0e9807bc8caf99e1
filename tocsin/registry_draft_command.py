"""The verb ``registry draft``: changes over HTTP, checked and approved before they count."""

from __future__ import annotations

import json
import time
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from contract.http.drafts import Draft, DraftRowChange, Drafts, DraftSelection, JobState
from contract.local_time import local
from tocsin.failures import stop
from tocsin.http_client import ServiceClient
from tocsin.options import HERE, Alerting, AsJson, By, Note, TokenFile, acting
from tocsin.progress_bar import ProgressBar

app = typer.Typer(
    help="Change the registry over HTTP: drafts that are checked, approved by a second person, applied.",
    no_args_is_help=True,
)

DraftName = Annotated[str, typer.Argument(metavar="DRAFT", help="Its id, as `list` shows it.")]

LOOK_S = 1.0
"""Seconds between two looks at a check that goes on."""

LONGEST_S = 660.0
"""Seconds after which a check is no longer waited for."""

DRAFTS = "/api/v1/registry/drafts"


@app.command("list")
def list_(
    state: Annotated[DraftSelection, typer.Option(help="Drafts in this state.")] = DraftSelection.LIVE,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List drafts: your own, and those that you could approve or apply."""
    answer = ServiceClient(alerting, token_file).get(DRAFTS, {"state": state.value})
    if as_json:
        typer.echo(answer.text())
        return
    found: Drafts = answer.decoded(Drafts)
    lines = [
        f"{each.id}  {each.state.value}  {local(each.changed_at)}  {each.made_by.name}  "
        f"{each.rows} rows  {each.note}"
        for each in found.drafts
    ]
    typer.echo("\n".join(lines) or "no drafts; begin one with: tocsin registry draft begin")


@app.command()
def begin(
    note: Note = "",
    by: By = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Begin a draft; its id is shown."""
    _show(ServiceClient(alerting, token_file), "", acting(by, note), as_json=as_json)


@app.command()
def show(
    draft: DraftName, alerting: Alerting = HERE, token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Show DRAFT against the active version, field by field, with its check and rehearsal."""
    answer = ServiceClient(alerting, token_file).get(f"{DRAFTS}/{draft}", {})
    typer.echo(answer.text() if as_json else "\n".join(_lines(answer.decoded(Draft))))


@app.command()
def edit(
    draft: DraftName,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="TOML with whole rows to put.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="TABLE/KEY.FIELD=VALUE", help="Change one field; JSON, or text."),
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="TABLE/KEY", help="Remove a row.")] = None,
    revert: Annotated[
        list[str] | None, typer.Option(metavar="TABLE/KEY", help="Take a row out of the draft.")
    ] = None,
    by: By = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    r"""Put rows into DRAFT: those of FILE..., fields, removals; all of them, or none.

    FILE... are written like files of the registry, and need only the rows that change. An empty VALUE
    takes a field away.

    \b
    tocsin registry draft edit d-5f0c new-points.toml
    tocsin registry draft edit d-5f0c --set contacts/chi-ba.phone=+84901234567
    tocsin registry draft edit d-5f0c --remove points/cho-ca-mau/khoi-07
    """
    body: dict[str, Any] = dict(acting(by))
    for file in files or ():
        _add_file(body.setdefault("put", {}), file)
    for each in set_ or ():
        table, key, field, value = _assignment(each)
        _nested(body.setdefault("fields", {}).setdefault(table, {}).setdefault(key, {}), field, value)
    for name, keys in (("remove", remove), ("revert", revert)):
        for each in keys or ():
            table, _, key = each.partition("/")
            body.setdefault(name, {}).setdefault(table, []).append(key)
    _show(ServiceClient(alerting, token_file), f"/{draft}/rows", body, as_json=as_json)


ACTS = {
    "validate": """Check DRAFT as an import of files is checked.

    Only errors that the draft brings count. Exit code: 0 if there are none, 1 if there are.
    """,
    "rebase": """Base DRAFT on the active version.

    Its own changes stay; fields that it does not change are those of the active version.
    """,
    "submit": """Hand DRAFT over to whoever approves and applies it.

    An edit opens it again.
    """,
    "approve": """Approve DRAFT as the second person.

    Only a person who is signed in, and who did not edit it, approves: a token is refused.
    """,
    "apply": """Apply DRAFT: it becomes the next version of the registry.

    It is checked first, unless it was. Alerting uses the new version at once.
    """,
    "discard": """Discard DRAFT.

    What it would have changed stays as it is.
    """,
}
"""The help of each act on a draft; the API has a path of the same name."""


def _act(act: str) -> Any:
    def perform(
        draft: DraftName,
        by: By = None,
        note: Note = "",
        alerting: Alerting = HERE,
        token_file: TokenFile = None,
        as_json: AsJson = False,
    ) -> None:
        center = ServiceClient(alerting, token_file)
        found = _show(center, f"/{draft}/{act}", acting(by, note), as_json=as_json)
        if act == "validate" and (not found.check or found.check.errors):
            raise typer.Exit(1)

    return perform


for _name, _help in ACTS.items():
    app.command(_name, help=_help)(_act(_name))


@app.command()
def rehearse(
    draft: DraftName,
    days: Annotated[float, typer.Option(min=0.01, max=366, metavar="DAYS", help="How many days.")] = 7,
    by: By = None,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Replay the signals of the last days under the rules of DRAFT: what would have been decided."""
    body: dict[str, Any] = {**acting(by), "days": days, "language": "en"}
    _show(ServiceClient(alerting, token_file), f"/{draft}/rehearse", body, as_json=as_json)


def _show(center: ServiceClient, path: str, body: dict[str, Any], *, as_json: bool) -> Draft:
    """Send *body*, wait for a check that it began, and show the draft; return it."""
    answer = center.post(f"{DRAFTS}{path}", body)
    found: Draft = answer.decoded(Draft)
    until = time.monotonic() + LONGEST_S
    with ProgressBar("checking", shown_from=1) as bar:
        while found.job and found.job.state is JobState.RUNNING and time.monotonic() < until:
            bar.show(found.job.done, found.job.total)
            time.sleep(LOOK_S)
            answer = center.get(f"{DRAFTS}/{found.id}", {})
            found = answer.decoded(Draft)
    typer.echo(answer.text() if as_json else "\n".join(_lines(found)))
    return found


def _lines(draft: Draft) -> list[str]:
    lines = [
        f"{draft.id}: {draft.state.value}, based on version {draft.based_on}, {draft.active} is active"
    ]
    lines += [f"note: {draft.note}"] if draft.note else []
    for change in draft.changes:
        lines += _change_lines(change)
    if draft.total > len(draft.changes):
        lines.append(f"... {draft.total} rows in all")
    if draft.applied_as is not None:
        lines.append(f"applied as version {draft.applied_as}")
    if draft.job:
        lines.append(f"{draft.job.what}: {draft.job.state.value} {draft.job.error}".rstrip())
    if draft.check:
        lines += [
            f"error: {each.table} {each.key}: {each.error}; {each.remedy}" for each in draft.check.errors
        ]
        lines.append(f"checked against version {draft.check.version}: {len(draft.check.errors)} errors")
    if draft.rehearsal:
        lines += draft.rehearsal.lines
    return lines


def _change_lines(change: DraftRowChange) -> list[str]:
    sign = {"added": "+", "removed": "-"}.get(change.change, "~")
    conflict = "  CONFLICT: somebody else changed it; rebase" if change.conflict else ""
    head = f"{sign} {change.table} {change.key}{conflict}"
    if change.change != "changed":
        return [head]
    return [head, *(f"    {each.field}: {each.before} → {each.after}" for each in change.fields)]


def _add_file(put: dict[str, Any], file: Path) -> None:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        stop(f"{file}: {error.strerror}")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        stop(f"{file}: {error}")
    for table, rows in content.items():
        put.setdefault(table, []).extend(json.loads(json.dumps(rows, default=str)))


def _assignment(text: str) -> tuple[str, str, str, Any]:
    """Return table, key, field and value of *text*, TABLE/KEY.FIELD=VALUE."""
    place, mark, value = text.partition("=")
    table, slash, rest = place.partition("/")
    key, dot, field = rest.partition(".")
    if not (mark and slash and dot and key and field):
        stop(
            f"--set {text}: not TABLE/KEY.FIELD=VALUE; write such as contacts/chi-ba.phone=+84901234567"
        )
    return table, key, field, _value(value)


def _value(text: str) -> Any:
    """Return *text* as JSON where it is a list, an object, a number, true or false; else as it is."""
    if text == "":
        return None
    if text[0] in "[{" or text in {"true", "false"} or (text[0] in "-123456789" or text == "0"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _nested(fields: dict[str, Any], field: str, value: Any) -> None:
    """Set *field*, which may name one within a table of the row ("facility.floors_above")."""
    *way, last = field.split(".")
    for each in way:
        fields = fields.setdefault(each, {})
    fields[last] = value
