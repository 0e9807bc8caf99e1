"""Reading from VictoriaMetrics, which takes InfluxDB's lines but answers neither InfluxQL nor Flux.

It keeps milliseconds. Run it with ``-dedup.minScrapeInterval=1ms``, so that a batch that is written
twice is stored once; of two readings of one point within a millisecond one then remains, either of them.
It keeps no texts: of a signal's fields only the numbers (``signal_seq``, ``signal_value``, ...) remain.
It shows what it took only after some seconds, and answers before that is on disk
(``-inmemoryDataFlushInterval``, 5 s): what it took last may be lost in a power cut although it was
receipted. InfluxDB syncs its log before it answers.
"""

from collections.abc import AsyncIterator
from typing import TypeVar

import aiohttp
import msgspec
from msgspec import Struct

from ingest.adapters.stores.base import Count, StoreAway, Wanted
from ingest.adapters.stores.influxql import lines_of
from ingest.domain.thinning import Curve, Row, Thinner
from runtime.clock import Clock

# Longer than any retention, and not before 1970. The moment of the query lies ahead, because the
# newest seconds are hidden from a query "now" (-search.latencyOffset).
_EVER = "50y"
_AHEAD_S = 3_600


class _Exported(Struct):
    values: list[float]
    timestamps: list[int]


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

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: Clock) -> None:
        self._session = session
        self._url = url
        self._clock = clock

    async def series(self, wanted: Wanted) -> Curve:
        """The readings asked for, to the millisecond; raises StoreAway."""
        params = {
            "match[]": f'reading_value{{premises="{wanted.premises}",point="{wanted.point}",'
            f'quantity="{wanted.quantity}"}}',
            "start": f"{wanted.start // 1_000 / 1_000:.3f}",
            "end": f"{wanted.end // 1_000 / 1_000:.3f}",
        }
        rows: list[Row] = []
        async for line in self._ask("/api/v1/export", params):
            exported = _decoded(_exported, line)
            micros = [1_000 * t for t in exported.timestamps]
            rows += zip(micros, exported.values, strict=True)
        thinner = Thinner(wanted.max_points)
        thinner.add(sorted(rows))
        return thinner.curve()

    async def counts(self, premises: str) -> list[Count]:
        """What is stored of *premises*; raises StoreAway."""
        counted = f'count_over_time(reading_value{{premises="{premises}"}}[{_EVER}])'
        moment = self._clock().timestamp() + _AHEAD_S
        params = {
            "query": f"sum({counted}) by (point, quantity)",
            "time": f"{moment:.0f}",
            "nocache": "1",  # it takes long windows for settled, and would answer an old count
        }
        vectors: list[_Vector] = []
        async for line in self._ask("/prometheus/api/v1/query", params):
            vectors += _decoded(_answer, line).data.result
        return [
            Count(each.metric["point"], each.metric["quantity"], int(float(each.value[1])))
            for each in vectors
        ]

    async def _ask(self, path: str, params: dict[str, str]) -> AsyncIterator[bytes]:
        try:
            async with self._session.get(self._url + path, params=params) as reply:
                if reply.status != 200:
                    raise StoreAway(f"{reply.status} {(await reply.text())[:200]}")
                async for line in lines_of(reply.content):
                    yield line
        except (aiohttp.ClientError, TimeoutError) as flaw:
            raise StoreAway(f"{self._url}: {flaw or type(flaw).__name__}") from flaw


def _decoded(decoder: msgspec.json.Decoder[T], line: bytes) -> T:
    try:
        return decoder.decode(line)
    except msgspec.DecodeError as flaw:
        raise StoreAway(f"an answer that is not VictoriaMetrics': {flaw}") from flaw
