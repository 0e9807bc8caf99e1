"""An escalation that never gives up, and the people who end it."""

from collections.abc import AsyncIterator

import pytest

from alerting.domain.model.effects import Refusal
from alerting.domain.model.events import MarkSeen
from alerting.domain.model.fire import Phase
from alerting.engine.operators import ActionRefused
from contract.messages import Edge
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House
from tests.support.audited import a_key

LEVELS = [
    {
        "id": "day",
        "stages": [{"after_s": 0, "notify": ["owner"]}],
        "repeat_s": 30,
        "repeats": 2,
        "then": "province",
    },
    {"id": "province", "stages": [{"after_s": 0, "notify": ["district"]}]},
]


@pytest.fixture
async def province(database: str) -> AsyncIterator[House]:
    document = MARKET.model_dump(mode="json") | {"policies": LEVELS}
    async with houses.house(database, Registry.model_validate(document)) as one:
        yield one


async def test_the_last_stage_and_the_command_center_are_told_every_minute_for_ever(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    await house.wait(minutes=3)
    before = len(await house.deliveries())
    await house.wait(minutes=60)
    made = await house.rows("SELECT * FROM deliveries")
    assert len(made) - before == 60
    assert (await house.relays())[-1] == "escalated to command-center"


async def test_an_hour_of_repeats_is_one_message_for_whoever_was_away_so_long(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await house.wait(minutes=3)
    before = len(await house.deliveries())
    await house.wait(minutes=60)
    assert len(await house.deliveries()) == before, "each repeat takes the place of the one before"


async def test_nobody_of_one_level_takes_it_and_the_next_level_is_told(province: House) -> None:
    await province.fire("button-01", quantity="manual")
    await province.answers("owner")
    await province.wait(seconds=89)
    assert {each.split()[-1] for each in await province.relays()} == {"owner"}
    await province.wait(seconds=1)
    assert (await province.relays())[-1] == "escalated to district"
    assert (await province.timeline())[-1] == "escalated: level_exhausted"


async def test_who_takes_the_fire_ends_every_repeat(province: House) -> None:
    await province.fire("button-01", quantity="manual")
    await province.wait(seconds=45)
    await province.acknowledge("Trực ban 1")
    await province.go_on("Trực ban 1", Phase.DISPATCHED)
    await province.go_on("Đội 1", Phase.ON_SCENE)
    told = len(await province.relays())
    await province.wait(minutes=29)
    assert len(await province.relays()) == told


# -- who has it, and how far


async def fire(house: House) -> None:
    await house.fire("button-01", quantity="manual")


async def test_forces_are_dispatched_arrive_and_have_it_under_control(house: House) -> None:
    await fire(house)
    await house.acknowledge("Trực ban 1")
    for phase in (Phase.DISPATCHED, Phase.ON_SCENE, Phase.UNDER_CONTROL):
        assert (await house.go_on("Đội 1", phase)).phase is phase
    assert (await house.relays())[-3:] == [
        "dispatched to command-center",
        "on_scene to command-center",
        "under_control to command-center",
    ]
    assert (await house.incident()).owner == "Trực ban 1"


async def test_who_dispatches_a_fire_that_nobody_took_has_it(house: House) -> None:
    await fire(house)
    assert (await house.go_on("Đội 1", Phase.DISPATCHED)).owner == "Đội 1"
    with pytest.raises(ActionRefused):
        await house.acknowledge("Trực ban 2")


async def test_a_fire_under_control_may_flare_up(house: House) -> None:
    await fire(house)
    for phase in (Phase.DISPATCHED, Phase.ON_SCENE, Phase.UNDER_CONTROL, Phase.ON_SCENE):
        await house.go_on("Đội 1", phase)
    assert (await house.incident()).phase is Phase.ON_SCENE


async def test_nobody_arrives_before_being_sent(house: House) -> None:
    await fire(house)
    with pytest.raises(ActionRefused) as refused:
        await house.go_on("Đội 1", Phase.ON_SCENE)
    assert refused.value.refusal is Refusal.OUT_OF_ORDER


async def test_an_owner_who_does_nothing_for_five_minutes_loses_the_fire(house: House) -> None:
    await fire(house)
    await house.acknowledge("Trực ban 1")
    await house.wait(minutes=5)
    assert await house.relays() == [
        "confirmed to command-center",
        "acknowledged to command-center",
        "reopened to command-center",
    ]
    incident = await house.incident()
    assert (incident.phase, incident.owner) == (Phase.CONFIRMED, None)
    await house.wait(seconds=60)
    assert (await house.relays())[-2:] == ["escalated to district", "escalated to owner"]
    assert (await house.acknowledge("Trực ban 2")).owner == "Trực ban 2"


async def test_forces_that_do_not_arrive_in_half_an_hour_open_the_escalation_again(
    house: House,
) -> None:
    await fire(house)
    await house.go_on("Đội 1", Phase.DISPATCHED)
    await house.wait(minutes=29)
    assert (await house.incident()).phase is Phase.DISPATCHED
    await house.wait(minutes=1)
    assert (await house.incident()).reason == "no_progress"


async def at_the_fire(house: House, *steps: Phase) -> None:
    await fire(house)
    for phase in (Phase.DISPATCHED, *steps):
        await house.go_on("Đội 1", phase)


AT_THE_FIRE = [(Phase.ON_SCENE,), (Phase.ON_SCENE, Phase.UNDER_CONTROL)]


@pytest.mark.parametrize("steps", AT_THE_FIRE)
async def test_forces_of_whom_no_news_comes_while_points_are_in_fire_open_the_escalation_again(
    house: House, steps: tuple[Phase, ...]
) -> None:
    await at_the_fire(house, *steps)
    await house.wait(minutes=29)
    assert (await house.incident()).phase is steps[-1]
    await house.wait(minutes=1)
    again = await house.incident()
    assert (again.phase, again.reason, again.owner) == (Phase.CONFIRMED, "no_news", None)
    assert (await house.relays())[-1] == "reopened to command-center"
    assert "không có tin mới từ Đội 1 kể từ 15:00" in (await house.deliveries())[-1]["body"]
    await house.wait(seconds=60)
    assert (await house.relays())[-2:] == ["escalated to district", "escalated to owner"]


@pytest.mark.parametrize("steps", AT_THE_FIRE)
async def test_forces_on_scene_are_not_hurried_once_all_points_are_restored(
    house: House, steps: tuple[Phase, ...]
) -> None:
    await at_the_fire(house, *steps)
    await house.restore("button-01")
    await house.wait(minutes=600)
    assert (await house.incident()).phase is steps[-1]


@pytest.mark.parametrize("steps", AT_THE_FIRE)
async def test_a_point_in_fire_again_after_hours_makes_news_due_again(
    house: House, steps: tuple[Phase, ...]
) -> None:
    await at_the_fire(house, *steps)
    await house.restore("button-01")
    await house.wait(minutes=600)
    await house.fire("smoke-01")
    await house.wait(minutes=30)
    assert (await house.incident()).reason == "no_news"


@pytest.mark.parametrize("steps", AT_THE_FIRE)
async def test_news_from_the_scene_keeps_the_escalation_still(
    house: House, steps: tuple[Phase, ...]
) -> None:
    await at_the_fire(house, *steps)
    for _ in range(4):
        await house.wait(minutes=29)
        await house.go_on("Đội 1", steps[-1])
    assert (await house.incident()).phase is steps[-1]
    assert (await house.timeline())[-1] == f"{steps[-1].value}: news_from_the_scene"


async def test_forces_on_their_way_must_arrive_whatever_they_report(house: House) -> None:
    await at_the_fire(house)
    await house.wait(minutes=20)
    await house.go_on("Đội 1", Phase.DISPATCHED)
    await house.wait(minutes=10)
    assert (await house.incident()).reason == "no_progress"


async def test_forces_at_a_suspicion_of_whom_no_news_comes_open_it_again(house: House) -> None:
    await house.fire("smoke-01")
    await house.acknowledge("Trực ban 1")
    for phase in (Phase.DISPATCHED, Phase.ON_SCENE):
        await house.go_on("Đội 1", phase)
    await house.wait(minutes=30)
    again = await house.incident()
    assert (again.phase, again.owner) == (Phase.SUSPECTED, None)
    assert "reopened: no_news" in await house.timeline()
    assert (await house.relays())[-1] == "unconfirmed to command-center"


async def test_a_point_that_joins_after_the_forces_arrived_is_told_to_all_who_know_of_the_fire(
    house: House,
) -> None:
    await fire(house)
    await house.wait(seconds=60)
    for phase in (Phase.DISPATCHED, Phase.ON_SCENE):
        await house.go_on("Đội 1", phase)
    await house.fire("heat-01", quantity="heat")
    assert (await house.relays())[-3:] == [
        "spread to command-center",
        "spread to district",
        "spread to owner",
    ]


async def test_the_policy_says_how_long_forces_may_be_silent(database: str) -> None:
    document = MARKET.model_dump(mode="json")
    document["policies"][0] |= {"dispatched_for_s": 600, "under_control_for_s": 1_200}
    async with houses.house(database, Registry.model_validate(document)) as one:
        await at_the_fire(one, Phase.ON_SCENE, Phase.UNDER_CONTROL)
        await one.go_on("Đội 1", Phase.ON_SCENE)
        await one.wait(minutes=9)
        await one.go_on("Đội 1", Phase.UNDER_CONTROL)
        await one.wait(minutes=19)
        assert (await one.incident()).phase is Phase.UNDER_CONTROL
        await one.wait(minutes=1)
        assert (await one.incident()).reason == "no_news"


async def test_having_seen_a_fire_stops_nothing_and_is_shown(house: House) -> None:
    await fire(house)
    number = (await house.incident()).id
    for _ in range(2):
        await house.engine.operators.act(number, MarkSeen("Trưởng chợ"), now=house.now)
    await house.wait(seconds=60)
    assert (await house.incident()).seen_by == ("Trưởng chợ",)
    assert (await house.relays())[-1] == "escalated to owner"
    assert (await house.timeline()).count("seen: seen_by_operator") == 1


async def test_every_deadline_of_a_fire_that_was_taken_outlives_a_restart(house: House) -> None:
    await fire(house)
    await house.acknowledge("Trực ban 1")
    await house.restart()
    await house.wait(minutes=5)
    assert (await house.incident()).reason == "no_progress"


async def test_a_suspicion_whose_owner_does_nothing_is_open_again(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=1)
    await house.acknowledge("Trực ban 1")
    await house.wait(minutes=5)
    again = await house.incident()
    assert (again.phase, again.owner) == (Phase.SUSPECTED, None)
    assert "reopened: no_progress" in await house.timeline()
    assert (await house.relays())[-1] == "unconfirmed to command-center"
    assert await house.engine.deadlines.next_deadline() is not None


async def test_who_is_reached_again_after_the_end_hears_all_of_it_in_one_message(house: House) -> None:
    await fire(house)
    await house.wait(seconds=60)
    await house.acknowledge("Trực ban 1")
    await house.close("Trực ban 1")
    await house.answers("district")
    told = [row for row in await house.deliveries() if row["destination"] == "district"]
    assert [row["event"] for row in told] == ["escalated", "closed"], "the first was under way already"


async def test_what_was_closed_long_ago_is_forgotten_with_all_that_was_told(house: House) -> None:
    await fire(house)
    await house.answers("command-center")
    await house.send_signals(house.next("button-01", quantity="manual", edge=Edge.RESTORED))
    await house.close("Trực ban 1")
    house.premises = "nha-pho"
    await house.fire("smoke-01")
    await house.wait(minutes=1)
    await house.engine.upkeep.forget_before(house.now, house.now, key=a_key())
    for table in ("timeline", "deliveries", "attempts", "incidents"):
        found = len(await house.rows(f"SELECT * FROM {table}"))
        assert found == {"timeline": 2, "incidents": 1}.get(table, 0), table
    assert [each.site.id for each in await house.incidents()] == ["nha-pho"]
    assert await house.relays() == []
