"""A service says over HTTP how it is."""

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from runtime.process import CannotStart
from runtime.web import ExposedMetrics, health_routes, serve


async def fetch(port: int, path: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}{path}") as reply:
        return reply.status, reply.content_type, await reply.text()


def service(health: dict[str, Any], metrics: CollectorRegistry | None = None) -> web.Application:
    app = web.Application()
    app.add_routes(health_routes(metrics or CollectorRegistry(), lambda _: health))
    return app


async def test_a_healthy_service_answers_200_with_its_state() -> None:
    async with serve(service({"ok": True, "outbox": 3}), "127.0.0.1", 0) as port:
        status, kind, body = await fetch(port, "/healthz")
    assert (status, kind, json.loads(body)) == (200, "application/json", {"ok": True, "outbox": 3})


async def test_an_unhealthy_service_answers_503() -> None:
    health: dict[str, Any] = {"ok": False, "reason": "no broker"}
    async with serve(service(health), "127.0.0.1", 0) as port:
        status, _, body = await fetch(port, "/healthz")
        assert (status, json.loads(body)) == (503, {"ok": False, "reason": "no broker"})
        health["ok"] = True
        assert (await fetch(port, "/healthz"))[0] == 200


async def test_metrics_are_exposed_as_prometheus_reads_them() -> None:
    metrics = CollectorRegistry()
    Counter("tocsin_test_alarms", "Alarms", registry=metrics).inc(3)
    async with serve(service({"ok": True}, metrics), "127.0.0.1", 0) as port:
        status, kind, body = await fetch(port, "/metrics")
    assert (status, kind) == (200, "text/plain")
    assert "\ntocsin_test_alarms_total 3.0\n" in body


async def test_the_port_is_free_again_afterwards() -> None:
    async with serve(service({"ok": True}), "127.0.0.1", 0) as port:
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await fetch(port, "/healthz")
    async with serve(service({"ok": True}), "127.0.0.1", port) as again:
        assert again == port


async def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    async with serve(service({"ok": True}), "127.0.0.1", 0) as port:
        with pytest.raises(CannotStart, match="in use"):
            async with serve(service({"ok": True}), "127.0.0.1", port):
                pass
        assert (await fetch(port, "/healthz"))[0] == 200


def test_a_flood_of_requests_for_metrics_makes_their_text_ten_times_a_second() -> None:
    metrics = CollectorRegistry()
    asked = Counter("tocsin_test_asked", "Asked", registry=metrics)
    exposed = ExposedMetrics(metrics)
    texts = []
    for millisecond in range(2_000):
        asked.inc()
        texts.append(exposed.body(millisecond / 1_000))
    assert len(set(texts[:199])) == 199
    assert len(set(texts[1_000:])) <= 11
    assert b"tocsin_test_asked_total 2001.0" not in exposed.body(10.0)
    asked.inc()
    assert b"tocsin_test_asked_total 2001.0" in exposed.body(20.0)
