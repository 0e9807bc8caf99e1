"""The verb ``registry compare``: differences between the registry and the points of gateways."""

import msgspec
import typer

from contract.http.gateways import Gateway, Gateways
from tocsin.http_client import ServiceClient
from tocsin.options import HERE, Alerting, AsJson, Premises, TokenFile

SHOWN = ("premises", "gateway", "registered", "state", "comparison")
"""Fields of each gateway in the answer of --json."""


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
    answer = ServiceClient(alerting, token_file).get("/api/v1/gateways", query)
    found: Gateways = answer.decoded(Gateways)
    if as_json:
        shown = [{name: getattr(each, name) for name in SHOWN} for each in found.gateways]
        typer.echo(msgspec.json.encode({"gateways": shown}).decode())
    else:
        typer.echo("\n".join(line for each in found.gateways for line in _lines(each)) or "No gateways.")
    raise typer.Exit(int(any(_differs(each) for each in found.gateways)))


def _differs(gateway: Gateway) -> bool:
    compared = gateway.comparison
    return compared is None or bool(compared.differences or compared.never_heard)


def _lines(gateway: Gateway) -> list[str]:
    name, compared = f"{gateway.premises}/{gateway.gateway}", gateway.comparison
    if compared is None:
        return [f"{name}: its points are not known yet ({gateway.state})"]
    return [
        f"{name}: {compared.registered} registered, {compared.configured} configured",
        *(f"    {each.point}: {each.reason}" for each in compared.differences),
        *(f"    {point}: never_heard" for point in compared.never_heard),
    ]
