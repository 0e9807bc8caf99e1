"""One quantity of a point turns its samples into conditions that begin and end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contract.messages import Kind
from contract.sentences import Status
from gateway.domain.call_point import SwitchJudge
from gateway.domain.changes import (
    BEFORE_RESTART,
    Cause,
    Change,
    Conditions,
    Moment,
    Reason,
    seen_by,
)
from gateway.domain.clean_air import CleanAirFigures, CleanAirJudge
from gateway.domain.co import co_judge
from gateway.domain.filters import Level, Verdict
from gateway.domain.first_samples import Trust
from gateway.domain.heat import HeatFigures, HeatJudge, Scatter
from gateway.domain.held_back import DEFAULT_HOLD, HeldBack, HoldFigures
from gateway.domain.plausibility import Plausibility, limits_of
from gateway.domain.smoke import smoke_judge

_SIGN_LASTS_S = 60.0
"""A quantity that was not heard for longer says nothing any more of what happens together."""

# What a detector says of itself, as a condition. `test` is more than that: see Channel.
_SAID = {
    Status.FAULT: (Kind.FAULT, Reason.DETECTOR_FAULT),
    Status.TAMPER: (Kind.TAMPER, Reason.DETECTOR_TAMPER),
    Status.DISABLED: (Kind.DISABLED, Reason.DETECTOR_DISABLED),
    Status.TEST: (Kind.DISABLED, Reason.ON_TEST),
    Status.LOWBATT: (Kind.SUPERVISORY, Reason.BATTERY_LOW),
}

SWITCHES = {
    "manual": Reason.MANUAL_CALL,
    "alarm": Reason.DETECTOR_ALARM,
    "heatalarm": Reason.HEAT_ALARM,
    "coalarm": Reason.CO_ALARM,
    "gasalarm": Reason.GAS_ALARM,
}
"""Quantities of 0 or 1 that are a fire at 1, without any judgement, and the reason of that fire."""

# What is wrong with a detector that says so for longer than it may hold back a fire.
_LEFT_OVER = {
    Status.TEST: Reason.TEST_LEFT_OVER,
    Status.DISABLED: Reason.DISABLED_LEFT_OVER,
}

_TOO_SOON_STANDS_S = 600.0
"""Seconds for which a tamper stands after an alarm that was taken back at once: somebody is to look."""


@dataclass(frozen=True, slots=True)
class PointFigures:
    """The figures that one point is judged by."""

    smoke: CleanAirFigures
    heat: HeatFigures
    silent_after_s: float
    stuck_after_s: float = 0.0
    # None: carbon monoxide is not judged.
    co: CleanAirFigures | None = None
    # From how many days before the drift limit a detector is reported to need cleaning.
    clean_within_days: float = 21.0
    # How long the detector's own word may hold back its fires.
    hold: HoldFigures = DEFAULT_HOLD
    # Seconds for which an alarm of a switch stands at least; 0 ends it with the switch.
    latch_s: float = 0.0


class Judge(Protocol):
    """Turns plausible values into a verdict; *share* is how far they are on the way to an alarm."""

    @property
    def share(self) -> float:
        """1 is an alarm."""
        ...

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value*, seen at *t* seconds."""
        ...


class DoubtingJudge(Judge, Protocol):
    """A judge of what is measured, which may be in doubt."""

    def restart(self, value: float, t: float) -> Verdict:
        """The verdict after doubt of *value* that has proved true."""
        ...

    def suspect(self, value: float, t: float) -> Verdict:
        """The verdict after a *value* that is in doubt."""
        ...

    def dismiss(self) -> Verdict:
        """The verdict after what was suspected proved false."""
        ...


def _judge_of(quantity: str, figures: PointFigures, scatter: Scatter) -> Judge | None:
    if quantity == "smoke":
        return smoke_judge(figures.smoke)
    if quantity == "co" and figures.co is not None:
        return co_judge(figures.co)
    if quantity == "temperature":
        return HeatJudge(figures.heat, scatter)
    if quantity in SWITCHES:
        return SwitchJudge(SWITCHES[quantity])
    return None


def _was(fault: Reason, conditions: Conditions) -> bool:
    """Return whether the point was in *fault* before a restart."""
    return (Kind.FAULT, fault) in conditions.held()


_ANY = None, None
"""No jump and no alarm that plausibility would have to know of."""

