"""The story of an incident, as a duty officer reads it."""

import pytest
from msgspec.structs import replace

from alerting.domain.model.effects import TimelineEvent
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.reasons import ConfirmationReason
from alerting.domain.wording.explanation import _FORMS, REASONS, Language, Sentence, coming, explanation
from alerting.domain.wording.milestones import milestones
from contract.messages import Kind, Scope
from contract.times import SECOND
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House


async def told(house: House, language: Language) -> list[str]:
    number = (await house.incident()).id
    entries = await house.engine.read(lambda store: store.timeline_of(number))
    return [each.text for each in explanation(entries, language)]


async def upcoming(house: House, language: Language) -> list[Sentence]:
    incident = await house.incident()
    deadlines = await house.engine.read(lambda store: store.deadlines_of(incident.id))
    return list(coming(incident, deadlines, language))


async def test_it_tells_what_came_why_it_was_decided_and_who_was_told(house: House) -> None:
    await house.fire("smoke-01")
    await house.wait(seconds=30)
    await house.fire("smoke-02")
    begun = await house.engine.begin_attempt(("command-center", "webhook"), house.now)
    assert begun is not None
    await house.engine.delivered(begun, house.now)
    await house.wait(seconds=60)
    await house.acknowledge("Trực ban 1")

    assert await told(house, Language.EN) == [
        "smoke-01 reported fire: smoke above the alarm level.",
        "Suspected because of smoke-01: the first point, which waits for another.",
        "smoke-02 reported fire: smoke above the alarm level.",
        "Confirmed by smoke-02: a second point reported in time.",
        "command-center was told by webhook, at attempt 1.",
        "Escalated to district, owner: nobody had taken it.",
        "Trực ban 1 took it.",
    ]
    vietnamese = await told(house, Language.VI)
    assert vietnamese[0] == "smoke-01 báo cháy: khói vượt ngưỡng báo cháy."
    assert vietnamese[-2:] == [
        "Báo tiếp cho district, owner: chưa ai tiếp nhận.",
        "Trực ban 1 tiếp nhận.",
    ]


async def test_a_restoration_and_an_outcome_are_told_in_words(house: House) -> None:
    await house.fire("smoke-01")
    await house.restore("smoke-01")
    number = (await house.incident()).id
    await house.engine.close(number, by="Trực ban 1", outcome=Outcome.FALSE_ALARM, now=house.now)
    english, vietnamese = await told(house, Language.EN), await told(house, Language.VI)
    assert "smoke-01 no longer reports fire (smoke above the alarm level)." in english
    assert "smoke-01: restored." in english
    assert english[-1] == "Closed as false alarm: by an operator."
    assert "smoke-01 hết báo cháy (khói vượt ngưỡng báo cháy)." in vietnamese
    assert "smoke-01: đã khôi phục." in vietnamese
    assert vietnamese[-1] == "Kết thúc (báo động giả): người trực kết thúc."


async def test_the_story_of_a_fault_is_told_in_words(house: House) -> None:
    lost = replace(house.next("line-1", kind=Kind.FAULT), scope=Scope.LINE, reason="line_lost")
    await house.say(lost)
    (case,) = await house.engine.read(
        lambda store: store.list_incidents(which="all", limit=1, kinds=[IncidentKind.FAULT])
    )
    entries = await house.engine.read(lambda store: store.timeline_of(case.id))
    assert [each.text for each in explanation(entries, Language.VI)] == [
        "line-1 báo lỗi: mất kết nối tuyến đầu báo.",
        "line-1 (tuyến đầu báo): mất kết nối tuyến đầu báo, mới phát hiện.",
        "Báo command-center: mất kết nối tuyến đầu báo.",
    ]
    assert [each.text for each in explanation(entries, Language.EN)][1:] == [
        "line-1 (line): the port or broker of the line is gone, newly found.",
        "command-center to be told: the port or broker of the line is gone.",
    ]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_signal_is_told_without_its_code(kind: Kind, language: Language) -> None:
    data = {"name": "p-1", "kind": kind.value, "edge": "raised"}
    entry = {"at": 1, "event": "signal", "reason": "stuck", "data": data}
    (said,) = explanation([entry], language)
    reported = "báo" if language is Language.VI else "reported"
    assert said.text.startswith(f"p-1 {reported} ")
    assert language is Language.EN or kind.value not in said.text
    assert kind is Kind.FIRE or f"reported {kind.value}:" not in said.text


async def test_it_tells_what_comes_if_nobody_acts(house: House) -> None:
    await house.fire("heat-01")
    assert [each.text for each in await upcoming(house, Language.EN)] == [
        "escalation to district, owner",
        "escalation to command-center",
        "command-center told again",
    ]
    await house.acknowledge("Trực ban 1")
    (only,) = await upcoming(house, Language.VI)
    assert only.text == "mở lại nếu chưa ai xử lý tiếp"


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
        *_, again = await upcoming(one, Language.EN)
        assert again.text == "owner, command-center told again"
        before = len(await one.relays())
        await one.wait(seconds=240)
        assert (await one.relays())[before:][-2:] == [
            "escalated to owner",
            "escalated to command-center",
        ], "what was foretold is what happens"


async def test_of_a_fault_the_command_center_is_not_told_again_beside_its_policy(database: str) -> None:
    async with houses.house(database, ending_with_the_owner()) as one:
        await one.report("smoke-01", Kind.FAULT)
        (case,) = await one.engine.read(
            lambda store: store.list_incidents(which="all", limit=1, kinds=[IncidentKind.FAULT])
        )
        deadlines = await one.engine.read(lambda store: store.deadlines_of(case.id))
        assert list(coming(case, deadlines, Language.VI))[-1].text == "báo lại owner"


@pytest.mark.parametrize("why", list(ConfirmationReason))
def test_every_reason_has_words_in_both_languages(why: ConfirmationReason) -> None:
    assert len({*REASONS[why]}) == 2


def test_every_event_of_an_incident_has_a_sentence() -> None:
    assert set(TimelineEvent) - {TimelineEvent.PRESENCE, TimelineEvent.CENTER} == set(_FORMS)


def test_an_entry_of_another_version_does_not_stop_the_story() -> None:
    entries = [
        {"at": 1, "event": "rained", "reason": "clouds", "data": {}},
        {"at": 2, "event": "acknowledged", "reason": "r", "data": {}},
    ]
    said = [each.text for each in explanation(entries, Language.EN)]
    assert said == ["rained: clouds.", "? took it."]


def test_the_times_of_an_incident_are_those_of_its_first_milestones() -> None:
    opened = 1_000 * SECOND
    entries = [
        {"event": "suspected", "at": opened},
        {"event": "confirmed", "at": opened + 90 * SECOND},
        {"event": "delivered", "at": opened + 90 * SECOND + 12_000},
        {"event": "delivered", "at": opened + 95 * SECOND},
        {"event": "acknowledged", "at": opened + 120 * SECOND},
        {"event": "closed", "at": opened + 3_600 * SECOND},
    ]
    assert list(milestones(opened, entries).items()) == [
        ("suspected", 0.0),
        ("confirmed", 90.0),
        ("delivered", 90.012),
        ("acknowledged", 120.0),
        ("closed", 3_600.0),
    ]
