"""The verb ``ledger``: what was sent, what is here, and what is lost."""

import asyncio
from pathlib import Path
from typing import Annotated

import aiohttp
import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contract.ledger import Ledger, Line
from contract.times import from_micros
from tocsin.failures import stop

UNITS = {"alarm": "signals", "telemetry": "batches of readings"}
"""What each lane numbers."""

PATIENCE_S = 10.0
"""Seconds for the answer of one service."""

PLAIN_WIDTH = 160
"""Columns where the output is no terminal: a file, a pipe."""

Alerting = Annotated[
    str | None, typer.Option("--alerting", metavar="URL", help="Where alerting's web server is.")
]
Ingest = Annotated[
    str | None, typer.Option("--ingest", metavar="URL", help="Where ingest's web server is.")
]
Token = Annotated[
    Path | None,
    typer.Option("--token-file", metavar="FILE", help="The token that both ask for, if they do."),
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
    ledgers = asyncio.run(_ask_all(urls, _header(token_file), premises))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(ledgers), indent=2).decode())
    else:
        _print(ledgers)
    raise typer.Exit(int(any(each.summary.missing for each in ledgers)))


def _header(token_file: Path | None) -> dict[str, str]:
    if token_file is None:
        return {}
    try:
        return {"Authorization": f"Bearer {token_file.read_text().strip()}"}
    except OSError as flaw:
        stop(f"{token_file}: {flaw.strerror}; name the file that holds the token")


async def _ask_all(urls: list[str], header: dict[str, str], premises: str | None) -> list[Ledger]:
    return [await _ask(url, header, premises) for url in urls]


async def _ask(url: str, header: dict[str, str], premises: str | None) -> Ledger:
    asked = {} if premises is None else {"premises": premises}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as http,
            http.get(f"{url.rstrip('/')}/api/v1/ledger", params=asked, headers=header) as answer,
        ):
            body = await answer.read()
            if answer.status != 200:
                stop(f"{url}: {_error(body) or answer.reason}")
            return msgspec.json.decode(body, type=Ledger)
    except (aiohttp.ClientError, TimeoutError, OSError) as flaw:
        stop(f"{url} does not answer ({flaw or 'too slow'}); is the service running there?")
    except (msgspec.MsgspecError, ValueError):
        stop(f"{url} is no service of Tocsin, or one of another version")


def _error(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body).get("error", ""))
    except (msgspec.MsgspecError, AttributeError):
        return ""


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
