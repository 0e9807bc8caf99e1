"""Reads from VictoriaMetrics, which takes InfluxDB's lines but answers neither InfluxQL nor Flux.

It keeps milliseconds. Run it with ``-dedup.minScrapeInterval=1ms``, so that a batch that is written
twice is stored once; of two readings of one point within a millisecond one then remains, either of them.
It keeps no texts: of a signal's fields only the numbers (``signal_seq``, ``signal_value``, ...) remain.
It shows what it stored after a second, and the first readings of a new series after ten. It answers
204 to lines that it cannot read, to times beyond its retention and to series beyond its limits, and
drops them: only reading back shows that. It answers before a write is on disk
(``-inmemoryDataFlushInterval``, 5 s): what it took last may be lost in a power cut although it was
receipted. InfluxDB syncs its log before it answers.
"""

from collections.abc import AsyncIterator, Collection
from typing import TypeVar

import aiohttp
import msgspec
from msgspec import Struct

from contract.times import Micros
from ingest.adapters.stores.answer_lines import fetch_lines
from ingest.adapters.stores.store import CurveQuery, ReadBackPace, SeriesCount, StoreAway
from ingest.adapters.stores.store_identity import ask_victoriametrics
from ingest.domain.batches import Mark, ReadingSpan, SeriesKey
from ingest.domain.line_protocol import EDGES, MARKER
from ingest.domain.read_back_rules import whole_marks
from ingest.domain.thinning import Curve, Row, Thinner
from runtime.clock import Clock

# Longer than any retention, and not before 1970. The moment of the query lies ahead, because the
# newest seconds are hidden from a query "now" (-search.latencyOffset).
_EVER = "50y"
_AHEAD_S = 3_600


class _Exported(Struct):
    values: list[float]
    timestamps: list[int]
    metric: dict[str, str] = {}


class _Vector(Struct):
    metric: dict[str, str]
    value: tuple[float, str]


class _Data(Struct):
    result: list[_Vector]


class _Answer(Struct):
    data: _Data


T = TypeVar("T")

_exported = msgspec.json.Decoder(_Exported)
_answer = msgspec.json.Decoder(_Answer)


class VictoriaMetricsReader:
    """Asks one VictoriaMetrics at *url*."""

    # Measured: 0.6 s for a known series, 10.0 s for the first reading of a new one.
    pace = ReadBackPace(check_every_s=0.2, shown_within_s=30.0, resolution_us=1_000)

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: Clock) -> None:
        self._session = session
        self._url = url
        self._clock = clock

    async def identify(self) -> str:
        """Return the name of the server; raises StoreAway where it is not VictoriaMetrics."""
        return await ask_victoriametrics(self._session, self._url)

    async def found_marks(self, marks: Collection[Mark], writer: str) -> frozenset[Mark]:
        """Return those of *writer*'s *marks* that are read back whole; raises StoreAway."""
        times = [each.at for each in marks]
        seen: dict[str, set[Mark]] = {edge: set() for edge in EDGES}
        match = f'{MARKER}_number{{writer="{writer}"}}'
        async for each in self._export(match, min(times), max(times)):
            there = seen.setdefault(each.metric.get("edge", ""), set())
            pairs = zip(each.values, each.timestamps, strict=True)
            there.update(Mark(int(value), 1_000 * at) for value, at in pairs)
        return whole_marks(marks, seen)

    async def count_span(self, span: ReadingSpan) -> dict[SeriesKey, int]:
        """Return how many readings are read back of each series; raises StoreAway."""
        match = f'reading_value{{premises="{span.premises}",gateway="{span.gateway}"}}'
        counts: dict[SeriesKey, int] = {}
        async for each in self._export(match, span.start, span.end):
            key = SeriesKey(each.metric.get("point", ""), each.metric.get("quantity", ""))
            times = {at for at in each.timestamps if _within(span, at)}
            counts[key] = counts.get(key, 0) + len(times)
        return counts

    async def find_times(self, span: ReadingSpan, most: int) -> dict[SeriesKey, set[Micros]]:
        """Return the times of the readings in *span*; raises StoreAway if there are over *most*."""
        match = f'reading_value{{premises="{span.premises}",gateway="{span.gateway}"}}'
        times: dict[SeriesKey, set[Micros]] = {}
        async for each in self._export(match, span.start, span.end):
            key = SeriesKey(each.metric.get("point", ""), each.metric.get("quantity", ""))
            times.setdefault(key, set()).update(1_000 * at for at in each.timestamps)
            if sum(map(len, times.values())) > most:
                raise StoreAway(f"more than {most} readings in the time of one batch")
        return times

    async def _export(self, match: str, start: Micros, end: Micros) -> AsyncIterator[_Exported]:
        params = {"match[]": match, "start": _seconds(start), "end": _seconds(end)}
        async for line in self._query("/api/v1/export", params):
            yield _decoded(_exported, line)

    async def read_curve(self, wanted: CurveQuery) -> Curve:
        """Return the readings asked for, to the millisecond; raises StoreAway."""
        match = (
            f'reading_value{{premises="{wanted.premises}",point="{wanted.point}",'
            f'quantity="{wanted.quantity}"}}'
        )
        rows: list[Row] = []
        async for exported in self._export(match, wanted.start, wanted.end):
            micros = [1_000 * t for t in exported.timestamps]
            rows += zip(micros, exported.values, strict=True)
        thinner = Thinner(wanted.max_points)
        thinner.add(sorted(rows))
        return thinner.curve()

    async def count_readings(self, premises: str) -> list[SeriesCount]:
        """Return the counts of all series of *premises*; raises StoreAway."""
        counted = f'count_over_time(reading_value{{premises="{premises}"}}[{_EVER}])'
        moment = self._clock().timestamp() + _AHEAD_S
        params = {
            "query": f"sum({counted}) by (point, quantity)",
            "time": f"{moment:.0f}",
            "nocache": "1",  # it takes long windows for settled, and would answer an old count
        }
        vectors: list[_Vector] = []
        async for line in self._query("/prometheus/api/v1/query", params):
            vectors += _decoded(_answer, line).data.result
        return [
            SeriesCount(each.metric["point"], each.metric["quantity"], int(float(each.value[1])))
            for each in vectors
        ]

    async def _query(self, path: str, params: dict[str, str]) -> AsyncIterator[bytes]:
        async for line in fetch_lines(self._session, self._url + path, params):
            yield line


def _seconds(moment: Micros) -> str:
    return f"{moment // 1_000 / 1_000:.3f}"


def _within(span: ReadingSpan, at_ms: int) -> bool:
    return span.start // 1_000 <= at_ms <= span.end // 1_000


def _decoded(decoder: msgspec.json.Decoder[T], line: bytes) -> T:
    try:
        return decoder.decode(line)
    except msgspec.DecodeError as error:
        raise StoreAway(f"an answer that is not VictoriaMetrics': {error}") from error
