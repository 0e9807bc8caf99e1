"""What a registry would have decided, rehearsed on what a real engine stored while it decided."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect

from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.incident_ids import sealed_id
from alerting.domain.rehearsal.compare import DecisionChange, compare
from alerting.domain.rehearsal.history import steps
from alerting.domain.rehearsal.replay import IncidentCourse, Replay, ReplaySettings
from alerting.domain.watch.gateways import GatewayFinding, GatewayReason
from alerting.engine.findings import OwnFinding
from alerting.engine.operators import ActionRefused
from alerting.store.history import Compared, HistoryReader, NoHistory, Period, rehearse
from contract.messages import Edge, Kind
from contract.times import to_micros
from registry.domain.index import Index
from registry.model.registry import Registry
from registry.model.rules import RuleKind
from registry.store import open_store
from runtime.database import open_database
from tests.adapters.alerting import before_revisions
from tests.adapters.alerting.test_migrations import run_sql
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, SECRET, START, House
from tests.support.depth import examples

Act = tuple[str, ...] | tuple[str, int]


def market(**zone: Any) -> Registry:
    """The market, with stalls A under the rule that is given."""
    document = MARKET.model_dump(mode="json")
    document["zones"][0] |= {"window_s": None, **zone}
    return Registry.model_validate(document)


def period(house: House) -> Period:
    return Period(to_micros(START), to_micros(house.now))


async def rehearsed(house: House, content: Registry) -> Compared:
    return await rehearse(
        house.url,
        content,
        period=period(house),
        waits=ReplaySettings(),
        progress=lambda done, total: None,
    )


def changes_of(compared: Compared) -> list[tuple[DecisionChange, str | None, str | None]]:
    return [(each.what, each.before.reason, each.after.reason) for each in compared.found.differences]


async def test_three_suspicions_that_steam_made_would_all_have_been_fires_if_one_point_were_enough(
    house: House,
) -> None:
    for _ in range(3):
        await house.fire("smoke-01")
        await house.wait(seconds=20)
        await house.restore("smoke-01")
        await house.wait(minutes=30)
    found = await rehearsed(house, market(rule="immediate"))
    assert found.changed == {("cho", "stalls-a"): "type_b → immediate"}
    assert (
        changes_of(found)
        == [(DecisionChange.NEWLY_CONFIRMED, "all_points_restored", "immediate_zone")] * 3
    )
    assert found.signals == 6


async def test_a_fire_that_two_points_confirmed_would_have_been_notified_as_unconfirmed_alone(
    house: House,
) -> None:
    await house.fire("smoke-01")
    await house.wait(seconds=90)
    await house.restore("smoke-01")
    await house.fire("smoke-02")
    await house.wait(minutes=10)
    found = await rehearsed(house, market(rule="type_b", window_s=60))
    assert found.changed == {("cho", "stalls-a"): "window_s 300 → 60"}
    assert changes_of(found) == [
        (DecisionChange.NOTIFIED_AS_UNCONFIRMED, "second_point_in_window", "window_over")
    ]


async def test_a_fault_from_before_the_days_that_count_still_takes_away_the_partner(
    house: House,
) -> None:
    for name in ("smoke-02", "smoke-03"):
        await house.report(name, Kind.FAULT)
    await house.wait(minutes=600)
    await house.fire("smoke-01")
    await house.wait(seconds=1)
    found = await rehearse(
        house.url,
        market(rule="type_c"),
        period=Period(to_micros(house.now) - 60_000_000, to_micros(house.now)),
        waits=ReplaySettings(),
        progress=lambda done, total: None,
    )
    # By both rules at once: nothing differs. Without the faults type C would have told a suspicion.
    assert found.signals == 1
    assert found.found.suspicions == {("cho", "stalls-a"): 1}
    assert changes_of(found) == []


async def test_what_a_person_ended_as_a_false_alarm_ends_in_the_rehearsal_too(house: House) -> None:
    for _ in range(2):
        await house.fire("smoke-01")
        await house.wait(minutes=6)
        await house.restore("smoke-01")
        await house.close("Trực ban")
        await house.wait(minutes=30)
    found = await rehearsed(house, market(rule="immediate"))
    assert changes_of(found) == [(DecisionChange.NEWLY_CONFIRMED, "window_over", "immediate_zone")] * 2


async def test_a_database_that_alerting_never_used_has_nothing_to_rehearse(database: str) -> None:
    now = to_micros(START)
    async with open_store(database):
        pass
    found = await rehearse(
        database,
        MARKET,
        period=Period(0, now),
        waits=ReplaySettings(),
        progress=lambda done, total: None,
    )
    assert (found.version, found.signals, found.found.differences) == (0, 0, [])


async def test_tables_of_an_older_version_are_left_alone_and_the_remedy_is_named(
    empty_database: str,
) -> None:
    sqlite = empty_database.startswith("sqlite")
    run_sql(empty_database, before_revisions.SQLITE if sqlite else before_revisions.POSTGRESQL)
    with pytest.raises(NoHistory, match="start this version of it once"):
        await rehearse(
            empty_database,
            MARKET,
            period=Period(0, 1),
            waits=ReplaySettings(),
            progress=lambda done, total: None,
        )
    assert await revisions_of_alerting(empty_database) == []


async def revisions_of_alerting(url: str) -> list[str]:
    def ask(connection: Connection) -> list[str]:
        return [each for each in inspect(connection).get_table_names() if each.endswith("_alerting")]

    async with open_database(url) as opened:
        return await opened.read(ask)


# -- whatever happens


NAMES = ["smoke-01", "smoke-02", "smoke-03", "smoke-11", "smoke-12", "heat-01", "button-01", "nobody-1"]

ACTS: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just("fire"), st.sampled_from(NAMES)),
    st.tuples(st.just("fire"), st.sampled_from(NAMES[:5])),
    st.tuples(st.just("restore"), st.sampled_from(NAMES)),
    st.tuples(st.just("fault"), st.sampled_from(NAMES[:5])),
    st.tuples(st.just("repaired"), st.sampled_from(NAMES[:5])),
    st.tuples(st.just("wait"), st.sampled_from([1, 14, 30, 61, 130, 299, 400, 2_000])),
    st.tuples(st.just("wait"), st.sampled_from([5, 45, 90])),
    st.tuples(st.just("late"), st.sampled_from(NAMES[:5])),
    st.tuples(st.just("take")),
    st.tuples(st.just("close")),
    st.tuples(st.just("test"), st.sampled_from(NAMES[:5])),
    st.tuples(st.just("drill"), st.sampled_from(NAMES[:5])),
    st.tuples(st.just("lost")),
    st.tuples(st.just("heard")),
)

ZONES = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(RuleKind),
        "confirmed_with": st.sampled_from([(), ("stalls-b",)]),
        "building": st.sampled_from([None, "east"]),
    }
)


async def happens(house: House, act: Any) -> None:
    """One of *ACTS*; each moment has but one transaction, as on any real clock."""
    await house.wait(seconds=0.001)
    match act:
        case "fire", name:
            await house.fire(name, quantity="temperature" if name == "heat-01" else "smoke")
        case "late", name:
            await house.fire(name, at=house.now - timedelta(seconds=200))
        case "restore", name:
            await house.restore(name)
        case "fault", name:
            await house.report(name, Kind.FAULT)
        case "repaired", name:
            await house.send_signals(house.next(name, kind=Kind.FAULT, edge=Edge.RESTORED))
        case "wait", seconds:
            await house.wait(seconds=seconds)
        case _:
            await center(house, act)


async def center(house: House, act: Any) -> None:
    match act:
        case ("test" | "drill") as kind, name:
            await house.order(IncidentKind(kind), minutes=3, points=(name,))
        case ("lost",) | ("heard",):
            edge = Edge.RAISED if act == ("lost",) else Edge.RESTORED
            lost = OwnFinding(
                house.premises, house.gateway, GatewayFinding(GatewayReason.GATEWAY_SILENT, edge, None)
            )
            await house.engine.findings.report_findings([lost], house.now)
        case _:
            await person(house, act)


async def person(house: House, act: Any) -> None:
    fires = [one for one in await house.incidents("open") if one.site.id == house.premises]
    for one in fires[:1]:
        try:
            if act == ("take",):
                await house.engine.operators.acknowledge(one.id, by="A", now=house.now)
            else:
                await house.engine.operators.close(one.id, by="A", outcome=Outcome.HOAX, now=house.now)
        except ActionRefused:
            pass


def decided(one: FireIncident) -> tuple[Any, ...]:
    return one.opened_at, one.confirmed_at, one.closed_at, frozenset(one.points), one.part


def moments(course: IncidentCourse) -> Iterator[tuple[Any, ...]]:
    for event, moment in (("confirmed", course.confirmed), ("unconfirmed", course.unconfirmed)):
        if moment is not None:
            yield sealed_id(course.incident.id, SECRET), event, moment.at, moment.reason


async def replayed(house: House, content: Registry) -> tuple[list[IncidentCourse], int]:
    """Return the courses in a rehearsal of *content*, and the number of differences to itself."""

    def ask(connection: Connection) -> tuple[list[IncidentCourse], int]:
        def history() -> Any:
            return HistoryReader(connection, period(house), {"cho"}).history(lambda done: None)

        read, index = history(), Index(content)
        replay = Replay(index, ReplaySettings(), read.overrides)
        for now, happened in steps(read.happened):
            replay.replay_step(happened, now)
        replay.run_until(read.ends)
        same = compare(history(), index, index, waits=ReplaySettings())
        return [*replay.seen.ended, *replay.open], len(same.differences)

    return await house.engine.database.read(ask)


TYPE_B = {"rule": RuleKind.TYPE_B, "confirmed_with": (), "building": None}
MUTE = [("fault", "smoke-02"), ("fault", "smoke-03")]
ON_TEST = [("test", "smoke-02"), ("test", "smoke-03")]
STANDS = [("fire", "smoke-01"), ("wait", 1)]


@example(TYPE_B, TYPE_B, [*STANDS, ("lost",), ("restore", "smoke-01")])
@example(TYPE_B, TYPE_B, [*STANDS, ("test", "smoke-01"), ("restore", "smoke-01")])
@example(TYPE_B, TYPE_B, [*MUTE, *STANDS])
@example(TYPE_B, TYPE_B, [*STANDS, *MUTE])
@example(TYPE_B, TYPE_B, [*ON_TEST, *STANDS])
@example(TYPE_B, TYPE_B, [*STANDS, *ON_TEST])
@example(TYPE_B, TYPE_B, [("test", "smoke-01"), *STANDS, ("wait", 400)])
@example(TYPE_B, TYPE_B, [*STANDS, ("close",), ("fire", "smoke-02")])
@example(TYPE_B, TYPE_B, [*STANDS, ("close",), ("restore", "smoke-01"), ("fire", "smoke-02")])
@example(TYPE_B | {"rule": RuleKind.STAFFED}, TYPE_B, [("fire", "smoke-01"), ("take",), ("wait", 400)])
@given(zone=ZONES, other=ZONES, acts=st.lists(ACTS, min_size=3, max_size=25))
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_rehearsal_of_the_active_registry_decides_as_the_engine_did(
    zone: dict[str, Any], other: dict[str, Any], acts: list[Act]
) -> None:
    document = MARKET.model_dump(mode="json")
    document["zones"][0] |= {"window_s": None, **zone}
    document["zones"][1] |= {"window_s": None, **other, "confirmed_with": ()}
    content = Registry.model_validate(document)

    async def story(folder: Path) -> None:
        async with houses.house(f"sqlite:///{folder / 'center.db'}", content) as house:
            for act in acts:
                await happens(house, act)
            await house.wait(minutes=60)
            courses, differences = await replayed(house, content)
            incidents = [one for one in await house.incidents() if isinstance(one, FireIncident)]
            fires = [one for one in incidents if one.exercise is None]
            notified = await house.rows(
                "SELECT incident, event, reason, MIN(at) AS at FROM timeline "
                "WHERE event IN ('confirmed', 'unconfirmed') GROUP BY incident, event"
            )
        real = {one.id: decided(one) for one in fires}
        rehearsed = {sealed_id(each.incident.id, SECRET): decided(each.incident) for each in courses}
        assert rehearsed == real
        assert {one for each in courses for one in moments(each)} == {
            (row["incident"], row["event"], row["at"], row["reason"])
            for row in notified
            if row["incident"] in real
        }
        assert differences == 0

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(story(Path(folder)))
