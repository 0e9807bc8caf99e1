"""Requirements: duties follow the registry, what people record, drills, and live data of points."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import builds, dates, integers, just, none, one_of, sampled_from
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

import registry.store
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind
from alerting.jobs.duties.plans import DutyPlans
from alerting.jobs.duties.registry_follower import RegistryFollower
from alerting.jobs.duties.timeline_reader import TimelineReader
from contract.times import to_micros
from duties.domain.due import DutyItem, DutyReason, DutyState, state_on
from duties.domain.events import DutyEvent, DutyOutcome, DutySource, DutyStanding, NewDutyEvent
from duties.listing import DutyFilter, DutyPosition, count_states, duties_due
from duties.rows import item_row
from duties.store import DutyStore
from duties.tables import duty_items, metadata
from registry.domain.local_days import local_day_at
from registry.model.duty_rules import DutyKind
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House
from tests.support.duties import market

TODAY = date(2026, 11, 23)
"""The day on which the story of the house begins."""


class Desk:
    """The jobs of duties over one house, made to look when a test says so."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.plans = DutyPlans(house.engine.registry)
        database = house.engine.database
        self.follower = RegistryFollower(database, self.plans, lambda: house.now)
        self.reader = TimelineReader(database, self.plans, lambda: house.now)

    async def look(self) -> None:
        await self.follower.follow()
        while await self.reader.read_on():
            pass

    async def store_registry(self, content: Registry) -> None:
        async with registry.store.open_store(self.house.url) as opened:
            await opened.store_registry(content, who="test", now=self.house.now)
        await self.house.engine.transactions.refresh_registry()
        await self.look()

    async def due(self, **wanted: Any) -> list[DutyItem]:
        asked = DutyFilter(day=wanted.pop("day", TODAY), **wanted)
        return await self.house.engine.database.read(
            lambda each: duties_due(each, asked, after=None, limit=100)
        )

    async def item(self, duty: str, premises: str = "cho") -> DutyItem:
        return next(each for each in await self.due(premises=[premises]) if each.duty == duty)

    async def events(self, duty: str | None = None) -> list[DutyEvent]:
        return await self.house.engine.database.read(lambda each: DutyStore(each).events("cho", duty))

    async def record(self, event: NewDutyEvent) -> int | None:
        plan = self.plans.plan(event.premises, TODAY)
        assert plan is not None
        return await self.house.engine.database.write(
            lambda each: DutyStore(each).record(event, plan, to_micros(self.house.now))
        )


@pytest.fixture
async def desk(database: str) -> AsyncIterator[Desk]:
    async with houses.house(database, market()) as one:
        found = Desk(one)
        await found.look()
        yield found


def drill_on(day: date, **fields: Any) -> NewDutyEvent:
    usual = NewDutyEvent(
        premises="cho", duty="drill", done_on=day, outcome=DutyOutcome.PASSED, by="Chị Lan"
    )
    return replace(usual, **fields)


async def test_each_premises_has_the_duties_of_its_group(desk: Desk) -> None:
    own = [each.duty for each in await desk.due(premises=["cho"])]
    others = [each.duty for each in await desk.due(premises=["nha-pho"])]

    assert set(own) == {
        *("drill", "alarm-test", "insurance", "declaration", "connection", "state-inspection"),
    }
    assert set(others) == {"drill", "alarm-test", "insurance", "declaration"}


async def test_what_is_recorded_moves_the_day_on_which_it_is_due(desk: Desk) -> None:
    assert (await desk.item("drill")).due_on == date(2026, 7, 1)

    await desk.record(drill_on(date(2026, 10, 5)))

    item = await desk.item("drill")
    assert item.due_on == date(2027, 10, 5)
    assert state_on(item, TODAY).state is DutyState.DONE


