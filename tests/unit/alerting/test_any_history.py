"""Whatever signals come, in whatever order, by whatever rule: what must hold of every history.

Each rule is stated here a second time, by brute force over all that was said, so that nothing is told
as confirmed whose rule was not met.
"""

from dataclasses import replace
from itertools import permutations
from typing import assert_never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alerting.domain.decisions.decide import decide_fire
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    Notify,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    Acknowledge,
    Advance,
    Approve,
    Close,
    DeadlineDue,
    Event,
    FireSignalStored,
    GatewayLost,
)
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import Outcome
from alerting.domain.model.rule import (
    Immediate,
    Rule,
    Staffed,
    TwoQuantities,
    TypeA,
    TypeB,
    TypeC,
    Verification,
)
from contract.messages import Edge
from contract.times import SECOND
from registry.model.templates import NotificationKind
from tests.support.depth import examples
from tests.support.stored import restored
from tests.unit.alerting.examples import EVERY_RULE, START, Said, signal_stored

QUANTITIES = {"smoke-01": "smoke", "smoke-02": "smoke", "heat-01": "temperature"}
NAMES = sorted(QUANTITIES)


def raises(history: list[Said], name: str) -> list[int]:
    return [each.after for each in history if each.name == name and each.edge is Edge.RAISED]


def stands(history: list[Said], name: str) -> bool:
    mine = [each for each in history if each.name == name]
    return bool(mine) and mine[-1].edge is Edge.RAISED


def two_within(history: list[Said], window: int, *, differing: bool = False) -> bool:
    """Two points raised fire within *window* seconds, or stand together."""
    pairs = [(a, b) for a, b in permutations(NAMES, 2)]
    if differing:
        pairs = [(a, b) for a, b in pairs if QUANTITIES[a] != QUANTITIES[b]]
    near = any(
        abs(x - y) <= window for a, b in pairs for x in raises(history, a) for y in raises(history, b)
    )
    return near or any(stands(history, a) and stands(history, b) for a, b in pairs)


def came_back_within(history: list[Said], window: int) -> bool:
    """A point raised fire, was restored, and raised fire again within *window* of a raise before."""
    for name in NAMES:
        mine = [each for each in history if each.name == name]
        for index, each in enumerate(mine[1:], 1):
            back = each.edge is Edge.RAISED and mine[index - 1].edge is Edge.RESTORED
            earlier = [one.after for one in mine[:index] if one.edge is Edge.RAISED]
            if back and earlier and each.after - max(earlier) <= window:
                return True
    return False


def stood_for(history: list[Said], seconds: int, now: int) -> bool:
    """Some point stands, and first raised fire at least so long ago."""
    return any(stands(history, n) and now - min(raises(history, n)) >= seconds for n in NAMES)


def may_be_confirmed(by: Rule, history: list[Said], now: int) -> bool:
    """Return whether *by* could have been met, as every right decision to confirm implies."""
    match by:
        case Immediate():
            return bool(history)
        case TypeA():
            return came_back_within(history, 60) or two_within(history, 60)
        case TypeB() | TypeC():
            return two_within(history, 300)
        case TwoQuantities():
            return two_within(history, 300, differing=True)
        case Verification():
            mine = [raises(history, name) for name in NAMES]
            again = any(60 <= y - x <= 360 for each in mine for x in each for y in each)
            flickered = came_back_within(history, 60)
            return again or flickered or stood_for(history, 60, now) or two_within(history, 360)
        case Staffed():
            return stood_for(history, 15, now) or two_within(history, 300)
        case _:
            assert_never(by)


