"""Who is told at the same time, who after whom, and on which condition."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from alerting.domain.model.events import MarkSeen
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import Destination
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House

PEOPLE = {
    "head": "Trưởng ban",
    "leader": "Đội trưởng",
    "delegate": "Bảo vệ",
    "militia": "Dân phòng",
    "commune": "UBND xã",
}


def market(*stages: dict[str, Any], **policy: Any) -> Registry:
    """The market with people of its own, and a policy of *stages*."""
    document = MARKET.model_dump(mode="json")
    document["contacts"] += [
        {"id": name, "name": title, "webhook": f"http://127.0.0.1:1/{name}"}
        for name, title in PEOPLE.items()
    ]
    document["areas"][0]["team"] = ["militia", "commune"]
    document["premises"][0]["people"] = ["head", "leader", "delegate"]
    document["policies"] = [{"id": "day", "stages": list(stages)} | policy]
    return Registry.model_validate(document)


EVERYBODY = market(
    {"after_s": 0, "notify": ["command-center", "premises", "area"]},
    {"after_s": 120, "notify": ["district"]},
)


@pytest.fixture
async def cho(database: str) -> AsyncIterator[House]:
    async with houses.house(database, EVERYBODY) as one:
        yield one


async def press(house: House) -> None:
    await house.fire("button-01", quantity="manual")


async def notified(house: House) -> list[str]:
    return [each.split()[-1] for each in await house.relays()]


async def test_command_center_premises_and_area_are_told_at_the_same_time(cho: House) -> None:
    await press(cho)
    assert await notified(cho) == ["command-center", "militia", "commune", "head"]


async def test_the_head_of_the_market_does_not_answer_and_the_team_leader_is_called_after_30_seconds(
    cho: House,
) -> None:
    await press(cho)
    await cho.answers("head")
    await cho.wait(seconds=29)
    assert "leader" not in await notified(cho)
    await cho.wait(seconds=1)
    assert (await notified(cho))[-1] == "leader"
    assert (await cho.timeline())[-1] == "escalated: person_before_did_not_answer"
    await cho.answers("leader")
    await cho.wait(seconds=30)
    assert (await notified(cho))[-1] == "delegate"


async def test_the_time_to_answer_counts_from_the_delivery(cho: House) -> None:
    await press(cho)
    await cho.wait(seconds=25)
    await cho.answers("head")
    await cho.wait(seconds=29)
    assert "leader" not in await notified(cho)
    await cho.wait(seconds=1)
    assert (await notified(cho))[-1] == "leader"


async def test_who_is_told_nothing_for_long_holds_the_next_one_back_no_longer_than_45_seconds(
    cho: House,
) -> None:
    await press(cho)
    await cho.wait(seconds=44)
    assert "leader" not in await notified(cho)
    await cho.wait(seconds=1)
    assert (await notified(cho))[-1] == "leader"
    await cho.wait(seconds=45)
    assert (await notified(cho))[-1] == "delegate"


async def test_who_cannot_be_told_holds_nobody_back(cho: House) -> None:
    await press(cho)
    attempt = await cho.engine.outbox.begin_attempt(Destination("head", "webhook"), cho.now)
    assert attempt is not None
    later = cho.now + timedelta(minutes=5)
    refused = ChannelAnswer(AttemptResult.NO_ANSWER, "the telephone is off")
    await cho.engine.outbox.record_failure(attempt, refused, until=later, now=cho.now)
    await cho.wait(seconds=30)
    assert (await notified(cho))[-1] == "leader"


async def test_a_person_who_was_told_late_has_the_whole_time_also_after_a_restart(cho: House) -> None:
    await press(cho)
    await cho.wait(seconds=40)
    await cho.answers("head")
    await cho.restart()
    await cho.wait(seconds=29)
    assert "leader" not in await notified(cho)
    await cho.wait(seconds=1)
    assert (await notified(cho))[-1] == "leader"


@pytest.mark.parametrize(
    "seen",
    [MarkSeen("head"), MarkSeen("Trưởng ban"), MarkSeen("Ông Hai", "head")],
    ids=["id of the contact", "name of the contact", "account of the contact"],
)
async def test_the_head_has_seen_it_and_nobody_else_of_the_premises_is_called(
    cho: House, seen: MarkSeen
) -> None:
    await press(cho)
    await cho.engine.operators.act((await cho.incident()).id, seen, now=cho.now)
    await cho.wait(seconds=119)
    assert not {"leader", "delegate"} & set(await notified(cho))
    assert (await cho.timeline())[-1] == "stage_skipped: person_before_answered"
    await cho.wait(seconds=1)
    assert (await notified(cho))[-1] == "district", "to have seen it is not to take it"


async def test_all_people_of_the_premises_are_told_again_and_not_the_last_one_alone(
    database: str,
) -> None:
    content = market({"after_s": 0, "notify": ["premises"]})
    async with houses.house(database, content) as one:
        await press(one)
        await one.answers("head")
        await one.wait(seconds=120)
        assert set((await notified(one))[-4:]) == {"head", "leader", "delegate", "command-center"}


SPREADING = market(
    {"after_s": 0, "notify": ["command-center"]},
    {"after_s": 60, "notify": ["district"], "when": "spreading"},
)


async def test_a_stage_for_a_fire_that_spreads_is_told_once_it_spreads(database: str) -> None:
    async with houses.house(database, SPREADING) as one:
        await press(one)
        await one.wait(seconds=60)
        assert "district" not in await notified(one)
        assert "stage_skipped: not_spreading" in await one.timeline()
        await one.fire("smoke-11")
        assert "escalated to district" in await one.relays()
        await one.fire("smoke-12")
        assert (await one.relays()).count("escalated to district") == 1


async def test_an_escalation_that_begins_anew_tells_nobody_twice_once_the_fire_spreads(
    database: str,
) -> None:
    async with houses.house(database, SPREADING) as one:
        await press(one)
        await one.wait(seconds=61)
        await one.acknowledge("Trực ban")
        await one.wait(seconds=361)
        assert (await one.timeline()).count("stage_skipped: not_spreading") == 2
        await one.fire("smoke-11")
        rows = await one.rows("SELECT destination FROM deliveries WHERE event = 'escalated'")
        assert [each["destination"] for each in rows].count("district") == 1


async def test_a_fire_that_spread_before_is_told_in_time(database: str) -> None:
    async with houses.house(database, SPREADING) as one:
        await press(one)
        await one.fire("smoke-11")
        await one.wait(seconds=60)
        assert (await one.relays())[-1] == "escalated to district"


async def test_nobody_was_reached_and_another_one_is_told(database: str) -> None:
    content = market(
        {"after_s": 0, "notify": ["command-center"]},
        {"after_s": 20, "notify": ["district"], "when": "nobody_reached"},
        {"after_s": 40, "notify": ["owner"], "when": "nobody_reached"},
    )
    async with houses.house(database, content) as one:
        await press(one)
        await one.wait(seconds=20)
        assert (await one.relays())[-1] == "escalated to district"
        await one.answers("district")
        await one.wait(seconds=20)
        assert (await one.timeline())[-1] == "stage_skipped: somebody_reached"


async def test_if_all_that_is_configured_fails_the_command_center_is_told_all_the_same(
    database: str,
) -> None:
    content = market({"after_s": 0, "notify": ["head"]}, {"after_s": 300, "notify": ["leader"]})
    async with houses.house(database, content) as one:
        await press(one)
        await one.wait(seconds=29)
        assert await notified(one) == ["head"]
        await one.wait(seconds=1)
        assert (await one.relays())[-1] == "escalated to command-center"
        assert (await one.timeline())[-1] == "escalated: nobody_reached"


async def test_the_policy_is_left_alone_where_it_reaches_somebody(database: str) -> None:
    content = market({"after_s": 0, "notify": ["head"]}, {"after_s": 300, "notify": ["leader"]})
    async with houses.house(database, content) as one:
        await press(one)
        await one.answers("head")
        await one.wait(seconds=299)
        assert await notified(one) == ["head"]


# -- what nothing confirmed


async def test_an_unconfirmed_fire_is_told_again_until_somebody_looks(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=16)
    assert (await house.timeline()).count("unconfirmed: still_not_acknowledged") == 2
    await house.acknowledge("Trực ban 1")
    await house.wait(minutes=4)
    assert (await house.timeline()).count("unconfirmed: still_not_acknowledged") == 2


async def test_an_unconfirmed_fire_goes_by_a_policy_of_its_own(database: str) -> None:
    document = market({"after_s": 0, "notify": ["command-center"]}).model_dump(mode="json")
    document["premises"][0]["unconfirmed_policy"] = "look"
    document["policies"].append(
        {
            "id": "look",
            "repeat_s": 600,
            "stages": [{"after_s": 0, "notify": ["premises"]}, {"after_s": 90, "notify": ["area"]}],
        }
    )
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.fire("smoke-01")
        await one.wait(minutes=5)
        assert await notified(one) == ["head"]
        await one.wait(seconds=90)
        assert set(await notified(one)) == {"head", "leader", "delegate", "militia", "commune"}
        assert {each.split()[0] for each in await one.relays()} == {"unconfirmed"}


async def test_what_is_confirmed_after_all_is_no_longer_notified_as_unconfirmed(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(minutes=6)
    await house.fire("smoke-02")
    before = (await house.timeline()).count("unconfirmed: window_over")
    await house.wait(minutes=30)
    assert [each for each in await house.timeline() if each.startswith("unconfirmed")] == [
        "unconfirmed: window_over"
    ] * before


async def test_who_only_received_the_suspicion_was_not_reached_by_the_fire(database: str) -> None:
    document = market(
        {"after_s": 0, "notify": ["head"]}, {"after_s": 300, "notify": ["leader"]}
    ).model_dump(mode="json")
    document["zones"][0]["rule"] = "type_c"
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.fire("smoke-01")
        await one.answers("head")
        await one.fire("smoke-02")
        await one.wait(seconds=30)
        assert await one.relays() == [
            "suspected to head",
            "confirmed to head",
            "escalated to command-center",
        ]
