"""Readings stores to test against, real and fake, each with a place of the test's own."""

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from contract.ids import StreamKey
from contract.messages import Series
from ingest.adapters.stores.embedded import open_embedded
from ingest.adapters.stores.influxdb1 import open_influxdb1
from ingest.adapters.stores.influxdb2 import open_influxdb2
from ingest.adapters.stores.store import CurveQuery, ReadingStore
from ingest.domain.batches import Batch, BatchId, SeriesKey
from ingest.domain.thinning import Curve
from ingest.settings import InfluxDB1Store, InfluxDB2Store
from runtime.clock import utc_now
from tests.support.influx import FakeInflux, fake_influx
from tests.support.servers import INFLUXD2, INFLUXDB2_TOKEN, Server


@dataclass
class Place:
    """A store, and a premises that no other test has."""

    store: ReadingStore
    premises: str
    resolution_us: int = 1
    flush_url: str | None = None

    def batch(
        self, *rows: tuple[int, float], gateway: str = "gw-1", point: str = "smoke-01", seq: int = 1
    ) -> Batch:
        series = Series(
            point=point, quantity="smoke", t=[t for t, _ in rows], v=[float(v) for _, v in rows]
        )
        return Batch(BatchId(StreamKey(self.premises, gateway, "e"), 1, seq, "d"), (series,))

    async def curve(
        self, start: int, end: int, *, point: str = "smoke-01", max_points: int = 1_000
    ) -> Curve:
        await self.flush()
        return await self.store.read_curve(
            CurveQuery(self.premises, point, "smoke", start, end, max_points)
        )

    async def rows(self, start: int, end: int, *, point: str = "smoke-01") -> list[tuple[int, float]]:
        curve = await self.curve(start, end, point=point)
        return list(zip(curve.t, curve.v, strict=True))

    async def counts(self) -> dict[SeriesKey, int]:
        await self.flush()
        return {
            SeriesKey(each.point, each.quantity): each.count
            for each in await self.store.count_readings(self.premises)
        }

    async def flush(self) -> None:
        """Have the server show what it took; VictoriaMetrics waits some seconds by itself."""
        if self.flush_url is not None:
            async with aiohttp.ClientSession() as session, session.get(self.flush_url) as reply:
                assert reply.status == 200


def a_name() -> str:
    return "cho-" + secrets.token_hex(6)


@pytest.fixture
async def influx() -> AsyncIterator[FakeInflux]:
    """An InfluxDB that fails on demand."""
    async with fake_influx() as server:
        yield server


STORES = ["embedded", "influxdb1", "victoria-metrics", "fake-influxdb1", "fake-influxdb2"]
if os.environ.get(INFLUXD2):
    STORES.append("influxdb2")


@pytest.fixture(params=STORES)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A place in each of the stores in turn."""
    async with AsyncExitStack() as stack:
        yield await _place(request.param, request, tmp_path, stack)


async def _place(
    kind: str, request: pytest.FixtureRequest, folder: Path, stack: AsyncExitStack
) -> Place:
    if kind == "embedded":
        return Place(await stack.enter_async_context(open_embedded(folder / "readings.db")), a_name())
    if kind == "influxdb1":
        real: Server = request.getfixturevalue("influxdb1_server")
        store1 = influxdb1_at(f"http://127.0.0.1:{real.port}")
        return Place(await stack.enter_async_context(store1), a_name())
    if kind == "influxdb2":
        real = request.getfixturevalue("influxdb2_server")
        opened2 = influxdb2_at(f"http://127.0.0.1:{real.port}", token=INFLUXDB2_TOKEN)
        return Place(await stack.enter_async_context(opened2), a_name())
    if kind == "victoria-metrics":
        real = request.getfixturevalue("victoria_metrics_server")
        url = f"http://127.0.0.1:{real.port}"
        store2 = influxdb2_at(url, reads="victoriametrics")
        flush = f"{url}/internal/force_flush"
        return Place(await stack.enter_async_context(store2), a_name(), 1_000, flush)
    fake = await stack.enter_async_context(fake_influx())
    opened = influxdb1_at(fake.url) if kind == "fake-influxdb1" else influxdb2_at(fake.url)
    return Place(await stack.enter_async_context(opened), a_name())


def influxdb1_at(url: str, *, timeout_s: float = 10.0) -> AbstractAsyncContextManager[ReadingStore]:
    """A store in a database of its own."""
    settings = InfluxDB1Store(kind="influxdb1", url=url, database=a_name())
    return open_influxdb1(settings, writer="test", timeout_s=timeout_s, clock=utc_now)


def influxdb2_at(
    url: str,
    *,
    timeout_s: float = 10.0,
    token: str | None = None,
    reads: str = "influxql",
    bucket: str = "tocsin",
) -> AbstractAsyncContextManager[ReadingStore]:
    """A store that speaks as to InfluxDB 2."""
    settings = InfluxDB2Store.model_validate(
        {"kind": "influxdb2", "url": url, "token": token, "reads": reads, "bucket": bucket}
    )
    return open_influxdb2(settings, writer="test", timeout_s=timeout_s, clock=utc_now)


Opened = Callable[..., AbstractAsyncContextManager[ReadingStore]]
"""One of the two above."""
