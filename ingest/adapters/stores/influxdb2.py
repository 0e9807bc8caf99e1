"""The readings store InfluxDB 2 or 3, and what takes writes as they do: lines to ``/api/v2/write``.

Lines are handed to influxdb-client as bytes: its ``Point`` costs twelve times the encoding, and its
batching mode answers before anything is stored.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import aiohttp
from influxdb_client.client.influxdb_client_async import InfluxDBClientAsync
from influxdb_client.client.write_api_async import WriteApiAsync
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException

from contract.times import Micros
from ingest.adapters.stores.dropped_lines import DroppedLines
from ingest.adapters.stores.influxql import InfluxqlReader
from ingest.adapters.stores.line_posting import WriteReply, post_parts, reply_of
from ingest.adapters.stores.markers import Marker
from ingest.adapters.stores.store import CurveQuery, ReadBackPace, SeriesCount, StoreAway, WriteOutcome
from ingest.adapters.stores.victoriametrics import VictoriaMetricsReader
from ingest.domain.batches import Batch, Mark, ReadingSpan, SeriesKey, SignalCopy
from ingest.domain.line_protocol import encode_batch, encode_signals
from ingest.domain.store_access import unreadable_reason
from ingest.domain.thinning import Curve
from ingest.domain.write_replies import WRITTEN
from ingest.settings import InfluxDB2Store
from runtime.clock import Clock
from runtime.host_names import HostNames
from runtime.http_names import open_session


class Reader(Protocol):
    """Reads from one kind of server."""

    @property
    def pace(self) -> ReadBackPace:
        """Pace at which the server shows what it stored."""
        ...

    async def identify(self) -> str:
        """Return the name of the server; raises StoreAway."""
        ...

    async def found_marks(self, marks: Collection[Mark], writer: str) -> frozenset[Mark]:
        """Return those of *writer*'s *marks* that are read back whole; raises StoreAway."""
        ...

    async def count_span(self, span: ReadingSpan) -> dict[SeriesKey, int]:
        """Return how many readings are read back of each series; raises StoreAway."""
        ...

    async def find_times(self, span: ReadingSpan, most: int) -> dict[SeriesKey, set[Micros]]:
        """Return the times of the readings in *span*; raises StoreAway if there are over *most*."""
        ...

    async def read_curve(self, wanted: CurveQuery) -> Curve:
        """Return the readings asked for; raises StoreAway."""
        ...

    async def count_readings(self, premises: str) -> list[SeriesCount]:
        """Return the counts of all series of *premises*; raises StoreAway."""
        ...


@dataclass(slots=True)
class Access:
    """The known access to the *bucket*: whether the server took a write to it."""

    bucket: str
    was_written: bool = False

    def explain(self, text: str) -> str:
        """Return the cause and the remedy of *text*, an answer that shows nothing."""
        return unreadable_reason(text, f'the bucket "{self.bucket}"', was_written=self.was_written)


class InfluxDB2:
    """One bucket of an InfluxDB 2 or 3; made by ``open_influxdb2``."""

    def __init__(
        self,
        writer: WriteApiAsync,
        reader: Reader,
        settings: InfluxDB2Store,
        *,
        marker: Marker,
        access: Access,
        clock: Clock,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._settings = settings
        self._marker = marker
        self._dropped = DroppedLines(reader, marker.writer)
        self._access = access
        self._clock = clock

    @property
    def pace(self) -> ReadBackPace:
        """Pace at which the server shows what it stored."""
        return self._reader.pace

    async def identify(self) -> str:
        """Return the name of the server; raises StoreAway."""
        return await self._reader.identify()

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
        """Delete nothing: the retention of the bucket does."""
        return 0

    async def _post(self, lines: bytes) -> WriteReply:
        place = self._settings
        precision: WritePrecision = WritePrecision.US  # type: ignore[assignment]
        try:
            took = await self._writer.write(
                place.bucket, place.org, record=lines, write_precision=precision
            )
        except ApiException as error:
            return self._refusal(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StoreAway(f"{place.url}: {error or type(error).__name__}") from error
        self._access.was_written = self._access.was_written or took
        # The client answers False to each 2xx but 204, and hides which one it was.
        return WriteReply(WRITTEN if took else 200, "")

    def _refusal(self, error: ApiException) -> WriteReply:
        if not error.status:
            raise StoreAway(f"{self._settings.url}: {error.reason}") from error
        text = (error.body or b"").decode(errors="replace")[:500].strip() or error.reason or ""
        return reply_of(error.status, text, error.headers or {}, self._clock())


@asynccontextmanager
async def open_influxdb2(
    settings: InfluxDB2Store, *, writer: str, timeout_s: float, clock: Clock
) -> AsyncIterator[InfluxDB2]:
    """Open the bucket that *settings* name; it need not answer yet."""
    token = settings.secret()
    headers = {"Authorization": f"Token {token}"} if token else {}
    names = HostNames()
    client = InfluxDBClientAsync(
        settings.url,
        token=token or "",
        org=settings.org,
        timeout=int(timeout_s * 1_000),
        allow_redirects=False,
        client_session_type=partial(_named_session, names),
    )
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with client, open_session(names, headers=headers, timeout=timeout) as session:
        access, marker = Access(settings.bucket), Marker(writer, clock)
        reader = _reader(session, settings, access, clock=clock)
        yield InfluxDB2(client.write_api(), reader, settings, marker=marker, access=access, clock=clock)


def _named_session(
    names: HostNames, *, connector: aiohttp.BaseConnector, **options: Any
) -> aiohttp.ClientSession:
    """Return the session of the client with a connector of ours in place of *connector*, unused yet."""
    return open_session(names, **options)


def _reader(
    session: aiohttp.ClientSession, settings: InfluxDB2Store, access: Access, *, clock: Clock
) -> Reader:
    if settings.reads == "victoriametrics":
        return VictoriaMetricsReader(session, settings.url, clock)
    return InfluxqlReader(session, settings.url, {"db": settings.bucket}, explain=access.explain)
