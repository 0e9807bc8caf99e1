"""The verb ``measure``: order a test, a drill, a silence or maintenance, list them, end them."""

import asyncio
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import typer

from contract.times import from_micros
from tocsin.asking import Token, ask, send

app = typer.Typer(
    help="Order a test, a drill, a silence or maintenance at a premises; list them; end them. "
    "All of them expire, and none holds back a fire outside of the points on test.",
    no_args_is_help=True,
)

Alerting = Annotated[
    str, typer.Option("--alerting", metavar="URL", help="Where alerting's web server is.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who orders or ends it.")]
HERE = "http://127.0.0.1:8080"


class Kind(StrEnum):
    """What can be ordered."""

    TEST = "test"
    DRILL = "drill"
    SILENCE = "silence"
    MAINTENANCE = "maintenance"


@app.command()
def begin(
    kind: Annotated[Kind, typer.Argument(help="What is ordered.")],
    premises: Annotated[str, typer.Argument(help="Where, by its id in the registry.")],
    by: By,
    minutes: Annotated[float, typer.Option(help="How long; it ends by itself then.")],
    zone: Annotated[list[str] | None, typer.Option(help="A zone that it is for; may repeat.")] = None,
    point: Annotated[list[str] | None, typer.Option(help="A point that it is for; may repeat.")] = None,
    tester: Annotated[
        str | None, typer.Option(help="Of a test: the contact who is told of its signals.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why, for whoever reads it later.")] = "",
    alerting: Alerting = HERE,
    token_file: Token = None,
    as_json: AsJson = False,
) -> None:
    """Order a measure.

    test: signals of its points go to the tester and the log alone; a point that still stands in fire
    when it ends is a fire. drill: the whole chain runs, marked as an exercise. silence, maintenance:
    faults that they cover are told when they end.
    """
    said: dict[str, Any] = {
        "kind": kind.value,
        "premises": premises,
        "by": by,
        "minutes": minutes,
        "zones": zone or [],
        "points": point or [],
        "tester": tester,
        "note": note,
    }
    url = f"{alerting.rstrip('/')}/api/v1/overrides"
    made = asyncio.run(send(url, said, token_file=token_file))
    _show([made], as_json=as_json)


@app.command("list")
def list_(
    alerting: Alerting = HERE,
    token_file: Token = None,
    state: Annotated[str, typer.Option(help="open, closed or all.")] = "open",
    as_json: AsJson = False,
) -> None:
    """List what is ordered."""
    url = f"{alerting.rstrip('/')}/api/v1/overrides"
    asking = ask(url, token_file=token_file, query={"state": state}, kind=dict[str, Any])
    _show(asyncio.run(asking)["overrides"], as_json=as_json)


@app.command()
def end(
    measure: Annotated[str, typer.Argument(help="Its id, as list shows it.")],
    by: By,
    alerting: Alerting = HERE,
    token_file: Token = None,
    as_json: AsJson = False,
) -> None:
    """End a measure before its time."""
    url = f"{alerting.rstrip('/')}/api/v1/overrides/{measure}/end"
    _show([asyncio.run(send(url, {"by": by}, token_file=token_file))], as_json=as_json)


def _show(measures: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(measures).decode())
        return
    for each in measures:
        where = ", ".join([*each["zones"], *each["points"]]) or "all of it"
        until = f"{from_micros(each['ends_at']).astimezone():%Y-%m-%d %H:%M}"
        state = f"until {until}" if each["closed_at"] is None else each["reason"]
        typer.echo(f"{each['id']}  {each['kind']} at {each['premises']['id']} ({where}), {state}")
    if not measures:
        typer.echo("nothing is ordered")
