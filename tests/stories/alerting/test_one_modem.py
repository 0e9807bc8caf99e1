"""On a modem that takes one message at a time, that there is a fire goes before all that follows it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from alerting.domain.gsm.alphabet import can_encode
from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import Outcome
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import Destination
from alerting.store.deliveries import DeliveryAttempt
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House
from tests.stories.alerting.one_modem import (
    PREMISES,
    Act,
    OneModem,
    Shown,
    at_desk,
    burns,
    confirmed_at,
    district,
)

THREE_FIRES: list[tuple[float, Act]] = [
    (0, burns("cho", "smoke-1")),
    (0, burns("cho", "smoke-2")),
    (3, burns("cho", "smoke-3")),
    (6, burns("benh-vien", "manual-1", quantity="manual")),
    (8, burns("cho", "smoke-6")),
    (12, burns("khach-san", "smoke-1")),
    (12, burns("khach-san", "smoke-2")),
    (14, burns("khach-san", "smoke-3")),
    (20, burns("benh-vien", "smoke-2")),
]
"""A market that spreads to another floor, a hospital with a pressed call point, a hotel."""

EIGHT_STEPS: list[tuple[float, Act]] = [
    (24, at_desk("cho", lambda house: house.acknowledge("Trực ban An"))),
    (28, at_desk("benh-vien", lambda house: house.acknowledge("Trực ban An"))),
    (32, at_desk("khach-san", lambda house: house.acknowledge("Trực ban Bình"))),
    (40, at_desk("cho", lambda house: house.go_on("Trực ban An", Phase.DISPATCHED))),
    (45, at_desk("benh-vien", lambda house: house.go_on("Trực ban An", Phase.DISPATCHED))),
    (90, at_desk("cho", lambda house: house.go_on("Trực ban An", Phase.ON_SCENE))),
    (120, at_desk("cho", lambda house: house.go_on("Trực ban An", Phase.UNDER_CONTROL))),
    (150, at_desk("khach-san", lambda house: house.close("Trực ban Bình"))),
]


@pytest.fixture
async def city(database: str) -> AsyncIterator[House]:
    async with houses.house(database, district()) as one:
        yield one


async def first_notices(modem: OneModem) -> dict[tuple[str, str], float]:
    """Seconds from each confirmation to the first message to each person about it."""
    rows = await modem.house.rows("SELECT * FROM timeline ORDER BY id")
    began, firsts = confirmed_at(rows, modem.began), dict[tuple[str, str], float]()
    for each in modem.shown:
        firsts.setdefault((each.premises, each.to), each.at - began[each.premises])
    return firsts


async def test_of_three_fires_each_first_notice_is_there_within_30_s(city: House) -> None:
    modem = OneModem(city, [*THREE_FIRES, *EIGHT_STEPS])
    shown = await modem.run(300)

    firsts = await first_notices(modem)
    meant = {(each, to) for each in PREMISES for to in (f"head-{each}", "dan-phong", "ubnd")}
    assert set(firsts) == meant
    assert max(firsts.values()) <= 30, firsts
    assert len(shown) <= 12, shown


async def test_each_of_them_begins_with_what_burns_where_and_when(city: House) -> None:
    shown = await OneModem(city, [*THREE_FIRES, *EIGHT_STEPS]).run(60)

    for each in shown[:9]:
        assert each.text.startswith(("CHÁY", "CÓ NGƯỜI ẤN NÚT BÁO CHÁY")), each
        assert ", 15:0" in each.text
        assert "Gọi 114. #" in each.text
    of_hospital = next(each for each in shown if each.premises == "benh-vien")
    assert of_hospital.text.startswith("CÓ NGƯỜI ẤN NÚT BÁO CHÁY tại Bệnh viện tỉnh")


async def test_without_diacritics_each_is_one_part(database: str) -> None:
    async with houses.house(database, district(plain_text=True)) as one:
        shown = await OneModem(one, [*THREE_FIRES, *EIGHT_STEPS]).run(60)

    assert {each.parts for each in shown} == {1}
    assert all(can_encode(each.text) for each in shown)
    assert any("CO NGUOI AN NUT BAO CHAY tai Benh vien tinh" in each.text for each in shown)


async def test_the_order_is_first_notice_escalation_spread_progress_fault(database: str) -> None:
    everything = district(progress=True)
    async with houses.house(database, everything) as one:
        modem = OneModem(
            one,
            [
                (0, burns("cho", "manual-1", quantity="manual")),
                (20, burns("cho", "smoke-6")),
                (70, burns("cho", "smoke-7")),
                (75, at_desk("cho", lambda house: house.acknowledge("Trực ban An"))),
                (76, burns("khach-san", "manual-1", quantity="manual")),
            ],
        )
        modem.takes = False
        await modem.run(19)
        modem.takes = True
        await modem.run(61)
        modem.takes = False
        await modem.run(80)
        modem.takes = True
        shown = await modem.run(200)

    late = [each for each in shown if each.at > 80]
    of_hotel = [n for n, each in enumerate(late) if each.premises == "khach-san"][:3]
    assert of_hotel == [0, 1, 2], "who was told of no fire goes before who is told what became of one"


async def test_a_premises_with_many_messages_delays_those_of_another_by_one(database: str) -> None:
    people = [f"person-{number}" for number in range(20)]
    document = district().model_dump(mode="json", exclude_defaults=True)
    document["contacts"] += [{"id": each, "name": each, "phone": "+84901000999"} for each in people]
    document["policies"].append({"id": "crowd", "stages": [{"after_s": 0, "notify": people}]})
    document["premises"][0]["policy"] = "crowd"
    async with houses.house(database, Registry.model_validate(document)) as one:
        acts = [
            (0.0, burns("cho", "manual-1", quantity="manual")),
            (7.0, burns("khach-san", "manual-1", quantity="manual")),
        ]
        shown = await OneModem(one, acts).run(300)

    first = next(n for n, each in enumerate(shown) if each.premises == "khach-san")
    assert {each.premises for each in shown[first::2][:3]} == {"khach-san"}
    assert [each.premises for each in shown if each.at <= shown[first].at - 6.1].count("khach-san") == 0
    assert shown[first].at <= 7 + 2 * 6, "one message under way, and none of the others before it"


async def test_who_was_not_told_yet_gets_one_message_of_the_fire_as_it_stands(city: House) -> None:
    modem = OneModem(city, [*THREE_FIRES[:5], *EIGHT_STEPS[:1]])
    modem.takes = False
    await modem.run(25)
    modem.takes = True
    shown = [each for each in await modem.run(120) if each.premises == "cho"]

    assert sorted(each.to for each in shown) == ["dan-phong", "head-cho", "ubnd"]
    for each in shown:
        assert each.text.startswith("CHÁY tại Chợ An Bình, ")
        assert ", 15:00: " in each.text
        assert "Trực ban An đã tiếp nhận. Gọi 114. #" in each.text


async def test_a_fire_that_was_closed_before_anybody_was_told_is_told_in_that_one_message(
    city: House,
) -> None:
    steps = [(20.0, at_desk("cho", lambda house: house.close("Trực ban An", Outcome.FALSE_ALARM)))]
    modem = OneModem(city, [*THREE_FIRES[:5], *steps])
    modem.takes = False
    await modem.run(25)
    modem.takes = True
    shown = [each for each in await modem.run(120) if each.premises == "cho"]

    assert sorted(each.to for each in shown) == ["dan-phong", "head-cho", "ubnd"]
    for each in shown:
        assert each.text.startswith("CHÁY tại Chợ An Bình")
        assert "đã kết thúc (báo động giả), người xử lý: Trực ban An" in each.text


async def test_what_was_merged_stands_in_the_ledger_with_what_told_it(city: House) -> None:
    modem = OneModem(city, [*THREE_FIRES[:5], *EIGHT_STEPS[:1]])
    modem.takes = False
    await modem.run(25)
    modem.takes = True
    await modem.run(120)

    rows = await city.rows(
        "SELECT * FROM deliveries WHERE destination = 'head-cho' AND channel = 'sms' ORDER BY number"
    )
    told = [row for row in rows if row["state"] == "delivered"]
    assert [row["event"] for row in told] == ["acknowledged"]
    merged = [row for row in rows if row["state"] == "replaced"]
    assert "confirmed" in {row["event"] for row in merged}
    assert {row["merged_into"] for row in merged} == {told[0]["id"]}
    assert "merged: overtaken_by_events" in await city.timeline()


async def test_one_message_of_a_whole_fire_is_sent_again_after_an_attempt_that_failed(
    city: House,
) -> None:
    modem = OneModem(city, [*THREE_FIRES[:5], *EIGHT_STEPS[:1]])
    modem.takes = False
    await modem.run(25)
    until = city.now + timedelta(seconds=10)
    while (begun := await _begin(city)) is not None:
        away = ChannelAnswer(AttemptResult.NO_ANSWER, "away")
        await city.engine.outbox.record_failure(begun, away, until=until, now=city.now)
    modem.takes = True
    shown = [each for each in await modem.run(150) if each.premises == "cho"]

    assert sorted(each.to for each in shown) == ["dan-phong", "head-cho", "ubnd"]


async def _begin(city: House) -> DeliveryAttempt | None:
    return await city.engine.outbox.begin_attempt_in_turn("sms", busy=(), now=city.now)


async def test_progress_goes_to_whoever_asked_and_to_the_command_center(city: House) -> None:
    shown = await OneModem(city, [*THREE_FIRES[:2], *EIGHT_STEPS[:1], *EIGHT_STEPS[3:4]]).run(300)

    assert {each.event for each in shown if each.premises == "cho"} == {"confirmed"}
    center = [each for each in await city.relays() if each.endswith(" to command-center")]
    assert center[:3] == [
        "confirmed to command-center",
        "acknowledged to command-center",
        "dispatched to command-center",
    ]


async def test_a_fire_on_another_floor_is_told_to_all_and_another_room_to_whoever_asked(
    city: House,
) -> None:
    acts = [*THREE_FIRES[:2], (40.0, burns("cho", "smoke-3")), (45.0, burns("cho", "smoke-6"))]
    shown = await OneModem(city, acts).run(70)

    spreads = [each for each in shown if each.event == "spread"]
    assert {each.to for each in spreads} >= {"dan-phong", "head-cho", "ubnd"}
    assert all("Phòng 6" in each.text for each in spreads), "the other room is no news by itself"


def times(shown: list[Shown]) -> list[tuple[float, str, str]]:
    """Return the times that explain a failure to its reader."""
    return [(each.at, each.to, each.event) for each in shown]


async def test_a_program_that_was_away_learns_first_that_there_is_a_fire(city: House) -> None:
    await burns("cho", "smoke-1")(city)
    await burns("cho", "smoke-2")(city)
    await city.restart()
    await burns("cho", "smoke-6")(city)
    begun = await city.engine.outbox.begin_attempt(Destination("command-center", "webhook"), city.now)
    assert begun is not None
    body = json.loads(begun.body)
    assert (begun.event, body["event"], len(body["points"])) == ("spread", "confirmed", 3)
    assert body["text"]["en"].startswith("FIRE at Chợ An Bình, ")


async def test_a_first_message_that_tells_progress_too_is_tried_until_it_arrives(city: House) -> None:
    line = Destination("head-cho", "sms")
    await burns("cho", "smoke-1")(city)
    await burns("cho", "smoke-2")(city)
    await city.acknowledge("Trực ban")
    await city.restart()
    for _ in range(2):
        begun = await city.engine.outbox.begin_attempt(line, city.now)
        assert begun is not None, "whoever was told nothing of the fire must be told that it was taken"
        assert begun.event == "acknowledged"
        busy = ChannelAnswer(AttemptResult.NO_ANSWER, "the network is busy")
        await city.engine.outbox.record_failure(begun, busy, until=city.now, now=city.now)
