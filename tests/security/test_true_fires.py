"""No proof of who speaks costs a fire: whatever becomes of keys, what a detector sees reaches people."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.gateway_signing import SigningKey
from contract.messages import VERSION, RenewalRequest, encode
from contract.times import to_micros
from pki.folder import AuthorityFolder, make_authority
from runtime.clock import utc_now
from tests.adapters.alerting import center as centers
from tests.adapters.alerting.center import Center, Gateway
from tests.stories.alerting.house import signal
from tests.support.authority import WORDS
from tests.support.gateway_keys import enroll
from tests.support.servers import Server
from tests.support.waiting import eventually

BUSY_S = 40.0
"""Seconds for what takes one, on a machine that is busy, and with a database that is asked every 5 s."""

TWICE = """
    INSERT INTO gateway_keys SELECT serial || '1', premises, gateway, key_id, public_key, not_before, {},
    issued_at, issued_by, certificate, revoked_at, revoked_by, reason FROM gateway_keys
"""
"""A renewed certificate of each key, of which a time is replaced."""

DAMAGE = {
    "no digits": "UPDATE gateway_keys SET public_key = 'zz'",
    "bytes instead of digits": "UPDATE gateway_keys SET public_key = x'00ff'",
    "another key": f"UPDATE gateway_keys SET public_key = '{'00' * 32}'",
    "an id of another key": "UPDATE gateway_keys SET key_id = '0123456789abcdef'",
    "a time that is a word": TWICE.format("'tomorrow'"),
    "a time that is bytes": TWICE.format("x'00'"),
    "a revocation that is a word": "UPDATE gateway_keys SET revoked_at = 'never'",
}


@pytest.fixture
async def center(tmp_path: Path, broker: Server) -> AsyncIterator[Center]:
    async with centers.center(tmp_path, broker_port=broker.port) as one:
        yield one


@pytest.fixture
async def gateway(center: Center, broker: Server) -> AsyncIterator[Gateway]:
    """The gateway of the market, enrolled while the center runs."""
    async with centers.gateway(broker.port) as one:
        one.key = await enroll(center.settings.database_url, "cho", "gw-1")
        await eventually(lambda: is_verified(center, one), within=BUSY_S)
        yield one


async def is_verified(center: Center, gateway: Gateway) -> bool:
    await gateway.beat()
    return await has_metric(center, 'tocsin_alerting_signatures_total{verdict="valid"}')


def change(center: Center, statement: str) -> None:
    """Change the database as nobody should, and have the center look at its keys."""
    with closing(sqlite3.connect(center.settings.data_dir / "center.db")) as database, database:
        database.execute(statement)
        database.execute("UPDATE pki_changes SET number = number + 1")


async def is_told(center: Center, point: str) -> bool:
    told = [each.body for each in center.received.relays]
    return any(point in {shown.name for shown in getattr(each, "points", ())} for each in told)


async def keys_are_read_again(center: Center, gateway: Gateway) -> None:
    """Wait until the center knows a key that was added last."""
    await enroll(center.settings.database_url, "cho", "gw-2")

    async def asks_for_a_signature() -> bool:
        await gateway.client.publish(f"{centers.ROOT}/cho/gw-2/presence", b"{}")
        return await has_metric(center, 'tocsin_alerting_signatures_total{verdict="signature_missing"}')

    await eventually(asks_for_a_signature, within=BUSY_S)


@pytest.mark.parametrize("how", DAMAGE)
async def test_a_fire_is_told_though_the_row_of_its_key_is_damaged(
    center: Center, gateway: Gateway, how: str
) -> None:
    change(center, DAMAGE[how])
    await keys_are_read_again(center, gateway)
    await gateway.fire("button-01", quantity="manual")
    await eventually(lambda: is_told(center, "button-01"), within=BUSY_S)
    await center.stop()
    await center.start()
    await gateway.fire("smoke-12")
    await eventually(lambda: is_told(center, "smoke-12"), within=BUSY_S)


async def test_a_center_without_the_table_of_keys_still_tells_fires(
    center: Center, gateway: Gateway
) -> None:
    change(center, "ALTER TABLE gateway_keys RENAME TO lost")
    await gateway.fire("button-01", quantity="manual")
    await eventually(lambda: is_told(center, "button-01"), within=BUSY_S)
    await center.stop()
    await center.start(status=503)
    await gateway.fire("smoke-12")
    await eventually(lambda: is_told(center, "smoke-12"), within=BUSY_S)
    change(center, "ALTER TABLE lost RENAME TO gateway_keys")
    await keys_are_read_again(center, gateway)


async def test_a_renewal_that_cannot_be_stored_ends_nothing(center: Center, gateway: Gateway) -> None:
    folder, root = AuthorityFolder(center.settings.data_dir / "pki"), center.settings.data_dir / "root"
    make_authority(folder, root, name="t", passphrase=WORDS, now=utc_now())
    change(center, "UPDATE gateway_keys SET not_after = 1")
    change(
        center,
        "CREATE TRIGGER full BEFORE INSERT ON gateway_keys BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    await gateway.raw(encode(RenewalRequest(v=VERSION, at=to_micros(utc_now()))), leaf="renewal")
    await eventually(
        lambda: has_metric(center, 'tocsin_alerting_renewals_total{result="not_stored"}'), within=BUSY_S
    )
    seq = await gateway.fire("button-01", quantity="manual")
    await gateway.receipted(seq)
    await eventually(lambda: is_told(center, "button-01"), within=BUSY_S)
    change(center, "DROP TRIGGER full")
    await gateway.raw(encode(RenewalRequest(v=VERSION, at=to_micros(utc_now()))), leaf="renewal")
    await eventually(
        lambda: has_metric(center, 'tocsin_alerting_renewals_total{result="renewed"}'), within=BUSY_S
    )


async def has_metric(center: Center, name: str) -> bool:
    return await center.metric(name) > 0


async def test_what_a_gateway_sends_again_without_a_key_holds_up_no_new_fire(
    center: Center, gateway: Gateway
) -> None:
    gateway.key = SigningKey.from_seed(bytes(32))  # the center was restored, and knows another one
    old = [signal(seq, "smoke-11", utc_now(), quantity="smoke") for seq in range(1, 41)]
    for _ in range(5):
        await gateway.send(*old)
    await eventually(lambda: has_verdicts(center, 5), within=BUSY_S)
    new = signal(50, "smoke-11", utc_now(), quantity="smoke")
    await gateway.send(*old, new)
    await eventually(lambda: stored(center, new.changed_at), within=BUSY_S)


async def has_verdicts(center: Center, count: int) -> bool:
    unknown = 'tocsin_alerting_signatures_total{verdict="signature_unknown_key"}'
    return await center.metric(unknown) >= count


async def stored(center: Center, changed_at: int) -> bool:
    found = (await center.get("/api/v1/signals?premises=cho"))["signals"]
    return any(each["changed_at"] == changed_at for each in found)


async def test_a_flood_without_a_key_takes_no_turn_of_the_true_gateways_heartbeats(
    center: Center, gateway: Gateway
) -> None:
    await center.stop()
    await center.start()
    forged = encode(RenewalRequest(v=VERSION, at=1))

    over = asyncio.Event()

    async def flood() -> None:
        while not over.is_set():
            await gateway.publish(forged, leaf="heartbeat")

    flooding = asyncio.create_task(flood())
    try:
        await eventually(lambda: is_limited(center), within=BUSY_S)
        await gateway.beat(number=gateway.beats + 1_000)
        await eventually(lambda: is_heard(center), within=BUSY_S)
    finally:
        over.set()
        await flooding


async def is_limited(center: Center) -> bool:
    return await has_metric(center, "tocsin_alerting_limited_status_total")


async def is_heard(center: Center) -> bool:
    return await has_metric(center, 'tocsin_alerting_signatures_total{verdict="valid"}')
