"""An InfluxDB that does not exist: it takes lines, answers Tocsin's questions, and fails on demand.

Real servers answer 429, 503 or 413 only when they please; this one does when a test says so. It speaks
both write paths (``/write``, ``/api/v2/write``) and as much InfluxQL as ingest asks; a question that it
does not know fails the test.
"""

import json
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web

from runtime.web import serve
from tests.support.servers import free_port

_READING = re.compile(
    r"reading,premises=([a-z0-9-]+),gateway=([a-z0-9-]+),point=([a-z0-9-]+),quantity=([a-z0-9-]+) "
    r"value=(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?) (\d+)"
)
_SERIES_QUERY = re.compile(
    r"SELECT value FROM reading WHERE premises='([^']+)' AND point='([^']+)' AND quantity='([^']+)' "
    r"AND time >= (\d+)u AND time <= (\d+)u"
)
_COUNT_QUERY = re.compile(
    r"SELECT count\(value\) FROM reading WHERE premises='([^']+)' GROUP BY point, quantity"
)

_MARKER = re.compile(r"tocsin_marker,writer=([A-Za-z0-9_.-]+),edge=(head|tail) number=(\d+) (\d+)")
_MARKER_QUERY = re.compile(
    r"SELECT number FROM tocsin_marker WHERE writer='([^']+)' AND time >= (\d+)u AND time <= (\d+)u "
    r"GROUP BY edge"
)
_STRETCH_QUERY = re.compile(
    r"SELECT count\(value\) FROM reading WHERE premises='([^']+)' AND gateway='([^']+)' "
    r"AND time >= (\d+)u AND time <= (\d+)u GROUP BY point, quantity"
)

_TIMES_QUERY = re.compile(
    r"SELECT value FROM reading WHERE premises='([^']+)' AND gateway='([^']+)' "
    r"AND time >= (\d+)u AND time <= (\d+)u GROUP BY point, quantity"
)

Key = tuple[str, str, str, str]


class PartialAnswer(StrEnum):
    """The words in which versions of InfluxDB say that they dropped some lines and stored the rest."""

    INFLUXDB_1 = "1"
    INFLUXDB_2 = "2"
    INFLUXDB_3 = "3"


def partial_answer(version: PartialAnswer, why: str, dropped: list[bytes]) -> "Scripted":
    """The answer of InfluxDB 1.6.7, 2.9.1 or 3 to a write of which it *dropped* lines."""
    if version is PartialAnswer.INFLUXDB_3:
        data = [
            {"original_line": line.decode(), "line_number": number, "error_message": why}
            for number, line in enumerate(dropped, 1)
        ]
        text = json.dumps({"error": "partial write of line protocol occurred", "data": data})
        return Scripted(400, text=text)
    said = f"partial write: {why} dropped={len(dropped)}"
    if version is PartialAnswer.INFLUXDB_1:
        return Scripted(400, text=json.dumps({"error": said}))
    message = f"failure writing points to database: {said}"
    return Scripted(422, text=json.dumps({"code": "unprocessable entity", "message": message}))


