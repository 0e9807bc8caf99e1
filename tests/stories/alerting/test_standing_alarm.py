"""A level that outlives its incident belongs to somebody until it is restored, taken, or burns again."""

import json
from collections.abc import AsyncIterator

import pytest

from alerting.domain.model.events import Acknowledge, Close
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.trouble import Trouble
from alerting.domain.watch.standing_alarm import PART, REPEAT
from contract.messages import Kind
from contract.times import SECOND
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House

pytestmark = pytest.mark.timeout(120)

AGAIN_S = REPEAT / SECOND


@pytest.fixture
async def cho(database: str) -> AsyncIterator[House]:
    async with houses.house(database) as one:
        yield one


async def standing(house: House) -> list[str]:
    """The points that are told as standing in alarm."""
    cases = await house.engine.transactions.read(
        lambda store: store.list_incidents(which="open", limit=10, kinds=[IncidentKind.FAULT])
    )
    return [
        each.name
        for case in cases
        if isinstance(case, Trouble) and case.part == PART
        for each in case.standing
    ]


async def trouble(house: House) -> Trouble:
    (case,) = await house.engine.transactions.read(
        lambda store: store.list_incidents(which="open", limit=10, kinds=[IncidentKind.FAULT])
    )
    assert isinstance(case, Trouble)
    return case


async def faults_told(house: House) -> int:
    return (await house.relays()).count("fault to command-center")


async def everybody_answers(house: House) -> None:
    await house.answers("command-center", "district", "owner")


@pytest.mark.parametrize("outcome", [Outcome.GENUINE, Outcome.FALSE_ALARM, Outcome.MALFUNCTION])
async def test_closing_says_what_stands_and_the_center_is_told_at_once(
    cho: House, outcome: Outcome
) -> None:
    await cho.fire("heat-01")
    closed = await cho.close("Trực ban 1", outcome)
    assert isinstance(closed, FireIncident)
    assert [point.name for point in closed.standing] == ["heat-01"]
    assert await standing(cho) == ["heat-01"]
    assert "fault to command-center" in await cho.relays()
    (text,) = [
        json.loads(row["body"])["text"]["en"]
        for row in await cho.deliveries()
        if row["event"] == "closed"
    ]
    assert "; 1 point still in alarm: kho gas." in text


async def test_all_points_that_a_closing_leaves_are_told_in_one_message(cho: House) -> None:
    for name in ("heat-01", "smoke-01", "smoke-02"):
        await cho.fire(name)
    await cho.close("Trực ban 1")
    assert sorted(await standing(cho)) == ["heat-01", "smoke-01", "smoke-02"]
    texts = [
        json.loads(row["body"])["text"]["vi"]
        for row in await cho.deliveries()
        if (row["event"], row["destination"]) == ("fault", "command-center")
    ]
    assert len(texts) == 1
    assert texts[0].endswith("; còn 3 điểm vẫn báo cháy.")
    await everybody_answers(cho)
    await cho.wait(seconds=61)
    assert await faults_told(cho) == 2, "told once more after a minute, and not twice"


async def test_closing_when_all_is_restored_leaves_nothing(cho: House) -> None:
    await cho.fire("heat-01")
    await cho.restore("heat-01")
    await cho.close("Trực ban 1")
    assert await standing(cho) == []
    assert await faults_told(cho) == 0


async def test_a_suspicion_that_clears_by_itself_leaves_nothing(cho: House) -> None:
    await cho.fire("smoke-01")
    await cho.restore("smoke-01")
    await cho.wait(minutes=6)
    assert (await cho.incident()).outcome is Outcome.CLEARED
    assert await standing(cho) == []


async def test_it_is_told_again_and_again_until_somebody_takes_it(cho: House) -> None:
    await cho.fire("heat-01")
    await cho.close("Trực ban 1")
    await everybody_answers(cho)
    before = len(await cho.deliveries())
    for seconds in (61, AGAIN_S, AGAIN_S):
        await cho.wait(seconds=seconds)
        await everybody_answers(cho)
    assert len(await cho.deliveries()) == before + 3
    await cho.engine.operators.act((await trouble(cho)).id, Acknowledge("Kỹ thuật"), now=cho.now)
    await everybody_answers(cho)
    taken = len(await cho.deliveries())
    await cho.wait(seconds=10 * AGAIN_S)
    assert len(await cho.deliveries()) == taken


