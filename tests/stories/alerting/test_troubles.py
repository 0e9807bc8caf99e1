"""Faults and supervisory signals: told, by a way of their own, and never in the way of a fire."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.trouble import Trouble, TroublePhase
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import Destination
from contract.messages import Edge, Kind
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House


def market(**premises: Any) -> Registry:
    document = MARKET.model_dump(mode="json")
    document["contacts"].append(
        {"id": "engineer", "name": "Kỹ thuật", "webhook": "http://127.0.0.1:1/e"}
    )
    document["policies"].append(
        {
            "id": "repair",
            "repeat_s": 1_800,
            "stages": [{"after_s": 0, "notify": ["engineer"]}, {"after_s": 600, "notify": ["owner"]}],
        }
    )
    document["premises"][0] |= {"fault_policy": "repair"} | premises
    return Registry.model_validate(document)


@pytest.fixture
async def cho(database: str) -> AsyncIterator[House]:
    async with houses.house(database, market()) as one:
        yield one


async def trouble(house: House, kind: IncidentKind = IncidentKind.FAULT) -> Trouble:
    cases = await house.engine.transactions.read(
        lambda store: store.list_incidents(which="all", limit=10, kinds=[kind])
    )
    (case,) = [each for each in cases if each.site.id != "~center"]
    assert isinstance(case, Trouble)
    return case


async def restore(house: House, name: str, kind: Kind = Kind.FAULT) -> None:
    await house.send_signals(house.next(name, kind=kind, edge=Edge.RESTORED))


async def test_a_fault_is_told_at_once_to_those_who_repair_and_to_nobody_else(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    assert await cho.relays() == ["fault to engineer"]
    assert await cho.incidents() == [], "it is no fire"


@pytest.mark.parametrize("kind", [Kind.TAMPER, Kind.DISABLED, Kind.SUPERVISORY])
async def test_supervisory_signals_go_another_way_than_faults(cho: House, kind: Kind) -> None:
    await cho.report("smoke-01", kind)
    assert await cho.relays() == ["supervisory to command-center"]


async def test_many_faults_of_one_premises_are_one_case_and_none_is_hidden(cho: House) -> None:
    for number in range(1, 4):
        await cho.report(f"smoke-0{number}", Kind.FAULT)
    assert await cho.relays() == ["fault to engineer"]
    await cho.answers("engineer")
    await cho.wait(seconds=60)
    assert await cho.relays() == ["fault to engineer"] * 2
    assert [each.name for each in (await trouble(cho)).standing] == ["smoke-01", "smoke-02", "smoke-03"]
    assert "smoke-02" in (await cho.deliveries())[-1]["body"]


async def test_a_fault_that_came_and_went_within_the_wait_is_told_all_the_same(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    await cho.answers("engineer")
    await cho.report("smoke-02", Kind.FAULT)
    await restore(cho, "smoke-02")
    await cho.wait(seconds=60)
    assert len(await cho.relays()) == 2
    assert '"name":"smoke-02"' in (await cho.deliveries())[-1]["body"]


async def test_a_line_that_flaps_for_hours_is_told_now_and_then(cho: House) -> None:
    for _ in range(4 * 60):
        await cho.report("smoke-01", Kind.FAULT)
        await cho.wait(seconds=30)
        await restore(cho, "smoke-01")
        await cho.wait(seconds=30)
    made = await cho.rows("SELECT * FROM deliveries WHERE destination = 'engineer'")
    assert 5 < len(made) < 15


async def test_what_is_in_order_again_for_a_minute_is_over(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    await cho.answers("engineer")
    await restore(cho, "smoke-01")
    await cho.wait(seconds=59)
    assert (await trouble(cho)).is_open
    await cho.wait(seconds=1)
    over = await trouble(cho)
    assert (over.phase, over.outcome) == (TroublePhase.CLOSED, Outcome.CLEARED)
    assert (await cho.relays())[-1] == "fault to engineer"
    assert "KẾT THÚC" in (await cho.deliveries())[-1]["body"]
    assert await cho.engine.deadlines.next_deadline() is None


async def test_nobody_takes_the_fault_and_the_next_one_is_told_and_then_again(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    await cho.wait(seconds=600)
    assert (await cho.relays())[-1] == "fault to owner"
    await cho.wait(seconds=1_800)
    assert (await cho.timeline())[-1] == "notified: still_not_acknowledged"


async def test_who_takes_the_fault_ends_its_escalation(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    await cho.answers("engineer")
    case = await trouble(cho)
    await cho.engine.operators.acknowledge(case.id, by="Kỹ thuật", now=cho.now)
    await cho.wait(minutes=120)
    assert await cho.relays() == ["fault to engineer"] * 2
    assert (await trouble(cho)).owner == "Kỹ thuật"


async def test_a_fault_neither_opens_nor_holds_up_nor_ends_a_fire(cho: House) -> None:
    await cho.fire("button-01", quantity="manual")
    await cho.report("button-01", Kind.FAULT)
    assert await cho.relays() == ["confirmed to command-center", "fault to engineer"]
    case = await trouble(cho)
    await cho.engine.operators.close(case.id, by="Kỹ thuật", outcome=Outcome.MALFUNCTION, now=cho.now)
    assert (await cho.incident()).is_open


async def test_a_fire_goes_before_the_faults_that_wait_for_the_same_destination(house: House) -> None:
    await house.report("smoke-01", Kind.FAULT)
    line = Destination("command-center", "webhook")
    begun = await house.engine.outbox.begin_attempt(line, house.now)
    await house.report("smoke-01", Kind.TAMPER)
    await house.fire("button-01", quantity="manual")
    assert begun is not None
    await house.engine.outbox.record_delivered(begun, house.now)
    following = await house.engine.outbox.begin_attempt(line, house.now)
    assert following is not None
    assert following.event == "confirmed"


async def test_troubles_survive_a_restart_with_their_deadlines(cho: House) -> None:
    await cho.report("smoke-01", Kind.FAULT)
    await cho.restart()
    await cho.wait(seconds=600)
    assert (await cho.relays())[-1] == "fault to owner"


# -- a destination that fails


async def fail(house: House, destination: str, *, times: int, channel: str = "webhook") -> None:
    for _ in range(times):
        begun = await house.engine.outbox.begin_attempt(Destination(destination, channel), house.now)
        assert begun is not None
        until = house.now + timedelta(seconds=1)
        await house.engine.outbox.record_failure(
            begun, ChannelAnswer(AttemptResult.NO_ANSWER, "away"), until=until, now=house.now
        )
        await house.wait(seconds=1)


async def test_a_destination_that_fails_three_times_is_a_fault_of_the_center(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await house.wait(seconds=60)
    await fail(house, "district", times=2)
    assert "fault to command-center" not in await house.relays()
    await fail(house, "district", times=1)
    assert (await house.relays())[-1] == "fault to command-center"
    assert "not_reached_by_webhook" in (await house.deliveries())[-1]["body"]


async def test_it_is_restored_by_the_first_message_that_arrives_also_after_a_restart(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    await house.wait(seconds=60)
    await fail(house, "district", times=3)
    await house.restart()
    await house.answers("district")
    await house.wait(seconds=60)
    assert "closed: all_restored" in await house.timeline()


async def test_a_line_in_fault_whose_fault_somebody_closed_is_told_again(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await house.wait(seconds=60)
    await fail(house, "district", times=3)
    (fault,) = await house.rows("SELECT id FROM incidents WHERE kind = 'fault'")
    await house.engine.operators.close(fault["id"], by="Thợ", outcome=Outcome.MALFUNCTION, now=house.now)
    await fail(house, "district", times=1)
    rows = await house.rows("SELECT phase FROM incidents WHERE kind = 'fault' ORDER BY opened_at")
    assert [each["phase"] for each in rows] == ["closed", "standing"]


# -- several channels


def reachable(**addresses: str) -> Registry:
    document = market().model_dump(mode="json")
    for contact in document["contacts"]:
        contact |= addresses
    return Registry.model_validate(document)


async def test_a_fire_is_told_by_all_channels_at_once(database: str) -> None:
    content = reachable(phone="+84901000001", email="a@example.vn")
    async with houses.house(database, content) as one:
        await one.fire("button-01", quantity="manual")
        await one.wait(seconds=60)
        channels = {row["channel"] for row in await one.deliveries() if row["destination"] == "district"}
        assert channels == {"webhook", "sms", "email"}


async def test_a_fault_goes_by_one_channel_and_by_the_next_where_that_fails(database: str) -> None:
    content = reachable(phone="+84901000001", email="a@example.vn")
    async with houses.house(database, content) as one:
        await one.report("smoke-01", Kind.FAULT)
        await fail(one, "engineer", times=1)
        assert [row["channel"] for row in await one.deliveries()] == ["webhook"]
        await fail(one, "engineer", times=1)
        assert [(row["channel"], row["state"]) for row in await one.deliveries()] == [
            ("webhook", "handed_over"),
            ("sms", "waiting"),
        ]
        begun = await one.engine.outbox.begin_attempt(Destination("engineer", "sms"), one.now)
        assert begun is not None
        refused = ChannelAnswer(AttemptResult.REFUSED, "no such number")
        await one.engine.outbox.record_failure(begun, refused, until=one.now, now=one.now)
        assert (await one.deliveries())[-1]["channel"] == "email", "what is refused is not tried twice"


async def test_a_stage_may_use_some_channels_only(database: str) -> None:
    document = reachable(phone="+84901000001").model_dump(mode="json")
    document["policies"][0]["stages"][1] |= {"channels": ["sms"]}
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.fire("button-01", quantity="manual")
        await one.wait(seconds=60)
        district = [row for row in await one.deliveries() if row["destination"] == "district"]
        assert [row["channel"] for row in district] == ["sms"]


# -- two buildings


async def test_a_second_building_has_a_fire_of_its_own(database: str) -> None:
    document = MARKET.model_dump(mode="json")
    document["zones"][1]["building"] = "nha-b"
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.fire("button-01", quantity="manual")
        await one.fire("smoke-11")
        await one.fire("smoke-12")
        fires = await one.incidents()
        assert {each.part for each in fires} == {"", "nha-b"}
        assert (await one.relays()).count("confirmed to command-center") == 2


# -- rosters


def on_duty(*names: str) -> Registry:
    document = MARKET.model_dump(mode="json")
    document["rosters"] = [
        {
            "id": "duty",
            "name": "Trực",
            "shifts": [
                # 15:00 in Viet Nam is the moment at which the stories begin.
                {"begin": "07:00", "end": "15:10", "who": ["owner"]},
                {"begin": "15:10", "end": "07:00", "who": ["district"]},
            ],
        }
    ]
    document["policies"][0]["stages"] = [{"after_s": 0, "notify": list(names)}]
    return Registry.model_validate(document)


async def test_who_is_on_duty_is_told_and_during_a_hand_over_both(database: str) -> None:
    async with houses.house(database, on_duty("duty")) as one:
        await one.fire("button-01", quantity="manual")
        assert await one.relays() == ["confirmed to owner"]
        await one.wait(minutes=11)
        await one.acknowledge("Trực ban")
        assert set((await one.relays())[-3:]) >= {"acknowledged to district", "acknowledged to owner"}


async def test_who_was_told_before_the_change_hears_how_it_ends(database: str) -> None:
    async with houses.house(database, on_duty("duty", "command-center")) as one:
        await one.fire("button-01", quantity="manual")
        await one.acknowledge("Trực ban")
        await one.wait(minutes=4)
        await one.go_on("Trực ban", Phase.DISPATCHED)
        await one.wait(minutes=29)
        await one.close("Trực ban")
        assert {"closed to owner", "closed to district"} <= set(await one.relays())


async def test_a_fault_goes_by_the_channels_of_its_first_stage(database: str) -> None:
    document = reachable(phone="+84900000001", email="a@b.vn").model_dump(mode="json")
    document["policies"][-1]["stages"] = [{"after_s": 0, "notify": ["engineer"], "channels": ["email"]}]
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.report("smoke-01", Kind.FAULT)
        assert [row["channel"] for row in await one.deliveries()] == ["email"]


async def test_a_stage_of_a_fault_for_when_nobody_was_reached_tells_nobody_else(database: str) -> None:
    document = market().model_dump(mode="json")
    document["policies"][-1]["stages"] = [
        {"after_s": 0, "notify": ["engineer"]},
        {"after_s": 60, "notify": ["owner"], "when": "nobody_reached"},
    ]
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.report("smoke-01", Kind.FAULT)
        await one.answers("engineer")
        await one.wait(seconds=70)
        assert await one.relays() == ["fault to engineer"]


async def test_what_holds_back_fires_is_told_at_once_whatever_else_is_open(cho: House) -> None:
    await cho.report("smoke-02", Kind.TAMPER)
    await cho.answers("command-center", "engineer", "owner")
    before = len(await cho.deliveries())
    await cho.report("smoke-01", Kind.DISABLED)
    assert len(await cho.deliveries()) == before + 1
    await cho.answers("command-center", "engineer", "owner")
    for name in ("smoke-03", "smoke-11", "smoke-12", "heat-01"):
        before = len(await cho.deliveries())
        await cho.report(name, Kind.DISABLED)
        await cho.wait(seconds=60)
        assert len(await cho.deliveries()) == before + 1, "no wait grows for what holds back fires"
        await cho.answers("command-center", "engineer", "owner")