# Of ten thousand points nearly all have raised nothing: they share this, which stays empty.
_NOTHING_RAISED: dict[Kind, Cause] = {}


class Channel:
    """One quantity of a point.

    *Test.* While a detector says ``test``, that is a condition of its own, and its samples go to a
    judge of their own: what would be a fire is reported as ``test`` with the fire's reason. Nothing
    else is held back: a fire that stood before stays, samples that come without ``test`` are judged
    as ever, and so is every other point. When the test ends, its judge is forgotten.

    *Disabled.* A point that says so raises no new fire and no pre-alarm. One that stands stays until
    the measurement falls, and one that is still measured when the point comes back is raised then.

    *Both expire* (``held_back``). A word that outlives its time is a fault and holds back nothing; a
    switch that stands at fire by then is a fire at that moment, without another sample.

    *Latch.* An alarm of a switch stands for ``latch_s`` at least. One that is taken back sooner is a
    tamper besides: whoever can speak for a detector must not undo its fire unseen.

    *Fault.* A detector that says ``fault`` is still judged while its values are plausible: a fire
    never hides behind a fault.
    """

    __slots__ = (
        "_conditions",
        "_fault",
        "_figures",
        "_fired_at",
        "_held_back",
        "_judge",
        "_judged_at",
        "_level",
        "_plausibility",
        "_raised",
        "_status",
        "_test_judge",
        "_too_soon_at",
        "doubts_fire",
        "latest",
        "quantity",
    )

    def __init__(
        self, quantity: str, figures: PointFigures, conditions: Conditions, *, judged: bool
    ) -> None:
        self.latest: float | None = None
        self._judged_at = -math.inf
        self.quantity = quantity
        self._figures = figures
        self._conditions = conditions
        jump, alarm = (figures.heat.jump_k, figures.heat.static_c) if quantity == "temperature" else _ANY
        stuck = 0.0 if quantity in SWITCHES else figures.stuck_after_s
        limits = limits_of(quantity, jump=jump, stuck_after_s=stuck, alarm=alarm)
        self._plausibility = Plausibility(limits)
        self._judge = _judge_of(quantity, figures, self._plausibility) if judged else None
        self._test_judge: Judge | None = None
        self.doubts_fire = False
        if _was(Reason.RAILED, conditions):
            self._plausibility.was_railed()
        if any(kind is Kind.FIRE and seen_by(reason) == quantity for kind, reason in conditions.held()):
            self._plausibility.is_known()
        self._status = Status.NORMAL
        expired = [each for each, reason in _LEFT_OVER.items() if _was(reason, conditions)]
        # Of nearly all points: None.
        self._held_back = HeldBack(figures.hold, expired) if expired else None
        self._fired_at = -math.inf
        self._too_soon_at: float | None = None
        self._fault: Reason | None = None
        self._level = Level.NORMAL
        self._raised = _NOTHING_RAISED

    @property
    def baseline(self) -> float | None:
        """What it sees in clean air; None where that is not learned."""
        return self._judge.baseline if isinstance(self._judge, CleanAirJudge) else None

    def learned(self, baseline: float) -> None:
        """Take over what was learned of clean air before a restart."""
        if isinstance(self._judge, CleanAirJudge):
            self._plausibility.is_known()
            self._judge.resume(baseline)

    def resume(self, reason: Reason, moment: Moment) -> None:
        """Take over the fire that this switch raised before a restart.

        One sample shows whether it still holds. Left to the settling, a release would be told late, and
        what is pressed again meanwhile not at all.
        """
        before = Cause(Kind.FIRE, reason, BEFORE_RESTART)
        if (before.kind, before.reason) in self._conditions.held():
            own = Cause(Kind.FIRE, reason, self.quantity)
            self._raised = {Kind.FIRE: own}
            self._level = Level.FIRE
            self._conditions.begin(own, moment)
            self._conditions.end(before, moment)

    def is_held_back(self, t: float) -> bool:
        """Whether what it measures now must be no fire."""
        return self._effective(self._status, t) in _LEFT_OVER

    def says_fire(self, value: float | None, t: float) -> bool:
        """Return whether *value*, which was just taken at *t*, is a fire that nothing holds back."""
        if self.quantity in SWITCHES and not value:
            return False
        return self._level is Level.FIRE and value is not None and not self.is_held_back(t)

    def share(self, t: float) -> float:
        """How far it is on the way to an alarm; 0 where it says nothing of that, or not now."""
        if self._judge is None or t - self._judged_at > _SIGN_LASTS_S:
            return 0.0
        return self._judge.share

    def forecast(self, t: float) -> float | None:
        """In how many days it will be too dirty; None where it measures nothing that dirt raises."""
        return self._judge.days_to_limit(t) if isinstance(self._judge, CleanAirJudge) else None

    def take(self, value: float | None, status: Status, moment: Moment) -> Sequence[Change]:
        """The changes that one sample brings; fires first."""
        if self._held_back is not None or status in _LEFT_OVER:
            self._note_hold(status, moment.t)
        trust = self._plausibility.take(value, moment.t)
        changes: Sequence[Change] = ()
        if value is not None and trust is not Trust.UNUSABLE:
            self.latest = value
            if self._judge is not None:
                changes = self._judged(self._judge, value, status, trust, moment)
        if status is not self._status or self._plausibility.fault is not self._fault:
            changes = [*changes, *self._faulted(moment), *self._said(status, moment)]
        return [*changes, *self._outlived(moment)] if self._held_back is not None else changes

    def tick(self, moment: Moment) -> Sequence[Change]:
        """Return what follows from time alone: a word that expires, a latch that opens."""
        changes: Sequence[Change] = ()
        if self._judge is not None and self.latest is not None and self.quantity in SWITCHES:
            changes = self._judged(self._judge, self.latest, self._status, Trust.SOUND, moment)
        if self._too_soon_at is not None and moment.t - self._too_soon_at >= _TOO_SOON_STANDS_S:
            self._too_soon_at = None
            changes = [*changes, *self._conditions.end(self._tamper, moment)]
        return [*changes, *self._outlived(moment)] if self._held_back is not None else changes

    def _note_hold(self, status: Status, t: float) -> None:
        self._held_back = self._held_back or HeldBack(self._figures.hold)
        self._held_back.note_status(status, t)

    def _effective(self, status: Status, t: float) -> Status:
        """The status as far as it counts: a word that held back fires for too long does not."""
        return status if self._held_back is None else self._held_back.effective(status, t)

    def _outlived(self, moment: Moment) -> list[Change]:
        """The fault of a word that has outlived its time; what it called a test is none any more."""
        if self._status is self._effective(self._status, moment.t):
            return []
        cause = Cause(Kind.FAULT, _LEFT_OVER[self._status], self.quantity)
        self._test_judge = None
        return [
            *self._conditions.begin(cause, moment),
            *self._end(Kind.TEST, self.latest or 0.0, moment),
        ]

    def _judged(
        self, judge: Judge, value: float, said: Status, trust: Trust, moment: Moment
    ) -> Sequence[Change]:
        status = self._effective(said, moment.t)
        if status is Status.TEST:
            return self._judged_in_test(value, moment)
        if trust is Trust.SOUND:
            verdict = judge.take(value, moment.t)
        else:
            verdict = self._weighed(judge, value, trust, moment.t)
        self.doubts_fire = trust is Trust.DOUBTFUL and verdict.level is not Level.FIRE
        if trust is not Trust.DOUBTFUL:
            self._judged_at = moment.t
        return self._concluded(verdict, value, status, moment)

    def _weighed(self, judge: Judge, value: float, trust: Trust, t: float) -> Verdict:
        """The verdict on a sample that is more, or less, worth than others."""
        believed = self._plausibility.believed
        if trust is Trust.ESTIMATED or not isinstance(judge, HeatJudge | CleanAirJudge):
            return judge.take(believed, t)
        if trust is Trust.PROVEN:
            return judge.restart(believed, t)
        # Why it is not believed is told as a fault: a pre-alarm for so long as that is not known.
        return judge.suspect(value, t) if self._plausibility.fault is None else judge.dismiss()

    @property
    def burns(self) -> bool:
        """Whether what it measures is at least a pre-alarm, and not in doubt."""
        return self._level is not Level.NORMAL and not self.doubts_fire

    @property
    def in_fire(self) -> bool:
        """Whether what it measures is a fire by itself."""
        return self._level is Level.FIRE

    def bear_out(self, moment: Moment) -> Sequence[Change]:
        """Believe the fire that is in doubt: others see it, too."""
        judge, value = self._judge, self.latest
        if value is None or not isinstance(judge, HeatJudge | CleanAirJudge):
            return ()
        verdict = judge.restart(value, moment.t)
        self.doubts_fire = self.doubts_fire and verdict.level is not Level.FIRE
        return self._concluded(verdict, value, self._effective(self._status, moment.t), moment)

    def _concluded(
        self, verdict: Verdict, value: float, status: Status, moment: Moment
    ) -> Sequence[Change]:
        if verdict.level is self._level:
            return ()
        if status is Status.DISABLED and verdict.level > self._level:
            return ()
        if self._is_latched(moment.t):
            return self._taken_back(moment)
        self._level = verdict.level
        return self._moved(verdict, value, moment)

    @property
    def _tamper(self) -> Cause:
        return Cause(Kind.TAMPER, Reason.RESTORED_TOO_SOON, self.quantity)

    def _is_latched(self, t: float) -> bool:
        """Return whether its fire must stand, whatever it says: the tick ends it when its time is up."""
        fired = self._level is Level.FIRE and self.quantity in SWITCHES
        return fired and t - self._fired_at < self._figures.latch_s

    def _taken_back(self, moment: Moment) -> list[Change]:
        self._too_soon_at = moment.t
        return self._conditions.begin(self._tamper, moment, quantity=self.quantity, value=0.0)

    def _moved(self, verdict: Verdict, value: float, moment: Moment) -> list[Change]:
        """To another level. A fire keeps the pre-alarm that came before it, and begins none."""
        match verdict.level:
            case Level.FIRE:
                self._fired_at = moment.t
                return self._begin(Kind.FIRE, verdict, value, moment)
            case Level.PREALARM:
                begun = self._begin(Kind.PREALARM, verdict, value, moment)
                return [*begun, *self._end(Kind.FIRE, value, moment)]
            case _:
                ended = self._end(Kind.FIRE, value, moment)
                return [*ended, *self._end(Kind.PREALARM, value, moment)]

    def _begin(self, kind: Kind, verdict: Verdict, value: float, moment: Moment) -> list[Change]:
        if kind in self._raised:
            return []
        cause = Cause(kind, verdict.reason or "", self.quantity)
        self._raised = {**self._raised, kind: cause}
        return self._conditions.begin(cause, moment, quantity=self.quantity, value=value)

    def _end(self, kind: Kind, value: float, moment: Moment) -> list[Change]:
        cause = self._raised.get(kind)
        if cause is None:
            return []
        self._raised = {each: own for each, own in self._raised.items() if each is not kind}
        return self._conditions.end(cause, moment, quantity=self.quantity, value=value)

    def _judged_in_test(self, value: float, moment: Moment) -> list[Change]:
        judge = self._test_judge = self._test_judge or _judge_of(
            self.quantity, self._figures, self._plausibility
        )
        if judge is None:
            return []
        verdict = judge.take(value, moment.t)
        if verdict.level is not Level.FIRE:
            return []
        return self._begin(Kind.TEST, verdict, value, moment)

    def _faulted(self, moment: Moment) -> list[Change]:
        before, self._fault = self._fault, self._plausibility.fault
        if before is self._fault:
            return []
        changes: list[Change] = []
        if self._fault is not None:
            cause = Cause(Kind.FAULT, self._fault, self.quantity)
            changes += self._conditions.begin(cause, moment, quantity=self.quantity, value=self.latest)
        if before is not None:
            changes += self._conditions.end(Cause(Kind.FAULT, before, self.quantity), moment)
        return changes

    def _said(self, status: Status, moment: Moment) -> list[Change]:
        before, self._status = self._status, status
        if before is status:
            return []
        changes: list[Change] = []
        if status in _SAID:
            changes += self._conditions.begin(Cause(*_SAID[status], self.quantity), moment)
        if before in _SAID:
            changes += self._conditions.end(Cause(*_SAID[before], self.quantity), moment)
        if before in _LEFT_OVER:
            left_over = Cause(Kind.FAULT, _LEFT_OVER[before], self.quantity)
            changes += self._conditions.end(left_over, moment)
        if before is Status.TEST:
            self._test_judge = None
            changes += self._end(Kind.TEST, self.latest or 0.0, moment)
        return changes
