"""Requirements on writes of which a store drops some lines and stores the rest."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from contract.times import SECOND, to_micros
from ingest.adapters.stores.influxdb1 import open_influxdb1
from ingest.adapters.stores.store import ReadingStore, StoreAway, WriteOutcome
from ingest.domain.batches import Batch
from ingest.settings import InfluxDB1Store
from runtime.clock import utc_now
from tests.adapters.ingest.conftest import Opened, Place, a_name, influxdb1_at, influxdb2_at
from tests.adapters.ingest.test_ingest import batch as a_message
from tests.adapters.ingest.test_ingest import gateway, running, series, settings_for
from tests.support.deceptive_store import deceptive_store
from tests.support.influx import FakeInflux, PartialAnswer
from tests.support.servers import INFLUXDB2_TOKEN, Server, influxdb1, influxdb2_api
from tests.support.waiting import eventually

READINGS = 10_000
NOW = to_micros(utc_now()) // SECOND * SECOND - 60 * SECOND
OLD = NOW - 10 * 3_600 * SECOND
"""Ten hours ago: beyond a retention of two."""

RETENTION = [{"type": "expire", "everySeconds": 7_200}]


def short_name() -> str:
    """A premises with which READINGS lines go in one request."""
    return secrets.token_hex(3)


def half_old(premises: str, count: int = 25) -> list[Batch]:
    """READINGS readings in *count* batches, every second one of them beyond the retention."""
    place = Place(None, premises)  # type: ignore[arg-type]
    size = READINGS // count
    return [
        place.batch(
            *[((OLD if i % 2 else NOW) + seq * size + i, 0.02) for i in range(size)],
            gateway=f"gw-{seq % 5}",
            seq=seq,
        )
        for seq in range(count)
    ]


def refused_times(outcome: WriteOutcome) -> list[int]:
    lines = b"\n".join(each.lines for each in outcome.refused).splitlines()
    return sorted(int(line.rsplit(b" ", 1)[1]) for line in lines)


def old_times(batches: list[Batch]) -> list[int]:
    return sorted(t for each in batches for t in each.series[0].t if t < NOW)


async def ask(url: str, query: str, **params: str) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/query", params={"q": query, **params}) as answer,
    ):
        assert answer.status == 200
        (result,) = (await answer.json())["results"]
        assert "error" not in result, result
        return dict(result)


async def test_influxdb_1_drops_half_of_a_write_and_only_that_half_is_refused_after_one_post(
    influxdb1_server: Server,
) -> None:
    url, database, premises = f"http://127.0.0.1:{influxdb1_server.port}", a_name(), short_name()
    await ask(url, f'CREATE DATABASE "{database}" WITH DURATION 2h')
    batches = half_old(premises)
    async with deceptive_store(url) as proxy, _in_database(proxy.url, database) as store:
        outcome = await store.write_batches(batches)
        counts = await store.count_readings(premises)
        shown = await store.found_marks(outcome.marks)

    assert not outcome.kept
    assert refused_times(outcome) == old_times(batches)
    assert len(refused_times(outcome)) == READINGS // 2
    assert sum(each.count for each in counts) == READINGS // 2
    assert all("beyond retention" in each.detail for each in outcome.refused)
    assert proxy.writes == 1
    assert shown == outcome.marks != frozenset()


async def test_influxdb_2_drops_half_of_a_write_and_only_that_half_is_refused(
    influxdb2_server: Server,
) -> None:
    bucket, premises = a_name(), short_name()
    org = influxdb2_api(influxdb2_server, "orgs?org=tocsin")["orgs"][0]["id"]
    asked = {"orgID": org, "name": bucket, "retentionRules": RETENTION}
    influxdb2_api(influxdb2_server, "buckets", asked)
    batches = half_old(premises)
    url = f"http://127.0.0.1:{influxdb2_server.port}"
    async with (
        deceptive_store(url) as proxy,
        influxdb2_at(proxy.url, token=INFLUXDB2_TOKEN, bucket=bucket) as store,
    ):
        outcome = await store.write_batches(batches)
        counts = await store.count_readings(premises)

    assert not outcome.kept
    assert refused_times(outcome) == old_times(batches)
    assert sum(each.count for each in counts) == READINGS // 2
    assert proxy.writes == 1


async def test_a_token_of_influxdb_2_that_may_not_read_is_named_as_that(
    influxdb2_server: Server,
) -> None:
    url = f"http://127.0.0.1:{influxdb2_server.port}"
    bucket = influxdb2_api(influxdb2_server, "buckets?name=tocsin")["buckets"][0]
    to_write = {
        "action": "write",
        "resource": {"type": "buckets", "id": bucket["id"], "orgID": bucket["orgID"]},
    }
    asked = {"orgID": bucket["orgID"], "permissions": [to_write]}
    token = influxdb2_api(influxdb2_server, "authorizations", asked)["token"]
    async with influxdb2_at(url, token=token) as store:
        outcome = await store.write_batches([])
        assert not outcome.kept
        with pytest.raises(StoreAway, match='may not read the bucket "tocsin"'):
            await store.found_marks(outcome.marks)


def _in_database(url: str, database: str) -> AbstractAsyncContextManager[ReadingStore]:
    settings = InfluxDB1Store(kind="influxdb1", url=url, database=database)
    return open_influxdb1(settings, writer="test", timeout_s=10, clock=utc_now)


@pytest.mark.parametrize("opened", [influxdb1_at, influxdb2_at])
@pytest.mark.parametrize("version", PartialAnswer)
async def test_each_version_that_stores_in_part_is_asked_what_is_there_and_nothing_is_sent_again(
    influx: FakeInflux, opened: Opened, version: PartialAnswer
) -> None:
    influx.version = version
    influx.poison = b" " + str(OLD)[:6].encode()
    batches = half_old("p")
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches)

    assert not outcome.kept
    assert refused_times(outcome) == old_times(batches)
    assert sum(map(len, influx.readings.values())) == READINGS // 2
    assert influx.requests == 1


@pytest.mark.parametrize("opened", [influxdb1_at, influxdb2_at])
async def test_a_write_that_was_dropped_whole_for_its_age_is_refused_whole(
    influx: FakeInflux, opened: Opened
) -> None:
    influx.poison = b"reading,"
    batches = half_old("p")
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches)

    assert not outcome.kept
    assert len(refused_times(outcome)) == READINGS
    assert influx.requests == 1


@pytest.mark.parametrize("opened", [influxdb1_at, influxdb2_at])
@pytest.mark.parametrize("version", PartialAnswer)
async def test_a_type_conflict_that_leaves_nothing_keeps_every_reading(
    influx: FakeInflux, opened: Opened, version: PartialAnswer
) -> None:
    influx.version, influx.poison = version, b"reading,"
    influx.why_dropped = (
        "invalid column type for column 'value'"
        if version is PartialAnswer.INFLUXDB_3
        else 'field type conflict: input field "value" on measurement "reading" is type float'
    )
    async with opened(influx.url) as store:
        outcome = await store.write_batches(half_old("p", count=2))

    assert outcome.kept == {0, 1}
    assert not outcome.refused
    assert str(outcome.reason).startswith("field_type_conflict: ")
    assert "name a database of Tocsin's own" in str(outcome.reason)


@pytest.mark.parametrize("opened", [influxdb1_at, influxdb2_at])
async def test_a_type_conflict_of_some_readings_refuses_these(
    influx: FakeInflux, opened: Opened
) -> None:
    """Of one shard: readings of another time, which the store does take, must not wait for them."""
    influx.why_dropped = 'field type conflict: input field "value" on measurement "reading"'
    influx.poison = b" " + str(OLD)[:6].encode()
    batches = half_old("p", count=2)
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches)

    assert not outcome.kept
    assert refused_times(outcome) == old_times(batches)


async def test_a_type_conflict_in_influxdb_1_is_red_until_it_is_gone_and_loses_nothing(
    influxdb1_server: Server, broker: Server, tmp_path: Path
) -> None:
    url, database = f"http://127.0.0.1:{influxdb1_server.port}", a_name()
    await ask(url, f'CREATE DATABASE "{database}"')
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/write", params={"db": database}, data='reading,a=b value="text"') as answer,
    ):
        assert answer.status == 204
    store = {"kind": "influxdb1", "url": url, "database": database}
    async with running(settings_for(broker, tmp_path, store=store)) as ingest, gateway(broker) as gw:
        for seq in range(1, 11):
            await gw.send(a_message(seq))

        async def is_red() -> bool:
            status, health = await ingest.get("/healthz")
            return status == 503 and health["store"].startswith("field_type_conflict: ")

        await eventually(is_red)
        assert gw.receipts == []
        assert ingest.set_aside() == []

        await ask(url, "DROP MEASUREMENT reading", db=database)
        await eventually(gw.told(10))
        await eventually(ingest.healthy)
        assert await ingest.stored() == 10


async def test_what_influxdb_1_dropped_is_quarantined_and_the_rest_is_counted_as_stored(
    influxdb1_server: Server, broker: Server, tmp_path: Path
) -> None:
    url, database = f"http://127.0.0.1:{influxdb1_server.port}", a_name()
    await ask(url, f'CREATE DATABASE "{database}" WITH DURATION 2h')
    store = {"kind": "influxdb1", "url": url, "database": database}
    async with running(settings_for(broker, tmp_path, store=store)) as ingest, gateway(broker) as gw:
        rows = [((OLD if i % 2 else NOW) + i, 0.01) for i in range(1_000)]
        await gw.send(a_message(1, series(*rows)))
        await eventually(gw.told(1))

        assert await ingest.stored() == 500
        assert await ingest.metric("tocsin_ingest_readings_stored_total") == 500
        refused = 'tocsin_ingest_readings_refused_total{reason="refused_by_store"}'
        assert await ingest.metric(refused) == 500
        assert [record["reason"] for record in ingest.set_aside()] == ["refused_by_store"]
        assert await ingest.healthy()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An InfluxDB 1.x that asks for passwords."""
    with influxdb1(tmp_path_factory.mktemp("guarded"), http="auth-enabled = true") as server:
        yield server


