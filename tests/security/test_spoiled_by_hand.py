"""Whoever writes to the database by hand stops no alarm by what audit and accounts find there."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from accounts.active import ActiveAccounts
from accounts.domain.account import Account
from accounts.domain.actor import Evidence
from accounts.domain.sessions import Session, SessionEnd
from accounts.secret_texts import hash_of
from accounts.store.people import add_account
from accounts.store.sessions import add_session, end_session
from accounts.stranger_reads import StrangerReads
from alerting.engine.active_keys import ActiveKeys
from alerting.jobs import beside_alarms, chain_checker, chain_sealer
from alerting.store.database import OWNERS
from contract.ids import GatewayKey
from pki.domain.keyring import PublicKey
from pki.store import IssuedKey, add_key, revoke_keys
from runtime.backoff import Backoff
from runtime.database import open_database
from tests.adapters.alerting.center import Center, Gateway, center, gateway
from tests.support.servers import Server
from tests.support.waiting import eventually

SOON = 0.05

SESSION = Session(
    id=0,
    account="lan",
    evidence=Evidence.PASSWORD,
    second_factor=False,
    address="127.0.0.1",
    began_at=1,
    renewed_at=1,
    seen_at=1,
)

SPOILED = {
    "a row that waits without a number": (
        "INSERT INTO audit_unsealed (source, key) VALUES ('signal', 'nonsense'), ('signal', x'ff')"
    ),
    "a row that waits with a number beyond all": (
        "INSERT INTO audit_unsealed (source, key) VALUES ('timeline', '99999999999999999999999999')"
    ),
    "a block of bytes": (
        "INSERT INTO audit_blocks (number, at, body, hash) VALUES (4000, 5, x'00ff', x'00')"
    ),
    "a block with the last number of all": (
        "INSERT INTO audit_blocks (number, at, body, hash) VALUES (9223372036854775807, 5, '{}', 'x')"
    ),
    "a block whose rows are numbers": (
        "INSERT INTO audit_blocks (number, at, body, hash) VALUES (4000, 5, "
        """'{"block":4000,"at":5,"previous":"","rows":[["signal",7,null],[1]]}', 'x')"""
    ),
    "a block that lists a row with a number beyond all": (
        "INSERT INTO audit_blocks (number, at, body, hash) VALUES (4000, 5, "
        """'{"block":4000,"at":5,"previous":"","rows":[["signal","9000000000000000000","0"]]}', 'x')"""
    ),
    "a block of brackets": (
        "INSERT INTO audit_blocks (number, at, body, hash) "
        "VALUES (4000, 5, replace(hex(zeroblob(50000)), '0', '['), 'x')"
    ),
    "a record of deletions of bytes": (
        "INSERT INTO audit_forgotten (at, before, rows, signature) VALUES (1, 1, x'00', 7)"
    ),
    "bytes in place of words": (
        "INSERT INTO audit_entries (at, kind, who, about, detail) VALUES (1, 'act', x'ff', x'fe', x'fd')"
    ),
    "no table of rows that wait": "DROP TABLE audit_unsealed",
    "no table of blocks": "DROP TABLE audit_blocks",
    "no entries of the audit": "DROP TABLE audit_entries",
    "no sessions": "DROP TABLE account_sessions",
    "no pace of attempts": "DROP TABLE account_throttle",
    "no accounts": "DROP TABLE accounts",
    "a pace of words": (
        "INSERT INTO account_throttle (subject, failures, last_at) VALUES ('account lan', 'x', 'y')"
    ),
}


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the jobs of the chain look, check and begin again within a moment."""
    for name in ("FIRST_S", "EVERY_S", "AGAIN_S"):
        monkeypatch.setattr(chain_checker, name, SOON)
    for name in ("SEAL_AFTER_S", "LOOK_S", "AGAIN_S"):
        monkeypatch.setattr(chain_sealer, name, SOON)
    monkeypatch.setattr(beside_alarms, "BEGUN_AGAIN", Backoff(SOON, SOON))