class AnyHistory(RuleBasedStateMachine):
    """One zone under the rule *by*; the process dies after every decision."""

    by: Rule

    @initialize()
    def begin(self) -> None:
        self.now = 0
        self.seq = 0
        self.history: list[Said] = []
        self.incident: FireIncident | None = None
        self.effects: list[Effect] = []
        self.deadlines: dict[str, int] = {}
        self.gravest = 0

    def happen(self, event: Event) -> None:
        before = self.incident
        if before is not None and before.phase is Phase.CLOSED:
            self.gravest = 0
            if isinstance(event, FireSignalStored):
                left = tuple(point for point in before.points.values() if point.standing)
                event = replace(event, standing=left)
            before, self.effects = None, []
            self.history = [each for each in self.history[:-1] if self.still_stands(each)] + (
                self.history[-1:] if isinstance(event, FireSignalStored) else []
            )
        self.incident, effects = decide_fire(before, event, START + self.now * SECOND)
        self.effects += effects
        if any(
            isinstance(each, TimelineEntry) and each.event is TimelineEvent.CONFIRMED for each in effects
        ):
            # Nothing is told as confirmed whose rule was not met.
            assert may_be_confirmed(self.by, self.history, self.now), (self.by, self.history)
        for effect in effects:
            match effect:
                case SetDeadline(key, due):
                    self.deadlines[key] = due
                case CancelDeadline(key):
                    self.deadlines.pop(key, None)
        if self.incident is not None:
            self.incident = restored(self.incident)

    def still_stands(self, said: Said) -> bool:
        """Return whether *said* is the last message of a point that stands from before."""
        before = [each for each in self.history[:-1] if each.name == said.name]
        return said is before[-1] and said.edge is Edge.RAISED

    @rule(name=st.sampled_from(NAMES), edge=st.sampled_from(Edge))
    def send_signal(self, name: str, edge: Edge) -> None:
        self.seq += 1
        said = Said(self.now, name, edge, QUANTITIES[name])
        self.history.append(said)
        self.happen(signal_stored(self.seq, said, self.by))

    @rule(seconds=st.sampled_from([1, 14, 15, 16, 59, 60, 61, 120, 299, 301, 2_000]))
    def pass_time(self, seconds: int) -> None:
        until = self.now + seconds
        while self.deadlines and min(self.deadlines.values()) <= START + until * SECOND:
            key = min(self.deadlines, key=lambda each: self.deadlines[each])
            self.now = max(self.now, (self.deadlines.pop(key) - START) // SECOND)
            self.happen(DeadlineDue(key))
        self.now = until

    @precondition(lambda self: self.seq % 4 == 2)
    @rule()
    def acknowledge(self) -> None:
        self.happen(Acknowledge("A"))

    @precondition(lambda self: self.incident is not None and self.incident.owner is not None)
    @rule(phase=st.sampled_from([Phase.DISPATCHED, Phase.ON_SCENE, Phase.UNDER_CONTROL]))
    def go_on(self, phase: Phase) -> None:
        self.happen(Advance("A", phase))

    def burns_or_did(self) -> bool:
        """Return whether there is an open fire that was confirmed."""
        one = self.incident
        return one is not None and one.is_open and one.confirmed_at is not None

    @precondition(burns_or_did)
    @rule(account=st.sampled_from(["a", "b"]))
    def ask_to_close(self, account: str) -> None:
        before = self.incident
        assert before is not None
        self.happen(Close(account, Outcome.FALSE_ALARM, account, 900 * SECOND))
        assert self.incident is not None
        assert (self.incident.phase is Phase.CLOSED) is not bool(before.standing)

    @precondition(lambda self: self.incident is not None and self.incident.closing is not None)
    @rule(account=st.sampled_from(["a", "b"]))
    def approve(self, account: str) -> None:
        assert self.incident is not None
        wish = self.incident.closing
        assert wish is not None
        self.happen(Approve(account, account))
        assert (self.incident.phase is Phase.CLOSED) is (wish.account != account)

    @precondition(lambda self: self.seq % 5 == 4)
    @rule()
    def lose_the_gateway(self) -> None:
        self.happen(GatewayLost("gw-1", "gateway_silent"))

    @invariant()
    def a_confirmed_fire_is_always_told(self) -> None:
        if self.incident is not None and self.incident.confirmed_at is not None:
            assert any(
                isinstance(e, Notify) and e.kind is NotificationKind.CONFIRMED for e in self.effects
            )

    @invariant()
    def every_open_incident_has_a_next_deadline_or_an_owner(self) -> None:
        one = self.incident
        if one is not None and one.phase is not Phase.CLOSED:
            assert self.deadlines or one.owner

    @invariant()
    def no_step_of_a_person_ends_the_escalation_while_points_stand(self) -> None:
        one = self.incident
        if one is not None and one.phase is not Phase.CLOSED and one.standing:
            assert self.deadlines

    @invariant()
    def no_standing_point_is_forgotten(self) -> None:
        one = self.incident
        if one is not None and one.phase is not Phase.CLOSED and one.confirmed_at is None:
            standing = [point for point in one.points.values() if point.standing]
            assert all(point.notified or point.due is not None for point in standing)

    @invariant()
    def time_never_makes_a_fire_less_serious(self) -> None:
        one = self.incident
        if one is None or one.phase is Phase.CLOSED:
            return
        grave = int(one.confirmed_at is not None)
        assert grave >= self.gravest
        self.gravest = grave


@pytest.mark.parametrize("by", EVERY_RULE, ids=lambda by: type(by).__name__)
def test_what_must_hold_of_every_history(by: Rule) -> None:
    under = type("AnyHistoryUnder", (AnyHistory,), {"by": by})
    run_state_machine_as_test(
        under, settings=settings(max_examples=examples(250), stateful_step_count=20, deadline=None)
    )


@given(
    by=st.sampled_from(EVERY_RULE),
    names=st.permutations(NAMES),
    among=st.integers(1, len(NAMES)),
)
def test_signals_of_one_moment_lead_to_the_same_in_any_order(
    by: Rule, names: list[str], among: int
) -> None:
    """Each point numbers its own signals; between points no order is promised."""

    def outcome(order: list[str]) -> tuple[bool, set[str]]:
        incident: FireIncident | None = None
        for name in order:
            one = signal_stored(NAMES.index(name) + 1, Said(0, name, Edge.RAISED, QUANTITIES[name]), by)
            incident, _ = decide_fire(incident, one, START)
        assert incident is not None
        return incident.confirmed_at is not None, set(incident.points)

    chosen = names[:among]
    assert outcome(chosen) == outcome(sorted(chosen))
