"""The verb ``ledger``: what was sent, what is here, and what is lost."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract.ledger import Ledger, Line
from contract.times import from_micros
from tocsin.asking import Token, ask

UNITS = {"alarm": "signals", "telemetry": "batches of readings"}
"""What each lane numbers."""

PLAIN_WIDTH = 160
"""Columns where the output is no terminal: a file, a pipe."""

Alerting = Annotated[
    str | None, typer.Option("--alerting", metavar="URL", help="Where alerting's web server is.")
]
Ingest = Annotated[
    str | None, typer.Option("--ingest", metavar="URL", help="Where ingest's web server is.")
]
Premises = Annotated[
    str | None, typer.Option("--premises", "-p", metavar="NAME", help="Only of these premises.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]


def ledger(
    alerting: Alerting = None,
    ingest: Ingest = None,
    token_file: Token = None,
    premises: Premises = None,
    as_json: AsJson = False,
) -> None:
    """Account for everything that gateways sent: what is here, what waits, and what is missing.

    Asks alerting for the signals and ingest for the batches of readings, both on this machine
    (ports 8080 and 8081) unless one of them is named. *Missing* is what a gateway numbered, no longer
    keeps, and the center does not hold: it should be 0. *Given up* is what a gateway dropped for want
    of disk, or what an earlier database of the center had.

    Exit code: 0 if nothing is missing, 1 if something is, 2 if a service cannot be asked.

    tocsin ledger --alerting http://center:8080 --token-file /etc/tocsin/token --premises cho-an-binh
    """
    if alerting is None and ingest is None:
        alerting, ingest = "http://127.0.0.1:8080", "http://127.0.0.1:8081"
    urls = [url for url in (alerting, ingest) if url is not None]
    ledgers = asyncio.run(_ask_all(urls, token_file, premises))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(ledgers), indent=2).decode())
    else:
        _print(ledgers)
    raise typer.Exit(int(any(each.summary.missing for each in ledgers)))


async def _ask_all(urls: list[str], token_file: Path | None, premises: str | None) -> list[Ledger]:
    query = {} if premises is None else {"premises": premises}
    places = [f"{url.rstrip('/')}/api/v1/ledger" for url in urls]
    return [await ask(place, token_file=token_file, query=query, kind=Ledger) for place in places]


def _print(ledgers: list[Ledger]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("gateway")
    table.add_column("lane")
    for name in ("sent", "stored", "aside", "given up", "waiting", "missing", "again"):
        table.add_column(name, justify="right")
    table.add_column("last heard")
    for account in ledgers:
        for each in account.gateways:
            table.add_row(*_row(account.lane, each), style="bold red" if each.missing else None)
    console = Console()
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    console.print(table)
    for account in ledgers:
        lost, sent = account.summary.missing, account.summary.sent
        console.print(f"{lost:,} of {sent:,} {UNITS.get(account.lane, account.lane)} lost.")


def _row(lane: str, each: Line) -> list[str]:
    counts = each.sent, each.stored, each.aside, each.given_up, each.waiting, each.missing
    state = f", {each.state}" if each.state not in {None, "normal"} else ""
    heard = f"{from_micros(each.heard_at):%Y-%m-%d %H:%M:%S}Z{state}" if each.heard_at else "never"
    name = escape(f"{each.premises}/{each.gateway}")
    return [name, lane, *(f"{count:,}" for count in counts), f"{each.duplicated:,}", heard]
