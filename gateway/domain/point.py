"""A point turns the samples of one detector into conditions that begin and end."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from contract.messages import Kind, Scope
from contract.sentences import Status
from gateway.domain.call_point import SwitchJudge
from gateway.domain.changes import BEFORE_RESTART, Cause, Change, Conditions, Moment, Reason
from gateway.domain.clean_air import CleanAirFigures, CleanAirJudge
from gateway.domain.co import co_judge
from gateway.domain.filters import Level, Verdict
from gateway.domain.heat import HeatFigures, HeatJudge
from gateway.domain.level import Age, LevelState
from gateway.domain.plausibility import Plausibility, limits_of
from gateway.domain.signs import LEAST_SIGN, Signs
from gateway.domain.smoke import smoke_judge
from gateway.domain.steadiness import Trust

_HEARD_SINCE_RESTART_S = 30.0
"""What was raised before a restart ends when its point was heard for so long without it."""

_LOOKED_AT_EVERY_S = 3_600.0
"""How often a smoke detector's dirt is looked at."""

_SIGN_LASTS_S = 60.0
"""A quantity that was not heard for longer says nothing any more of what happens together."""


class PointKind(StrEnum):
    """What a configured point is."""

    SMOKE = "smoke"
    HEAT = "heat"
    CO = "co"
    MULTI = "multi"
    MANUAL = "manual"
    LEVEL = "level"


class PointState(StrEnum):
    """The worst that holds of a point, for people and for the heartbeat."""

    ALARM = "alarm"
    PREALARM = "prealarm"
    FAULT = "fault"
    TAMPER = "tamper"
    TEST = "test"
    DISABLED = "disabled"
    NORMAL = "normal"


_WORST_FIRST = (
    (Kind.FIRE, PointState.ALARM),
    (Kind.PREALARM, PointState.PREALARM),
    (Kind.FAULT, PointState.FAULT),
    (Kind.TAMPER, PointState.TAMPER),
    (Kind.DISABLED, PointState.DISABLED),
    (Kind.TEST, PointState.TEST),
)

# What a detector says of itself, as a condition. `test` is more than that: see _Channel.
_SAID = {
    Status.FAULT: (Kind.FAULT, Reason.DETECTOR_FAULT),
    Status.TAMPER: (Kind.TAMPER, Reason.DETECTOR_TAMPER),
    Status.DISABLED: (Kind.DISABLED, Reason.DETECTOR_DISABLED),
    Status.TEST: (Kind.TEST, Reason.ON_TEST),
    Status.LOWBATT: (Kind.SUPERVISORY, Reason.BATTERY_LOW),
}

# Which quantities a configured kind of point is judged by; a switch is judged on every point.
_JUDGED = {
    PointKind.SMOKE: frozenset({"smoke"}),
    PointKind.HEAT: frozenset({"temperature"}),
    PointKind.CO: frozenset({"co"}),
    PointKind.MULTI: frozenset({"smoke", "temperature", "co"}),
    PointKind.MANUAL: frozenset({"manual"}),
    PointKind.LEVEL: frozenset({"alarm"}),
}
_SWITCHES = {"manual": Reason.MANUAL_CALL, "alarm": Reason.DETECTOR_ALARM}


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