@dataclass
class Scripted:
    """One reply that the server gives instead of taking lines."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


class FakeInflux:
    """The server's state: what it stores, what it will answer next, what it was asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.readings: dict[Key, dict[int, float]] = {}
        self.signals: dict[str, str] = {}
        self.markers: dict[str, dict[tuple[str, int], int]] = {"head": {}, "tail": {}}
        self.next_replies: deque[Scripted] = deque()
        self.always: Scripted | None = None
        self.posts: list[int] = []
        self.most_lines = 1_000_000
        self.poison: bytes | None = None
        self.spoils_all: bytes | None = None
        self.token: str | None = None
        self.drops: bytes | None = None
        self.version = PartialAnswer.INFLUXDB_1
        self.why_dropped = "points beyond retention policy"
        self.requests = 0
        self.shows_nothing: str | None = None

    async def write(self, request: web.Request) -> web.Response:
        """Take lines, unless told otherwise."""
        body = await request.read()
        lines = body.split(b"\n")
        self.requests += 1
        if carried := sum(not line.startswith(b"tocsin_marker,") for line in lines):
            self.posts.append(carried)
        reply = self._scripted(request, body, carried)
        if reply is not None:
            return web.Response(status=reply.status, headers=reply.headers, text=reply.text)
        bad = [line for line in lines if not self._take(line)]
        if bad:
            # As real ones: the good lines of the request are stored all the same.
            answer = partial_answer(self.version, self.why_dropped, bad)
            return web.Response(status=answer.status, text=answer.text)
        return web.Response(status=204)

    async def ping(self, _request: web.Request) -> web.Response:
        """Say who it is."""
        return web.Response(status=204, headers={"X-Influxdb-Version": "1.8.10"})

    async def query(self, request: web.Request) -> web.StreamResponse:
        """Answer the questions that ingest asks."""
        text = request.query["q"]
        if self.always is not None:
            scripted = self.always
            return web.Response(status=scripted.status, headers=scripted.headers, text=scripted.text)
        if self.shows_nothing is not None:
            return web.json_response({"results": [{"statement_id": 0, "error": self.shows_nothing}]})
        if found := _SERIES_QUERY.fullmatch(text):
            series = self._series(*found.groups())
        elif found := _MARKER_QUERY.fullmatch(text):
            series = self._marked(*found.groups())
        elif found := _STRETCH_QUERY.fullmatch(text):
            series = self._counted(*found.groups())
        elif found := _TIMES_QUERY.fullmatch(text):
            series = self._timed(*found.groups())
        elif found := _COUNT_QUERY.fullmatch(text):
            series = self._counts(found.group(1))
        else:
            raise AssertionError(f"ingest asks what the fake does not know: {text}")
        return web.Response(text=json.dumps({"results": [{"statement_id": 0, "series": series}]}) + "\n")

    def _scripted(self, request: web.Request, body: bytes, carried: int) -> Scripted | None:
        if self.next_replies:
            return self.next_replies.popleft()
        if self.always is not None:
            return self.always
        if self.token and request.headers.get("Authorization") != f"Token {self.token}":
            return Scripted(401, text="unauthorized access")
        if carried > self.most_lines:
            return Scripted(413, text="request entity too large")
        if self.spoils_all is not None and self.spoils_all in body:
            return Scripted(500, text="internal error")
        return None

    def _take(self, line: bytes) -> bool:
        if self.poison is not None and self.poison in line:
            return False
        if self.drops is not None and self.drops in line:
            return True
        if marked := _MARKER.fullmatch(line.decode()):
            writer, edge, number, at = marked.groups()
            self.markers[edge][writer, int(at)] = int(number)
            return True
        if line.startswith(b"signal,"):
            self.signals[line.split(b" ")[0].decode() + line.rsplit(b" ", 1)[1].decode()] = line.decode()
            return True
        found = _READING.fullmatch(line.decode())
        if found is None:
            return False
        *names, value, t = found.groups()
        self.readings.setdefault((names[0], names[1], names[2], names[3]), {})[int(t)] = float(value)
        return True

    def _series(self, premises: str, point: str, quantity: str, start: str, end: str) -> list[object]:
        rows = [
            [t, v]
            for key, values in self.readings.items()
            if (key[0], key[2], key[3]) == (premises, point, quantity)
            for t, v in values.items()
            if int(start) <= t <= int(end)
        ]
        return (
            [{"name": "reading", "columns": ["time", "value"], "values": sorted(rows)}] if rows else []
        )

    def _timed(self, premises: str, gateway: str, start: str, end: str) -> list[object]:
        return [
            {
                "name": "reading",
                "tags": {"point": key[2], "quantity": key[3]},
                "columns": ["time", "value"],
                "values": rows,
            }
            for key, values in self.readings.items()
            if key[:2] == (premises, gateway)
            and (rows := [[t, v] for t, v in sorted(values.items()) if int(start) <= t <= int(end)])
        ]

    def _marked(self, writer: str, start: str, end: str) -> list[object]:
        return [
            {
                "name": "tocsin_marker",
                "tags": {"edge": edge},
                "columns": ["time", "number"],
                "values": rows,
            }
            for edge, there in self.markers.items()
            if (
                rows := [
                    [at, number]
                    for (by, at), number in sorted(there.items())
                    if by == writer and int(start) <= at <= int(end)
                ]
            )
        ]

    def _counted(self, premises: str, gateway: str, start: str, end: str) -> list[object]:
        return [
            {
                "name": "reading",
                "tags": {"point": key[2], "quantity": key[3]},
                "columns": ["time", "count"],
                "values": [[int(start), count]],
            }
            for key, values in self.readings.items()
            if key[:2] == (premises, gateway)
            and (count := sum(int(start) <= t <= int(end) for t in values))
        ]

    def _counts(self, premises: str) -> list[object]:
        counts: dict[tuple[str, str], int] = {}
        for key, values in self.readings.items():
            if key[0] == premises:
                counts[key[2], key[3]] = counts.get((key[2], key[3]), 0) + len(values)
        return [
            {
                "name": "reading",
                "tags": {"point": point, "quantity": quantity},
                "columns": ["time", "count"],
                "values": [[0, count]],
            }
            for (point, quantity), count in counts.items()
        ]


@asynccontextmanager
async def fake_influx() -> AsyncIterator[FakeInflux]:
    """The server on a free port, within the block."""
    port = free_port()
    influx = FakeInflux(port)
    app = web.Application(client_max_size=64 * 1_048_576)
    app.add_routes(
        [
            web.post("/write", influx.write),
            web.post("/api/v2/write", influx.write),
            web.get("/query", influx.query),
            web.get("/ping", influx.ping),
        ]
    )
    async with serve(app, "127.0.0.1", port):
        yield influx
