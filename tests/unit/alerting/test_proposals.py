"""What waits for a second person can be withdrawn, refused and replaced, and never without a word."""

import pytest

from alerting.domain.decisions import closing
from alerting.domain.decisions.decide import decide_fire, decide_override
from alerting.domain.decisions.overrides import OrderTerms, OverrideOrder, begin_override
from alerting.domain.model.effects import (
    Effect,
    Notify,
    Refusal,
    RefuseAction,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import Approve, Close, EndProposal
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.override import Override, OverridePhase
from alerting.domain.model.points_in_fire import PointsInFire
from contract.ids import IncidentId
from contract.times import SECOND, Micros
from tests.unit.alerting.examples import SITE

NOW: Micros = 1_800_000_000 * SECOND
WITHIN = 900 * SECOND


def close(account: str, outcome: Outcome = Outcome.GENUINE, instead_of: Micros | None = None) -> Close:
    return Close(account.title(), outcome, account, approve_within=WITHIN, instead_of=instead_of)


def ask(fire: FireIncident, event: Close, *, now: Micros) -> tuple[FireIncident, list[Effect]]:
    """Return *fire*, which stays open, after *event*."""
    after, effects = closing.ask(fire, event, now=now)
    assert after is not None
    return after, effects


@pytest.fixture
def proposed() -> FireIncident:
    """A fire of An, who proposed to close it."""
    fire = FireIncident(
        id=IncidentId("1"),
        site=SITE,
        phase=Phase.CONFIRMED,
        reason="",
        opened_at=NOW,
        confirmed_at=NOW,
        owner="An",
        owner_account="an",
        points=PointsInFire.of(()),
    )
    after, _ = ask(fire, close("an"), now=NOW)
    return after


def reasons(effects: list[Effect], event: TimelineEvent = TimelineEvent.APPROVAL) -> list[str]:
    return [each.reason for each in effects if isinstance(each, TimelineEntry) and each.event is event]


def told(effects: list[Effect]) -> list[str]:
    return [each.reason for each in effects if isinstance(each, Notify)]


def test_who_proposed_withdraws_it_and_it_is_told(proposed: FireIncident) -> None:
    after, effects = decide_fire(proposed, EndProposal("An", "an"), NOW + 1)
    assert after is not None
    assert (after.closing, after.phase) == (None, proposed.phase)
    assert reasons(effects) == told(effects) == ["withdrawn"]


def test_another_one_cannot_withdraw_but_refuses_with_a_reason(proposed: FireIncident) -> None:
    same, refused = decide_fire(proposed, EndProposal("Binh", "binh"), NOW + 1)
    assert same == proposed
    assert refused == [RefuseAction(Refusal.WAITS_FOR_APPROVAL, "An", NOW)]
    after, effects = decide_fire(
        proposed, EndProposal("Binh", "binh", "còn khói", refuses=True), NOW + 1
    )
    assert after is not None
    assert after.closing is None
    assert reasons(effects) == told(effects) == ["approval_refused"]
    entry = next(each for each in effects if isinstance(each, TimelineEntry))
    assert entry.data == {"by": "Binh", "asked_by": "An", "text": "còn khói"}


def test_nothing_that_waits_is_overwritten_without_its_name(proposed: FireIncident) -> None:
    for account in ("an", "binh"):
        same, refused = ask(proposed, close(account, Outcome.DRILL), now=NOW + 1)
        assert same.closing == proposed.closing
        assert refused == [RefuseAction(Refusal.WAITS_FOR_APPROVAL, "An", NOW)]


@pytest.mark.parametrize("account", ["an", "binh"])
def test_who_proposed_and_the_present_owner_propose_anew(proposed: FireIncident, account: str) -> None:
    fire = proposed.replaced(owner="Binh", owner_account="binh")
    after, effects = ask(fire, close(account, Outcome.DRILL, instead_of=NOW), now=NOW + 1)
    assert after.closing is not None
    assert (after.closing.by, after.closing.outcome) == (account.title(), Outcome.DRILL)
    assert reasons(effects) == ["approval_replaced", "approval_asked"]
    assert told(effects) == ["approval_replaced"]


def test_neither_a_stranger_nor_a_stale_page_replaces_it(proposed: FireIncident) -> None:
    for again in (close("cuc", instead_of=NOW), close("an", Outcome.HOAX, instead_of=NOW - 1)):
        same, refused = ask(proposed, again, now=NOW + 1)
        assert same == proposed
        assert isinstance(refused[0], RefuseAction)


def test_one_past_its_time_no_longer_stands_in_the_way(proposed: FireIncident) -> None:
    after, effects = ask(proposed, close("binh"), now=NOW + WITHIN + 1)
    assert after.closing is not None
    assert after.closing.by == "Binh"
    assert reasons(effects) == ["approval_asked"]


@pytest.mark.parametrize("kind", [IncidentKind.TEST, IncidentKind.SILENCE, IncidentKind.MAINTENANCE])
def test_orders_of_every_kind_that_wait_are_withdrawn_and_refused(kind: IncidentKind) -> None:
    pending = _pending(kind)
    assert pending.phase is OverridePhase.PENDING
    same, refused = decide_override(pending, EndProposal("Binh", "binh"), NOW + 1)
    assert (same, refused) == (pending, [RefuseAction(Refusal.WAITS_FOR_APPROVAL, "An", NOW)])
    for event, reason in (
        (EndProposal("An", "an"), "withdrawn"),
        (EndProposal("Binh", "binh", "chưa báo cơ sở", refuses=True), "approval_refused"),
    ):
        after, effects = decide_override(pending, event, NOW + 1)
        assert (after.phase, after.reason, after.never_held) == (OverridePhase.CLOSED, reason, True)
        assert reasons(effects) == [reason]
        assert reason in told(effects)


def test_an_order_in_force_is_not_refused_any_more() -> None:
    held, _ = decide_override(_pending(IncidentKind.TEST), Approve("Binh", "binh"), NOW + 1)
    same, refused = decide_override(held, EndProposal("Cuc", "cuc", "không", refuses=True), NOW + 2)
    assert (same, refused) == (held, [RefuseAction(Refusal.NOTHING_TO_APPROVE, "Binh")])


def _pending(kind: IncidentKind) -> Override:
    order = OverrideOrder("An", NOW, NOW + 3_600 * SECOND, points=("khoi-1",), account="an")
    terms = OrderTerms(approve_within=WITHIN)
    return begin_override(SITE, kind, order, terms=terms, now=NOW)[0]
