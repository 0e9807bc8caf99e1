"""An unattended desk only ever makes a stage earlier, whatever persons do and whoever is reached."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.decisions.decide import decide_fire
from alerting.domain.decisions.escalation import UNATTENDED, stage_deadlines, unattended_deadline
from alerting.domain.model.answering import CallRecord
from alerting.domain.model.desk import NO_DESK, DeskWatch
from alerting.domain.model.effects import CancelDeadline, SetDeadline, TimelineEntry, TimelineEvent
from alerting.domain.model.events import Acknowledge, DeadlineDue
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import IncidentKind, PremisesSnapshot, Stage
from alerting.domain.model.points_in_fire import PointsInFire
from contract.ids import IncidentId
from contract.times import SECOND, Micros
from registry.model.policies import StageCondition

END = 700
LIMIT = 40
BEGAN: Micros = 1


def site(*stages: Stage, unattended: int | None = LIMIT) -> PremisesSnapshot:
    limit = None if unattended is None else unattended * SECOND
    return PremisesSnapshot("cho", "Chợ", "", stages, "day", unattended=limit)


def stage(after: int, *notify: str, when: StageCondition = StageCondition.NOT_TAKEN) -> Stage:
    return Stage(after * SECOND, notify or (f"at-{after}",), when=when)


@dataclass
class Escalation:
    """A confirmed fire whose deadlines run in virtual time: the seconds at which each stage went out.

    *signs* are the seconds of signs of a person, None where no desk is in use; those of *receiving*
    stages have received theirs as soon as it is sent.
    """

    at: PremisesSnapshot
    signs: Collection[int] | None = ()
    receiving: frozenset[int] = frozenset()
    reached_at: int = END
    taken_at: int = END
    out: dict[int, int] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    deadlines: dict[str, Micros] = field(default_factory=dict)
    calls: dict[str, Micros] = field(default_factory=dict)
    arrives_after: Micros = 5 * SECOND

    def run(self) -> "Escalation":
        fire = FireIncident(
            id=IncidentId("i"),
            site=self.at,
            phase=Phase.CONFIRMED,
            reason="r",
            opened_at=0,
            confirmed_at=BEGAN,
            kind=IncidentKind.FIRE,
            points=PointsInFire.of(),
            notified=self.at.stages[0].notify,
        )
        self.calls = dict.fromkeys(fire.notified, BEGAN)
        for each in (*stage_deadlines(self.at, BEGAN), *unattended_deadline(self.at, BEGAN)):
            self.deadlines[each.key] = each.due
        while due := self._next():
            key, at = due
            if at >= END * SECOND:
                break
            if at >= self.taken_at * SECOND:
                break
            del self.deadlines[key]
            fire = self._decided(fire, key, at)
        return self

    def _next(self) -> tuple[str, Micros] | None:
        return min(self.deadlines.items(), key=lambda each: (each[1], each[0]), default=None)

    def _decided(self, fire: FireIncident, key: str, now: Micros) -> FireIncident:
        reached = now >= self.reached_at * SECOND or bool(self.receiving & self.out.keys())
        pending = tuple(self.deadlines.items())
        calls = {name: self._call(since, now) for name, since in self.calls.items()}
        event = DeadlineDue(key, reached, calls, desks=self._watch(now), pending=pending)
        after, effects = decide_fire(fire, event, now)
        assert after is not None
        for effect in effects:
            match effect:
                case SetDeadline(name, due):
                    self.deadlines[name] = due
                case CancelDeadline(name):
                    self.deadlines.pop(name, None)
                case TimelineEntry(TimelineEvent.ESCALATED, reason, data) if "turn" not in data:
                    self.out.setdefault(data["stage"], now // SECOND)
                    self.reasons.setdefault(data["stage"], reason)
                    self.calls |= {name: self.calls.get(name, now) for name in data["notify"]}
        return after

    def _call(self, since: Micros, now: Micros) -> CallRecord:
        arrived = since + self.arrives_after
        return CallRecord(since, arrived if arrived <= now else None)

    def _watch(self, now: Micros) -> DeskWatch:
        if self.signs is None:
            return NO_DESK
        seen = [each * SECOND for each in self.signs if each * SECOND <= now]
        return DeskWatch(True, max(seen, default=None))


def escalated(*stages: Stage, signs: Iterable[int] | None = ()) -> dict[int, int]:
    watched = None if signs is None else list(signs)
    return Escalation(site(*stages), watched).run().out


PLAIN = stage(0, "center"), stage(120), stage(300)


def test_the_next_stage_goes_out_early_and_then_the_one_after() -> None:
    assert escalated(*PLAIN) == {1: 40, 2: 80}


def test_the_reason_is_named() -> None:
    assert Escalation(site(*PLAIN)).run().reasons == dict.fromkeys((1, 2), "desk_unattended")


@pytest.mark.parametrize("signs", [None, range(0, END, 10)], ids=["no desk", "somebody is there"])
def test_without_a_desk_and_with_a_person_there_the_policy_stands(signs: Iterable[int] | None) -> None:
    assert escalated(*PLAIN, signs=signs) == {1: 120, 2: 300}


def test_the_time_counts_from_the_last_sign() -> None:
    assert escalated(*PLAIN, signs=[-300, 25]) == {1: 65, 2: 105}


def test_nothing_is_brought_forward_where_the_policy_says_so() -> None:
    off = site(*PLAIN, unattended=None)
    assert Escalation(off).run().out == {1: 120, 2: 300}


def test_a_fire_that_somebody_took_is_left_alone() -> None:
    fire = FireIncident(
        id=IncidentId("i"),
        site=site(*PLAIN),
        phase=Phase.CONFIRMED,
        reason="r",
        opened_at=0,
        confirmed_at=0,
        points=PointsInFire.of(),
    )
    taken, effects = decide_fire(fire, Acknowledge("Lan"), SECOND)
    assert CancelDeadline(UNATTENDED) in effects
    assert taken is not None
    due = DeadlineDue(UNATTENDED, desks=DeskWatch(in_use=True), pending=(("stage-1", 99),))
    assert decide_fire(taken, due, 50 * SECOND) == (taken, [])


LEADER = Stage(90 * SECOND, ("leader",), follows="head", answer=30 * SECOND, bound=15 * SECOND)


def test_the_next_of_the_premises_people_keeps_the_time_of_the_one_before() -> None:
    assert escalated(stage(0, "head"), LEADER, stage(300)) == {1: 90, 2: 40}


def test_the_first_of_the_premises_people_is_called_early_and_the_next_at_the_latest_by_plan() -> None:
    assert escalated(stage(0), stage(60, "head"), LEADER, stage(300)) == {1: 40, 2: 90, 3: 80}


def test_a_late_message_to_who_is_called_early_holds_up_nobody() -> None:
    slow = Escalation(site(stage(0), stage(60, "head"), LEADER), arrives_after=50 * SECOND)
    assert slow.run().out == {1: 40, 2: 90}


def test_who_answers_to_another_stage_is_not_called_before_the_one_that_waits() -> None:
    """His time to answer would begin while the next one waits for his first call by the plan."""
    late = stage(300, "head")
    assert escalated(stage(0), LEADER, late, stage(310)) == {1: 105, 2: 120, 3: 40}


def test_a_stage_for_a_spreading_fire_waits_for_that() -> None:
    spreading = stage(90, when=StageCondition.SPREADING)
    assert escalated(stage(0), spreading, stage(300)) == {2: 40}


def test_a_last_resort_is_not_suppressed_by_whom_an_early_stage_reaches() -> None:
    resort = stage(90, when=StageCondition.NOBODY_REACHED)
    early = Escalation(site(stage(0), stage(60), resort), receiving=frozenset({1})).run()
    assert early.out == {1: 40, 2: 40}


STAGES = st.lists(
    st.builds(
        lambda after, when, follows: msgspec.structs.replace(
            stage(after, when=when), follows=follows, answer=20 * SECOND, bound=15 * SECOND
        ),
        st.sampled_from([45, 60, 90, 150, 300]) | st.integers(1, 600),
        st.sampled_from(StageCondition),
        st.sampled_from(["", "", "center", "at-100"]),
    ),
    min_size=1,
    max_size=6,
).map(lambda found: (stage(0, "center"), *sorted(found, key=lambda each: each.after)))


@dataclass(frozen=True)
class Course:
    """What happens beside the policy: who receives something, and when somebody takes the fire."""

    receiving: frozenset[int]
    reached_at: int
    taken_at: int
    arrives_after: int

    def out(self, at: PremisesSnapshot, signs: Collection[int] | None) -> dict[int, int]:
        arrives = self.arrives_after * SECOND
        one = Escalation(
            at, signs, self.receiving, self.reached_at, self.taken_at, arrives_after=arrives
        )
        return one.run().out


COURSES = st.builds(
    Course,
    st.frozensets(st.integers(1, 3)),
    st.sampled_from([END, END, 20, 70]) | st.integers(0, END),
    st.sampled_from([END, END, 100]) | st.integers(0, END),
    st.sampled_from([5, 30]) | st.integers(0, 120),
)


@given(
    stages=STAGES,
    signs=st.none() | st.lists(st.integers(-100, END), max_size=5),
    limit=st.sampled_from([30, 40]) | st.integers(30, 200),
    course=COURSES,
)
def test_no_stage_is_later_or_missing_whatever_signs_there_are(
    stages: tuple[Stage, ...], signs: list[int] | None, limit: int, course: Course
) -> None:
    plain = course.out(site(*stages, unattended=None), None)
    watched = course.out(site(*stages, unattended=limit), signs)
    assert plain.keys() <= watched.keys()
    assert all(watched[each] <= at for each, at in plain.items())
