"""A point turns the samples of one detector into conditions that begin and end."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from contract.messages import Kind, Scope
from contract.sentences import Status
from gateway.domain.detection.multi_criteria import LEAST_SHARE, MultiCriteriaJudge
from gateway.domain.detection.switch import SWITCHES
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.detector_state import DetectorState, StateAge
from gateway.domain.model.moment import Moment
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.channel import PointChannel
from gateway.domain.points.thresholds import PointThresholds

_HEARD_SINCE_RESTART_S = 30.0
"""What was raised before a restart ends when its point was heard for so long without it."""

_LOOKED_AT_EVERY_S = 3_600.0
"""How often a smoke detector's dirt is looked at."""


class PointState(StrEnum):
    """The state of a point by its worst condition, for people and for the heartbeat."""

    ALARM = "alarm"
    PREALARM = "prealarm"
    FAULT = "fault"
    TAMPER = "tamper"
    TEST = "test"
    DISABLED = "disabled"
    NORMAL = "normal"
    EXPECTED = "expected"  # heard once, and said nothing since the gateway's start of what it senses
    NEVER_HEARD = "never_heard"


_WORST_FIRST = (
    (Kind.FIRE, PointState.ALARM),
    (Kind.PREALARM, PointState.PREALARM),
    (Kind.FAULT, PointState.FAULT),
    (Kind.TAMPER, PointState.TAMPER),
    (Kind.DISABLED, PointState.DISABLED),
    (Kind.TEST, PointState.TEST),
)

# Which quantities a configured kind of point is judged by; a switch is judged on every point.
_JUDGED = {
    PointKind.SMOKE: frozenset({"smoke"}),
    PointKind.HEAT: frozenset({"temperature"}),
    PointKind.CO: frozenset({"co"}),
    PointKind.MULTI: frozenset({"smoke", "temperature", "co"}),
    PointKind.MANUAL: frozenset({"manual"}),
    PointKind.LEVEL: frozenset({"alarm"}),
}

_NO_BASELINES: Mapping[str, float] = {}


