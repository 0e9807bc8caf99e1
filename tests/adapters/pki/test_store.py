"""Keys of gateways in a real database."""

import asyncio

from prometheus_client import CollectorRegistry

from alerting.engine.engine import open_engine
from alerting.jobs.registry_watch import follow_keys
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.retry import DatabaseRetry
from contract.gateway_signing import key_id
from contract.ids import GatewayKey
from pki.domain.keyring import KeyRing, PublicKey
from pki.migrations import REVISIONS
from pki.store import IssuedKey, add_key, change_number, read_key_ring, revoke_keys
from runtime.database import open_database
from tests.support.waiting import eventually

HALL = GatewayKey("cho", "gw-1")
RAW = bytes(range(32))
KEY = PublicKey(key_id(RAW), RAW, 10, 20)


def issued(key: PublicKey = KEY, *, serial: str = "a1") -> IssuedKey:
    return IssuedKey(HALL, key, serial, 10, "Trực ban", "-----BEGIN CERTIFICATE-----")


async def test_a_key_is_read_back_and_each_change_has_a_number_of_its_own(database: str) -> None:
    async with open_database(database) as opened:
        await opened.migrate(REVISIONS)
        empty = await opened.read(read_key_ring)
        assert empty == KeyRing()

        await opened.write(lambda connection: add_key(connection, issued()))
        ring = await opened.read(read_key_ring)
        assert ring.key("cho", "gw-1", KEY.key_id) == KEY
        assert ring.number == await opened.read(change_number) > empty.number

        serials = await opened.write(
            lambda connection: revoke_keys(connection, HALL, at=15, by="Trực ban", reason="stolen")
        )
        after = await opened.read(read_key_ring)
        assert serials == ["a1"]
        assert after.revoked("cho", "gw-1", KEY.key_id)
        assert after.number > ring.number


async def test_a_running_engine_uses_a_key_that_is_added_though_nothing_else_happens(
    database: str,
) -> None:
    metrics = Metrics(CollectorRegistry())
    async with open_engine(database, Confirmation(), metrics) as engine:
        watch = asyncio.create_task(follow_keys(engine, DatabaseRetry(metrics)))
        async with open_database(database) as another:
            await another.write(lambda connection: add_key(connection, issued()))
        await eventually(lambda: engine.keys.current.is_enrolled("cho", "gw-1"))
        watch.cancel()


async def test_a_damaged_row_is_logged_and_the_others_are_used(database: str) -> None:
    async with open_database(database) as opened:
        await opened.migrate(REVISIONS)
        bad = PublicKey("0" * 16, b"short", 10, 20)
        await opened.write(lambda connection: add_key(connection, issued(bad, serial="b2")))
        await opened.write(lambda connection: add_key(connection, issued()))
        ring = await opened.read(read_key_ring)
        assert ring.key("cho", "gw-1", KEY.key_id) == KEY
        assert ring.key("cho", "gw-1", "0" * 16) is None
