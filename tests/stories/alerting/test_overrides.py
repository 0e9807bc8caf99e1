"""Tests, drills, silences and maintenance: what they change, what they never change, and their end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from alerting.domain.decisions.overrides import OverrideOrder, begin_override
from alerting.domain.model.effects import DEFERRABLE, Notify
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.override import Override
from alerting.domain.model.points_in_fire import PointsInFire
from alerting.domain.notification import suppression
from alerting.domain.notification.recipients import Destination
from alerting.domain.notification.suppression import (
    SUPPRESSORS,
    Deferrable,
    NotDeferrable,
    SuppressionContext,
    suppressed,
)
from contract.ids import IncidentId
from contract.messages import Edge, Kind
from contract.times import to_micros
from registry.model.contacts import Contact
from registry.model.registry import Registry
from registry.model.templates import NotificationKind
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, START, House, names
from tests.unit.alerting.examples import SITE

ENGINEER = Destination("engineer", "webhook")

TEST, DRILL = IncidentKind.TEST, IncidentKind.DRILL


def market(**contact: Any) -> Registry:
    document = MARKET.model_dump(mode="json")
    document["contacts"].append(
        {"id": "engineer", "name": "Kỹ thuật", "webhook": "http://127.0.0.1:1/e"} | contact
    )
    document["policies"].append({"id": "repair", "stages": [{"after_s": 0, "notify": ["engineer"]}]})
    document["premises"][0]["fault_policy"] = "repair"
    return Registry.model_validate(document)


@pytest.fixture
async def cho(database: str) -> AsyncIterator[House]:
    async with houses.house(database, market()) as one:
        yield one


async def override(house: House, number: str) -> Override:
    found = await house.engine.transactions.read(lambda store: store.incident(IncidentId(number)))
    assert isinstance(found, Override)
    return found


# -- on test


async def test_a_point_on_test_tells_the_tester_and_the_log_and_nobody_else(cho: House) -> None:
    await cho.order(TEST, points=("button-01",), tester="engineer")
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["test to engineer"]
    assert await cho.incidents() == []
    assert "tested: manual_above_alarm" in await cho.timeline()


async def test_a_point_outside_the_test_alarms_as_always(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01", "smoke-02"), tester="engineer")
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["confirmed to command-center"]


async def test_a_zone_on_test_has_all_its_points_on_test(cho: House) -> None:
    await cho.order(TEST, zones=("stalls-a",), tester="engineer")
    await cho.fire("smoke-01")
    await cho.fire("smoke-02")
    await cho.wait(minutes=10)
    assert await cho.incidents() == []
    assert {each.split()[0] for each in await cho.relays()} == {"test"}


async def test_faults_of_a_point_on_test_are_tests_too(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer")
    await cho.report("smoke-01", Kind.FAULT)
    assert await cho.relays() == ["test to engineer"]


async def test_a_fault_that_began_in_a_test_and_outlives_it_is_told(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=30)
    await cho.report("smoke-01", Kind.FAULT)
    await cho.wait(minutes=30)
    assert (await cho.relays())[-1] == "fault to engineer"


async def test_a_fault_that_is_mended_in_a_test_is_over(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=30)
    await cho.send_signals(cho.next("smoke-01", kind=Kind.FAULT, edge=Edge.RESTORED))
    await cho.wait(minutes=2)
    (fault,) = await cho.rows("SELECT phase FROM incidents WHERE kind = 'fault'")
    assert fault["phase"] == "closed"


async def test_a_fault_that_somebody_closed_is_not_told_again_by_the_end_of_a_test(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    (fault,) = await cho.rows("SELECT id FROM incidents WHERE kind = 'fault'")
    await cho.engine.operators.close(fault["id"], by="Thợ", outcome=Outcome.MALFUNCTION, now=cho.now)
    await cho.wait(minutes=1)
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=30)
    before = await cho.relays()
    await cho.wait(minutes=60)
    assert [each for each in await cho.relays() if each.startswith("fault")] == before


async def test_the_same_name_at_another_gateway_is_not_on_test(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer")
    cho.gateway = "gw-2"
    await cho.fire("smoke-01")
    assert [names(each) for each in await cho.incidents("open")] == [["smoke-01"]]


async def test_a_fire_that_was_closed_before_a_test_is_no_new_one_after_it(cho: House) -> None:
    await cho.fire("smoke-01")
    await cho.fire("smoke-02")
    await cho.close("Trực ban")
    await cho.wait(minutes=1)
    test = await cho.order(TEST, zones=("stalls-a",), tester="engineer")
    await cho.wait(minutes=1)
    await cho.end(test)
    assert await cho.incidents("open") == []


async def test_a_test_that_nobody_ends_ends_by_itself(cho: House) -> None:
    test = await cho.order(TEST, points=("button-01",), tester="engineer", minutes=30)
    await cho.wait(minutes=30)
    over = await override(cho, test.id)
    assert (over.is_open, over.reason, over.outcome) == (False, "expired", Outcome.TEST)
    await cho.fire("button-01", quantity="manual")
    assert (await cho.relays())[-1] == "confirmed to command-center"


async def test_a_test_that_ends_as_a_suspicion_clears_leaves_a_fire_in_its_place(cho: House) -> None:
    await cho.order(TEST, points=("smoke-11",), tester="engineer", minutes=5)
    await cho.fire("smoke-11")
    await cho.fire("smoke-01")
    await cho.restore("smoke-01")
    cho.now += timedelta(minutes=10)  # nothing runs meanwhile, and then all at once
    await cho.engine.deadlines.run_due(cho.now)
    assert [names(each) for each in await cho.incidents("open")] == [["smoke-11"]]


async def test_two_tests_that_end_as_a_suspicion_clears_leave_one_fire(cho: House) -> None:
    for point in ("smoke-11", "smoke-12"):
        await cho.order(TEST, points=(point,), tester="engineer", minutes=5)
        await cho.fire(point)
    await cho.fire("smoke-01")
    await cho.restore("smoke-01")
    cho.now += timedelta(minutes=10)
    await cho.engine.deadlines.run_due(cho.now)
    assert [set(names(each)) for each in await cho.incidents("open")] == [{"smoke-11", "smoke-12"}]


async def test_a_point_that_stands_in_fire_as_its_test_ends_is_a_fire(cho: House) -> None:
    test = await cho.order(TEST, points=("button-01",), tester="engineer")
    await cho.fire("button-01", quantity="manual")
    await cho.end(test)
    assert "confirmed to command-center" in await cho.relays()


async def test_a_point_that_was_restored_before_its_test_ends_is_none(cho: House) -> None:
    test = await cho.order(TEST, points=("button-01",), tester="engineer")
    await cho.fire("button-01", quantity="manual")
    await cho.restore("button-01")
    await cho.end(test)
    assert await cho.incidents() == []


async def test_the_tester_is_warned_of_what_still_stands(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=30)
    await cho.fire("smoke-01")
    await cho.answers("engineer")
    await cho.wait(minutes=25)
    assert "SẮP KẾT THÚC; còn báo cháy: gian A1 (smoke-01)" in (await cho.deliveries())[-1]["body"]


async def test_a_signal_from_before_the_test_is_no_test(cho: House) -> None:
    await cho.order(TEST, points=("button-01",), tester="engineer", in_minutes=10)
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["confirmed to command-center"]


async def test_a_point_that_burns_already_cannot_be_put_on_test(cho: House) -> None:
    await cho.fire("smoke-01")
    await cho.order(TEST, points=("smoke-01",), tester="engineer")
    await cho.restore("smoke-01")
    await cho.wait(minutes=6)
    assert (await cho.incident()).outcome is Outcome.CLEARED


async def test_a_point_whose_only_partner_is_on_test_waits_for_nobody(database: str) -> None:
    document = market().model_dump(mode="json")
    document["points"] = [each for each in document["points"] if each["id"] != "smoke-03"]
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.order(TEST, points=("smoke-02",), tester="engineer")
        await one.fire("smoke-01")
        assert await one.relays() == ["confirmed to command-center"]
        assert "confirmed: partner_unavailable" in await one.timeline()


async def test_a_suspicion_whose_partners_are_put_on_test_waits_no_longer(cho: House) -> None:
    await cho.fire("smoke-01")
    await cho.order(TEST, points=("smoke-02",), tester="engineer")
    assert await cho.relays() == []
    await cho.order(TEST, points=("smoke-03",), tester="engineer")
    assert await cho.relays() == ["confirmed to command-center"]


async def test_a_test_goes_on_after_a_restart(cho: House) -> None:
    await cho.order(TEST, points=("button-01",), tester="engineer", minutes=30)
    await cho.restart()
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["test to engineer"]
    await cho.wait(minutes=30)
    assert "confirmed to command-center" in await cho.relays(), "it still stood in fire"


# -- drills


async def exercise(cho: House) -> Override:
    drill = await cho.order(DRILL, points=("button-01",), minutes=60)
    await cho.fire("button-01", quantity="manual")
    return drill


async def test_a_drill_runs_the_whole_chain_marked_as_an_exercise(cho: House) -> None:
    await exercise(cho)
    await cho.wait(seconds=60)
    assert await cho.relays() == [
        "confirmed to command-center",
        "escalated to district",
        "escalated to owner",
    ]
    for row in await cho.deliveries():
        if row["event"] == "override":
            continue
        assert "DIỄN TẬP: " in row["body"]
        assert "EXERCISE: " in row["body"]
        assert '"exercise":true' in row["body"]


async def test_a_drill_has_an_outcome_of_its_own_whatever_is_said(cho: House) -> None:
    await exercise(cho)
    closed = await cho.close("Trực ban", Outcome.GENUINE)
    assert closed.outcome is Outcome.DRILL


async def test_a_real_fire_during_a_drill_is_real(cho: House) -> None:
    await exercise(cho)
    await cho.fire("smoke-01")
    await cho.fire("smoke-02")
    fires = await cho.incidents()
    assert len(fires) == 2
    real = next(each for each in fires if isinstance(each, FireIncident) and each.exercise is None)
    assert real.confirmed_at is not None
    assert {point.name for point in real.points.values()} == {"smoke-01", "smoke-02"}
    assert "DIỄN TẬP" not in (await cho.deliveries())[-1]["body"]


async def test_the_end_of_a_drill_ends_its_fire_and_takes_what_stands_for_real(cho: House) -> None:
    drill = await exercise(cho)
    await cho.end(drill)
    exercised, real = sorted(await cho.incidents(), key=lambda each: each.part, reverse=True)
    assert exercised.outcome is Outcome.DRILL
    assert isinstance(real, FireIncident)
    assert (real.exercise, real.phase) == (None, Phase.CONFIRMED)


# -- silences, maintenance, quiet hours, rate


async def test_a_silence_holds_a_fault_back_until_it_is_over(cho: House) -> None:
    await cho.order(IncidentKind.SILENCE, zones=("stalls-a",), minutes=30)
    await cho.report("smoke-01", Kind.FAULT)
    assert "suppressed: silence" in await cho.timeline()
    assert await cho.engine.outbox.begin_attempt(ENGINEER, cho.now) is None
    await cho.wait(minutes=30)
    assert await cho.engine.outbox.begin_attempt(ENGINEER, cho.now) is not None


async def test_a_silence_that_is_ended_in_the_quiet_hours_of_a_person_wakes_nobody(
    database: str,
) -> None:
    # Eight in the morning of UTC is three in the afternoon.
    content = market(quiet={"begin": "14:00", "end": "16:00"})
    async with houses.house(database, content) as one:
        silence = await one.order(IncidentKind.SILENCE, zones=("stalls-a",), minutes=600)
        await one.report("smoke-01", Kind.FAULT)
        await one.end(silence)
        assert await one.engine.outbox.begin_attempt(ENGINEER, one.now) is None
        await one.wait(minutes=60)
        assert await one.engine.outbox.begin_attempt(ENGINEER, one.now) is not None


async def test_a_silence_that_is_ended_lets_go_at_once(cho: House) -> None:
    silence = await cho.order(IncidentKind.SILENCE, zones=("stalls-a",), minutes=30)
    await cho.report("smoke-01", Kind.FAULT)
    await cho.end(silence)
    assert await cho.engine.outbox.begin_attempt(ENGINEER, cho.now) is not None


async def test_a_silence_of_one_zone_hides_no_fault_of_another(cho: House) -> None:
    await cho.order(IncidentKind.MAINTENANCE, zones=("stalls-a",), minutes=30)
    await cho.report("smoke-01", Kind.FAULT)
    await cho.report("smoke-11", Kind.FAULT)
    await cho.wait(seconds=60)
    begun = await cho.engine.outbox.begin_attempt(ENGINEER, cho.now)
    assert begun is not None
    assert '"name":"smoke-11"' in begun.body


async def test_whoever_sleeps_hears_of_a_fault_in_the_morning(database: str) -> None:
    # The stories begin at 15:00 in Viet Nam.
    content = market(quiet={"begin": "14:00", "end": "16:00"})
    async with houses.house(database, content) as one:
        await one.report("smoke-01", Kind.FAULT)
        assert await one.engine.outbox.begin_attempt(ENGINEER, one.now) is None
        await one.wait(minutes=60)
        assert await one.engine.outbox.begin_attempt(ENGINEER, one.now) is not None


async def twelve_faults(house: House) -> None:
    """Close a fault of the premises and report it again: twelve messages to the engineer."""
    for _ in range(6):
        await house.report("smoke-01", Kind.FAULT)
        await house.answers("engineer")
        trouble = await house.engine.transactions.read(
            lambda store: store.peek_open_incidents(house.premises)[0]
        )
        await house.engine.operators.close(
            trouble.id, by="An", outcome=Outcome.MALFUNCTION, now=house.now
        )
        await house.answers("engineer")
        await house.wait(seconds=1)


async def held_by_rate(house: House) -> list[str]:
    rows = [row for row in await house.deliveries() if row["suppressed_by"] == "rate_limit"]
    return [f"{row['premises']} to {row['destination']}" for row in rows]


async def test_who_was_told_ten_times_in_ten_minutes_is_told_the_rest_later(cho: House) -> None:
    await twelve_faults(cho)
    assert await held_by_rate(cho) == ["cho to engineer"], "the end, which took the place of its fault"


async def test_a_premises_that_floods_does_not_hold_back_the_faults_of_another(database: str) -> None:
    document = market().model_dump(mode="json")
    document["premises"][1]["fault_policy"] = "repair"
    async with houses.house(database, Registry.model_validate(document)) as one:
        await twelve_faults(one)
        one.premises = "nha-pho"
        await one.report("smoke-01", Kind.FAULT)
        assert await held_by_rate(one) == ["cho to engineer"]


async def test_a_restart_does_not_tell_what_is_held_back(cho: House) -> None:
    await cho.order(IncidentKind.SILENCE, minutes=30)
    await cho.report("smoke-01", Kind.FAULT)
    await cho.restart()
    assert await cho.engine.outbox.begin_attempt(ENGINEER, cho.now) is None


# -- what nothing holds back


async def test_nothing_that_may_hold_back_holds_back_a_fire(database: str) -> None:
    document = market(quiet={"begin": "00:00", "end": "00:00"}).model_dump(mode="json")
    document["policies"][0]["stages"] = [{"after_s": 0, "notify": ["engineer"]}]
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.order(IncidentKind.SILENCE, minutes=600)
        await one.order(IncidentKind.MAINTENANCE, minutes=600)
        for number in range(12):
            one.premises = f"other-{number}"
            await one.report("smoke-01", Kind.FAULT)
        one.premises = "cho"
        await one.fire("button-01", quantity="manual")
        (fire,) = [row for row in await one.deliveries() if row["event"] == "confirmed"]
        assert (fire["suppressed_by"], fire["not_before"]) == (None, 0)
        begun = await one.engine.outbox.begin_attempt(ENGINEER, one.now)
        assert begun is not None
        assert begun.event == "confirmed"


def a_confirmed_fire() -> FireIncident:
    at = to_micros(START)
    return FireIncident(
        id=IncidentId("1"),
        site=SITE,
        phase=Phase.CONFIRMED,
        reason="r",
        opened_at=at,
        points=PointsInFire.of(),
        confirmed_at=at,
    )


@pytest.mark.parametrize("kind", list(NotificationKind))
@pytest.mark.parametrize("suppressor", SUPPRESSORS, ids=lambda each: each.__name__)
def test_no_suppressor_can_even_be_given_a_confirmed_fire(
    kind: NotificationKind, suppressor: Any
) -> None:
    fire = a_confirmed_fire()
    notification = Notify(kind, 0, "engineer", "r", fire, fire.opened_at)
    with pytest.raises(NotDeferrable):
        suppressor(Deferrable(notification), None)


@pytest.mark.parametrize("kind", sorted(set(NotificationKind) - DEFERRABLE))
def test_whatever_tells_of_a_fire_is_told_at_once(kind: NotificationKind) -> None:
    fire = a_confirmed_fire()
    notification = Notify(kind, 0, "engineer", "r", fire, fire.opened_at)
    engineer = Contact.model_validate(
        {"id": "engineer", "name": "E", "quiet": {"begin": "00:00", "end": "00:00"}}
    )
    now = to_micros(START)
    overrides = tuple(
        an_override(kind, now) for kind in (IncidentKind.SILENCE, IncidentKind.MAINTENANCE)
    )
    around = SuppressionContext(now, engineer, overrides, {}, tuple(now - 1 for _ in range(50)))
    assert suppressed(notification, around) is None


def an_override(kind: IncidentKind, now: int) -> Override:
    hour = to_micros(START + timedelta(hours=1))
    made, _ = begin_override(SITE, kind, OverrideOrder("A", now, hour), now=now)
    return made


def test_the_list_of_suppressors_is_whole() -> None:
    """Whoever adds one to the module adds it to the list, and so to the proofs above."""
    functions = {
        name
        for name, each in vars(suppression).items()
        if callable(each) and getattr(each, "__annotations__", {}).get("message") is Deferrable
    }
    assert functions - {"_by_override"} == {each.__name__ for each in SUPPRESSORS}