async def test_the_database_itself_refuses_to_change_or_delete_what_was_done(desk: Desk) -> None:
    await desk.record(drill_on(date(2026, 10, 5)))
    for statement in ("UPDATE duty_events SET by = 'x'", "DELETE FROM duty_events"):
        with pytest.raises(DBAPIError, match="record a correction"):
            await desk.house.engine.database.write(lambda each, sql=statement: each.exec_driver_sql(sql))  # type: ignore[misc]


async def test_a_correction_leaves_the_history_and_moves_the_day_back(desk: Desk) -> None:
    wrong = await desk.record(drill_on(date(2026, 10, 5)))
    await desk.record(drill_on(date(2026, 10, 5), outcome=DutyOutcome.CANCELLED, corrects=wrong))

    assert (await desk.item("drill")).due_on == date(2026, 7, 1)
    assert [each.outcome for each in await desk.events("drill")] == [
        DutyOutcome.PASSED,
        DutyOutcome.CANCELLED,
    ]


async def test_fields_of_the_registry_are_evidence(desk: Desk) -> None:
    insurance = {"company": "Bảo Việt", "expires_on": "2027-03-31"}
    await desk.store_registry(
        market({"declared_on": "2026-02-01", "connected_on": "2026-05-01", "insurance": insurance})
    )

    assert (await desk.item("insurance")).due_on == date(2027, 3, 31)
    for duty in ("declaration", "connection"):
        assert state_on(await desk.item(duty), TODAY).reason is DutyReason.DONE_ONCE
    assert {each.source for each in await desk.events()} == {DutySource.REGISTRY}


async def test_a_field_that_changes_is_a_correction_and_one_that_goes_takes_its_evidence_along(
    desk: Desk,
) -> None:
    for day in ("2026-05-01", "2026-06-01", "2026-05-01"):
        await desk.store_registry(market({"connected_on": day}))
    assert (await desk.item("connection")).standing.done_on == date(2026, 5, 1)
    assert len(await desk.events("connection")) == 3

    await desk.store_registry(market())

    assert state_on(await desk.item("connection"), TODAY).reason is DutyReason.NEVER_DONE


async def test_the_same_registry_followed_twice_enters_nothing_twice(desk: Desk) -> None:
    await desk.store_registry(market({"connected_on": "2026-05-01"}))
    again = Desk(desk.house)

    await again.look()

    assert len(await again.events("connection")) == 1


async def test_what_a_person_corrected_stays_corrected_while_the_registry_says_the_same(
    desk: Desk,
) -> None:
    await desk.store_registry(market({"connected_on": "2026-05-01"}))
    (event,) = await desk.events("connection")
    cancelled = drill_on(TODAY, duty="connection", outcome=DutyOutcome.CANCELLED, corrects=event.id)
    await desk.record(cancelled)

    await desk.store_registry(market({"connected_on": "2026-05-01", "head": "Ông Ba"}))

    assert (await desk.item("connection")).due_on == date(2027, 7, 1)


async def test_a_changed_rule_moves_what_is_due_and_keeps_what_was_done(desk: Desk) -> None:
    await desk.record(drill_on(date(2026, 10, 5)))
    half_yearly = {"id": "drill", "name": "Diễn tập", "kind": "drill", "every": {"months": 6}}

    await desk.store_registry(market(None, half_yearly))

    assert [(each.duty, each.due_on) for each in await desk.due(premises=["cho"])] == [
        ("drill", date(2027, 4, 5))
    ]


async def test_premises_that_leave_the_registry_leave_the_lists_and_not_the_history(desk: Desk) -> None:
    await desk.record(drill_on(date(2026, 10, 5)))
    left = market().model_dump(mode="json")
    for table in ("premises", "zones", "gateways", "points"):
        key = "id" if table == "premises" else "premises"
        left[table] = [each for each in left[table] if each[key] != "cho"]

    await desk.store_registry(Registry.model_validate(left))

    assert {each.premises for each in await desk.due()} == {"nha-pho"}
    assert len(await desk.events()) == 1


