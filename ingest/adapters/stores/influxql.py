"""Reading from InfluxDB with InfluxQL, which versions 1, 2 and 3 all serve at ``/query``."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from ingest.adapters.stores.base import Count, StoreAway, Wanted
from ingest.domain.thinning import Curve, Thinner

CHUNK_ROWS = 5_000
"""Readings in one line of an answer: about 150 kB, so that a year of readings never stands in memory."""

LONGEST_LINE = 16 * 1_048_576
"""Bytes of one line of an answer; a server that sends more ignores ``chunk_size``."""


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
    """Asks one database; *params* go with each query (``db``, ``rp``)."""

    def __init__(self, session: aiohttp.ClientSession, url: str, params: dict[str, str]) -> None:
        self._session = session
        self._url = f"{url}/query"
        self._params = params

    async def series(self, wanted: Wanted) -> Curve:
        """The readings asked for; raises StoreAway."""
        # Names are checked before they come here, so that none can end the quotation.
        query = (
            f"SELECT value FROM reading WHERE premises='{wanted.premises}' AND point='{wanted.point}' "  # noqa: S608
            f"AND quantity='{wanted.quantity}' AND time >= {wanted.start}u AND time <= {wanted.end}u"
        )
        thinner = Thinner(wanted.max_points)
        async for series in self.ask(query):
            thinner.add([(int(t), float(v)) for t, v in series.values])
        return thinner.curve()

    async def counts(self, premises: str) -> list[Count]:
        """What is stored of *premises*; raises StoreAway."""
        query = f"SELECT count(value) FROM reading WHERE premises='{premises}' GROUP BY point, quantity"  # noqa: S608
        return [
            Count(series.tags["point"], series.tags["quantity"], int(series.values[0][1]))
            async for series in self.ask(query)
        ]

    async def ask(self, query: str) -> AsyncIterator[_Series]:
        """Each series of the answer to *query*, perhaps in several pieces; raises StoreAway."""
        params = self._params | {
            "q": query,
            "epoch": "u",
            "chunked": "true",
            "chunk_size": str(CHUNK_ROWS),
        }
        try:
            async with self._session.get(self._url, params=params) as reply:
                if reply.status != 200:
                    raise StoreAway(f"{reply.status} {(await reply.text())[:200]}")
                async for line in lines_of(reply.content):
                    for series in _series_in(line):
                        yield series
        except (aiohttp.ClientError, TimeoutError) as flaw:
            raise StoreAway(f"{self._url}: {flaw or type(flaw).__name__}") from flaw


def _series_in(line: bytes) -> list[_Series]:
    try:
        answer = _decoder.decode(line)
    except msgspec.DecodeError as flaw:
        raise StoreAway(f"an answer that is not InfluxQL's: {flaw}") from flaw
    for error in (answer.error, *(result.error for result in answer.results)):
        if error is not None:
            raise StoreAway(error)
    return [series for result in answer.results for series in result.series]


async def lines_of(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """The lines of an answer, however long; raises StoreAway past LONGEST_LINE."""
    rest = bytearray()
    async for piece in content.iter_any():
        rest += piece
        if b"\n" in piece:
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for line in lines:
                if line:
                    yield line
        if len(rest) > LONGEST_LINE:
            raise StoreAway(f"a line of over {LONGEST_LINE} bytes; ask for a shorter time")
    if rest:
        yield bytes(rest)