async def test_it_does_not_wait_behind_another_fault_of_the_premises(cho: House) -> None:
    await cho.report("smoke-03", Kind.FAULT)
    await everybody_answers(cho)
    await cho.fire("heat-01")
    await cho.close("Trực ban 1")
    assert "fault to command-center" in await cho.relays()


@pytest.mark.parametrize("kind", [IncidentKind.SILENCE, IncidentKind.MAINTENANCE])
async def test_no_silence_and_no_maintenance_holds_it_back(cho: House, kind: IncidentKind) -> None:
    await cho.order(kind)
    await cho.fire("heat-01")
    await cho.close("Trực ban 1")
    waiting = [row for row in await cho.deliveries() if row["event"] == "fault"]
    assert [row["suppressed_by"] for row in waiting] == [None]


async def test_it_is_over_when_the_point_is_restored(cho: House) -> None:
    await cho.fire("heat-01")
    await cho.close("Trực ban 1")
    await cho.restore("heat-01")
    assert await standing(cho) == []
    await cho.wait(minutes=2)
    cases = await cho.engine.transactions.read(
        lambda store: store.list_incidents(which="open", limit=10, kinds=[IncidentKind.FAULT])
    )
    assert cases == []


async def test_the_level_said_once_more_opens_a_new_incident_that_takes_it_over(cho: House) -> None:
    await cho.fire("heat-01")
    first = await cho.close("Trực ban 1")
    await everybody_answers(cho)
    await cho.wait(minutes=2)
    await cho.fire("heat-01")  # as a gateway signals it after the reset: the same reason, a new number
    second = await cho.incident()
    assert second.id != first.id
    assert "confirmed to command-center" in await cho.relays()
    assert await standing(cho) == []


async def test_a_second_point_opens_a_new_incident_which_has_the_first_as_its_partner(
    cho: House,
) -> None:
    await cho.fire("smoke-01")
    await cho.wait(minutes=6)
    await cho.close("Trực ban 1")
    assert await standing(cho) == ["smoke-01"]
    await cho.fire("smoke-02")
    assert "confirmed to command-center" in await cho.relays()
    assert await standing(cho) == []
    await cho.close("Trực ban 1")
    assert sorted(await standing(cho)) == ["smoke-01", "smoke-02"]


async def test_a_drill_that_leaves_points_standing_leaves_a_fire_and_no_fault(cho: House) -> None:
    drill = await cho.order(IncidentKind.DRILL, zones=("store",))
    await cho.wait(seconds=1)
    await cho.fire("heat-01")
    assert await standing(cho) == []
    await cho.end(drill)
    assert await standing(cho) == []
    assert (await cho.incident()).is_open


async def test_a_point_on_test_is_its_testers_and_stands_as_a_fire_when_the_test_ends(
    cho: House,
) -> None:
    test = await cho.order(IncidentKind.TEST, zones=("store",), tester="owner")
    await cho.wait(seconds=1)
    await cho.fire("heat-01")
    assert await standing(cho) == []
    await cho.end(test)
    assert (await cho.incident()).is_open


async def test_a_point_that_stood_before_its_test_is_told_on_and_after_it(cho: House) -> None:
    await cho.fire("heat-01")
    await cho.close("Trực ban 1")
    await cho.wait(seconds=1)
    test = await cho.order(IncidentKind.TEST, zones=("store",), tester="owner")
    assert await standing(cho) == ["heat-01"]
    await cho.end(test)
    assert await standing(cho) == ["heat-01"]


async def test_closing_it_while_the_point_stands_is_no_end_for_the_gateway(cho: House) -> None:
    """The comparison with heartbeats brings it back then (test_supervision)."""
    await cho.fire("heat-01")
    await cho.close("Trực ban 1")
    case = await trouble(cho)
    await cho.engine.operators.act(case.id, Close("Trực ban 1", Outcome.FALSE_ALARM), now=cho.now)
    assert await standing(cho) == []
