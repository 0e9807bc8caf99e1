"""The readings stores, one file each, behind the port in ``store.py``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ingest.adapters.stores.embedded import open_embedded
from ingest.adapters.stores.influxdb1 import open_influxdb1
from ingest.adapters.stores.influxdb2 import open_influxdb2
from ingest.adapters.stores.store import ReadingStore
from ingest.settings import EmbeddedStore, InfluxDB1Store, InfluxDB2Store, Settings
from runtime.clock import Clock


@asynccontextmanager
async def open_store(settings: Settings, clock: Clock) -> AsyncIterator[ReadingStore]:
    """Open the readings store that *settings* choose."""
    timeout_s = settings.writing.timeout_s
    match settings.store:
        case EmbeddedStore(path=path):
            async with open_embedded(path or settings.data_dir / "readings.db") as embedded:
                yield embedded
        case InfluxDB1Store() as chosen:
            async with open_influxdb1(
                chosen, writer=settings.client_id, timeout_s=timeout_s, clock=clock
            ) as influxdb1:
                yield influxdb1
        case InfluxDB2Store() as chosen:
            async with open_influxdb2(
                chosen, writer=settings.client_id, timeout_s=timeout_s, clock=clock
            ) as influxdb2:
                yield influxdb2
