"""The verb ``registry compare``: where the registry and what gateways have differ."""

import asyncio
from typing import Annotated, Any

import msgspec
import typer

from tocsin.asking import Token, ask

Alerting = Annotated[
    str, typer.Option("--alerting", metavar="URL", help="Where alerting's web server is.")
]
Premises = Annotated[
    str | None, typer.Option("--premises", "-p", metavar="NAME", help="Only of these premises.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]


def compare(
    alerting: Alerting = "http://127.0.0.1:8080",
    token_file: Token = None,
    premises: Premises = None,
    as_json: AsJson = False,
) -> None:
    """Compare the points that are registered with those that gateways have, as alerting sees them.

    missing: registered, and no gateway reports it. at_other_gateway:G:H: registered at G, configured at
    H. kind_differs:K:L: registered as K, configured as L. unregistered: configured, and not registered.
    never_heard: configured, and never heard. A gateway that has not sent its points yet is named too.

    Exit code: 0 if nothing differs, 1 if something does, 2 if alerting cannot be asked.
    """
    query = {} if premises is None else {"premises": premises}
    url = f"{alerting.rstrip('/')}/api/v1/gateways"
    found = asyncio.run(ask(url, token_file=token_file, query=query, kind=dict[str, Any]))
    gateways = [_only(each) for each in found["gateways"]]
    if as_json:
        typer.echo(msgspec.json.encode({"gateways": gateways}).decode())
    else:
        typer.echo(
            "\n".join(line for each in gateways for line in _lines(each)) or "there is no gateway"
        )
    raise typer.Exit(int(any(_differs(each) for each in gateways)))


def _only(gateway: dict[str, Any]) -> dict[str, Any]:
    return {key: gateway[key] for key in ("premises", "gateway", "registered", "state", "comparison")}


def _differs(gateway: dict[str, Any]) -> bool:
    compared = gateway["comparison"]
    return compared is None or bool(compared["differences"] or compared["never_heard"])


def _lines(gateway: dict[str, Any]) -> list[str]:
    name, compared = f"{gateway['premises']}/{gateway['gateway']}", gateway["comparison"]
    if compared is None:
        return [f"{name}: its points are not known yet ({gateway['state']})"]
    counts = f"{compared['registered']} registered, {compared['configured']} configured"
    return [
        f"{name}: {counts}",
        *(f"    {each['point']}: {each['reason']}" for each in compared["differences"]),
        *(f"    {point}: never_heard" for point in compared["never_heard"]),
    ]
