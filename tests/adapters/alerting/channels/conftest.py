"""Every channel on a bench; whatever arrived there and was not expected fails the test."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.adapters.alerting.channels.apprise_bench import AppriseBench, apprise_bench
from tests.adapters.alerting.channels.bench import BOUND_S, PATIENT_S, Behaviour, Bench
from tests.adapters.alerting.channels.email_bench import EmailBench, email_bench
from tests.adapters.alerting.channels.mqtt_bench import MqttBench, mqtt_bench
from tests.adapters.alerting.channels.sms_bench import SmsBench, sms_bench
from tests.adapters.alerting.channels.webhook_bench import WebhookBench, webhook_bench

BENCHES: dict[type[Bench], Callable[..., AbstractAsyncContextManager[Bench]]] = {
    WebhookBench: webhook_bench,
    EmailBench: email_bench,
    SmsBench: sms_bench,
    MqttBench: mqtt_bench,
    AppriseBench: apprise_bench,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test of the suite with each channel, but for behaviours that its peer cannot have."""
    if "bench" not in metafunc.fixturenames:
        return
    wanted = [Behaviour(mark.args[0]) for mark in metafunc.definition.iter_markers("behaviour")]
    kinds = [kind for kind in BENCHES if not set(wanted) & set(kind.cannot)]
    metafunc.parametrize(
        "bench",
        [pytest.param(kind, marks=[pytest.mark.server] * (kind is MqttBench)) for kind in kinds],
        indirect=True,
        ids=[kind.__name__.removesuffix("Bench").lower() for kind in kinds],
    )


@pytest.fixture
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    mark = request.node.get_closest_marker("behaviour")
    silent = mark is not None and mark.args[0] == Behaviour.SILENT
    async with BENCHES[request.param](tmp_path, bound_s=BOUND_S if silent else PATIENT_S) as one:
        yield one
        await nothing_else_arrived(one)


async def nothing_else_arrived(bench: Bench) -> None:
    await bench.settled()
    assert Counter(map(repr, bench.heard())) == Counter(map(repr, bench.expected))
