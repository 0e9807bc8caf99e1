"""The verb ``pki revoke``: keys that count for nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.pki.center import (
    By,
    Center,
    Config,
    GatewayName,
    PremisesName,
    gateway_of,
    open_center,
    person,
)
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from pki.store import Transaction
app = typer.Typer(
    help="Revoke the keys of a gateway that was stolen or replaced, or the certificate of a server.",
    no_args_is_help=True,
)

Reason = Annotated[str, typer.Option(metavar="TEXT", help="The reason, for later readers.")]


@app.command()
def gateway(
    premises: PremisesName,
    gateway: GatewayName,
    config: Config,
    reason: Reason,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Revoke every key of a gateway, for good.

    Alerting believes none of its signatures from about a second on. The broker refuses it as soon as it
    has the list: tocsin broker rules --follow, which runs beside the broker, brings it within seconds.
    The gateway stays enrolled: nothing unsigned is believed of it either. Invite it again once it, or
    its successor, is in good hands.
    """
    center, key = open_center(config), gateway_of(premises, gateway)
    from pki.issuing import revoke_gateway

    def change(connection: Transaction) -> list[str]:
        return revoke_gateway(connection, key, by=person(by), reason=reason[:200], now=center.now)

    _revoke(center, f"{premises}/{gateway}", change, as_json=as_json)


@app.command()
def server(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The first name that it was issued for.")],
    config: Config,
    reason: Reason,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Revoke the certificates of a server, or of a program's user at the broker.

    Gateways do not look at the list: replace the key of a server too. The broker refuses the user.
    """
    center = open_center(config)
    from contract.times import to_micros
    from pki import store
    from pki.issuing import note_key_event

    at, who = to_micros(center.now), person(by)

    def change(connection: Transaction) -> list[str]:
        serials = store.revoke_server(connection, name, at=at, by=who, reason=reason[:200])
        detail = {"what": "revoked", "reason": reason[:200], "serials": " ".join(serials)}
        if serials:
            note_key_event(connection, who, name, detail, at=at)
        return serials

    _revoke(center, name, change, as_json=as_json)


def _revoke(
    center: Center, name: str, change: Callable[[Transaction], list[str]], *, as_json: bool
) -> None:
    issuing = center.issuing()
    serials = center.write(change)
    if not serials:
        stop(f"{name} has no certificate that stands; see: tocsin pki list")
    file = center.write_revoked(issuing)
    if as_json:
        say_json({"revoked": serials, "file": str(file)})
    else:
        say(f"revoked {', '.join(serials)}", f"{file}: the list for the broker (tocsin broker rules)")
