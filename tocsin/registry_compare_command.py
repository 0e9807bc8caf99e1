"""The verb ``registry compare``: differences between the registry and the points of gateways."""

from typing import Any

import msgspec
import typer

from tocsin.http_client import ServiceClient
from tocsin.options import HERE, Alerting, AsJson, Premises, TokenFile


def compare(
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    premises: Premises = None,
    as_json: AsJson = False,
) -> None:
    """Compare the points in the registry with those of gateways.

    missing: registered, and no gateway reports it. at_other_gateway:G:H: registered at G, configured at
    H. kind_differs:K:L: registered as K, configured as L. unregistered: configured, and not registered.
    never_heard: configured, and never heard. A gateway that has not sent its points yet is named too.

    Exit code: 0 if nothing differs, 1 if something does, 2 if alerting does not answer.
    """
    query = {} if premises is None else {"premises": premises}
    center = ServiceClient(alerting, token_file)
    found = center.get("/api/v1/gateways", query, answer=dict[str, Any])
    gateways = [_only(each) for each in found["gateways"]]
    if as_json:
        typer.echo(msgspec.json.encode({"gateways": gateways}).decode())
    else:
        typer.echo("\n".join(line for each in gateways for line in _lines(each)) or "No gateways.")
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
