"""Incidents that are kept in memory change nothing: without them the same is decided and stored."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from alerting.domain.model.events import Close
from alerting.domain.model.incident import Outcome
from alerting.engine.engine import open_engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.incident_cache import IncidentCache
from contract.messages import Edge, Kind, Signal
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import SECRET, House
from tests.support.depth import examples

POINTS = ["smoke-01", "smoke-02", "smoke-11", "heat-01", "stranger"]
SAID = st.tuples(
    st.sampled_from([Kind.FIRE, Kind.FAULT]), st.sampled_from(Edge), st.sampled_from(POINTS)
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["send", "roll back", "another process"]), st.lists(SAID, max_size=4)),
        st.tuples(st.just("wait"), st.sampled_from([1, 61, 400])),
        st.tuples(st.just("acknowledge"), st.none()),
        st.tuples(st.just("close"), st.none()),
        st.tuples(st.just("restart"), st.none()),
    ),
    max_size=12,
)
STORED = {
    "incidents": "SELECT id, phase, closed_at, state FROM incidents ORDER BY id",
    "items": "SELECT incident, place, state FROM incident_items ORDER BY incident, place",
    "timeline": "SELECT incident, event, reason, data FROM timeline ORDER BY id",
    "deadlines": "SELECT * FROM deadlines ORDER BY incident, key",
    "deliveries": "SELECT id, state, body FROM deliveries ORDER BY number",
}


class RolledBackError(Exception):
    """A transaction fails at its end."""


@asynccontextmanager
async def opened(folder: str) -> AsyncIterator[House]:
    async with houses.house(f"sqlite:///{Path(folder) / 'center.db'}") as one:
        yield one


async def send(house: House, signals: list[Signal]) -> None:
    await house.send_signals(*signals)


async def fail(house: House) -> None:
    """Close all fires in a transaction that is rolled back after it has written everything."""

    def change(unit: UnitOfWork) -> None:
        for each in unit.store.list_incidents(which="open", limit=9):
            unit.apply_event_to(each.id, Close("An", Outcome.HOAX))
        unit.save()
        raise RolledBackError

    with pytest.raises(RolledBackError):
        await house.engine.transactions.run(change, house.now)


async def send_by_another(house: House, signals: list[Signal]) -> None:
    metrics = Metrics(CollectorRegistry())
    async with open_engine(
        house.url, Confirmation(), metrics, process="another", secret=SECRET
    ) as engine:
        await engine.upkeep.resume(house.now)
        await engine.intake.accept_arrivals([house.arrival(*signals)], house.now)


async def act(house: House, name: str, given: Any) -> None:
    if isinstance(given, list):
        signals = [house.next(point, kind=kind, edge=edge) for kind, edge, point in given]
        if name == "roll back":
            await fail(house)
        await (send_by_another if name == "another process" else send)(house, signals)
    elif name == "wait":
        await house.wait(seconds=given)
    elif name == "restart":
        await house.restart()
    else:
        await operate(house, name)


async def operate(house: House, name: str) -> None:
    """Let a person acknowledge or close the first of the open fires, if there is one."""
    for one in (await house.incidents("open"))[:1]:
        if name == "acknowledge":
            await house.engine.operators.acknowledge(one.id, by="An", now=house.now)
        else:
            outcome = Outcome.HOAX
            await house.engine.operators.close(one.id, by="An", outcome=outcome, now=house.now)


async def stored_after(steps: list[tuple[str, Any]], *, cached: bool) -> dict[str, Any]:
    """The database's content after *steps*; without the cache each transaction begins with none."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as house:
            for name, given in steps:
                if not cached:
                    house.engine.transactions._incidents = IncidentCache(most_items=0)
                await act(house, name, given)
            return {name: await house.rows(query) for name, query in STORED.items()}


@settings(max_examples=examples(25))
@given(STEPS)
def test_what_is_stored_is_the_same_with_and_without_incidents_kept_in_memory(
    steps: list[tuple[str, Any]],
) -> None:
    with_cache = asyncio.run(stored_after(steps, cached=True))
    assert asyncio.run(stored_after(steps, cached=False)) == with_cache


async def test_only_the_points_that_changed_are_written(house: House) -> None:
    await house.fire("heat-01")
    await house.send_signals(*(house.next(f"unknown-{number}") for number in range(100)))
    written: list[str] = []
    house.engine.database.watchers.append(lambda _, sql: written.append(sql))
    try:
        await house.fire("unknown-100")
        await house.restore("unknown-7")
    finally:
        house.engine.database.watchers.pop()
    of_items = [sql.split()[0] for sql in written if "incident_items" in sql]
    assert of_items == ["INSERT", "UPDATE"], "and none is read"
    rows = await house.rows("SELECT count(*) AS n, max(place) AS last FROM incident_items")
    assert rows == [{"n": 102, "last": 101}]
