"""The verb ``ledger``: signals and readings that were sent, stored and lost."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract.ledger import Ledger, LedgerLine
from contract.local_time import local
from tocsin.failures import stop
from tocsin.http_client import CenterService, ServiceClient
from tocsin.options import HERE, AsJson, Premises, TokenFile

UNITS = {"alarm": "signals", "telemetry": "batches of readings"}
"""The things that each lane numbers."""

LAST = {"alarm": "last signal", "telemetry": "last batch"}
"""The last thing in each lane, as a heading."""

LANES = {"alerting": "alarm", "ingest": "telemetry"}
"""The lane that each service accounts for."""

COUNTS = ("sent", "stored", "quar-\nanti-\nned", "claim\ned", "wait-\ning", "miss-\ning", "again")

PLAIN_WIDTH = 160
"""Columns where the output is no terminal: a file, a pipe."""

INGEST_HERE = "http://127.0.0.1:8081"
"""Ingest's web server on this machine, as it is set up unless its settings say otherwise."""

Alerting = Annotated[
    str | None,
    typer.Option(
        "--alerting", metavar="URL", envvar="TOCSIN_URL", help="The address of alerting's web server."
    ),
]
Ingest = Annotated[
    str | None, typer.Option("--ingest", metavar="URL", help="The address of ingest's web server.")
]


def ledger(
    alerting: Alerting = None,
    ingest: Ingest = None,
    token_file: TokenFile = None,
    premises: Premises = None,
    as_json: AsJson = False,
) -> None:
    """Check that all that gateways sent is stored: count what waits, and what is missing.

    Asks alerting for the signals and ingest for the batches of readings, both on this machine
    (ports 8080 and 8081) unless one of them is named. *Missing* is what a gateway numbered, no longer
    keeps, and the center does not hold: it should be 0. *Claimed* was never seen here, and receipted
    by an earlier center if the gateway's word is true; what its disk refused is among it. *Verified at
    store* is the newest batch whose readings were read back from the readings store and counted there.

    Exit code: 0 if nothing is missing, 1 if something is, 2 if a service cannot be asked or has no
    such premises.

    tocsin ledger --alerting http://center:8080 --token-file /etc/tocsin/token --premises cho-an-binh
    """
    if alerting is None and ingest is None:
        alerting, ingest = HERE, INGEST_HERE
    named = {"alerting": alerting, "ingest": ingest}
    urls = {service: url for service, url in named.items() if url is not None}
    ledgers = [_fetch(service, url, token_file, premises) for service, url in urls.items()]
    if premises is not None and alerting is None and not ledgers[0].gateways:
        stop(f"{ingest} has heard of no premises {premises!r}; correct the name, or ask alerting too")
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(ledgers), indent=2).decode())
    else:
        _print(ledgers)
    raise typer.Exit(int(any(each.summary.missing for each in ledgers)))


def _fetch(service: str, url: str, token_file: Path | None, premises: str | None) -> Ledger:
    query = {} if premises is None else {"premises": premises}
    client = ServiceClient(url, token_file, service=CenterService(service))
    found: Ledger = client.get("/api/v1/ledger", query).decoded(Ledger)
    if found.lane != LANES[service]:
        units = UNITS.get(found.lane, found.lane)
        stop(f"{url} is not {service}: it accounts for {units}; correct --{service}")
    return found


def _print(ledgers: list[Ledger]) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    for account in ledgers:
        console.print(_table(account))
        console.print()
    for account in ledgers:
        units, summary = UNITS.get(account.lane, account.lane), account.summary
        console.print(f"{summary.missing:,} of {summary.sent:,} {units} lost.")
        if summary.claimed:
            console.print(f"{summary.claimed:,} were never seen here: claimed receipted earlier.")


def _table(account: Ledger) -> Table:
    units = UNITS.get(account.lane, account.lane)
    table = Table(title=units, title_justify="left", box=None, header_style="bold", pad_edge=False)
    table.padding = (0, 1, 0, 0)
    table.add_column("gateway", overflow="fold")
    for name in COUNTS:
        table.add_column(name, justify="right", no_wrap=True)
    if account.lane == "telemetry":
        table.add_column("verified\nat store", justify="right", no_wrap=True)
    table.add_column(LAST.get(account.lane, "last"), no_wrap=True)
    for each in account.gateways:
        table.add_row(*_row(each, account.lane), style="bold red" if each.missing else None)
    return table


def _row(each: LedgerLine, lane: str) -> list[str]:
    counts = each.sent, each.stored, each.quarantined, each.claimed, each.waiting, each.missing
    state = f"\n{each.state}" if each.state not in {None, "normal"} else ""
    heard = f"{local(each.heard_at, timespec='minutes')}{state}" if each.heard_at else "never"
    name = escape(f"{each.premises}/{each.gateway}")
    verified = [_verified(each)] if lane == "telemetry" else []
    return [name, *(f"{count:,}" for count in counts), f"{each.duplicated:,}", *verified, heard]


def _verified(each: LedgerLine) -> str:
    """The number of the newest batch that was counted in the store."""
    return f"no. {each.verified:,}" if each.verified else "none"