@pytest.fixture
async def one(tmp_path: Path, broker: Server) -> AsyncIterator[Center]:
    folder = tmp_path / "data"
    folder.mkdir()
    async with center(folder, broker_port=broker.port, relays=tmp_path / "relays.jsonl") as running:
        yield running


@pytest.fixture
async def site(broker: Server, one: Center) -> AsyncIterator[Gateway]:
    async with gateway(broker.port) as here:
        yield here


def spoil(one: Center, statement: str) -> None:
    with closing(sqlite3.connect(one.settings.data_dir / "center.db", timeout=20)) as database:
        database.execute(statement)
        database.commit()


async def chain_looked_at(one: Center, *, sealed_before: float) -> None:
    """The chain took in what was stored, or says that it cannot."""

    async def moved_on() -> bool:
        failed = await one.metric("tocsin_alerting_audit_failures_total")
        return failed > 0 or await one.metric("tocsin_alerting_audit_rows_total") > sealed_before

    await eventually(moved_on, within=30.0)


@pytest.mark.parametrize("what", SPOILED)
async def test_fires_are_told_and_the_center_starts_whatever_was_written_by_hand(
    one: Center, site: Gateway, what: str
) -> None:
    sealed_before = await one.metric("tocsin_alerting_audit_rows_total")
    spoil(one, SPOILED[what])
    await site.fire("button-01", quantity="manual")
    await eventually(lambda: "confirmed" in one.received.events(), within=30.0)
    await chain_looked_at(one, sealed_before=sealed_before)

    await one.stop()
    told = len(one.received.events())
    await one.start()
    await site.fire("heat-01", quantity="heat")
    await eventually(lambda: len(one.received.events()) > told, within=30.0)
    assert one.task is not None
    assert not one.task.done(), "alerting goes on"


async def test_a_session_that_was_ended_is_over_where_the_number_of_changes_is_gone(
    tmp_path: Path,
) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'center.db'}") as database:
        await database.migrate(*OWNERS)
        active = ActiveAccounts(database, StrangerReads(database))
        person = Account(name="lan", display_name="Lan")
        await database.write(lambda c: add_account(c, person, at=1, by="test"))
        number = await database.write(lambda c: add_session(c, hash_of("secret"), SESSION))
        await database.write(lambda c: c.exec_driver_sql("DELETE FROM account_changes"))
        assert await active.session("secret") is not None
        await database.write(lambda c: end_session(c, number, SessionEnd.SIGNED_OUT, at=2))
        active.look_again()
        assert await active.session("secret") is None


async def test_a_key_that_is_revoked_is_refused_where_the_number_of_changes_is_gone(
    tmp_path: Path,
) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'center.db'}") as database:
        await database.migrate(*OWNERS)
        gateway, key = GatewayKey("cho", "gw-1"), PublicKey("0" * 16, bytes(32), 1, 2)
        issued = IssuedKey(gateway, key, "1", 1, "test", "none")
        await database.write(lambda c: add_key(c, issued))
        await database.write(lambda c: c.exec_driver_sql("DELETE FROM pki_changes"))
        keys = ActiveKeys()
        await keys.refresh(database)
        assert keys.current.key("cho", "gw-1", key.key_id) is not None
        await database.write(lambda c: revoke_keys(c, gateway, at=2, by="test", reason="stolen"))
        await keys.refresh(database)
        assert keys.current.key("cho", "gw-1", key.key_id) is None


@pytest.mark.parametrize(
    "values", ["1, x'ff', x'00', x'01', x'02', x'03', x'04'", "'x', 'y', 'z', 'q', 'w', 'd', 's'"]
)
async def test_a_registry_written_by_hand_is_refused_and_the_one_before_tells_fires(
    one: Center, site: Gateway, values: str
) -> None:
    await one.stop()
    columns = "at, who, hash, parts, content_hash, document, signature"
    spoil(one, f"INSERT INTO registry_versions ({columns}) VALUES ({values})")
    await one.start(status=503)

    async def hears() -> bool:
        return bool((await one.get("/healthz"))["broker"])

    await eventually(hears)
    await site.fire("button-01", quantity="manual")
    await eventually(lambda: "confirmed" in one.received.events(), within=30.0)
