"""Figures of a period equal a recount from the timeline, whatever happened, on each kind of database."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

import registry.store
from alerting.domain.model.events import Acknowledge, Advance, Close
from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import IncidentCause, IncidentKind, Outcome
from alerting.engine.operators import ActionRefused, OrderRefused
from contract.ids import IncidentId
from contract.messages import Edge, Kind
from contract.times import to_micros
from registry.model.registry import Registry
from reports.collecting import (
    ReportScope,
    availabilities,
    exposed,
    incident_figures,
    registered,
    response_times,
)
from reports.domain.exposure import Exposure
from reports.domain.figures import IncidentFigures
from reports.domain.period import ReportPeriod
from tests.stories.alerting.house import MARKET, START, House
from tests.stories.alerting.house import house as opened_house
from tests.support import recount
from tests.support.depth import examples
from tests.support.servers import Server, empty_database

VIETNAM, PARIS = "Asia/Ho_Chi_Minh", "Europe/Paris"

PLACES = {"cho": ("smoke-01", "smoke-02", "button-01", "heat-01"), "nha-pho": ("smoke-01", "smoke-02")}
MODELS = {
    ("cho", "smoke-01"): ("Hochiki", "SOC-24"),
    ("cho", "smoke-02"): ("Hochiki", "SOC-24"),
    ("cho", "heat-01"): ("Nohmi", "FDP"),
    ("nha-pho", "smoke-01"): ("Nohmi", "FDP"),
}


def registered_market() -> Registry:
    """Return the market in two wards, with the models of some points."""
    points = tuple(
        each.model_copy(
            update=dict(
                zip(("make", "model"), MODELS.get((each.premises, each.id), ("", "")), strict=True)
            )
        )
        for each in MARKET.points
    )
    areas = (
        {"id": "bac-lieu", "name": "Bạc Liêu"},
        {"id": "phuong-1", "name": "Phường 1", "parent": "bac-lieu"},
    )
    places = tuple(
        each.model_copy(update={"area": "phuong-1"}) if each.id == "nha-pho" else each
        for each in MARKET.premises
    )
    known = Registry.model_validate({"areas": areas}).areas
    return MARKET.model_copy(update={"points": points, "areas": known, "premises": places})


CONTENT = registered_market()
AREAS = {each.id: each.area or "" for each in CONTENT.premises}

places = st.sampled_from([(name, point) for name, points in PLACES.items() for point in points])
fires = st.tuples(
    st.just("signal"), places, st.just(Kind.FIRE), st.sampled_from(Edge), st.sampled_from([0, 0, 3, 90])
)
troubles = st.tuples(
    st.just("signal"),
    places,
    st.sampled_from([Kind.FAULT, Kind.DISABLED]),
    st.sampled_from(Edge),
    st.just(0),
)
waits = st.tuples(st.just("wait"), st.sampled_from([0.5, 30, 400, 3_600, 20_000, 50_000]))
ACTS = ["acknowledge", "dispatched", "on_scene", "under_control"]
acts = st.tuples(st.just("advance"), st.integers(0, 5), st.sampled_from(ACTS))
closes = st.tuples(
    st.just("close"),
    st.integers(0, 5),
    st.sampled_from(sorted(set(Outcome) - {Outcome.CLEARED})),
    st.sampled_from([None, IncidentCause.COOKING, IncidentCause.INSECTS]),
)
orders = st.tuples(st.just("order"), places, st.sampled_from([IncidentKind.TEST, IncidentKind.DRILL]))
others = st.sampled_from([("deliver",), ("midnight",), ("widen",)])
steps = st.lists(
    st.one_of(fires, fires, troubles, waits, acts, closes, orders, others), min_size=4, max_size=28
)


class History:
    """Lets what hypothesis chose happen at a house, and notes which registry was active when."""

    def __init__(self, house: House, period: ReportPeriod) -> None:
        self.house, self.period = house, period
        self.registries: list[tuple[int, Registry]] = [(to_micros(START), CONTENT)]

    async def follow(self, step: Any) -> None:
        name, *chosen = step
        await getattr(self, f"_{name}")(*chosen)

    async def _signal(self, place: tuple[str, str], kind: Kind, edge: Edge, late: int) -> None:
        self.house.premises, point = place
        at = self.house.now - timedelta(seconds=late)
        await self.house.send_signals(self.house.next(point, kind=kind, edge=edge, at=at))

    async def _wait(self, seconds: float) -> None:
        await self._go_on_to(self.house.now + timedelta(seconds=seconds))

    async def _midnight(self) -> None:
        """Go on to the very beginning of the period, or to its end."""
        ends = self.period.since, self.period.until
        if later := [each for each in ends if each > to_micros(self.house.now)]:
            await self._go_on_to(self.period.local(later[0]))

    async def _advance(self, which: int, what: str) -> None:
        action = Acknowledge("An") if what == "acknowledge" else Advance("An", Phase(what))
        await self._act(which, action)

    async def _close(self, which: int, outcome: Outcome, cause: IncidentCause | None) -> None:
        await self._act(which, Close("An", outcome, cause=cause))

    async def _deliver(self) -> None:
        await self.house.answers("command-center", "district")

    async def _go_on_to(self, moment: datetime) -> None:
        """Let time pass at once: what was due meanwhile is done late."""
        self.house.now = moment.astimezone(START.tzinfo)
        await self.house.engine.deadlines.run_due(self.house.now)

    async def _act(self, which: int, action: Any) -> None:
        rows = await self.house.rows(
            "SELECT id FROM incidents WHERE closed_at IS NULL ORDER BY opened_at, id"
        )
        if not rows:
            return
        try:
            found = IncidentId(rows[which % len(rows)]["id"])
            await self.house.engine.operators.act(found, action, now=self.house.now)
        except ActionRefused:
            pass

    async def _order(self, place: tuple[str, str], kind: IncidentKind) -> None:
        self.house.premises, point = place
        tester = "owner" if kind is IncidentKind.TEST else None
        with suppress(OrderRefused):
            await self.house.order(kind, minutes=30, points=(point,), tester=tester)

    async def _widen(self) -> None:
        """Import a registry with a further point."""
        number = len(self.registries)
        last = self.registries[-1][1]
        point = last.points[0].model_copy(update={"id": f"more-{number}"})
        wider = last.model_copy(update={"points": (*last.points, point)})
        async with registry.store.open_store(self.house.url) as store:
            await store.store_registry(wider, who="test", now=self.house.now)
        await self.house.engine.transactions.refresh_registry()
        self.registries.append((to_micros(self.house.now), wider))


def plain(found: IncidentFigures) -> dict[str, Any]:
    """Return *found* as a recount has it."""
    two = {
        name: Counter(
            {
                (key, each.value): count
                for key, outcomes in getattr(found, name).items()
                for each, count in outcomes.items()
            }
        )
        for name in ("by_area", "by_premises", "by_cause", "by_model")
    }
    return {
        "by_outcome": Counter({each.value: count for each, count in found.by_outcome.items()}),
        **two,
        "by_hour": found.by_hour,
        "by_weekday": found.by_weekday,
        "troubles": Counter({each.value: count for each, count in found.troubles.items()}),
        "exercises": found.exercises,
        "open_at_begin": found.open_at["begin"],
        "open_at_end": found.open_at["end"],
        "closed": found.closed["closed"],
    }


def model_of(point: tuple[str, str, str]) -> tuple[str, str]:
    if point[2].startswith("more-"):
        return MODELS["cho", "smoke-01"]
    return MODELS.get((point[0], point[2]), ("", ""))


def spans_of(history: History, since: int, until: int) -> list[recount.Span]:
    """Return when each point was registered, by the registries that the test imported."""
    found: list[recount.Span] = []
    for index, (begin, content) in enumerate(history.registries):
        last = index + 1 == len(history.registries)
        end = until if last else min(until, history.registries[index + 1][0])
        found += [
            (point.premises, point.gateway, point.id, max(begin, since), end)
            for point in content.points
            if max(begin, since) < end
        ]
    return found


def compare_exposure(found: Exposure, spans: list[recount.Span]) -> None:
    by_premises: Counter[str] = Counter()
    by_model: Counter[tuple[str, str]] = Counter()
    for premises, gateway, point, begin, end in spans:
        by_premises[premises] += end - begin
        by_model[model_of((premises, gateway, point))] += end - begin
    assert dict(found.by_premises) == dict(by_premises)
    assert {tuple(model): micros for model, micros in found.by_model.items()} == dict(by_model)


async def compare(history: History, zone: str) -> None:
    """Compare all figures with a recount."""
    house, period = history.house, history.period
    entries = recount.told(await house.rows(recount.QUERY))
    days = recount.Days(period.first, period.end, zone)
    scope = ReportScope(period, to_micros(house.now))

    def ask(connection: Connection) -> Any:
        known = registered(connection, scope)
        return (
            incident_figures(connection, scope, known),
            response_times(connection, scope),
            exposed(scope, known),
            list(availabilities(connection, scope, known)),
        )

    figures, responses, exposure, available = await house.engine.database.read(ask)
    counted = recount.figures(entries, days, area_of=AREAS.__getitem__, model_of=model_of)
    assert plain(figures) == counted
    hops = recount.hops(entries, days)
    assert {
        step.value: (each.count, each.p50, each.p95, each.longest)
        for step, each in responses.by_hop().items()
    } == {
        name: (len(values), recount.rank(values, 50), recount.rank(values, 95), values[-1])
        for name, values in hops.items()
    }
    spans = spans_of(history, period.since, scope.until)
    compare_exposure(exposure, spans)
    missing = recount.unavailable(entries, spans, scope.until)
    assert {
        each.premises: each.all_points.registered - each.all_points.available for each in available
    } == {each[0]: missing.get(each[0], 0) for each in spans}


async def run(url: str, chosen: list[Any], first_day: int, days: int, zone: str) -> None:
    first = date(2026, 11, 22) + timedelta(days=first_day)
    period = ReportPeriod(first, first + timedelta(days=days), zone)
    async with opened_house(url, CONTENT) as house:
        history = History(house, period)
        for each in chosen:
            await history.follow(each)
            house.now += timedelta(seconds=1)
        await compare(history, zone)


chosen_days = st.tuples(st.integers(0, 3), st.integers(1, 3))
zones = st.sampled_from([VIETNAM, PARIS])
FEW_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=examples(60), suppress_health_check=FEW_CHECKS)
@given(steps, chosen_days, zones)
def test_figures_equal_a_recount_from_the_timeline(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[Any], days: tuple[int, int], zone: str
) -> None:
    folder: Path = tmp_path_factory.mktemp("center")
    asyncio.run(run(f"sqlite:///{folder}/center.db", chosen, *days, zone))


@settings(max_examples=examples(15), suppress_health_check=FEW_CHECKS)
@given(steps, chosen_days, zones)
def test_figures_equal_a_recount_on_postgresql_too(
    postgres_server: Server, chosen: list[Any], days: tuple[int, int], zone: str
) -> None:
    asyncio.run(run(empty_database(postgres_server), chosen, *days, zone))
