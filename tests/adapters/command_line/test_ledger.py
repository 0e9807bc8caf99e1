"""The ledger on the command line: who is asked, of what, and what is shown on a narrow terminal."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from rich.console import Console

from contract.ledger import LedgerLine
from contract.ledger import lane_ledger as account
from contract.local_time import local
from ingest.adapters.access import IngestGuard
from ingest.adapters.heartbeats import HeartbeatCache
from ingest.adapters.ledger_api import LedgerApi
from ingest.adapters.stream_accounts import open_stream_accounts
from ingest.settings import IngestWeb
from runtime.clock import utc_now
from runtime.web import serve
from tests.adapters.alerting.center import Center
from tests.adapters.command_line.running import run_command
from tocsin.ledger_command import _table


@pytest.fixture
async def ingest(tmp_path: Path) -> AsyncIterator[str]:
    """Return the address of ingest's ledger, of a service that has heard no gateway."""
    async with open_stream_accounts(tmp_path / "coverage.db", utc_now) as accounts:
        guard = IngestGuard(IngestWeb(port=0))
        app = web.Application(middlewares=[guard.guard])
        app.add_routes(LedgerApi(accounts, HeartbeatCache(), utc_now).routes())
        async with serve(app, "127.0.0.1", 0) as port:
            yield f"http://127.0.0.1:{port}"


async def test_premises_that_nobody_knows_are_no_premises_without_loss(center: Center) -> None:
    code, out, err = await run_command("ledger", "--alerting", center.api, "--premises", "typo")
    assert (code, out) == (2, "")
    assert "there are no premises 'typo'" in err
    code, out, _ = await run_command("ledger", "--alerting", center.api, "--premises", "cho")
    assert (code, "0 of 0 signals lost." in out) == (0, True)


async def test_ingest_alone_says_that_it_has_not_heard_of_premises(ingest: str) -> None:
    code, out, err = await run_command("ledger", "--ingest", ingest, "--premises", "typo")
    assert (code, out) == (2, "")
    assert "has heard of no premises 'typo'" in err


async def test_a_service_of_the_other_lane_is_named(ingest: str) -> None:
    code, out, err = await run_command("ledger", "--alerting", ingest)
    assert (code, out) == (2, "")
    assert f"{ingest} is not alerting: it accounts for batches of readings; correct --alerting" in err


def test_the_table_fits_a_terminal_of_80_columns() -> None:
    numbers = {
        "stored": 12_345,
        "quarantined": 0,
        "claimed": 0,
        "waiting": 12,
        "missing": 3,
        "duplicated": 40,
    }
    line = LedgerLine(
        premises="cho-an-binh",
        gateway="gw-1",
        epoch="e",
        sent=12_360,
        first_missing=[],
        heard_at=1_795_464_785_000_000,
        state="offline",
        **numbers,
    )
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(_table(account("alarm", 0, [line])))
    shown = console.export_text()
    for whole in (
        "cho-an-binh/gw-1",
        "last signal",
        "12,345",
        local(1_795_464_785_000_000, timespec="minutes"),
        "offline",
    ):
        assert whole in shown
