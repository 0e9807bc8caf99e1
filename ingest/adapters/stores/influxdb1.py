"""The readings store InfluxDB 1.x: lines to ``/write``, InfluxQL at ``/query``."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

import aiohttp
import structlog

from contract.times import Micros
from ingest.adapters.stores.base import Count, Outcome, Pace, StoreAway, Wanted
from ingest.adapters.stores.identity import ask_influxdb
from ingest.adapters.stores.influxql import InfluxqlReader
from ingest.adapters.stores.marking import Marker
from ingest.adapters.stores.posting import Reply, answer_of, post_parts
from ingest.domain.batches import Batch, Mark, Signals, Stretch
from ingest.domain.lineprotocol import encode_batch, encode_signals
from ingest.domain.thinning import Curve
from ingest.settings import InfluxDB1Store
from runtime.clock import Clock

log = structlog.get_logger(__name__)


class InfluxDB1:
    """One database of an InfluxDB 1.x; made by ``open_influxdb1``."""

    def __init__(
        self, session: aiohttp.ClientSession, settings: InfluxDB1Store, marker: Marker, clock: Clock
    ) -> None:
        self._session = session
        self._marker = marker
        self._settings = settings
        self._clock = clock
        place = {"db": settings.database}
        if settings.retention_policy is not None:
            place["rp"] = settings.retention_policy
        self._write_params = place | {"precision": "u", "consistency": "all"}
        self._reader = InfluxqlReader(session, settings.url, place)

    @property
    def pace(self) -> Pace:
        """Pace of a store that shows at once what it took."""
        return self._reader.pace

    async def identify(self) -> str:
        """Return which InfluxDB it says it is; raises StoreAway."""
        return await ask_influxdb(self._session, self._settings.url)

    async def found(self, marks: Collection[Mark]) -> frozenset[Mark]:
        """Those of *marks* that are read back whole; raises StoreAway."""
        return await self._reader.found(marks, self._marker.writer)

    async def count_stretch(self, stretch: Stretch) -> dict[tuple[str, str], int]:
        """Return how many readings are read back; raises StoreAway."""
        return await self._reader.count_stretch(stretch)

    async def write(self, batches: Sequence[Batch]) -> Outcome:
        """Hand over *batches*."""
        return await post_parts([encode_batch(each) for each in batches], self._post, self._marker)

    async def write_signals(self, copies: Sequence[Signals]) -> Outcome:
        """Store *copies*."""
        return await post_parts([encode_signals(each) for each in copies], self._post, self._marker)

    async def series(self, wanted: Wanted) -> Curve:
        """The readings asked for; raises StoreAway."""
        return await self._reader.series(wanted)

    async def counts(self, premises: str) -> list[Count]:
        """What is stored of *premises*; raises StoreAway."""
        return await self._reader.counts(premises)

    async def forget(self, _before: Micros) -> int:
        """Nothing: the retention policy of the database does it."""
        return 0

    async def _post(self, lines: bytes) -> Reply:
        reply = await self._post_once(lines)
        if reply.status == 404 and "database not found" in reply.text:
            await self._create_database()
            reply = await self._post_once(lines)
        return reply

    async def _post_once(self, lines: bytes) -> Reply:
        url = f"{self._settings.url}/write"
        try:
            async with self._session.post(
                url, params=self._write_params, data=lines, allow_redirects=False
            ) as reply:
                return answer_of(reply, await reply.text(errors="replace"), self._clock())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StoreAway(f"{url}: {error or type(error).__name__}") from error

    async def _create_database(self) -> None:
        url = f"{self._settings.url}/query"
        query = f'CREATE DATABASE "{self._settings.database}"'
        try:
            async with self._session.post(url, params={"q": query}, allow_redirects=False) as reply:
                text = await reply.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StoreAway(f"{url}: {error or type(error).__name__}") from error
        log.info("database created", database=self._settings.database, answer=text.strip()[:200])


@asynccontextmanager
async def open_influxdb1(
    settings: InfluxDB1Store, *, writer: str, timeout_s: float, clock: Clock
) -> AsyncIterator[InfluxDB1]:
    """The database that *settings* name; it need not answer yet."""
    auth = aiohttp.BasicAuth(settings.username, settings.secret() or "") if settings.username else None
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with aiohttp.ClientSession(auth=auth, timeout=timeout) as session:
        yield InfluxDB1(session, settings, Marker(writer, clock), clock)