class Judge(Protocol):
    """Turns plausible values into a verdict; *share* is how far they are on the way to an alarm."""

    @property
    def share(self) -> float:
        """1 is an alarm."""
        ...

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value*, seen at *t* seconds."""
        ...


_NO_BASELINES: Mapping[str, float] = {}


class Point:
    """One detector, call point or panel input.

    *kind* is None for a point that nobody configured: it is judged by whatever it measures.
    """

    __slots__ = (
        "_channels",
        "_figures",
        "_first_t",
        "_heard_at",
        "_heard_t",
        "_learned",
        "_looked_at",
        "_settled",
        "_signs",
        "_silent",
        "conditions",
        "kind",
        "name",
    )

    def __init__(
        self,
        name: str,
        *,
        kind: PointKind | None,
        figures: PointFigures,
        since: Moment,
        held: Iterable[tuple[Kind, str]] = (),
        baselines: Mapping[str, float] | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.conditions = Conditions(Scope.POINT, name, held)
        self._figures = figures
        self._channels: tuple[_Channel, ...] = ()  # a few at most; a dict would be most of its memory
        self._first_t: float | None = None  # when it was heard first, where that matters
        self._heard_at: int | None = None
        self._heard_t = since.t
        self._settled = not self.conditions
        self._silent = False
        self._looked_at = since.t
        self._learned = baselines or _NO_BASELINES  # before a restart, by quantity
        self._signs: Signs | None = None
        if kind is PointKind.MULTI:
            smoke = figures.smoke
            self._signs = Signs(restore_share=smoke.restore_share, restore_s=smoke.restore_s)

    @property
    def heard_at(self) -> int | None:
        """When it last gave a sign of life, in microseconds since 1970."""
        return self._heard_at

    @property
    def reporting_time_s(self) -> float:
        """Its longest allowed silence."""
        return self._figures.silent_after_s

    @property
    def state(self) -> PointState:
        """The worst that holds."""
        for kind, state in _WORST_FIRST:
            if self.conditions.has(kind):
                return state
        return PointState.NORMAL

    def values(self) -> dict[str, float]:
        """The latest value of each quantity, as it came."""
        return {each.quantity: each.latest for each in self._channels if each.latest is not None}

    def baselines(self) -> dict[str, float]:
        """What it has learned of clean air, by quantity: now, or before a restart."""
        now = {each.quantity: each.baseline for each in self._channels}
        return {**self._learned, **{name: value for name, value in now.items() if value is not None}}

    def hear(
        self, quantity: str, value: float | None, status: Status, moment: Moment
    ) -> Sequence[Change]:
        """Take one sample: *value* None where the detector could not measure."""
        self._heard_at, self._heard_t = moment
        for channel in self._channels:
            if channel.quantity == quantity:
                break
        else:
            channel = self._new_channel(quantity, moment)
        changes = channel.take(value, status, moment)
        if self._signs is not None and (self._signs.on or channel.share(moment.t) >= LEAST_SIGN):
            changes = [*changes, *self._together(self._signs, moment)]
        if self._silent:
            self._silent = False
            return [*changes, *self.conditions.end(_SILENT, moment)]
        return changes

    def hear_state(self, state: LevelState, age: Age, moment: Moment) -> list[Change]:
        """Take the state that a detector published which judges by itself (docs/protocol.md, 5)."""
        if age is Age.UNKNOWN:
            return self._hear_old(state, moment)
        changes = list(self._flag(Kind.TAMPER, Reason.DETECTOR_TAMPER, moment, holds=state.tamper))
        changes += self._flag(Kind.SUPERVISORY, Reason.BATTERY_LOW, moment, holds=state.battery_low)
        if state.smoke is None and state.test is None:
            changes += self._sign_of_life(moment)
        else:
            # Of what was never heard here, only what held before a restart is known.
            held = not state.test and self.conditions.has(Kind.FIRE)
            latest = self.values().get("alarm", float(held))
            value = latest if state.smoke is None else float(state.smoke)
            changes += self.hear("alarm", value, Status.TEST if state.test else Status.NORMAL, moment)
            changes += self.conditions.end(_RETAINED, moment)
        return changes

    def available(self, moment: Moment, *, online: bool) -> list[Change]:
        """Take what its bridge says of it: ``online`` is no sign of life, the other is a fault."""
        return self._flag(Kind.FAULT, Reason.UNAVAILABLE, moment, holds=not online)

    def tick(self, moment: Moment) -> list[Change]:
        """What follows from time alone."""
        if not self._silent and moment.t - self._heard_t > self._figures.silent_after_s:
            self._silent = True
            return self.conditions.begin(_SILENT, moment)
        if moment.t - self._looked_at >= _LOOKED_AT_EVERY_S:
            return [*self._settle(moment), *self._look_for_dirt(moment)]
        return self._settle(moment)

    def is_heard(self, moment: Moment) -> bool:
        """Whether it gave a sign of life within its reporting time."""
        return self._heard_at is not None and moment.t - self._heard_t <= self._figures.silent_after_s

    def disagrees(self, quantity: str, moment: Moment, *, holds: bool) -> list[Change]:
        """Its neighbours see that what it measures of *quantity* cannot be true, or can again."""
        cause = Cause(Kind.FAULT, Reason.DISAGREES, quantity)
        if not holds:
            return self.conditions.end(cause, moment)
        value = self.values().get(quantity)
        return self.conditions.begin(cause, moment, quantity=quantity, value=value)

    def _settle(self, moment: Moment) -> list[Change]:
        """End what held before the restart, once the point was heard long enough without it."""
        first_t = self._first_t
        if self._settled or self._silent or first_t is None:
            return []
        if moment.t - first_t <= _HEARD_SINCE_RESTART_S:
            return []
        self._settled = True
        return self.conditions.end_those_from_before(moment)

    def _together(self, signs: Signs, moment: Moment) -> list[Change]:
        """Whether what it measures is a fire together; nothing of a point on test or disabled is."""
        shares = [each.share(moment.t) for each in self._channels]
        if not signs.take(shares, moment.t):
            return self.conditions.end(_TOGETHER, moment)
        if any(each.is_held_back for each in self._channels):
            return []
        return self.conditions.begin(_TOGETHER, moment)

    def _look_for_dirt(self, moment: Moment) -> list[Change]:
        """Report a detector that needs cleaning, in good time, and one that is too dirty."""
        self._looked_at = moment.t
        smoke = next((each for each in self._channels if each.quantity == "smoke"), None)
        forecast = smoke.forecast(moment.t) if smoke else None
        if forecast is None:
            return []
        within = self._figures.clean_within_days
        return [
            *self._dirt(_CLEANING_DUE, moment, forecast, begin=within, end=2 * within),
            *self._dirt(_DIRTY, moment, forecast, begin=0.0, end=within / 2),
        ]

    def _dirt(
        self, cause: Cause, moment: Moment, forecast: float, *, begin: float, end: float
    ) -> list[Change]:
        if forecast <= begin:
            return self.conditions.begin(cause, moment, quantity="smoke", value=round(forecast, 1))
        return self.conditions.end(cause, moment) if forecast > end else []

    def _note_life(self, moment: Moment) -> None:
        self._heard_at, self._heard_t = moment
        if self._first_t is None and not self._settled:
            self._first_t = moment.t

    def _hear_old(self, state: LevelState, moment: Moment) -> list[Change]:
        if state.smoke:
            return self.conditions.begin(_RETAINED, moment, quantity="alarm", value=1.0)
        return []

    def _sign_of_life(self, moment: Moment) -> list[Change]:
        self._note_life(moment)
        self._silent = False
        return self.conditions.end(_SILENT, moment)

    def _flag(self, kind: Kind, reason: Reason, moment: Moment, *, holds: bool | None) -> list[Change]:
        cause = Cause(kind, reason, "flag")
        if holds is None:
            return []
        return self.conditions.begin(cause, moment) if holds else self.conditions.end(cause, moment)

    def _new_channel(self, quantity: str, moment: Moment) -> "_Channel":
        self._note_life(moment)
        judged = quantity in _SWITCHES or self.kind is None or quantity in _JUDGED[self.kind]
        channel = _Channel(quantity, self._figures, self.conditions, judged=judged)
        channel.learned(self._learned.get(quantity, 0.0))
        if quantity in _SWITCHES:
            channel.resume(_SWITCHES[quantity], moment)
        self._channels = (*self._channels, channel)
        return channel


_SILENT = Cause(Kind.FAULT, Reason.SILENT)
_RETAINED = Cause(Kind.PREALARM, Reason.RETAINED_ALARM)
_TOGETHER = Cause(Kind.FIRE, Reason.SIGNS_TOGETHER)
_CLEANING_DUE = Cause(Kind.SUPERVISORY, Reason.CLEANING_DUE)
_DIRTY = Cause(Kind.FAULT, Reason.DIRTY)


def _judge_of(quantity: str, figures: PointFigures) -> Judge | None:
    if quantity == "smoke":
        return smoke_judge(figures.smoke)
    if quantity == "co" and figures.co is not None:
        return co_judge(figures.co)
    if quantity == "temperature":
        return HeatJudge(figures.heat)
    if quantity in _SWITCHES:
        return SwitchJudge(_SWITCHES[quantity])
    return None


# Of ten thousand points nearly all have raised nothing: they share this, which stays empty.
_NOTHING_RAISED: dict[Kind, Cause] = {}


class _Channel:
    """One quantity of a point.

    *Test.* While a detector says ``test``, that is a condition of its own, and its samples go to a
    judge of their own: what would be a fire is reported as ``test`` with the fire's reason. Nothing
    else is held back: a fire that stood before stays, samples that come without ``test`` are judged
    as ever, and so is every other point. When the test ends, its judge is forgotten.

    *Disabled.* A point that says so raises no new fire and no pre-alarm. One that stands stays until
    the measurement falls, and one that is still measured when the point comes back is raised then.

    *Fault.* A detector that says ``fault`` is still judged while its values are plausible: a fire
    never hides behind a fault.
    """

    __slots__ = (
        "_conditions",
        "_fault",
        "_figures",
        "_judge",
        "_judged_at",
        "_level",
        "_plausibility",
        "_raised",
        "_status",
        "_test_judge",
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
        self._judge = _judge_of(quantity, figures) if judged else None
        self._test_judge: Judge | None = None
        jump = figures.heat.jump_k if quantity == "temperature" else None
        stuck = 0.0 if quantity in _SWITCHES else figures.stuck_after_s
        self._plausibility = Plausibility(limits_of(quantity, jump=jump, stuck_after_s=stuck))
        if (Kind.FAULT, Reason.RAILED) in conditions.held():
            self._plausibility.was_railed()
        self._status = Status.NORMAL
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

    @property
    def is_held_back(self) -> bool:
        """Whether what it measures now must be no fire."""
        return self._status in {Status.TEST, Status.DISABLED}

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
        trust = self._plausibility.take(value, moment.t)
        changes: Sequence[Change] = ()
        if value is not None and trust is not Trust.UNUSABLE:
            self.latest = value
            if self._judge is not None and trust is not Trust.DOUBTFUL:
                changes = self._judged(self._judge, value, status, trust, moment)
        if status is not self._status or self._plausibility.fault is not self._fault:
            return [*changes, *self._faulted(moment), *self._said(status, moment)]
        return changes

    def _judged(
        self, judge: Judge, value: float, status: Status, trust: Trust, moment: Moment
    ) -> Sequence[Change]:
        if status is Status.TEST:
            return self._judged_in_test(value, moment)
        self._judged_at = moment.t
        if trust is Trust.SOUND:
            verdict = judge.take(value, moment.t)
        elif trust is Trust.PROVEN and isinstance(judge, HeatJudge):
            verdict = judge.restart(self._plausibility.believed, moment.t)
        else:
            verdict = judge.take(self._plausibility.believed, moment.t)
        if verdict.level is self._level:
            return ()
        if status is Status.DISABLED and verdict.level > self._level:
            return ()
        self._level = verdict.level
        return self._moved(verdict, value, moment)

    def _moved(self, verdict: Verdict, value: float, moment: Moment) -> list[Change]:
        """To another level. A fire keeps the pre-alarm that came before it, and begins none."""
        match verdict.level:
            case Level.FIRE:
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
        judge = self._test_judge = self._test_judge or _judge_of(self.quantity, self._figures)
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
        if before is Status.TEST:
            self._test_judge = None
            changes += self._end(Kind.TEST, self.latest or 0.0, moment)
        return changes
