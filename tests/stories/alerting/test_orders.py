"""Orders that take protection away: people are told, a second person approves, and there is an end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from alerting.domain.decisions.overrides import OrderTerms, OverrideOrder
from alerting.domain.model.effects import Refusal
from alerting.domain.model.events import Approve, Close
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.override import Override, OverridePhase
from alerting.domain.wording.explanation import explanation
from alerting.engine.operators import ActionRefused, OrderRefused
from contract.ids import IncidentId
from contract.messages import Kind
from contract.times import SECOND, to_micros
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House
from tests.support.texts import IN_ENGLISH, IN_VIETNAMESE

TEST, DRILL = IncidentKind.TEST, IncidentKind.DRILL
SILENCE, MAINTENANCE = IncidentKind.SILENCE, IncidentKind.MAINTENANCE
MINUTE = 60 * SECOND
TWO_PERSONS = OrderTerms(approve_within=15 * MINUTE)


def contact(name: str, **changes: Any) -> dict[str, Any]:
    return {"id": name, "name": name.title(), "webhook": f"http://127.0.0.1:1/{name}"} | changes


def registry(**premises: Any) -> Registry:
    document = MARKET.model_dump(mode="json")
    document["contacts"] += [contact("head"), contact("team"), contact("engineer")]
    document["premises"][0] |= {"people": ["head"]} | premises
    document["areas"][0]["team"] = ["team"]
    return Registry.model_validate(document)


@pytest.fixture
async def cho(database: str) -> AsyncIterator[House]:
    async with houses.house(database, registry()) as one:
        yield one


async def order(
    house: House, kind: IncidentKind = TEST, *, minutes: float = 60, **what: Any
) -> Override:
    """Somebody with the account *an* orders, for a second person to approve."""
    begins, what = to_micros(house.now), {"points": ("smoke-01",), "account": "an"} | what
    ordered = OverrideOrder("An", begins, begins + round(minutes * MINUTE), **what)
    return await house.engine.operators.order_override(
        kind, premises=house.premises, order=ordered, now=house.now, terms=TWO_PERSONS
    )


async def approve(house: House, incident: Incident, *, account: str = "binh") -> Incident:
    return await house.engine.operators.approve(
        incident.id, Approve(account.title(), account), now=house.now
    )


async def state(house: House, incident: Incident) -> Incident:
    found = await house.engine.transactions.read(lambda store: store.incident(IncidentId(incident.id)))
    assert found is not None
    return found


async def texts(house: House) -> list[str]:
    """The notices of orders to the command center, oldest first."""
    query = "SELECT body FROM deliveries WHERE event = 'override' AND destination = 'command-center'"
    return [row["body"] for row in await house.rows(f"{query} ORDER BY number")]


TOLD = ["override to command-center", "override to head"]


# -- told at once, and again


@pytest.mark.parametrize("kind", [TEST, DRILL, SILENCE, MAINTENANCE])
async def test_the_command_center_and_the_premises_are_told_of_every_order(
    cho: House, kind: IncidentKind
) -> None:
    await cho.order(kind, points=("smoke-01",), tester="engineer")
    assert await cho.notices() == TOLD
    assert "gian A1 (smoke-01), từ 15:00 đến 16:00; tại Chợ An Bình" in (await texts(cho))[-1]
    assert "Trực ban ra lệnh" in (await texts(cho))[-1]


async def test_who_was_told_is_told_every_hour_and_at_the_end(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=150)
    await cho.answers("command-center", "head")
    await cho.wait(minutes=61)
    await cho.answers("command-center", "head")
    await cho.wait(minutes=88)
    assert await cho.notices() == 3 * TOLD
    assert "VẪN ĐANG THỬ NGHIỆM, KHÔNG BÁO CHÁY" in (await texts(cho))[-1]
    await cho.answers("command-center", "head")
    await cho.wait(minutes=1)
    assert await cho.notices() == 4 * TOLD
    assert "ĐÃ KẾT THÚC thử nghiệm: gian A1" in (await texts(cho))[-1]
    await cho.answers("command-center", "head")
    await cho.wait(minutes=600)
    assert await cho.notices() == 4 * TOLD


async def test_an_order_for_later_is_told_as_it_is_given_and_as_it_begins(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", in_minutes=600)
    await cho.answers("command-center", "head")
    await cho.wait(minutes=599)
    assert await cho.notices() == TOLD
    await cho.wait(minutes=1)
    assert await cho.notices() == 2 * TOLD


async def test_an_order_that_a_person_ends_is_told_as_over(cho: House) -> None:
    await cho.end(await cho.order(TEST, points=("smoke-01",), tester="engineer"))
    assert "ĐÃ KẾT THÚC" in (await texts(cho))[-1]


async def test_reminders_outlive_a_restart(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=150)
    await cho.restart()
    await cho.wait(minutes=60)
    assert "VẪN ĐANG" in (await texts(cho))[-1]


async def test_premises_without_people_have_the_team_of_their_area_told(database: str) -> None:
    async with houses.house(database, registry(people=[])) as one:
        await one.order(TEST, points=("smoke-01",), tester="engineer")
        assert await one.notices() == ["override to command-center", "override to team"]


async def test_a_silence_of_the_premises_and_quiet_hours_hold_back_no_order(database: str) -> None:
    document = registry().model_dump(mode="json")
    document["contacts"] = [
        each | {"quiet": {"begin": "00:00", "end": "00:00"}} if each["id"] == "head" else each
        for each in document["contacts"]
    ]
    async with houses.house(database, Registry.model_validate(document)) as one:
        await one.order(SILENCE)
        await one.order(TEST, points=("smoke-01",), tester="engineer")
        assert await one.notices() == 2 * TOLD
        assert "suppressed: quiet_hours" not in await one.timeline()


# -- call points


async def test_a_zone_on_test_leaves_its_call_points_alone(cho: House) -> None:
    await cho.order(TEST, zones=("stalls-a",), tester="engineer")
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["confirmed to command-center"]


async def test_a_real_call_in_the_zone_of_a_drill_is_no_exercise(cho: House) -> None:
    await cho.order(DRILL, zones=("stalls-a",))
    await cho.fire("button-01", quantity="manual")
    assert (await cho.fire_incident()).exercise is None


async def test_a_call_point_on_test_by_name_is_on_test(cho: House) -> None:
    await cho.order(TEST, points=("button-01",), tester="engineer")
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["test to engineer"]


@pytest.mark.parametrize("kind", [TEST, DRILL])
async def test_call_points_are_taken_away_for_two_hours_at_most(cho: House, kind: IncidentKind) -> None:
    with pytest.raises(OrderRefused, match=r"call points \(button-01\) lasts at most 2 h; order less"):
        await cho.order(kind, points=("smoke-01", "button-01"), tester="engineer", minutes=121)


async def test_call_points_are_taken_away_for_four_hours_a_day_at_most(cho: House) -> None:
    for _ in range(2):
        await cho.order(TEST, points=("button-01",), tester="engineer", minutes=120)
        await cho.wait(minutes=180)
    with pytest.raises(OrderRefused, match="test of call points last at most 4 h within 24 h"):
        await cho.order(DRILL, points=("button-01",), minutes=5)
    await cho.wait(minutes=24 * 60)
    await cho.order(DRILL, points=("button-01",), minutes=5)


# -- bounded in a row


async def accepted(house: House, count: int, **what: Any) -> int:
    """The number of *count* orders that are accepted, each beginning as the one before ends."""
    taken = 0
    for number in range(count):
        try:
            await house.order(TEST, tester="engineer", in_minutes=480 * number, minutes=480, **what)
            taken += 1
        except OrderRefused:
            continue
    return taken


async def test_thirty_tests_of_eight_hours_in_a_row_are_refused(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=480)
    with pytest.raises(OrderRefused, match="at most 12 h within 24 h at one premises; order less"):
        await cho.order(TEST, points=("smoke-02",), tester="engineer", in_minutes=480, minutes=480)


async def test_a_week_has_forty_hours_of_tests_whatever_their_order(cho: House) -> None:
    assert await accepted(cho, 21, zones=("stalls-a",)) == 5


async def test_tests_at_the_same_time_count_once(cho: House) -> None:
    for point in ("smoke-01", "smoke-02", "smoke-03"):
        await cho.order(TEST, points=(point,), tester="engineer", minutes=480)


async def test_a_test_that_was_ended_counts_as_long_as_it_lasted(cho: House) -> None:
    for _ in range(3):
        test = await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=480)
        await cho.wait(minutes=60)
        await cho.end(test)


async def test_tests_of_other_premises_do_not_count(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=480)
    cho.premises = "nha-pho"
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=480)


async def test_maintenance_week_after_week_is_refused(cho: House) -> None:
    await cho.order(MAINTENANCE, minutes=168 * 60)
    with pytest.raises(OrderRefused, match="at most 168 h within 336 h"):
        await cho.order(SILENCE, in_minutes=168 * 60, minutes=60)


async def test_a_flood_of_orders_is_refused(cho: House) -> None:
    for minute in range(20):
        await cho.order(SILENCE, minutes=60, in_minutes=minute)
    with pytest.raises(OrderRefused, match="20 overrides of these premises are open already"):
        await cho.order(SILENCE, minutes=60)


async def test_orders_that_are_withdrawn_again_and_again_are_refused(cho: House) -> None:
    for _ in range(100):
        await cho.wait(seconds=1)
        await cho.end(await order(cho, SILENCE, minutes=60))
    with pytest.raises(OrderRefused, match="100 overrides were ordered here within 24 h"):
        await cho.order(SILENCE, minutes=60)


# -- a second person


async def test_an_order_to_be_approved_takes_nothing_away(cho: House) -> None:
    pending = await order(cho, points=("button-01",), tester="engineer")
    assert (pending.phase, pending.reason) == (OverridePhase.PENDING, "approval_asked")
    assert await cho.notices() == TOLD
    assert "CHỜ PHÊ DUYỆT đến 15:15, chưa có hiệu lực" in (await texts(cho))[-1]
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["confirmed to command-center"]


async def test_an_approved_order_is_in_force_and_names_both_persons(cho: House) -> None:
    pending = await order(cho, tester="engineer")
    await cho.wait(minutes=5)
    approved = await approve(cho, pending)
    assert isinstance(approved, Override)
    assert (approved.phase, approved.approved_by) == (OverridePhase.ORDERED, "Binh")
    assert "An ra lệnh, Binh phê duyệt" in (await texts(cho))[-1]
    assert "approval: approved" in await cho.timeline()
    await cho.fire("smoke-01")
    assert await cho.relays() == ["test to engineer"]
    await cho.wait(minutes=55)
    assert (await state(cho, pending)).reason == "expired"


async def test_who_ordered_cannot_approve_it(cho: House) -> None:
    pending = await order(cho, tester="engineer")
    with pytest.raises(ActionRefused) as refused:
        await approve(cho, pending, account="an")
    assert refused.value.refusal is Refusal.SAME_PERSON
    assert (await state(cho, pending)).phase is OverridePhase.PENDING


async def test_an_order_that_nobody_approves_lapses_and_is_told(cho: House) -> None:
    pending = await order(cho, points=("button-01",), tester="engineer")
    await cho.wait(minutes=15)
    assert (await state(cho, pending)).reason == "not_approved_in_time"
    assert "KHÔNG ĐƯỢC PHÊ DUYỆT" in (await texts(cho))[-1]
    with pytest.raises(ActionRefused):
        await approve(cho, pending)
    await cho.fire("button-01", quantity="manual")
    assert await cho.relays() == ["confirmed to command-center"]


async def test_a_signal_from_before_the_approval_is_real_though_it_arrives_later(cho: House) -> None:
    pending = await order(cho, points=("button-01",), tester="engineer")
    pressed = cho.next("button-01", quantity="manual")
    await cho.wait(minutes=1)
    await approve(cho, pending)
    await cho.send_signals(pressed)
    assert await cho.relays() == ["confirmed to command-center"]


async def test_a_point_that_burns_by_then_cannot_be_approved_away(cho: House) -> None:
    pending = await order(cho, points=("button-01",), tester="engineer")
    await cho.fire("button-01", quantity="manual")
    with pytest.raises(ActionRefused) as refused:
        await approve(cho, pending)
    assert (refused.value.refusal, refused.value.owner) == (Refusal.POINTS_IN_FIRE, "button-01")


async def test_an_order_is_withdrawn_by_one_person(cho: House) -> None:
    pending = await order(cho, tester="engineer")
    await cho.end(pending)
    assert (await state(cho, pending)).reason == "withdrawn"
    assert "ĐÃ RÚT LẠI" in (await texts(cho))[-1]


async def test_an_order_that_never_held_leaves_closed_fires_alone_as_it_lapses(cho: House) -> None:
    await cho.fire("heat-01")
    await cho.close("Trực ban")
    await order(cho, points=("heat-01",), tester="engineer")
    await cho.wait(minutes=20)
    assert await cho.incidents("open") == []


async def test_nothing_is_to_be_approved_twice_or_of_a_fault(cho: House) -> None:
    pending = await order(cho, tester="engineer")
    await approve(cho, pending)
    await cho.report("smoke-02", Kind.FAULT)
    (fault,) = await cho.rows("SELECT id FROM incidents WHERE kind = 'fault'")
    for each in (pending.id, fault["id"]):
        with pytest.raises(ActionRefused) as refused:
            await cho.engine.operators.approve(each, Approve("Chi", "chi"), now=cho.now)
        assert refused.value.refusal is Refusal.NOTHING_TO_APPROVE


async def test_an_order_to_be_approved_counts_as_if_it_was(cho: House) -> None:
    await order(cho, tester="engineer", minutes=480)
    with pytest.raises(OrderRefused):
        await cho.order(TEST, points=("smoke-02",), tester="engineer", in_minutes=480, minutes=480)


async def test_two_persons_may_extend_what_is_permitted_in_a_row(cho: House) -> None:
    await cho.order(TEST, points=("smoke-01",), tester="engineer", minutes=480)
    await cho.wait(minutes=480)
    longer = await order(cho, tester="engineer", minutes=480, extends=True)
    assert (await approve(cho, longer)).phase is OverridePhase.ORDERED


async def test_an_order_to_be_approved_outlives_a_restart(cho: House) -> None:
    pending = await order(cho, tester="engineer")
    await cho.restart()
    await cho.wait(minutes=15)
    assert (await state(cho, pending)).reason == "not_approved_in_time"


# -- closing a confirmed fire while points stand


async def close(
    house: House, *, account: str = "an", outcome: Outcome = Outcome.FALSE_ALARM
) -> Incident:
    wish = Close(account.title(), outcome, account=account, approve_within=15 * MINUTE)
    return await house.engine.operators.act((await house.incident()).id, wish, now=house.now)


async def test_a_fire_whose_points_stand_is_closed_by_two_persons(cho: House) -> None:
    await cho.fire("button-01", quantity="manual")
    wished = await close(cho)
    assert isinstance(wished, FireIncident)
    assert wished.phase is Phase.CONFIRMED
    assert (await cho.relays())[-1] == "approval to command-center"
    assert "An đề nghị; vẫn còn 1 điểm báo cháy" in (await cho.deliveries())[-1]["body"]
    closed = await approve(cho, wished)
    assert (closed.phase, closed.closed_by, closed.outcome) == (Phase.CLOSED, "An", Outcome.FALSE_ALARM)
    assert "approval: approved" in await cho.timeline()


async def test_the_explanation_names_who_asked_to_close_a_fire_and_who_approved_it(cho: House) -> None:
    await cho.fire("button-01", quantity="manual")
    incident = await approve(cho, await close(cho))
    entries = await cho.engine.transactions.read(lambda store: store.timeline_of(incident.id))
    english = [each.text for each in explanation(entries, IN_ENGLISH)]
    assert "An asks to close it (false alarm): a second person is to approve it." in english
    assert "Closed (false alarm): An asked for it, Binh approved it." in english
    vietnamese = [each.text for each in explanation(entries, IN_VIETNAMESE)]
    assert "Kết thúc (báo động giả): An đề nghị, Binh phê duyệt." in vietnamese


async def test_the_escalation_goes_on_while_the_end_of_a_fire_is_to_be_approved(cho: House) -> None:
    await cho.fire("button-01", quantity="manual")
    await close(cho)
    await cho.wait(seconds=60)
    assert (await cho.relays())[-2:] == ["escalated to district", "escalated to owner"]


async def test_who_wants_to_close_a_fire_cannot_approve_it(cho: House) -> None:
    await cho.fire("button-01", quantity="manual")
    wished = await close(cho)
    with pytest.raises(ActionRefused) as refused:
        await approve(cho, wished, account="an")
    assert refused.value.refusal is Refusal.SAME_PERSON
    with pytest.raises(ActionRefused) as refused:
        await close(cho, account="binh")
    assert (refused.value.refusal, refused.value.owner) == (Refusal.WAITS_FOR_APPROVAL, "An")


async def test_a_wish_to_close_that_nobody_approves_lapses_and_is_told(cho: House) -> None:
    await cho.fire("button-01", quantity="manual")
    await cho.acknowledge("An")
    await cho.go_on("An", Phase.DISPATCHED)
    wished = await close(cho)
    await cho.answers("command-center")
    await cho.wait(minutes=15)
    after = await cho.fire_incident()
    assert (after.phase, after.closing) == (Phase.DISPATCHED, None)
    assert "CHƯA KẾT THÚC, không ai phê duyệt" in (await cho.deliveries())[-1]["body"]
    with pytest.raises(ActionRefused):
        await approve(cho, wished)
    assert (await close(cho)).phase is Phase.DISPATCHED


async def test_a_fire_whose_points_are_restored_is_closed_by_one(cho: House) -> None:
    await cho.fire("button-01", quantity="manual")
    await close(cho)
    await cho.restore("button-01")
    assert (await close(cho)).phase is Phase.CLOSED


async def test_a_suspicion_and_a_fire_of_a_drill_are_closed_by_one(cho: House) -> None:
    await cho.fire("smoke-01")
    assert (await close(cho)).phase is Phase.CLOSED
    await cho.order(DRILL, points=("button-01",))
    await cho.fire("button-01", quantity="manual")
    assert (await close(cho)).phase is Phase.CLOSED