async def test_a_registry_without_rules_has_no_duties(desk: Desk) -> None:
    await desk.store_registry(MARKET)

    assert await desk.due() == []


# -- what enters itself


async def test_a_drill_with_a_fire_that_somebody_took_is_done(desk: Desk) -> None:
    house = desk.house
    drill = await house.order(IncidentKind.DRILL, zones=("store",))
    await house.fire("heat-01")
    fire = next(each for each in await house.incidents() if isinstance(each, FireIncident))
    await house.engine.operators.acknowledge(fire.id, by="Trực ban", now=house.now)
    await house.wait(minutes=5)
    await house.end(drill)

    await desk.look()

    (event,) = await desk.events("drill")
    assert (event.outcome, event.source, event.by) == (
        DutyOutcome.PASSED,
        DutySource.DRILL,
        "Trực ban",
    )
    assert event.source_id == drill.id
    assert (await desk.item("drill")).due_on == date(2027, 11, 23)


async def test_a_drill_whose_fire_nobody_took_has_shortcomings(desk: Desk) -> None:
    drill = await desk.house.order(IncidentKind.DRILL, zones=("store",))
    await desk.house.fire("heat-01")
    await desk.house.end(drill)

    await desk.look()

    assert [each.outcome for each in await desk.events("drill")] == [DutyOutcome.SHORTCOMINGS]


async def test_a_drill_without_a_fire_proves_nothing(desk: Desk) -> None:
    await desk.house.end(await desk.house.order(IncidentKind.DRILL, zones=("store",)))

    await desk.look()

    assert await desk.events("drill") == []


async def test_a_drill_that_ends_by_time_counts_too(desk: Desk) -> None:
    await desk.house.order(IncidentKind.DRILL, zones=("store",), minutes=30)
    await desk.house.fire("heat-01")
    await desk.house.wait(minutes=31)

    await desk.look()

    assert len(await desk.events("drill")) == 1


async def test_a_crash_between_reading_and_progress_enters_nothing_twice(desk: Desk) -> None:
    house = desk.house
    drill = await house.order(IncidentKind.DRILL, zones=("store",))
    await house.fire("heat-01")
    await house.end(drill)
    await desk.look()
    await house.engine.database.write(lambda each: DutyStore(each).set_reached("timeline", 0))

    await Desk(house).look()

    assert len(await desk.events("drill")) == 1


async def prove(desk: Desk, *points: str) -> None:
    """Order a test of *points*, let each raise fire and be restored, and end it."""
    house = desk.house
    test = await house.order(IncidentKind.TEST, points=points)
    for each in points:
        await house.fire(each)
        await house.restore(each)
    await house.end(test)
    await desk.look()


async def test_points_whose_fire_arrives_on_test_are_proven_on_that_day(desk: Desk) -> None:
    await prove(desk, "smoke-01", "heat-01")

    proven = await desk.house.engine.database.read(lambda each: DutyStore(each).proven("cho"))
    assert proven == {"smoke-01": TODAY, "heat-01": TODAY}
    assert await desk.events("alarm-test") == [], "some points were not proven yet"


async def test_a_true_fire_and_a_fault_on_test_prove_no_point(desk: Desk) -> None:
    await desk.house.fire("heat-01")
    await desk.look()

    assert await desk.house.engine.database.read(lambda each: DutyStore(each).proven("cho")) == {}


async def test_an_alarm_test_is_done_once_every_point_was_proven(desk: Desk) -> None:
    points = sorted(each.id for each in MARKET.points if each.premises == "cho")
    await prove(desk, *points[:2])
    await desk.house.wait(minutes=60 * 24)
    await prove(desk, *points[2:])

    (event,) = await desk.events("alarm-test")
    assert (event.source, event.done_on) == (DutySource.LIVE_DATA, TODAY + timedelta(days=1))
    assert (await desk.item("alarm-test")).due_on == date(2027, 5, 24)


