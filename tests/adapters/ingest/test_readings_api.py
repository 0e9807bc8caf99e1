"""Requirements on the HTTP API for readings."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from contract.http.health import IngestHealth
from contract.times import from_micros
from ingest.adapters.metrics import Metrics
from ingest.adapters.readings_api import web_app
from ingest.adapters.stores.embedded import open_embedded
from ingest.adapters.stores.store import CurveQuery, ReadingSource, ReadingStore, SeriesCount, StoreAway
from ingest.domain.thinning import Curve
from ingest.settings import Settings
from runtime.web import serve
from tests.adapters.ingest.conftest import Place

NOW = 1_795_464_785_581_514
MINUTE = 60_000_000
WELL = IngestHealth(
    ok=True, broker="connected", brokers_away=[], store="ok", store_server="embedded", backlog_readings=0
)


class Client:
    """Asks as a program of the command center would."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def get(
        self, path: str, *, headers: dict[str, str] | None = None, **params: Any
    ) -> tuple[int, Any]:
        url = f"{self._url}{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, params=params, headers=headers) as reply,
        ):
            text = await reply.text()
            return reply.status, json.loads(text) if text.startswith("{") else text

    async def readings(self, **params: Any) -> tuple[int, Any]:
        known = {"premises": "p", "point": "smoke-01", "quantity": "smoke"}
        asked = {key: value for key, value in (known | params).items() if value is not None}
        return await self.get("/api/v1/readings", **asked)


async def _client(store: ReadingSource, **web: Any) -> AsyncIterator[Client]:
    settings = Settings(web=web)
    app = web_app(
        settings,
        lambda: from_micros(NOW),
        store=store,
        metrics=Metrics(),
        health=lambda: WELL,
    )
    async with serve(app, "127.0.0.1", 0) as port:
        yield Client(f"http://127.0.0.1:{port}")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ReadingStore]:
    async with open_embedded(tmp_path / "readings.db") as it:
        await it.write_batches(
            [
                Place(it, "p").batch(
                    (NOW - 48 * 60 * MINUTE, 0.5), *[(NOW - i * MINUTE, i / 100) for i in range(10)]
                )
            ]
        )
        yield it


@pytest.fixture
async def client(store: ReadingStore) -> AsyncIterator[Client]:
    async for it in _client(store):
        yield it


async def test_without_times_the_last_day_is_given(client: Client) -> None:
    status, answer = await client.readings()

    assert status == 200
    assert answer["t"] == [NOW - i * MINUTE for i in reversed(range(10))]


async def test_times_are_microseconds_or_iso_8601(client: Client) -> None:
    begin, end = NOW - 3 * MINUTE, NOW - MINUTE
    _, by_number = await client.readings(**{"from": begin, "to": end})
    _, by_text = await client.readings(
        **{
            "from": from_micros(begin).isoformat(),
            "to": from_micros(end).isoformat().replace("+00:00", "Z"),
        }
    )

    assert by_number["v"] == by_text["v"] == [0.03, 0.02, 0.01]


async def test_a_curve_longer_than_asked_for_is_marked_as_thinned(client: Client) -> None:
    _, answer = await client.readings(max_points=4)

    assert answer["thinned"] is True
    assert len(answer["t"]) <= 4
    assert {0.0, 0.09} <= set(answer["v"])


async def test_an_unknown_point_has_no_readings_and_an_unknown_quantity_no_unit(client: Client) -> None:
    status, answer = await client.readings(point="nowhere", quantity="lux")

    assert (status, answer["t"], answer["unit"]) == (200, [], "")


@pytest.mark.parametrize(
    ("params", "named"),
    [
        pytest.param({"premises": None}, "'premises' is missing", id="no premises"),
        pytest.param({"point": "x' OR 1=1"}, "'point'", id="a point that is no name"),
        pytest.param({"quantity": "smoke\n"}, "'quantity'", id="a quantity with a line feed"),
        pytest.param({"from": "yesterday"}, "'from' 'yesterday'", id="a time in words"),
        pytest.param({"to": "-5"}, "'to' '-5'", id="a time before 1970"),
        pytest.param({"to": str(2**60)}, "'to'", id="a time beyond what a number may be"),
        pytest.param(
            {"from": NOW, "to": NOW - 1}, "'from' is after 'to'", id="an end before its beginning"
        ),
        pytest.param({"max_points": "many"}, "'max_points' 'many'", id="a number in words"),
        pytest.param({"max_points": "1"}, "'max_points' '1'", id="fewer points than a curve has ends"),
        pytest.param({"max_points": "9" * 5_000}, "'max_points'", id="a number of 5000 digits"),
        pytest.param({"max_points": "1000000"}, "'max_points'", id="more points than allowed"),
    ],
)
async def test_a_bad_parameter_is_named_with_what_it_must_be(
    client: Client, params: dict[str, Any], named: str
) -> None:
    status, answer = await client.readings(**params)

    assert status == 400
    assert named in answer["error"]


async def test_counts_want_a_premises(client: Client) -> None:
    assert (await client.get("/api/v1/readings/count"))[0] == 400
    assert await client.get("/api/v1/readings/count", premises="p") == (
        200,
        {"counts": [{"point": "smoke-01", "quantity": "smoke", "count": 11}]},
    )


async def test_an_unknown_path_refers_to_the_documentation(client: Client) -> None:
    status, answer = await client.get("/api/v1/incidents")

    assert status == 404
    assert "docs/protocol.md" in answer["error"]


async def test_with_a_token_configured_readings_require_it_and_health_does_not(
    store: ReadingStore,
) -> None:
    async for client in _client(store, token="a-token-of-thirty-two-characters"):  # noqa: S106
        for headers in (
            None,
            {"Authorization": "Bearer wrong"},
            {"Authorization": "a-token-of-thirty-two-characters"},
        ):
            status, answer = await client.get("/api/v1/readings/count", headers=headers, premises="p")
            assert status == 401
            assert "Authorization" in answer["error"]
        status, _ = await client.get(
            "/api/v1/readings/count",
            headers={"Authorization": "Bearer a-token-of-thirty-two-characters"},
            premises="p",
        )
        assert status == 200
        assert (await client.get("/healthz"))[0] == 200
        assert (await client.get("/metrics"))[0] == 200


async def test_a_store_that_does_not_answer_is_503_and_not_an_empty_curve(store: ReadingStore) -> None:
    class Away:
        """A store whose disk is gone."""

        async def read_curve(self, _wanted: CurveQuery) -> Curve:
            raise StoreAway("disk I/O error")

        async def count_readings(self, _premises: str) -> list[SeriesCount]:
            raise StoreAway("disk I/O error")

    async for client in _client(Away()):
        for status, answer in (
            await client.readings(),
            await client.get("/api/v1/readings/count", premises="p"),
        ):
            assert status == 503
            assert "disk I/O error" in answer["error"]
