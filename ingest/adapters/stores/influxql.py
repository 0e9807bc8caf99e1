"""Reads from InfluxDB with InfluxQL, which versions 1, 2 and 3 all serve at ``/query``."""

from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from contract.times import Micros
from ingest.adapters.stores.answer_lines import fetch_lines
from ingest.adapters.stores.store import CurveQuery, ReadBackPace, SeriesCount, StoreAway
from ingest.adapters.stores.store_identity import ask_influxdb
from ingest.domain.batches import Mark, ReadingSpan, SeriesKey
from ingest.domain.line_protocol import EDGES, MARKER
from ingest.domain.read_back_rules import whole_marks
from ingest.domain.thinning import Curve, Thinner

CHUNK_ROWS = 5_000
"""Readings in one line of an answer: about 150 kB, so that a year of readings never stands in memory."""


class _Series(Struct):
    columns: list[str]
    values: list[list[Any]]
    tags: dict[str, str] = {}


class _Result(Struct):
    series: list[_Series] = []
    error: str | None = None


class _Answer(Struct):
    results: list[_Result] = []
    error: str | None = None


_decoder = msgspec.json.Decoder(_Answer)


class InfluxqlReader:
    """Asks one database; *params* go with each query (``db``, ``rp``).

    *explain* returns the cause and the remedy of an answer that shows nothing.
    """

    # InfluxDB 1 and 2 show a write before they answer it; 3 shows it within its second of log.
    pace = ReadBackPace(check_every_s=0.1, shown_within_s=5.0)

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        params: dict[str, str],
        *,
        explain: Callable[[str], str],
    ) -> None:
        self._session = session
        self._explain = explain
        self._server = url
        self._url = f"{url}/query"
        self._params = params

    async def identify(self) -> str:
        """Return the name and version of the server; raises StoreAway."""
        return await ask_influxdb(self._session, self._server)

    async def found_marks(self, marks: Collection[Mark], writer: str) -> frozenset[Mark]:
        """Return those of *writer*'s *marks* that are read back whole; raises StoreAway."""
        times = [each.at for each in marks]
        query = (
            f"SELECT number FROM {MARKER} WHERE writer='{writer}' "  # noqa: S608
            f"AND time >= {min(times)}u AND time <= {max(times)}u GROUP BY edge"
        )
        seen: dict[str, set[Mark]] = {edge: set() for edge in EDGES}
        async for series in self.ask(query):
            there = seen.setdefault(series.tags.get("edge", ""), set())
            there.update(Mark(int(number), int(at)) for at, number in series.values)
        return whole_marks(marks, seen)

    async def count_span(self, span: ReadingSpan) -> dict[SeriesKey, int]:
        """Return how many readings are read back of each series; raises StoreAway."""
        query = (
            f"SELECT count(value) FROM reading WHERE premises='{span.premises}' "  # noqa: S608
            f"AND gateway='{span.gateway}' AND time >= {span.start}u AND time <= {span.end}u "
            "GROUP BY point, quantity"
        )
        counts: dict[SeriesKey, int] = {}
        async for series in self.ask(query):
            at, count = series.values[0]
            if at != span.start:
                raise StoreAway(f"{self._url}: the answer to another question (a cache?)")
            counts[SeriesKey(series.tags["point"], series.tags["quantity"])] = int(count)
        return counts

    async def find_times(self, span: ReadingSpan, most: int) -> dict[SeriesKey, set[Micros]]:
        """Return the times of the readings in *span*; raises StoreAway if there are over *most*."""
        query = (
            f"SELECT value FROM reading WHERE premises='{span.premises}' "  # noqa: S608
            f"AND gateway='{span.gateway}' AND time >= {span.start}u AND time <= {span.end}u "
            "GROUP BY point, quantity"
        )
        times: dict[SeriesKey, set[Micros]] = {}
        async for series in self.ask(query):
            key = SeriesKey(series.tags["point"], series.tags["quantity"])
            times.setdefault(key, set()).update(int(row[0]) for row in series.values)
            if sum(map(len, times.values())) > most:
                raise StoreAway(f"more than {most} readings in the time of one batch")
        return times

    async def read_curve(self, wanted: CurveQuery) -> Curve:
        """Return the readings asked for; raises StoreAway."""
        # Names are checked before they come here, so that none can end the quotation.
        query = (
            f"SELECT value FROM reading WHERE premises='{wanted.premises}' AND point='{wanted.point}' "  # noqa: S608
            f"AND quantity='{wanted.quantity}' AND time >= {wanted.start}u AND time <= {wanted.end}u"
        )
        thinner = Thinner(wanted.max_points)
        async for series in self.ask(query):
            thinner.add([(int(t), float(v)) for t, v in series.values])
        return thinner.curve()

    async def count_readings(self, premises: str) -> list[SeriesCount]:
        """Return the counts of all series of *premises*; raises StoreAway."""
        query = f"SELECT count(value) FROM reading WHERE premises='{premises}' GROUP BY point, quantity"  # noqa: S608
        return [
            SeriesCount(series.tags["point"], series.tags["quantity"], int(series.values[0][1]))
            async for series in self.ask(query)
        ]

    async def ask(self, query: str) -> AsyncIterator[_Series]:
        """Yield each series of the answer to *query*, perhaps in several pieces; raises StoreAway."""
        params = self._params | {
            "q": query,
            "epoch": "u",
            "chunked": "true",
            "chunk_size": str(CHUNK_ROWS),
        }
        try:
            async for line in fetch_lines(self._session, self._url, params):
                for series in _series_in(line):
                    yield series
        except StoreAway as error:
            raise StoreAway(self._explain(str(error))) from error


def _series_in(line: bytes) -> list[_Series]:
    try:
        answer = _decoder.decode(line)
    except msgspec.DecodeError as exc:
        raise StoreAway(f"an answer that is not InfluxQL's: {exc}") from exc
    for error in (answer.error, *(result.error for result in answer.results)):
        if error is not None:
            raise StoreAway(error)
    return [series for result in answer.results for series in result.series]
