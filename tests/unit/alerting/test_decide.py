"""Whatever happens, in whatever order: a confirmed fire is told, and nothing else is told as one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alerting.domain.confirmation.subject import subject
from alerting.domain.decisions.decide import decide_fire
from alerting.domain.decisions.escalation import WINDOW
from alerting.domain.decisions.notify import Decision
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    Notify,
    RefuseAction,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    Acknowledge,
    ClockSource,
    Close,
    DeadlineDue,
    DeliveryFailed,
    DeliverySucceeded,
    Event,
    FireSignalStored,
    StoredSignal,
)
from alerting.domain.model.fire import TRANSITIONS, FireIncident, IllegalTransition, Phase
from alerting.domain.model.incident import Outcome
from alerting.domain.notification.policy import fire_policy_of
from alerting.domain.wording.fires import texts
from alerting.domain.wording.webhook_body import body
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND
from contract.webhook import Cause, FireNotification
from registry.domain.index import Index
from registry.model.templates import NotificationKind
from tests.stories.alerting.house import MARKET
from tests.support.depth import examples
from tests.support.stored import restored
from words.loading import catalogue

TODAY = date(2026, 11, 29)
INDEX = Index(MARKET)
START = 1_795_464_785 * SECOND
WAIT = 300 * SECOND


def signal_stored(
    seq: int,
    name: str,
    at: int,
    *,
    edge: Edge = Edge.RAISED,
    kind: Kind = Kind.FIRE,
    quantity: str = "smoke",
    premises: str = "cho",
) -> FireSignalStored:
    one = Signal(
        seq=seq,
        kind=kind,
        edge=edge,
        scope=Scope.POINT,
        name=name,
        reason="smoke_above_alarm",
        quantity=quantity,
        value=0.3,
        changed_at=at,
        committed_at=at,
    )
    about = subject(INDEX, premises, gateway="gw-1", signal=one, window=WAIT)
    taken = StoredSignal("gw-1", "e1", one, at, at, ClockSource.GATEWAY)
    return FireSignalStored(taken, about, fire_policy_of(INDEX, premises, day=TODAY), 10 * SECOND)


def play(events: Sequence[tuple[Event, int]]) -> tuple[FireIncident | None, list[Effect]]:
    incident: FireIncident | None = None
    effects: list[Effect] = []
    for event, now in events:
        incident, more = decide_fire(incident, event, now)
        effects += more
    return incident, effects


def notifications(effects: Sequence[Effect]) -> list[str]:
    return [f"{e.kind.value} to {e.destination}" for e in effects if isinstance(e, Notify)]


def fire(name: str = "button-01", quantity: str = "manual") -> Decision:
    return decide_fire(None, signal_stored(1, name, START, quantity=quantity), START)


def test_every_move_that_the_table_forbids_is_an_error() -> None:
    incident, _ = fire()
    assert incident is not None
    for phase in set(Phase) - TRANSITIONS[incident.phase]:
        with pytest.raises(IllegalTransition):
            incident.with_phase(phase)


def test_an_incident_survives_its_own_storage() -> None:
    incident, _ = fire()
    assert incident is not None
    assert restored(incident) == incident


def test_a_confirmed_fire_sets_a_deadline_for_each_later_stage_and_none_for_its_window() -> None:
    _, effects = fire()
    set_at = {e.key: e.due for e in effects if isinstance(e, SetDeadline)}
    assert set_at == {
        "stage-1": START + 60 * SECOND,
        "stage-2": START + 180 * SECOND,
        "repeat": START + 240 * SECOND,
        "unattended": START + 30 * SECOND,
    }
    assert CancelDeadline(WINDOW) in effects


def test_an_acknowledgement_cancels_every_later_stage() -> None:
    incident, _ = fire()
    _, effects = decide_fire(incident, Acknowledge("A"), START + 1)
    assert {CancelDeadline("stage-1"), CancelDeadline("stage-2"), CancelDeadline("repeat")} <= {
        effect for effect in effects if isinstance(effect, CancelDeadline)
    }


@pytest.mark.parametrize("first", ["system-1-1", "smoke-01"])
def test_a_panel_that_tells_of_a_fire_and_then_of_its_point_tells_of_one_detector(first: str) -> None:
    second = {"system-1-1": "smoke-01", "smoke-01": "system-1-1"}[first]

    def told(seq: int, name: str, at: int) -> FireSignalStored:
        return signal_stored(seq, name, at, quantity="commonalarm" if name == "system-1-1" else "alarm")

    later = START + 2 * SECOND
    events: list[tuple[Event, int]] = [
        (told(1, first, START), START),
        (told(2, second, later), later),
        (DeadlineDue(WINDOW), START + WAIT),
        (DeadlineDue(WINDOW), later + WAIT),
    ]
    incident, effects = play(events)
    assert incident is not None
    assert incident.phase is Phase.SUSPECTED
    sent = notifications(effects)
    assert sent
    assert {each.split()[0] for each in sent} == {"unconfirmed"}
    assert len(sent) == len(set(sent)), "each is notified of it once"
    assert incident.points.waiting == 0
    # Another detector of the panel is one more, now as before.
    third = later + WAIT + SECOND
    confirmed, _ = decide_fire(incident, told(3, "smoke-02", third), third)
    assert confirmed is not None
    assert confirmed.phase is Phase.CONFIRMED


def test_a_stage_that_comes_due_after_the_acknowledgement_tells_nobody() -> None:
    incident, _ = play([(signal_stored(1, "heat-01", START), START), (Acknowledge("A"), START + 1)])
    assert decide_fire(incident, DeadlineDue("stage-1"), START + 60 * SECOND)[1] == []


@pytest.mark.parametrize(
    "event",
    [DeadlineDue(WINDOW), Acknowledge("A"), Close("A", Outcome.HOAX)],
    ids=["deadline", "acknowledge", "close"],
)
def test_without_an_incident_nothing_but_a_signal_matters(event: Event) -> None:
    assert decide_fire(None, event, START) == (None, [])


def test_a_closed_incident_is_closed_once_and_taken_no_more() -> None:
    closed, _ = play(
        [(signal_stored(1, "heat-01", START), START), (Close("A", Outcome.GENUINE), START + 1)]
    )
    assert decide_fire(closed, Close("A", Outcome.GENUINE), START + 2) == (closed, [])
    assert isinstance(decide_fire(closed, Close("B", Outcome.HOAX), START + 2)[1][0], RefuseAction)
    assert isinstance(decide_fire(closed, Acknowledge("B"), START + 2)[1][0], RefuseAction)


def test_a_delivery_is_written_down_and_its_failures_are_not_a_line_each() -> None:
    incident, _ = fire()
    _, good = decide_fire(incident, DeliverySucceeded("d", "x", "confirmed", 3), START)
    assert good[0] == TimelineEntry(
        TimelineEvent.DELIVERED,
        "confirmed",
        {"delivery": "d", "destination": "x", "channel": "webhook", "attempt": 3},
    )
    lines = [
        attempt
        for attempt in range(1, 20)
        if decide_fire(incident, DeliveryFailed("d", "x", "confirmed", attempt, "away"), START)[1]
    ]
    assert lines == [1, 2, 4, 8, 16]


def test_the_body_of_a_relay_names_its_cause_and_every_point() -> None:
    _, effects = play(
        [(signal_stored(1, "smoke-01", START), START), (signal_stored(2, "smoke-02", START), START)]
    )
    notification = next(each for each in effects if isinstance(each, Notify))
    said = texts(notification, call="114", catalogue=catalogue())
    relay = body(notification, said, delivery=notification.id, call="114")
    assert isinstance(relay, FireNotification)
    assert relay.delivery == f"{relay.incident}/confirmed/0/command-center"
    assert isinstance(relay.cause, Cause)
    assert relay.cause.seq == 2
    assert [each.name for each in relay.points] == ["smoke-01", "smoke-02"]
    assert relay.zones == ["stalls-a"]


# -- whatever comes, in whatever order

names = st.sampled_from(
    ["smoke-01", "smoke-02", "smoke-11", "smoke-12", "heat-01", "button-01", "new-1", "new-2"]
)


def confirmable(raised: Sequence[str]) -> bool:
    """The rule, written a second time and more simply: for signals of one moment."""
    unavailable_partners = {"heat-01", "button-01"}
    a, b = {"smoke-01", "smoke-02", "button-01"}, {"smoke-11", "smoke-12", "flow-01"}
    seen = set(raised)
    new = {name for name in seen if name.startswith("new")}
    return (
        bool(seen & unavailable_partners)
        or len(seen & a) > 1
        or len(seen & b) > 1
        or bool(new and len(seen) > 1)
    )


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(names, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_simultaneous_signals_lead_to_the_same_whatever_their_order(
    raised: list[str], random: Random
) -> None:
    signals = [signal_stored(seq, name, START) for seq, name in enumerate(raised, start=1)]
    shuffled = list(signals)
    random.shuffle(shuffled)
    one, effects = play([(each, START) for each in signals])
    other, others = play([(each, START) for each in shuffled])

    assert one is not None
    assert other is not None
    assert (one.phase, set(one.points)) == (other.phase, set(other.points))
    confirmed = "confirmed to command-center"
    assert (
        notifications(effects).count(confirmed)
        == notifications(others).count(confirmed)
        == int(confirmable(raised))
    )


smokes = st.sampled_from(["smoke-01", "smoke-02", "smoke-03", "smoke-11", "smoke-12", "new-1"])
ZONES = {"smoke-0": ("stalls-a", 300), "smoke-1": ("stalls-b", 120), "new-1": (None, 300)}
"""By the beginning of a point's name: its zone in the house, and the zone's window in seconds."""


def met(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """The rule of two points, written a second time."""
    (a, window_a), (b, window_b) = (ZONES.get(name[:7]) or ZONES[name] for name in (one[0], other[0]))
    near = abs(one[1] - other[1]) <= max(window_a, window_b)
    return one[0] != other[0] and (a == b or None in {a, b}) and near


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.tuples(smokes, st.integers(0, 1_000)), min_size=1, max_size=8))
def test_a_fire_is_told_as_confirmed_if_and_only_if_its_rule_was_met(
    raised: list[tuple[str, int]],
) -> None:
    """All held up together, so that only the times of their changes count, in any order."""
    events = [
        (signal_stored(seq, name, START + at * SECOND), START)
        for seq, (name, at) in enumerate(raised, start=1)
    ]
    _, effects = play(events)
    expected = any(met(one, other) for one in raised for other in raised)
    assert ("confirmed to command-center" in notifications(effects)) == expected


class AnyLife(RuleBasedStateMachine):
    """An incident to which anything may happen at any time."""

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.seq = 0
        self.incident: FireIncident | None = None
        self.effects: list[Effect] = []
        self.deadlines: dict[str, int] = {}

    def happen(self, event: Event) -> None:
        before = self.incident
        if isinstance(event, FireSignalStored) and before is not None and before.phase is Phase.CLOSED:
            left = tuple(point for point in before.points.values() if point.standing)
            event = replace(event, standing=left)
            before, self.deadlines, self.effects = None, {}, []
        self.incident, effects = decide_fire(before, event, self.now)
        self.effects += effects
        for effect in effects:
            if isinstance(effect, SetDeadline):
                self.deadlines[effect.key] = effect.due
            elif isinstance(effect, CancelDeadline):
                self.deadlines.pop(effect.key, None)

    @rule(name=names, seconds=st.integers(0, 200))
    def fire(self, name: str, seconds: int) -> None:
        self.pass_time(seconds)
        self.seq += 1
        self.happen(signal_stored(self.seq, name, self.now))

    @rule(name=names)
    def restore(self, name: str) -> None:
        self.seq += 1
        self.happen(signal_stored(self.seq, name, self.now, edge=Edge.RESTORED))

    @rule(seconds=st.integers(1, 400))
    def pass_time(self, seconds: int) -> None:
        until = self.now + seconds * SECOND
        while self.deadlines and min(self.deadlines.values()) <= until:
            key = min(self.deadlines, key=lambda each: self.deadlines[each])
            self.now = max(self.now, self.deadlines.pop(key))
            self.happen(DeadlineDue(key))
        self.now = until

    @rule(by=st.sampled_from(["A", "B"]))
    def acknowledge(self, by: str) -> None:
        self.happen(Acknowledge(by))

    @rule(
        by=st.sampled_from(["A", "B"]), outcome=st.sampled_from(sorted(set(Outcome) - {Outcome.CLEARED}))
    )
    def close(self, by: str, outcome: Outcome) -> None:
        self.happen(Close(by, outcome))

    @invariant()
    def a_confirmed_fire_was_told(self) -> None:
        if self.incident is not None and self.incident.confirmed_at is not None:
            assert f"{NotificationKind.CONFIRMED.value} to command-center" in notifications(self.effects)

    @invariant()
    def no_delivery_is_made_twice(self) -> None:
        made = [effect.id for effect in self.effects if isinstance(effect, Notify)]
        assert len(made) == len(set(made))

    @invariant()
    def a_suspicion_always_has_a_deadline_or_was_told(self) -> None:
        if self.incident is not None and self.incident.phase is Phase.SUSPECTED:
            assert WINDOW in self.deadlines or self.incident.unconfirmed

    @invariant()
    def every_point_that_stands_waits_or_was_told(self) -> None:
        if self.incident is not None and self.incident.phase is not Phase.CLOSED:
            standing = [point for point in self.incident.points.values() if point.standing]
            assert all(point.notified or point.due is not None for point in standing)

    @invariant()
    def an_untaken_fire_is_escalated_until_the_last_stage(self) -> None:
        if self.incident is not None and self.incident.phase is Phase.CONFIRMED:
            done = {
                e.stage
                for e in self.effects
                if isinstance(e, Notify) and e.kind is NotificationKind.ESCALATED
            }
            later = range(1, len(self.incident.site.stages))
            assert all(f"stage-{number}" in self.deadlines or number in done for number in later)

    @invariant()
    def a_closed_incident_wakes_nobody(self) -> None:
        if self.incident is not None and self.incident.phase is Phase.CLOSED:
            assert not self.deadlines

    @invariant()
    def an_owner_is_named_only_by_an_acknowledgement(self) -> None:
        if self.incident is not None and self.incident.phase is not Phase.CLOSED:
            assert (self.incident.owner is not None) == (self.incident.phase is Phase.ACKNOWLEDGED)


AnyLife.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=25, deadline=None)
TestAnyLife = AnyLife.TestCase
