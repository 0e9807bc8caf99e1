"""A channel of a point: turns the samples of one quantity into conditions that begin and end."""

import math
from collections.abc import Sequence
from typing import Protocol

from contract.messages import Kind
from contract.sentences import Status
from gateway.domain.detection.clean_air import CleanAirJudge
from gateway.domain.detection.co import co_judge
from gateway.domain.detection.filters import AlarmLevel, AlarmVerdict
from gateway.domain.detection.heat import HeatJudge, ScatterEstimate
from gateway.domain.detection.smoke import smoke_judge
from gateway.domain.detection.switch import SWITCHES, SwitchJudge
from gateway.domain.model.conditions import BEFORE_RESTART, ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason, sensed_quantity
from gateway.domain.plausibility.first_samples import SampleTrust
from gateway.domain.plausibility.plausibility import PlausibilityCheck, plausibility_limits
from gateway.domain.points.status_limits import StatusTimer
from gateway.domain.points.thresholds import PointThresholds

_SIGN_LASTS_S = 60.0
"""A quantity that was not heard for longer says nothing any more of what happens together."""

# What a detector says of itself, as a condition. `test` is more than that: see Channel.
_SAID = {
    Status.FAULT: (Kind.FAULT, SignalReason.DETECTOR_FAULT),
    Status.TAMPER: (Kind.TAMPER, SignalReason.DETECTOR_TAMPER),
    Status.DISABLED: (Kind.DISABLED, SignalReason.DETECTOR_DISABLED),
    Status.TEST: (Kind.DISABLED, SignalReason.ON_TEST),
    Status.LOWBATT: (Kind.SUPERVISORY, SignalReason.BATTERY_LOW),
}


# What is wrong with a detector that says so for longer than it may hold back a fire.
_LEFT_OVER = {
    Status.TEST: SignalReason.TEST_TOO_LONG,
    Status.DISABLED: SignalReason.DISABLED_TOO_LONG,
}

_TOO_SOON_STANDS_S = 600.0
"""Seconds for which a tamper stands after an alarm that was taken back at once: somebody is to look."""