@asynccontextmanager
async def _as_user(guarded: Server, grant: str | None, *, made: bool) -> AsyncIterator[ReadingStore]:
    url, database, user = f"http://127.0.0.1:{guarded.port}", a_name(), "u" + secrets.token_hex(4)
    root = {"u": "root", "p": "root"}
    await ask(url, "CREATE USER root WITH PASSWORD 'root' WITH ALL PRIVILEGES", **root)
    await ask(url, f"CREATE USER {user} WITH PASSWORD 'word'", **root)
    if made:
        await ask(url, f'CREATE DATABASE "{database}"', **root)
    if grant is not None:
        await ask(url, f'GRANT {grant} ON "{database}" TO {user}', **root)
    settings = InfluxDB1Store.model_validate(
        {"kind": "influxdb1", "url": url, "database": database, "username": user, "password": "word"}
    )
    async with open_influxdb1(settings, writer="test", timeout_s=10, clock=utc_now) as store:
        yield store


async def test_a_user_who_may_write_and_not_read_is_told_which_permission_is_missing(
    guarded: Server,
) -> None:
    async with _as_user(guarded, "WRITE", made=True) as store:
        outcome = await store.write_batches([])
        assert not outcome.kept
        with pytest.raises(StoreAway, match="the permission to read the database"):
            await store.found_marks(outcome.marks)


async def test_a_user_who_may_not_create_the_database_is_told_to_have_it_created(
    guarded: Server,
) -> None:
    async with _as_user(guarded, None, made=False) as store:
        outcome = await store.write_batches([Place(store, "p").batch((NOW, 0.1))])
        assert outcome.kept == {0}
        assert "could not be created" in str(outcome.reason)
        assert "requires admin privilege" in str(outcome.reason)
        assert "create it as an administrator" in str(outcome.reason)


async def test_a_token_that_may_write_and_not_read_is_told_so_and_not_that_there_is_no_database(
    influx: FakeInflux,
) -> None:
    """InfluxDB 2 says "database not found" to a token that may not read the bucket."""
    influx.shows_nothing = 'database not found: "tocsin"'
    async with influxdb2_at(influx.url) as store:
        with pytest.raises(StoreAway, match="does not exist, or the token or user may not read it"):
            await store.count_readings("p")
        await store.write_batches([])
        with pytest.raises(StoreAway, match='the token or user may not read the bucket "tocsin"'):
            await store.count_readings("p")
