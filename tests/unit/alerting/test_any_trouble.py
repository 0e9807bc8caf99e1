"""Whatever goes out of order and comes back, in whatever order: what must hold of every trouble."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alerting.domain.decisions.decide import decide_trouble
from alerting.domain.model.effects import CancelDeadline, Effect, Notify, SetDeadline
from alerting.domain.model.events import (
    Acknowledge,
    ClockSource,
    Close,
    DeadlineDue,
    Event,
    StoredSignal,
    TroubleSignalStored,
)
from alerting.domain.model.incident import Outcome, PremisesSnapshot
from alerting.domain.model.trouble import Trouble, TroublePhase
from alerting.domain.notification.policy import MINIMUM
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND
from tests.support.depth import examples
from tests.support.stored import restored
from tests.unit.alerting.examples import START

NAMES = ["smoke-01", "smoke-02", "line-1"]
SITE = PremisesSnapshot("cho", "Chợ", "", MINIMUM, "p", 3_600 * SECOND)


class AnyTrouble(RuleBasedStateMachine):
    """Faults of one premises; the process dies after every decision."""

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.seq = 0
        self.trouble: Trouble | None = None
        self.deadlines: dict[str, int] = {}
        self.standing: set[str] = set()
        self.to_be_told: dict[str, int] = {}

    def happen(self, event: Event) -> None:
        before = self.trouble if self.trouble and self.trouble.is_open else None
        if before is None:
            self.deadlines = {}
        after, effects = decide_trouble(before, event, self.now)
        self.follow(effects)
        if after is not None:
            self.trouble = restored(after)

    def follow(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case SetDeadline(key, due):
                    self.deadlines[key] = due
                case CancelDeadline(key):
                    self.deadlines.pop(key, None)
                case Notify():
                    assert isinstance(effect.incident, Trouble)
                    told = {each.name: each.since for each in effect.incident.conditions.values()}
                    self.to_be_told = {
                        name: since
                        for name, since in self.to_be_told.items()
                        if told.get(name, 0) < since
                    }

    @rule(name=st.sampled_from(NAMES), edge=st.sampled_from(Edge))
    def send_signal(self, name: str, edge: Edge) -> None:
        self.seq += 1
        signal = Signal(
            seq=self.seq,
            kind=Kind.FAULT,
            edge=edge,
            scope=Scope.POINT,
            name=name,
            reason="silent",
            changed_at=self.now,
            committed_at=self.now,
        )
        was_open = self.trouble is not None and self.trouble.is_open
        if edge is Edge.RAISED and not (was_open and name in self.standing):
            self.to_be_told[name] = self.now
        self.standing = self.standing | {name} if edge is Edge.RAISED else self.standing - {name}
        heard = StoredSignal("gw-1", "e1", signal, self.now, self.now, ClockSource.GATEWAY)
        self.happen(TroubleSignalStored(heard, SITE))

    @rule(seconds=st.sampled_from([1, 59, 60, 61, 300, 4_000]))
    def pass_time(self, seconds: int) -> None:
        until = self.now + seconds * SECOND
        while self.deadlines and min(self.deadlines.values()) <= until:
            key = min(self.deadlines, key=lambda each: self.deadlines[each])
            self.now = max(self.now, self.deadlines.pop(key))
            self.happen(DeadlineDue(key))
        self.now = until

    @precondition(lambda self: self.trouble is not None and self.trouble.is_open)
    @rule(event=st.sampled_from([Acknowledge("A"), Close("B", Outcome.MALFUNCTION)]))
    def act(self, event: Event) -> None:
        self.happen(event)

    @invariant()
    def every_open_trouble_has_a_next_deadline_or_an_owner(self) -> None:
        if self.trouble is not None and self.trouble.is_open:
            assert self.deadlines or self.trouble.owner

    @invariant()
    def what_is_not_told_yet_has_a_deadline_at_which_it_is(self) -> None:
        if self.to_be_told:
            assert "group" in self.deadlines, self.to_be_told

    @invariant()
    def only_a_person_ends_what_still_stands(self) -> None:
        one = self.trouble
        if one is not None and one.phase is TroublePhase.CLOSED and one.closed_by is None:
            assert not one.standing

    @invariant()
    def what_is_over_wakes_nobody(self) -> None:
        if self.trouble is not None and not self.trouble.is_open:
            assert self.deadlines == {}


def test_what_must_hold_of_every_trouble() -> None:
    run_state_machine_as_test(
        AnyTrouble, settings=settings(max_examples=examples(300), stateful_step_count=25, deadline=None)
    )
