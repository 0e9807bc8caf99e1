"""The story of an incident, as a duty officer reads it."""

import pytest
from msgspec.structs import replace

from alerting.domain.model.effects import RecordedEntry, TimelineEvent
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.reasons import ConfirmationReason
from alerting.domain.notification.recipients import Destination
from alerting.domain.wording.explanation import ExplanationSentence, coming, explanation
from alerting.domain.wording.families import DECISIONS, EVENTS
from alerting.domain.wording.milestones import milestones
from alerting.domain.wording.names import Names
from contract.messages import Kind, Scope
from contract.times import SECOND
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House
from tests.support.texts import BOTH, IN_ENGLISH, IN_VIETNAMESE, VIETNAMESE


async def explained(house: House, names: Names) -> list[str]:
    number = (await house.incident()).id
    entries = await house.engine.transactions.read(lambda store: store.timeline_of(number))
    return [each.text for each in explanation(entries, names)]


async def upcoming(house: House, names: Names) -> list[ExplanationSentence]:
    incident = await house.incident()
    deadlines = await house.engine.transactions.read(lambda store: store.deadlines_of(incident.id))
    return list(coming(incident, deadlines, names))


async def test_it_tells_what_came_why_it_was_decided_and_who_was_told(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(seconds=30)
    await house.fire("smoke-02")
    begun = await house.engine.outbox.begin_attempt(Destination("command-center", "webhook"), house.now)
    assert begun is not None
    await house.engine.outbox.record_delivered(begun, house.now)
    await house.wait(seconds=60)
    await house.acknowledge("Trực ban 1")

    assert await explained(house, IN_ENGLISH) == [
        "smoke-01 reported fire: smoke above the alarm level.",
        "Suspected fire at smoke-01: the first point, waiting for confirmation.",
        "smoke-02 reported fire: smoke above the alarm level.",
        "Fire confirmed by smoke-02: a second point reported in time.",
        "command center notified by webhook, attempt 1.",
        "Escalated to district, owner: not acknowledged.",
        "Trực ban 1 acknowledged.",
    ]
    vietnamese = await explained(house, IN_VIETNAMESE)
    assert vietnamese[0] == "smoke-01 báo cháy: khói vượt ngưỡng báo cháy."
    assert vietnamese[-2:] == [
        "Báo tiếp cho district, owner: chưa ai tiếp nhận.",
        "Trực ban 1 đã tiếp nhận.",
    ]


async def test_a_restoration_and_an_outcome_are_told_in_words(house: House) -> None:
    await house.fire("smoke-01")
    await house.restore("smoke-01")
    number = (await house.incident()).id
    await house.engine.operators.close(
        number, by="Trực ban 1", outcome=Outcome.FALSE_ALARM, now=house.now
    )
    english, vietnamese = await explained(house, IN_ENGLISH), await explained(house, IN_VIETNAMESE)
    assert "smoke-01 no longer reports fire (smoke above the alarm level)." in english
    assert "smoke-01: restored." in english
    assert english[-1] == "Trực ban 1 closed it (false alarm)."
    assert "smoke-01 hết báo cháy (khói vượt ngưỡng báo cháy)." in vietnamese
    assert "smoke-01: đã khôi phục." in vietnamese
    assert vietnamese[-1] == "Trực ban 1 kết thúc sự cố (báo động giả)."


async def test_the_story_of_a_fault_is_told_in_words(house: House) -> None:
    lost = replace(house.next("line-1", kind=Kind.FAULT), scope=Scope.LINE, reason="line_lost")
    await house.send_signals(lost)
    (case,) = await house.engine.transactions.read(
        lambda store: store.list_incidents(which="all", limit=1, kinds=[IncidentKind.FAULT])
    )
    entries = await house.engine.transactions.read(lambda store: store.timeline_of(case.id))
    assert [each.text for each in explanation(entries, IN_VIETNAMESE)] == [
        "line-1 báo lỗi: mất kết nối tuyến đầu báo.",
        "line-1 (tuyến đầu báo): mất kết nối tuyến đầu báo, mới phát hiện.",
        "Báo trung tâm chỉ huy: mất kết nối tuyến đầu báo.",
    ]
    assert [each.text for each in explanation(entries, IN_ENGLISH)][1:] == [
        "line-1 (line): connection to the detector line lost, newly found.",
        "command center to be notified: connection to the detector line lost.",
    ]


@pytest.mark.parametrize("names", [IN_ENGLISH, IN_VIETNAMESE], ids=["en", "vi"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_signal_is_told_without_its_code(kind: Kind, names: Names) -> None:
    data = {"name": "p-1", "kind": kind.value, "edge": "raised"}
    entry = RecordedEntry(1, "signal", "stuck", data)
    (said,) = explanation([entry], names)
    reported = "báo" if names is IN_VIETNAMESE else "reported"
    assert said.text.startswith(f"p-1 {reported} ")
    assert names is IN_ENGLISH or kind.value not in said.text
    assert kind is Kind.FIRE or f"reported {kind.value}:" not in said.text


async def test_it_tells_what_comes_if_nobody_acts(house: House) -> None:
    await house.fire("heat-01")
    assert [each.text for each in await upcoming(house, IN_ENGLISH)] == [
        "escalation to district, owner",
        "escalation to command center",
        "command center notified again",
    ]
    await house.acknowledge("Trực ban 1")
    (only,) = await upcoming(house, IN_VIETNAMESE)
    assert only.text == "mở lại nếu người tiếp nhận chưa xử lý tiếp"


def ending_with_the_owner() -> Registry:
    document = MARKET.model_dump(mode="json")
    document["policies"][0]["stages"][2]["notify"] = ["owner"]
    document["premises"][0]["fault_policy"] = "day"
    return Registry.model_validate(document)


async def test_who_is_told_again_of_a_fire_is_the_last_stage_and_the_command_center(
    database: str,
) -> None:
    async with houses.house(database, ending_with_the_owner()) as one:
        await one.fire("heat-01")
        *_, again = await upcoming(one, IN_ENGLISH)
        assert again.text == "owner, command center notified again"
        before = len(await one.relays())
        await one.wait(seconds=240)
        assert (await one.relays())[before:][-2:] == [
            "escalated to owner",
            "escalated to command-center",
        ], "what was foretold is what happens"


async def test_of_a_fault_the_command_center_is_not_told_again_beside_its_policy(database: str) -> None:
    async with houses.house(database, ending_with_the_owner()) as one:
        await one.report("smoke-01", Kind.FAULT)
        (case,) = await one.engine.transactions.read(
            lambda store: store.list_incidents(which="all", limit=1, kinds=[IncidentKind.FAULT])
        )
        deadlines = await one.engine.transactions.read(lambda store: store.deadlines_of(case.id))
        assert list(coming(case, deadlines, IN_VIETNAMESE))[-1].text == "báo lại owner"


@pytest.mark.parametrize("why", list(ConfirmationReason))
def test_every_reason_has_words_in_both_languages(why: ConfirmationReason) -> None:
    assert len({each.name(DECISIONS, why) for each in BOTH}) == 2


def test_every_event_of_an_incident_has_a_sentence() -> None:
    of_no_incident = {TimelineEvent.PRESENCE, TimelineEvent.CENTER, TimelineEvent.AUDIT}
    assert set(TimelineEvent) - of_no_incident == EVENTS.members
    assert all(each.has(EVENTS, event) for each in BOTH for event in EVENTS.members)


async def test_people_and_places_have_their_names_where_the_registry_knows_them(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(seconds=30)
    await house.fire("smoke-02")
    await house.wait(seconds=60)
    names = Names(VIETNAMESE, house.engine.registry.current.index, "cho")
    said = await explained(house, names)
    assert said[0] == "gian A1 (smoke-01) báo cháy: khói vượt ngưỡng báo cháy."
    assert said[-1].startswith("Báo tiếp cho ")
    assert "owner" not in said[-1]


async def test_a_pressed_call_point_is_a_persons_act_and_no_spreading(house: House) -> None:
    await house.fire("heat-01")
    await house.send_signals(replace(house.next("button-01", quantity="manual"), reason="manual_call"))
    assert (await explained(house, IN_VIETNAMESE))[-1] == "Có người ấn nút báo cháy tại button-01."
    assert (await explained(house, IN_ENGLISH))[-1] == "Somebody pressed the call point button-01."


async def test_a_registered_call_point_is_a_persons_act_whatever_its_reason(house: House) -> None:
    await house.fire("heat-01")
    await house.fire("button-01")
    said = await explained(house, Names(VIETNAMESE, house.engine.registry.current.index, "cho"))
    assert said[-1] == "Có người ấn nút báo cháy tại cổng chính (button-01)."


def test_an_entry_of_another_version_does_not_stop_the_story() -> None:
    entries = [
        RecordedEntry(1, "rained", "clouds", {}),
        RecordedEntry(2, "acknowledged", "r", {}),
    ]
    said = [each.text for each in explanation(entries, IN_ENGLISH)]
    assert said == ["rained: clouds.", "? acknowledged."]


def test_the_times_of_an_incident_are_those_of_its_first_milestones() -> None:
    opened = 1_000 * SECOND
    entries = [
        RecordedEntry(opened, "suspected", "", {}),
        RecordedEntry(opened + 90 * SECOND, "confirmed", "", {}),
        RecordedEntry(opened + 90 * SECOND + 12_000, "delivered", "", {}),
        RecordedEntry(opened + 95 * SECOND, "delivered", "", {}),
        RecordedEntry(opened + 120 * SECOND, "acknowledged", "", {}),
        RecordedEntry(opened + 3_600 * SECOND, "closed", "", {}),
    ]
    assert list(milestones(opened, entries).items()) == [
        ("suspected", 0.0),
        ("confirmed", 90.0),
        ("delivered", 90.012),
        ("acknowledged", 120.0),
        ("closed", 3_600.0),
    ]