class Judge(Protocol):
    """Judges plausible values; *share* is their share of the way to an alarm."""

    @property
    def share(self) -> float:
        """1 is an alarm."""
        ...

    def judge_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on *value*, measured at *t* seconds."""
        ...


class DoubtingJudge(Judge, Protocol):
    """Judges measured values, which may be in doubt."""

    def judge_confirmed_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on *value* after a doubt that proved unfounded."""
        ...

    def judge_doubtful_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on a doubtful *value*."""
        ...

    def drop_doubt(self) -> AlarmVerdict:
        """Return the verdict after a doubt that proved right."""
        ...


def _judge_of(quantity: str, thresholds: PointThresholds, scatter: ScatterEstimate) -> Judge | None:
    if quantity == "smoke":
        return smoke_judge(thresholds.smoke)
    if quantity == "co" and thresholds.co is not None:
        return co_judge(thresholds.co)
    if quantity == "temperature":
        return HeatJudge(thresholds.heat, scatter)
    if quantity in SWITCHES:
        return SwitchJudge(SWITCHES[quantity])
    return None


def _was(fault: SignalReason, conditions: ConditionSet) -> bool:
    """Return whether the point had *fault* before a restart."""
    return (Kind.FAULT, fault) in conditions.open_conditions()


_ANY = None, None
"""No jump and no alarm that plausibility would have to know of."""

# Of ten thousand points nearly all have raised nothing: they share this, which stays empty.
_NOTHING_RAISED: dict[Kind, ConditionCause] = {}


class PointChannel:
    """One quantity of a point.

    *Test.* While a detector says ``test``, that is a condition of its own, and its samples go to a
    judge of their own: what would be a fire is reported as ``test`` with the fire's reason. Nothing
    else is held back: a fire that stood before stays, samples that come without ``test`` are judged
    as ever, and so is every other point. When the test ends, its judge is forgotten.

    *Disabled.* A point that says so raises no new fire and no pre-alarm. One that stands stays until
    the measurement falls, and one that is still measured when the point comes back is raised then.

    *Both expire* (``StatusLimits``). A word that outlives its time is a fault and holds back nothing; a
    switch that stands at fire by then is a fire at that moment, without another sample.

    *Latch.* An alarm of a switch stands for ``latch_s`` at least. One that is taken back sooner is a
    tamper besides: whoever can speak for a detector must not undo its fire unseen.

    *Fault.* A detector that says ``fault`` is still judged while its values are plausible: a fire
    never hides behind a fault.
    """

    __slots__ = (
        "_conditions",
        "_fault",
        "_fired_at",
        "_judge",
        "_judged_at",
        "_level",
        "_plausibility",
        "_raised",
        "_status",
        "_status_timer",
        "_test_judge",
        "_thresholds",
        "_too_soon_at",
        "doubts_fire",
        "latest",
        "quantity",
    )

    def __init__(
        self, quantity: str, thresholds: PointThresholds, conditions: ConditionSet, *, judged: bool
    ) -> None:
        self.latest: float | None = None
        self._judged_at = -math.inf
        self.quantity = quantity
        self._thresholds = thresholds
        self._conditions = conditions
        jump, alarm = (
            (thresholds.heat.jump_k, thresholds.heat.static_c) if quantity == "temperature" else _ANY
        )
        stuck = 0.0 if quantity in SWITCHES else thresholds.stuck_after_s
        limits = plausibility_limits(quantity, jump=jump, stuck_after_s=stuck, alarm=alarm)
        self._plausibility = PlausibilityCheck(limits)
        self._judge = _judge_of(quantity, thresholds, self._plausibility) if judged else None
        self._test_judge: Judge | None = None
        self.doubts_fire = False
        if _was(SignalReason.RAILED, conditions):
            self._plausibility.restore_railed()
        if any(
            kind is Kind.FIRE and sensed_quantity(reason) == quantity
            for kind, reason in conditions.open_conditions()
        ):
            self._plausibility.restore_known()
        self._status = Status.NORMAL
        expired = [each for each, reason in _LEFT_OVER.items() if _was(reason, conditions)]
        # Of nearly all points: None.
        self._status_timer = StatusTimer(thresholds.status_limits, expired) if expired else None
        self._fired_at = -math.inf
        self._too_soon_at: float | None = None
        self._fault: SignalReason | None = None
        self._level = AlarmLevel.NORMAL
        self._raised = _NOTHING_RAISED

    @property
    def baseline(self) -> float | None:
        """The value of clean air; None where it is not learned."""
        return self._judge.baseline if isinstance(self._judge, CleanAirJudge) else None

    def restore_baseline(self, baseline: float) -> None:
        """Continue from the clean air that was learned before a restart."""
        if isinstance(self._judge, CleanAirJudge):
            self._plausibility.restore_known()
            self._judge.restore_baseline(baseline)

    def restore_fire(self, reason: SignalReason, moment: Moment) -> None:
        """Continue the fire that this switch raised before a restart.

        One sample shows whether it still holds. Left to the settling, a release would be late, and
        what is pressed again meanwhile not at all.
        """
        before = ConditionCause(Kind.FIRE, reason, BEFORE_RESTART)
        if (before.kind, before.reason) in self._conditions.open_conditions():
            own = ConditionCause(Kind.FIRE, reason, self.quantity)
            self._raised = {Kind.FIRE: own}
            self._level = AlarmLevel.FIRE
            self._conditions.begin(own, moment)
            self._conditions.end(before, moment)

    def is_fire_suppressed(self, t: float) -> bool:
        """Return whether the detector's status suppresses fires now."""
        return self._effective_status(self._status, t) in _LEFT_OVER

    def says_fire(self, value: float | None, t: float) -> bool:
        """Return whether *value*, received at *t*, is a fire that is not suppressed."""
        if self.quantity in SWITCHES and not value:
            return False
        return self._level is AlarmLevel.FIRE and value is not None and not self.is_fire_suppressed(t)

    def share(self, t: float) -> float:
        """Return the share of the way to an alarm; 0 if the last judged value is too old."""
        if self._judge is None or t - self._judged_at > _SIGN_LASTS_S:
            return 0.0
        return self._judge.share

    def days_to_dirty(self, t: float) -> float | None:
        """Return the days until it is too dirty; None if dirt does not affect it."""
        return self._judge.days_to_limit(t) if isinstance(self._judge, CleanAirJudge) else None

    def accept_sample(
        self, value: float | None, status: Status, moment: Moment
    ) -> Sequence[ConditionChange]:
        """Return the changes that one sample brings; fires first."""
        if self._status_timer is not None or status in _LEFT_OVER:
            self._note_status(status, moment.t)
        trust = self._plausibility.check_sample(value, moment.t)
        changes: Sequence[ConditionChange] = ()
        if value is not None and trust is not SampleTrust.UNUSABLE:
            self.latest = value
            if self._judge is not None:
                changes = self._judge_value(self._judge, value, status, trust, moment)
        if status is not self._status or self._plausibility.fault is not self._fault:
            changes = [*changes, *self._update_fault(moment), *self._update_status(status, moment)]
        return [*changes, *self._expire_status(moment)] if self._status_timer is not None else changes

    def tick(self, moment: Moment) -> Sequence[ConditionChange]:
        """Return the changes by time alone: an expired status, an opened latch."""
        changes: Sequence[ConditionChange] = ()
        if self._judge is not None and self.latest is not None and self.quantity in SWITCHES:
            changes = self._judge_value(
                self._judge, self.latest, self._status, SampleTrust.SOUND, moment
            )
        if self._too_soon_at is not None and moment.t - self._too_soon_at >= _TOO_SOON_STANDS_S:
            self._too_soon_at = None
            changes = [*changes, *self._conditions.end(self._tamper, moment)]
        return [*changes, *self._expire_status(moment)] if self._status_timer is not None else changes

    def _note_status(self, status: Status, t: float) -> None:
        self._status_timer = self._status_timer or StatusTimer(self._thresholds.status_limits)
        self._status_timer.note_status(status, t)

    def _effective_status(self, status: Status, t: float) -> Status:
        """Return *status*, or NORMAL once it has suppressed fires for too long."""
        return status if self._status_timer is None else self._status_timer.effective(status, t)

    def _expire_status(self, moment: Moment) -> list[ConditionChange]:
        """Return the fault of a status that has expired, and end its test."""
        if self._status is self._effective_status(self._status, moment.t):
            return []
        cause = ConditionCause(Kind.FAULT, _LEFT_OVER[self._status], self.quantity)
        self._test_judge = None
        return [
            *self._conditions.begin(cause, moment),
            *self._end(Kind.TEST, self.latest or 0.0, moment),
        ]

    def _judge_value(
        self, judge: Judge, value: float, said: Status, trust: SampleTrust, moment: Moment
    ) -> Sequence[ConditionChange]:
        status = self._effective_status(said, moment.t)
        if status is Status.TEST:
            return self._judge_in_test(value, moment)
        if trust is SampleTrust.SOUND:
            verdict = judge.judge_sample(value, moment.t)
        else:
            verdict = self._judge_by_trust(judge, value, trust, moment.t)
        self.doubts_fire = trust is SampleTrust.DOUBTFUL and verdict.level is not AlarmLevel.FIRE
        if trust is not SampleTrust.DOUBTFUL:
            self._judged_at = moment.t
        return self._apply_verdict(verdict, value, status, moment)

    def _judge_by_trust(self, judge: Judge, value: float, trust: SampleTrust, t: float) -> AlarmVerdict:
        """Return the verdict on a sample of another trust than SOUND."""
        believed = self._plausibility.believed
        if trust is SampleTrust.ESTIMATED or not isinstance(judge, HeatJudge | CleanAirJudge):
            return judge.judge_sample(believed, t)
        if trust is SampleTrust.PROVEN:
            return judge.judge_confirmed_sample(believed, t)
        # Why it is not believed is reported as a fault: a pre-alarm for so long as that is not known.
        return (
            judge.judge_doubtful_sample(value, t)
            if self._plausibility.fault is None
            else judge.drop_doubt()
        )

    @property
    def sees_fire_or_prealarm(self) -> bool:
        """Whether the value is at least a pre-alarm, and not in doubt."""
        return self._level is not AlarmLevel.NORMAL and not self.doubts_fire

    @property
    def in_fire(self) -> bool:
        """Whether the value is a fire by itself."""
        return self._level is AlarmLevel.FIRE

    def confirm_doubted_fire(self, moment: Moment) -> Sequence[ConditionChange]:
        """Believe the doubted fire, because others detect it too."""
        judge, value = self._judge, self.latest
        if value is None or not isinstance(judge, HeatJudge | CleanAirJudge):
            return ()
        verdict = judge.judge_confirmed_sample(value, moment.t)
        self.doubts_fire = self.doubts_fire and verdict.level is not AlarmLevel.FIRE
        return self._apply_verdict(
            verdict, value, self._effective_status(self._status, moment.t), moment
        )

    def _apply_verdict(
        self, verdict: AlarmVerdict, value: float, status: Status, moment: Moment
    ) -> Sequence[ConditionChange]:
        if verdict.level is self._level:
            return ()
        if status is Status.DISABLED and verdict.level > self._level:
            return ()
        if self._is_latched(moment.t):
            return self._report_early_restore(moment)
        self._level = verdict.level
        return self._change_level(verdict, value, moment)

    @property
    def _tamper(self) -> ConditionCause:
        return ConditionCause(Kind.TAMPER, SignalReason.RESTORED_TOO_SOON, self.quantity)

    def _is_latched(self, t: float) -> bool:
        """Return whether the fire is still latched; the tick ends it when its time is up."""
        fired = self._level is AlarmLevel.FIRE and self.quantity in SWITCHES
        return fired and t - self._fired_at < self._thresholds.latch_s

    def _report_early_restore(self, moment: Moment) -> list[ConditionChange]:
        self._too_soon_at = moment.t
        return self._conditions.begin(self._tamper, moment, quantity=self.quantity, value=0.0)

    def _change_level(
        self, verdict: AlarmVerdict, value: float, moment: Moment
    ) -> list[ConditionChange]:
        """Return the changes of another level. A fire keeps the pre-alarm before it, and begins none."""
        match verdict.level:
            case AlarmLevel.FIRE:
                self._fired_at = moment.t
                return self._begin(Kind.FIRE, verdict, value, moment)
            case AlarmLevel.PREALARM:
                begun = self._begin(Kind.PREALARM, verdict, value, moment)
                return [*begun, *self._end(Kind.FIRE, value, moment)]
            case _:
                ended = self._end(Kind.FIRE, value, moment)
                return [*ended, *self._end(Kind.PREALARM, value, moment)]

    def _begin(
        self, kind: Kind, verdict: AlarmVerdict, value: float, moment: Moment
    ) -> list[ConditionChange]:
        if kind in self._raised:
            return []
        cause = ConditionCause(kind, verdict.reason or "", self.quantity)
        self._raised = {**self._raised, kind: cause}
        return self._conditions.begin(cause, moment, quantity=self.quantity, value=value)

    def _end(self, kind: Kind, value: float, moment: Moment) -> list[ConditionChange]:
        cause = self._raised.get(kind)
        if cause is None:
            return []
        self._raised = {each: own for each, own in self._raised.items() if each is not kind}
        return self._conditions.end(cause, moment, quantity=self.quantity, value=value)

    def _judge_in_test(self, value: float, moment: Moment) -> list[ConditionChange]:
        judge = self._test_judge = self._test_judge or _judge_of(
            self.quantity, self._thresholds, self._plausibility
        )
        if judge is None:
            return []
        verdict = judge.judge_sample(value, moment.t)
        if verdict.level is not AlarmLevel.FIRE:
            return []
        return self._begin(Kind.TEST, verdict, value, moment)

    def _update_fault(self, moment: Moment) -> list[ConditionChange]:
        before, self._fault = self._fault, self._plausibility.fault
        if before is self._fault:
            return []
        changes: list[ConditionChange] = []
        if self._fault is not None:
            cause = ConditionCause(Kind.FAULT, self._fault, self.quantity)
            changes += self._conditions.begin(cause, moment, quantity=self.quantity, value=self.latest)
        if before is not None:
            changes += self._conditions.end(ConditionCause(Kind.FAULT, before, self.quantity), moment)
        return changes

    def _update_status(self, status: Status, moment: Moment) -> list[ConditionChange]:
        before, self._status = self._status, status
        if before is status:
            return []
        changes: list[ConditionChange] = []
        if status in _SAID:
            changes += self._conditions.begin(ConditionCause(*_SAID[status], self.quantity), moment)
        if before in _SAID:
            changes += self._conditions.end(ConditionCause(*_SAID[before], self.quantity), moment)
        if before in _LEFT_OVER:
            left_over = ConditionCause(Kind.FAULT, _LEFT_OVER[before], self.quantity)
            changes += self._conditions.end(left_over, moment)
        if before is Status.TEST:
            self._test_judge = None
            changes += self._end(Kind.TEST, self.latest or 0.0, moment)
        return changes