class MonitoredPoint:
    """One detector, call point or panel input.

    *kind* is None for a point that nobody configured: it is judged by whatever it measures.
    """

    __slots__ = (
        "_again_at",
        "_again_by",
        "_channels",
        "_first_t",
        "_heard_at",
        "_heard_before",
        "_heard_t",
        "_learned",
        "_looked_at",
        "_multi_criteria",
        "_settled",
        "_silent",
        "_thresholds",
        "conditions",
        "kind",
        "name",
    )

    def __init__(
        self,
        name: str,
        *,
        kind: PointKind | None,
        thresholds: PointThresholds,
        since: Moment,
        held: Iterable[tuple[Kind, str]] = (),
        baselines: Mapping[str, float] | None = None,
        heard_before: bool = False,
    ) -> None:
        self.name = name
        self.kind = kind
        self.conditions = ConditionSet(Scope.POINT, name, held)
        self._thresholds = thresholds
        self._channels: tuple[
            PointChannel, ...
        ] = ()  # a few at most; a dict would be most of its memory
        self._first_t: float | None = None  # when it was heard first, where that matters
        self._heard_at: int | None = None
        self._heard_before = heard_before  # by an earlier run of the gateway
        self._heard_t = since.t
        self._settled = not self.conditions
        self._silent = False
        self._again_at: float | None = None
        self._again_by: tuple[PointChannel, float | None] | None = None
        self._looked_at = since.t
        self._learned = baselines or _NO_BASELINES  # before a restart, by quantity
        self._multi_criteria: MultiCriteriaJudge | None = None
        if kind is PointKind.MULTI:
            smoke = thresholds.smoke
            self._multi_criteria = MultiCriteriaJudge(
                restore_share=smoke.restore_share, restore_s=smoke.restore_s
            )

    @property
    def heard_at(self) -> int | None:
        """Time of its last sign of life, in microseconds since 1970."""
        return self._heard_at

    @property
    def was_ever_heard(self) -> bool:
        """Whether it has given a sign of life since it was configured."""
        return self._heard_before or self._heard_at is not None

    @property
    def reporting_time_s(self) -> float:
        """The longest allowed silence."""
        return self._thresholds.silent_after_s

    @property
    def state(self) -> PointState:
        """The state by the worst condition."""
        for kind, state in _WORST_FIRST:
            if self.conditions.has(kind):
                return PointState.TEST if self._is_only_on_test(kind) else state
        if self._heard_at is not None and self._channels:
            return PointState.NORMAL
        return PointState.EXPECTED if self.was_ever_heard else PointState.NEVER_HEARD

    def values(self) -> dict[str, float]:
        """Return the latest value of each quantity, as received."""
        return {each.quantity: each.latest for each in self._channels if each.latest is not None}

    def baselines(self) -> dict[str, float]:
        """Return the learned value of clean air by quantity, now or from before a restart."""
        now = {each.quantity: each.baseline for each in self._channels}
        return {**self._learned, **{name: value for name, value in now.items() if value is not None}}

    def accept_sample(
        self, quantity: str, value: float | None, status: Status, moment: Moment
    ) -> Sequence[ConditionChange]:
        """Return the changes that a sample brings; *value* is None if the detector could not measure."""
        self._heard_at, self._heard_t = moment
        for channel in self._channels:
            if channel.quantity == quantity:
                break
        else:
            channel = self._new_channel(quantity, moment)
        if self._again_at is not None and not self.conditions.has(Kind.FIRE):
            # It was restored since: another fire is signalled anyway.
            self._again_at = self._again_by = None
        changes = channel.accept_sample(value, status, moment)
        if self._again_at is not None:
            changes = [*self._note_again(channel, value, moment), *changes]
        if len(self._channels) > 1 and (changes or channel.doubts_fire):
            changes = [*changes, *self._confirm_by_second_quantity(moment)]
        if self._multi_criteria is not None and (
            self._multi_criteria.on or channel.share(moment.t) >= LEAST_SHARE
        ):
            changes = [*changes, *self._judge_together(self._multi_criteria, moment)]
        if self._silent:
            return [*changes, *self._silence_is_over(moment)]
        return changes

    def accept_state(self, state: DetectorState, age: StateAge, moment: Moment) -> list[ConditionChange]:
        """Return the changes that the state of a detector brings (docs/protocol.md, 5)."""
        if age is StateAge.UNKNOWN:
            return self._accept_retained_state(state, moment)
        changes = list(
            self._update_flag(Kind.TAMPER, SignalReason.DETECTOR_TAMPER, moment, holds=state.tamper)
        )
        changes += self._update_flag(
            Kind.SUPERVISORY, SignalReason.BATTERY_LOW, moment, holds=state.battery_low
        )
        changes += self._update_flag(
            Kind.SUPERVISORY, SignalReason.WATER_LEAK, moment, holds=state.water_leak
        )
        changes += self._update_flag(
            Kind.SUPERVISORY, SignalReason.DETECTOR_SUPERVISORY, moment, holds=state.supervisory
        )
        changes += self._update_flag(
            Kind.PREALARM, SignalReason.DETECTOR_PREALARM, moment, holds=state.prealarm
        )
        changes += self._update_faults(state, moment)
        status = _status_of(state)
        levels = {quantity: float(level) for quantity, level in state.alarms.items()}
        told = state.test is not None or state.disabled is not None
        if told:  # of the detector as a whole: of all the levels that it ever told
            levels = self._levels() | levels
        if not levels and told:
            # Of what was never heard here, only what held before a restart is known.
            held = status is Status.NORMAL and self.conditions.has(Kind.FIRE)
            levels = {"alarm": float(held)}
        if not levels:
            return [*changes, *self._sign_of_life(moment)]
        for quantity, level in levels.items():
            changes += self.accept_sample(quantity, level, status, moment)
        return [*changes, *(each for old in _RETAINED for each in self.conditions.end(old, moment))]

    def reset_alarms(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes when its panel was reset: what stands then, the panel tells anew."""
        changes = self._update_flag(Kind.PREALARM, SignalReason.DETECTOR_PREALARM, moment, holds=False)
        for quantity, level in self._levels().items():
            if level:
                changes += self.accept_sample(quantity, 0.0, Status.NORMAL, moment)
        # Not as a sample: what else the panel told before the restart must not end for being heard.
        return [*changes, *self.conditions.end_alarms_from_before_restart(moment)]

    def raise_again_after(self, again_at: float) -> None:
        """Signal the fire again at *again_at* if the detector still reports it: its incident was closed.

        As a panel rings again after a reset, where the detector still says fire. If it says so later
        than that, it is signalled then.
        """
        if self.conditions.has(Kind.FIRE):
            self._again_at, self._again_by = again_at, None

    def accept_values(
        self, values: Iterable[tuple[str, float]], moment: Moment
    ) -> list[ConditionChange]:
        """Return the changes that further values bring, where a point of its kind is judged by them."""
        judged = _JUDGED[self.kind] if self.kind is not None else frozenset()
        told = [each for each in values if each[0] in judged]
        return [
            c for name, value in told for c in self.accept_sample(name, value, Status.NORMAL, moment)
        ]

    @property
    def last_heard(self) -> Moment | None:
        """Moment of the last sign of life; None if there was none."""
        return None if self._heard_at is None else Moment(self._heard_at, self._heard_t)

    def set_last_heard(self, measured: Moment) -> None:
        """Count the silence from *measured*."""
        self._heard_at, self._heard_t = measured

    def set_reachable(self, moment: Moment, *, online: bool) -> list[ConditionChange]:
        """Return the changes of reachability by its bridge: ``online`` alone is not a sign of life."""
        return self._update_flag(Kind.FAULT, SignalReason.UNAVAILABLE, moment, holds=not online)

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by time alone."""
        changes = self._tick_channels(moment) if self.conditions else []
        if self._again_by is not None:
            changes = [*self._raise_again(moment), *changes]
        if not self._silent and moment.t - self._heard_t > self._thresholds.silent_after_s:
            self._silent = True
            cause = _SILENT if self.was_ever_heard else _NEVER_HEARD
            return [*changes, *self.conditions.begin(cause, moment)]
        if changes:
            return changes  # the rest has time until the next tick
        if moment.t - self._looked_at >= _LOOKED_AT_EVERY_S:
            return [*self._end_restored_conditions(moment), *self._check_dirt(moment)]
        return self._end_restored_conditions(moment)

    def is_heard(self, moment: Moment) -> bool:
        """Return whether it gave a sign of life within its reporting time."""
        return self._heard_at is not None and moment.t - self._heard_t <= self._thresholds.silent_after_s

    def set_duplicate_address(self, moment: Moment, *, holds: bool) -> list[ConditionChange]:
        """Begin or end the fault that two detectors use its address."""
        return self._update_flag(Kind.FAULT, SignalReason.DUPLICATE_ADDRESS, moment, holds=holds)

    def set_disagreement(self, quantity: str, moment: Moment, *, holds: bool) -> list[ConditionChange]:
        """Begin or end the fault that its neighbours contradict its *quantity*."""
        cause = ConditionCause(Kind.FAULT, SignalReason.DISAGREES, quantity)
        if not holds:
            return self.conditions.end(cause, moment)
        value = self.values().get(quantity)
        return self.conditions.begin(cause, moment, quantity=quantity, value=value)

    def _note_again(
        self, channel: PointChannel, value: float | None, moment: Moment
    ) -> Sequence[ConditionChange]:
        """Note that the detector still reports fire after its incident was closed."""
        together = self._multi_criteria is not None and self._multi_criteria.on
        if together or channel.says_fire(value, moment.t):
            self._again_by = channel, value
        return self._raise_again(moment)

    def _raise_again(self, moment: Moment) -> Sequence[ConditionChange]:
        """Return the fire once more, if it is due and the detector reported it since the closing."""
        if self._again_at is None or self._again_by is None or moment.t < self._again_at:
            return ()
        (channel, value), self._again_by = self._again_by, None
        if channel.is_fire_suppressed(moment.t):
            return ()
        self._again_at = None
        return [
            change
            for source in (channel.quantity, _TOGETHER.source)
            for change in self.conditions.raise_again(
                Kind.FIRE, source, moment, quantity=channel.quantity, value=value
            )
        ]

    def _levels(self) -> dict[str, float]:
        """Return the latest value of each switch."""
        return {name: value for name, value in self.values().items() if name in SWITCHES}

    def _tick_channels(self, moment: Moment) -> list[ConditionChange]:
        return [change for channel in self._channels for change in channel.tick(moment)]

    def _is_only_on_test(self, kind: Kind) -> bool:
        held = {reason for each, reason in self.conditions.open_conditions() if each is kind}
        return kind is Kind.DISABLED and held == {SignalReason.ON_TEST}

    @property
    def doubts_fire(self) -> bool:
        """Whether one of its quantities would be in alarm if it were believed."""
        return any(each.doubts_fire for each in self._channels)

    @property
    def sees_fire_or_prealarm(self) -> bool:
        """Whether it is at least in pre-alarm, and not in doubt."""
        return any(each.sees_fire_or_prealarm for each in self._channels)

    def confirm_doubted_fire(self, moment: Moment) -> list[ConditionChange]:
        """Believe what is in doubt, because others detect a fire too."""
        doubting = [each for each in self._channels if each.doubts_fire]
        return [change for each in doubting for change in each.confirm_doubted_fire(moment)]

    def _confirm_by_second_quantity(self, moment: Moment) -> list[ConditionChange]:
        """End all doubt once a second quantity detects a fire."""
        return (
            self.confirm_doubted_fire(moment) if self.doubts_fire and self.sees_fire_or_prealarm else []
        )

    def _end_restored_conditions(self, moment: Moment) -> list[ConditionChange]:
        """End conditions from before a restart that did not recur for long enough.

        A fire that the detector or its panel decided ends by a word about that fire alone.
        """
        first_t = self._first_t
        if self._settled or self._silent or first_t is None or self.doubts_fire:
            return []
        if moment.t - first_t <= _HEARD_SINCE_RESTART_S:
            return []
        self._settled = True
        return self.conditions.end_from_before_restart(moment, but=_DECIDED_ELSEWHERE)

    def _judge_together(self, signs: MultiCriteriaJudge, moment: Moment) -> list[ConditionChange]:
        """Begin or end a fire by several quantities together; a suppressed point raises none."""
        shares = [each.share(moment.t) for each in self._channels]
        if not signs.judge_shares(shares, moment.t):
            return self.conditions.end(_TOGETHER, moment)
        if any(each.is_fire_suppressed(moment.t) or each.in_fire for each in self._channels):
            return []
        return self.conditions.begin(_TOGETHER, moment)

    def _check_dirt(self, moment: Moment) -> list[ConditionChange]:
        """Report a detector that needs cleaning soon, and one that is too dirty."""
        self._looked_at = moment.t
        smoke = next((each for each in self._channels if each.quantity == "smoke"), None)
        forecast = smoke.days_to_dirty(moment.t) if smoke else None
        if forecast is None:
            return []
        within = self._thresholds.clean_within_days
        return [
            *self._update_dirt(_CLEANING_DUE, moment, forecast, begin=within, end=2 * within),
            *self._update_dirt(_DIRTY, moment, forecast, begin=0.0, end=within / 2),
        ]

    def _update_dirt(
        self, cause: ConditionCause, moment: Moment, forecast: float, *, begin: float, end: float
    ) -> list[ConditionChange]:
        if forecast <= begin:
            return self.conditions.begin(cause, moment, quantity="smoke", value=round(forecast, 1))
        return self.conditions.end(cause, moment) if forecast > end else []

    def _note_life(self, moment: Moment) -> None:
        self._heard_at, self._heard_t = moment
        if self._first_t is None and not self._settled:
            self._first_t = moment.t

    def _accept_retained_state(self, state: DetectorState, moment: Moment) -> list[ConditionChange]:
        begin = self.conditions.begin
        for quantity, level in state.alarms.items():
            if level:
                return [c for old in _RETAINED for c in begin(old, moment, quantity=quantity, value=1.0)]
        return []

    def _update_faults(self, state: DetectorState, moment: Moment) -> list[ConditionChange]:
        changes: list[ConditionChange] = []
        for field, holds in state.faults:
            cause = ConditionCause(Kind.FAULT, SignalReason.DETECTOR_FAULT, field)
            turn = self.conditions.begin if holds else self.conditions.end
            changes += turn(cause, moment)
        return changes

    def _sign_of_life(self, moment: Moment) -> list[ConditionChange]:
        self._note_life(moment)
        return self._silence_is_over(moment)

    def _silence_is_over(self, moment: Moment) -> list[ConditionChange]:
        self._silent = False
        return [
            change for cause in (_SILENT, _NEVER_HEARD) for change in self.conditions.end(cause, moment)
        ]

    def _update_flag(
        self, kind: Kind, reason: SignalReason, moment: Moment, *, holds: bool | None
    ) -> list[ConditionChange]:
        cause = ConditionCause(kind, reason, "flag")
        if holds is None:
            return []
        return self.conditions.begin(cause, moment) if holds else self.conditions.end(cause, moment)

    def _new_channel(self, quantity: str, moment: Moment) -> PointChannel:
        self._note_life(moment)
        judged = quantity in SWITCHES or self.kind is None or quantity in _JUDGED[self.kind]
        channel = PointChannel(quantity, self._thresholds, self.conditions, judged=judged)
        if (baseline := self._learned.get(quantity)) is not None:
            channel.restore_baseline(baseline)
        if quantity in SWITCHES:
            channel.restore_fire(SWITCHES[quantity], moment)
        self._channels = (*self._channels, channel)
        return channel


def _status_of(state: DetectorState) -> Status:
    if state.test:
        return Status.TEST
    return Status.DISABLED if state.disabled else Status.NORMAL


_DECIDED_ELSEWHERE = frozenset((Kind.FIRE, reason) for reason in SWITCHES.values())
_SILENT = ConditionCause(Kind.FAULT, SignalReason.SILENT)
_NEVER_HEARD = ConditionCause(Kind.FAULT, SignalReason.NEVER_HEARD)
# The second, because a pre-alarm stands in the log alone, and somebody must look at that detector.
_RETAINED = (
    ConditionCause(Kind.PREALARM, SignalReason.RETAINED_ALARM),
    ConditionCause(Kind.SUPERVISORY, SignalReason.RETAINED_ALARM),
)
_TOGETHER = ConditionCause(Kind.FIRE, SignalReason.MULTI_CRITERIA)
_CLEANING_DUE = ConditionCause(Kind.SUPERVISORY, SignalReason.CLEANING_DUE)
_DIRTY = ConditionCause(Kind.FAULT, SignalReason.DIRTY)
