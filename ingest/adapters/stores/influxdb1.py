"""The readings store InfluxDB 1.x: lines to ``/write``, InfluxQL at ``/query``."""

from base64 import b64encode
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import structlog

from contract.times import Micros
from ingest.adapters.stores.dropped_lines import DroppedLines
from ingest.adapters.stores.influxql import InfluxqlReader
from ingest.adapters.stores.line_posting import WriteReply, post_parts, reply_from
from ingest.adapters.stores.markers import Marker
from ingest.adapters.stores.store import CurveQuery, ReadBackPace, SeriesCount, StoreAway, WriteOutcome
from ingest.adapters.stores.store_identity import ask_influxdb
from ingest.domain.batches import Batch, Mark, ReadingSpan, SeriesKey, SignalCopy
from ingest.domain.line_protocol import encode_batch, encode_signals
from ingest.domain.store_access import unreadable_reason, unwritable_reason
from ingest.domain.thinning import Curve
from ingest.domain.write_replies import WRITTEN
from ingest.settings import InfluxDB1Store
from runtime.clock import Clock
from runtime.host_names import HostNames
from runtime.http_names import open_session

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
        self._was_written = False
        self._reader = InfluxqlReader(session, settings.url, place, explain=self._explain)
        self._dropped = DroppedLines(self._reader, marker.writer)

    @property
    def pace(self) -> ReadBackPace:
        """Pace of a store that shows at once what it stored."""
        return self._reader.pace

    async def identify(self) -> str:
        """Return the name and version of the server; raises StoreAway."""
        return await ask_influxdb(self._session, self._settings.url)

    async def found_marks(self, marks: Collection[Mark]) -> frozenset[Mark]:
        """Return those of *marks* that are read back whole; raises StoreAway."""
        return await self._reader.found_marks(marks, self._marker.writer)

    async def count_span(self, span: ReadingSpan) -> dict[SeriesKey, int]:
        """Return how many readings are read back of each series; raises StoreAway."""
        return await self._reader.count_span(span)

    async def write_batches(self, batches: Sequence[Batch]) -> WriteOutcome:
        """Write *batches*; return the outcome."""
        return await post_parts(
            [encode_batch(each) for each in batches],
            self._post,
            self._marker,
            find_dropped=self._dropped.find,
        )

    async def write_signals(self, copies: Sequence[SignalCopy]) -> WriteOutcome:
        """Write *copies*; return the outcome."""
        return await post_parts([encode_signals(each) for each in copies], self._post, self._marker)

    async def read_curve(self, wanted: CurveQuery) -> Curve:
        """Return the readings asked for; raises StoreAway."""
        return await self._reader.read_curve(wanted)

    async def count_readings(self, premises: str) -> list[SeriesCount]:
        """Return the counts of all series of *premises*; raises StoreAway."""
        return await self._reader.count_readings(premises)

    async def delete_before(self, _before: Micros) -> int:
        """Delete nothing: the retention policy of the database does."""
        return 0

    async def _post(self, lines: bytes) -> WriteReply:
        reply = await self._post_once(lines)
        if reply.status == 404 and "database not found" in reply.text:
            creation = await self._create_database()
            reply = await self._post_once(lines)
            if reply.status == 404:
                text = unwritable_reason(reply.text, self._place, creation=creation)
                reply = replace(reply, text=text)
        self._was_written = self._was_written or reply.status == WRITTEN
        return reply

    @property
    def _place(self) -> str:
        return f'the database "{self._settings.database}"'

    def _explain(self, text: str) -> str:
        return unreadable_reason(text, self._place, was_written=self._was_written)

    async def _post_once(self, lines: bytes) -> WriteReply:
        url = f"{self._settings.url}/write"
        try:
            async with self._session.post(
                url, params=self._write_params, data=lines, allow_redirects=False
            ) as reply:
                return reply_from(reply, await reply.text(errors="replace"), self._clock())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StoreAway(f"{url}: {error or type(error).__name__}") from error

    async def _create_database(self) -> str:
        """Have the database created; return the answer."""
        url = f"{self._settings.url}/query"
        query = f'CREATE DATABASE "{self._settings.database}"'
        try:
            async with self._session.post(url, params={"q": query}, allow_redirects=False) as reply:
                text = await reply.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StoreAway(f"{url}: {error or type(error).__name__}") from error
        answer = f"{reply.status} {text.strip()[:200]}"
        log.info("creation of the database requested", database=self._settings.database, answer=answer)
        return answer


@asynccontextmanager
async def open_influxdb1(
    settings: InfluxDB1Store, *, writer: str, timeout_s: float, clock: Clock
) -> AsyncIterator[InfluxDB1]:
    """Open the database that *settings* name; it need not answer yet."""
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with open_session(HostNames(), headers=_authorization(settings), timeout=timeout) as session:
        yield InfluxDB1(session, settings, Marker(writer, clock), clock)


def _authorization(settings: InfluxDB1Store) -> dict[str, str]:
    if not settings.username:
        return {}
    known_as = f"{settings.username}:{settings.secret() or ''}".encode()
    return {"Authorization": f"Basic {b64encode(known_as).decode()}"}
