"""Acts of officers at a desk: notes, calls, an incident that changes hands, the forces sent."""

from collections.abc import AsyncIterator

import pytest

from alerting.domain.model.effects import Refusal
from alerting.domain.model.events import (
    AcceptHandOver,
    AddNote,
    Advance,
    DeclineHandOver,
    DeskAction,
    NoteCall,
    OfferHandOver,
    OperatorAction,
)
from alerting.domain.model.events import Acknowledge as Take
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.force import SentForce
from alerting.domain.model.incident import IncidentKind
from alerting.domain.wording.explanation import explanation
from alerting.domain.wording.names import Names
from alerting.engine.operators import ActionRefused
from alerting.store.engaged import engaged_forces
from contract.http.acts import ForceKind
from contract.messages import Kind
from contract.times import to_micros
from tests.stories.alerting.house import House, house
from tests.support.texts import IN_ENGLISH, IN_VIETNAMESE

ENGINE = SentForce(ForceKind.MEANS, "xe-1", "Xe chữa cháy 1")
TEAM = SentForce(ForceKind.UNIT, "doi-1", "Đội CC khu vực 1")
LADDER = SentForce(ForceKind.MEANS, "xe-thang", "Xe thang")


@pytest.fixture
async def burning(database: str) -> AsyncIterator[House]:
    """A confirmed fire that Lan has taken."""
    async with house(database) as one:
        await one.fire("heat-01")
        await act(one, Take("Lan", "lan"))
        yield one


async def act(one: House, action: OperatorAction | DeskAction) -> FireIncident:
    incident = await one.engine.operators.act((await one.incident()).id, action, now=one.now)
    assert isinstance(incident, FireIncident)
    return incident


async def refused(one: House, action: OperatorAction | DeskAction) -> tuple[Refusal, str]:
    with pytest.raises(ActionRefused) as error:
        await act(one, action)
    return error.value.refusal, error.value.owner


async def last_sentence(one: House, names: Names) -> str:
    incident = await one.incident()
    entries = await one.engine.transactions.read(lambda store: store.timeline_of(incident.id))
    return list(explanation(entries, names))[-1].text


async def test_a_note_stands_in_the_timeline_and_changes_nothing(burning: House) -> None:
    before = await burning.fire_incident()
    assert await act(burning, AddNote("Ba", "cổng sau bị khóa")) == before
    assert await last_sentence(burning, IN_VIETNAMESE) == "Ba ghi chú: cổng sau bị khóa"
    assert await last_sentence(burning, IN_ENGLISH) == "Ba noted: cổng sau bị khóa"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (NoteCall("Lan", "Ông Hai", answered=False), "Lan đã gọi Ông Hai; không trả lời."),
        (NoteCall("Lan", "Ông Hai", answered=True), "Lan đã gọi Ông Hai, có trả lời."),
        (
            NoteCall("Lan", "Ông Hai", answered=True, contact="owner", said="cháy thật"),
            "Lan đã gọi Ông Hai, trả lời: cháy thật",
        ),
    ],
)
async def test_a_call_says_whom_and_what_was_answered(burning: House, call: NoteCall, said: str) -> None:
    await act(burning, call)
    assert await last_sentence(burning, IN_VIETNAMESE) == said


async def test_the_owner_changes_when_the_other_one_accepts_and_not_before(burning: House) -> None:
    offered = await act(burning, OfferHandOver("Lan", "lan", "ba", "Ba"))
    assert (offered.owner, offered.owner_account) == ("Lan", "lan")
    accepted = await act(burning, AcceptHandOver("Ba", "ba"))
    assert (accepted.owner, accepted.owner_account, accepted.offer) == ("Ba", "ba", None)
    assert accepted.acknowledged_at == offered.acknowledged_at
    assert (await burning.timeline())[-2:] == [
        "hand_over: hand_over_offered",
        "hand_over: hand_over_accepted",
    ]
    assert await last_sentence(burning, IN_VIETNAMESE) == "Ba đã nhận bàn giao vụ việc từ Lan."


async def test_a_hand_over_gives_nobody_more_time_to_go_on(burning: House) -> None:
    await burning.wait(seconds=290)
    await act(burning, OfferHandOver("Lan", "lan", "ba", "Ba"))
    await act(burning, AcceptHandOver("Ba", "ba"))
    await burning.wait(seconds=10)
    assert (await burning.fire_incident()).owner is None


async def test_only_the_owner_offers_and_only_the_one_who_is_meant_accepts(burning: House) -> None:
    stranger = OfferHandOver("Ba", "ba", "tu", "Tư")
    assert await refused(burning, stranger) == (Refusal.OWNED_BY_ANOTHER, "Lan")
    namesake = OfferHandOver("Lan", "lan-2", "tu", "Tư")
    assert await refused(burning, namesake) == (Refusal.OWNED_BY_ANOTHER, "Lan")
    assert (await refused(burning, AcceptHandOver("Ba", "ba")))[0] is Refusal.NOT_OFFERED
    await act(burning, OfferHandOver("Lan", "lan", "ba", "Ba"))
    assert await refused(burning, AcceptHandOver("Tư", "tu")) == (Refusal.NOT_OFFERED, "Lan")
    own = OfferHandOver("Lan", "lan", "lan", "Lan")
    assert (await refused(burning, own))[0] is Refusal.ALREADY_YOURS