async def test_the_share_of_the_rule_is_enough(desk: Desk) -> None:
    half = {
        "id": "alarm-test",
        "name": "Thử",
        "kind": "alarm-test",
        "every": {"months": 6},
        "share": 0.5,
    }
    await desk.store_registry(market(None, half))
    points = sorted(each.id for each in MARKET.points if each.premises == "cho")

    await prove(desk, *points[: (len(points) + 1) // 2])

    assert len(await desk.events("alarm-test")) == 1


# -- lists


@pytest.mark.parametrize("state", list(DutyState))
async def test_a_list_of_one_state_has_just_the_duties_in_it(desk: Desk, state: DutyState) -> None:
    await desk.record(drill_on(date(2026, 10, 5)))
    await desk.record(drill_on(TODAY, duty="insurance", outcome=DutyOutcome.EXCUSED))
    all_of_them = await desk.due()

    found = await desk.due(states=[state])

    assert found == [each for each in all_of_them if state_on(each, TODAY).state is state]


async def test_pages_follow_one_another_without_gap_or_repeat(desk: Desk) -> None:
    wanted, pages, after = DutyFilter(day=TODAY), list[DutyItem](), None
    while True:
        page = await desk.house.engine.database.read(
            lambda each, after=after: duties_due(each, wanted, after=after, limit=3)  # type: ignore[misc]
        )
        if not page:
            break
        pages += page
        after = DutyPosition.after(page[-1])

    assert pages == await desk.due()


some_days = dates(date(2025, 1, 1), date(2028, 12, 31))


standings = builds(
    lambda done, outcome, failed: DutyStanding(done, outcome if done else None, failed_on=failed),
    done=one_of(none(), some_days),
    outcome=sampled_from([DutyOutcome.PASSED, DutyOutcome.SHORTCOMINGS, DutyOutcome.EXCUSED]),
    failed=one_of(none(), some_days),
)
any_items = builds(
    DutyItem,
    premises=just("cho"),
    duty=just("drill"),
    kind=just(DutyKind.DRILL),
    rule=just("drill"),
    due_on=one_of(none(), some_days),
    begins_on=some_days,
    ends_on=one_of(none(), some_days),
    soon_days=integers(0, 60),
    standing=standings,
)


@given(item=any_items, day=some_days)
def test_the_query_and_the_decision_agree_on_the_state_of_any_duty(item: DutyItem, day: date) -> None:
    wanted = DutyFilter(day=day, states=[state_on(item, day).state])
    with _MEMORY.begin() as connection:
        connection.execute(duty_items.delete())
        connection.execute(duty_items.insert(), [item_row(item)])
        counted = count_states(connection, DutyFilter(day=day))
        listed = duties_due(connection, wanted, after=None, limit=2)

    assert counted == {state_on(item, day).state: 1}
    assert listed == [item]


_MEMORY = create_engine("sqlite://")
metadata.create_all(_MEMORY)


def test_a_story_begins_on_a_day_in_viet_nam() -> None:
    assert local_day_at(to_micros(houses.START)) == TODAY


async def test_a_change_of_one_premises_is_followed_without_a_look_at_the_others(desk: Desk) -> None:
    before = desk.plans.index
    content = market({"connected_on": "2026-05-01"})
    await desk.store_registry(content)

    assert not desk.plans.index.has_same_rows("cho", before)
    assert desk.plans.index.has_same_rows("nha-pho", before)
    assert (await desk.item("connection")).standing.done_on == date(2026, 5, 1)


async def test_a_new_day_is_followed_although_the_registry_stays(desk: Desk) -> None:
    await desk.house.engine.database.write(lambda each: DutyStore(each).forget_premises(["cho"]))
    await desk.look()
    assert [each.premises for each in await desk.due(premises=["cho"])] == []

    await desk.house.wait(minutes=60 * 24)
    await desk.look()

    assert len(await desk.due(premises=["cho"])) == 6