@pytest.mark.parametrize(("by", "account"), [("Ba", "ba"), ("Lan", "lan")])
async def test_an_offer_is_declined_or_taken_back(burning: House, by: str, account: str) -> None:
    await act(burning, OfferHandOver("Lan", "lan", "ba", "Ba"))
    assert (await act(burning, DeclineHandOver(by, account))).offer is None
    assert (await refused(burning, AcceptHandOver("Ba", "ba")))[0] is Refusal.NOT_OFFERED


async def test_an_offer_ends_with_the_ownership_of_who_made_it(burning: House) -> None:
    await act(burning, OfferHandOver("Lan", "lan", "ba", "Ba"))
    await burning.wait(seconds=300)
    await act(burning, Take("Tư", "tu"))
    assert await refused(burning, AcceptHandOver("Ba", "ba")) == (Refusal.NOT_OFFERED, "Tư")


async def test_a_fault_changes_hands_too(database: str) -> None:
    async with house(database) as one:
        await one.report("smoke-01", Kind.FAULT)
        (fault,) = await one.engine.transactions.read(
            lambda store: store.list_incidents(which="open", limit=1, kinds=[IncidentKind.FAULT])
        )
        actions: list[OperatorAction | DeskAction] = [
            Take("Lan", "lan"),
            OfferHandOver("Lan", "lan", "ba", "Ba"),
            AcceptHandOver("Ba", "ba"),
        ]
        for each in actions:
            fault = await one.engine.operators.act(fault.id, each, now=one.now)
        assert fault.owner == "Ba"


async def test_the_forces_of_a_step_are_named_and_counted_where_they_are(burning: House) -> None:
    start = to_micros(burning.now)
    sent = await act(burning, Advance("Lan", Phase.DISPATCHED, "lan", forces=(TEAM, ENGINE)))
    assert [(each.name, each.sent_at, each.on_scene_at) for each in sent.forces] == [
        ("Đội CC khu vực 1", start, None),
        ("Xe chữa cháy 1", start, None),
    ]
    said = "Lan đã điều động Đội CC khu vực 1, Xe chữa cháy 1. Tocsin không gửi lệnh, phải gọi điện."
    assert await last_sentence(burning, IN_VIETNAMESE) == said
    await burning.wait(seconds=60)
    there = await act(burning, Advance("Lan", Phase.ON_SCENE, "lan", forces=(ENGINE,)))
    assert [each.on_scene_at for each in there.forces] == [None, start + 60_000_000]
    everybody = await act(burning, Advance("Lan", Phase.UNDER_CONTROL, "lan"))
    assert None not in [each.on_scene_at for each in everybody.forces]


async def test_reinforcement_moves_no_phase_and_no_deadline(burning: House) -> None:
    await act(burning, Advance("Lan", Phase.DISPATCHED, "lan", forces=(ENGINE,)))
    incident = await burning.incident()
    read = burning.engine.transactions.read
    before = await read(lambda store: store.deadlines_of(incident.id))
    await burning.wait(seconds=60)
    more = await act(burning, Advance("Lan", Phase.DISPATCHED, "lan", forces=(LADDER, ENGINE)))
    assert (more.phase, [each.id for each in more.forces]) == (Phase.DISPATCHED, ["xe-1", "xe-thang"])
    assert await read(lambda store: store.deadlines_of(incident.id)) == before
    assert "chi viện" in await last_sentence(burning, IN_VIETNAMESE)


async def test_forces_are_out_until_their_fire_is_closed(burning: House) -> None:
    read = burning.engine.transactions.read
    await act(burning, Advance("Lan", Phase.DISPATCHED, "lan", forces=(ENGINE,)))
    out = await read(lambda store: engaged_forces(store.connection))
    assert [(key, each.premises) for key, each in out.items()] == [((ForceKind.MEANS, "xe-1"), "cho")]
    await burning.close("Lan")
    assert not await read(lambda store: engaged_forces(store.connection))


async def test_a_step_is_left_out_only_with_a_reason(burning: House) -> None:
    arrive = Advance("Lan", Phase.UNDER_CONTROL, "lan")
    assert await refused(burning, arrive) == (Refusal.OUT_OF_ORDER, "acknowledged")
    why = "nhân viên đã dập tắt"
    after = await act(burning, Advance("Lan", Phase.UNDER_CONTROL, "lan", skipped=why))
    assert after.phase is Phase.UNDER_CONTROL
    assert (await burning.timeline())[-3:] == [
        "step_skipped: skipped_by_operator",
        "step_skipped: skipped_by_operator",
        "under_control: fire_under_control",
    ]
    incident = await burning.incident()
    entries = await burning.engine.transactions.read(lambda store: store.timeline_of(incident.id))
    said = [each.text for each in explanation(entries, IN_VIETNAMESE)]
    assert f'Lan bỏ qua bước "đã điều động lực lượng": {why}.' in said


async def test_a_step_back_is_refused_whatever_its_reason(burning: House) -> None:
    await act(burning, Advance("Lan", Phase.DISPATCHED, "lan"))
    await act(burning, Advance("Lan", Phase.ON_SCENE, "lan"))
    back = Advance("Lan", Phase.DISPATCHED, "lan", skipped="nhầm")
    assert await refused(burning, back) == (Refusal.OUT_OF_ORDER, "on_scene")
