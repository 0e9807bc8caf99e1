"""A point turns the samples of one detector into conditions that begin and end."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from contract.messages import Kind, Scope
from contract.sentences import Status
from gateway.domain.changes import Cause, Change, Conditions, Moment, Reason
from gateway.domain.channel import SWITCHES, Channel, PointFigures
from gateway.domain.level import Age, LevelState
from gateway.domain.signs import LEAST_SIGN, Signs

_HEARD_SINCE_RESTART_S = 30.0
"""What was raised before a restart ends when its point was heard for so long without it."""

_LOOKED_AT_EVERY_S = 3_600.0
"""How often a smoke detector's dirt is looked at."""


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


class Point:
    """One detector, call point or panel input.

    *kind* is None for a point that nobody configured: it is judged by whatever it measures.
    """

    __slots__ = (
        "_again_at",
        "_again_by",
        "_channels",
        "_figures",
        "_first_t",
        "_heard_at",
        "_heard_before",
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
        heard_before: bool = False,
    ) -> None:
        self.name = name
        self.kind = kind
        self.conditions = Conditions(Scope.POINT, name, held)
        self._figures = figures
        self._channels: tuple[Channel, ...] = ()  # a few at most; a dict would be most of its memory
        self._first_t: float | None = None  # when it was heard first, where that matters
        self._heard_at: int | None = None
        self._heard_before = heard_before  # by an earlier run of the gateway
        self._heard_t = since.t
        self._settled = not self.conditions
        self._silent = False
        self._again_at: float | None = None
        self._again_by: tuple[Channel, float | None] | None = None
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
    def was_ever_heard(self) -> bool:
        """Whether it gave a sign of life since it was configured."""
        return self._heard_before or self._heard_at is not None

    @property
    def reporting_time_s(self) -> float:
        """Its longest allowed silence."""
        return self._figures.silent_after_s

    @property
    def state(self) -> PointState:
        """The worst that holds."""
        for kind, state in _WORST_FIRST:
            if self.conditions.has(kind):
                return PointState.TEST if self._is_only_on_test(kind) else state
        if self._heard_at is not None and self._channels:
            return PointState.NORMAL
        return PointState.EXPECTED if self.was_ever_heard else PointState.NEVER_HEARD

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
        if self._again_at is not None and not self.conditions.has(Kind.FIRE):
            # It was restored since: another fire is signalled anyway.
            self._again_at = self._again_by = None
        changes = channel.take(value, status, moment)
        if self._again_at is not None:
            changes = [*self._note_again(channel, value, moment), *changes]
        if len(self._channels) > 1 and (changes or channel.doubts_fire):
            changes = [*changes, *self._agree(moment)]
        if self._signs is not None and (self._signs.on or channel.share(moment.t) >= LEAST_SIGN):
            changes = [*changes, *self._together(self._signs, moment)]
        if self._silent:
            return [*changes, *self._silence_is_over(moment)]
        return changes

    def hear_state(self, state: LevelState, age: Age, moment: Moment) -> list[Change]:
        """Take the state that a detector published which judges by itself (docs/protocol.md, 5)."""
        if age is Age.UNKNOWN:
            return self._hear_old(state, moment)
        changes = list(self._flag(Kind.TAMPER, Reason.DETECTOR_TAMPER, moment, holds=state.tamper))
        changes += self._flag(Kind.SUPERVISORY, Reason.BATTERY_LOW, moment, holds=state.battery_low)
        changes += self._flag(Kind.SUPERVISORY, Reason.WATER_LEAK, moment, holds=state.water_leak)
        changes += self._faults(state, moment)
        status = Status.TEST if state.test else Status.NORMAL
        levels = {quantity: float(level) for quantity, level in state.alarms.items()}
        if state.test is not None:  # of the detector as a whole: of all the levels that it ever told
            levels = self._levels() | levels
        if not levels and state.test is not None:
            # Of what was never heard here, only what held before a restart is known.
            held = not state.test and self.conditions.has(Kind.FIRE)
            levels = {"alarm": float(held)}
        if not levels:
            return [*changes, *self._sign_of_life(moment)]
        for quantity, level in levels.items():
            changes += self.hear(quantity, level, status, moment)
        return [*changes, *(each for old in _RETAINED for each in self.conditions.end(old, moment))]

    def incident_closed(self, again_at: float) -> None:
        """Signal its fire once more at *again_at* if it says fire from now on: its incident was closed.

        As a panel rings again after a reset, where the detector still says fire. If it says so later
        than that, it is signalled then.
        """
        if self.conditions.has(Kind.FIRE):
            self._again_at, self._again_by = again_at, None

    def hear_values(self, values: Iterable[tuple[str, float]], moment: Moment) -> list[Change]:
        """Take what such a detector measured besides, where a point of its kind is judged by that."""
        judged = _JUDGED[self.kind] if self.kind is not None else frozenset()
        told = [each for each in values if each[0] in judged]
        return [c for name, value in told for c in self.hear(name, value, Status.NORMAL, moment)]

    @property
    def heard(self) -> Moment | None:
        """Moment at which it last gave a sign of life, None if it never did."""
        return None if self._heard_at is None else Moment(self._heard_at, self._heard_t)

    def was_heard(self, measured: Moment) -> None:
        """Count its silence from *measured*, where a message told when that was."""
        self._heard_at, self._heard_t = measured

    def available(self, moment: Moment, *, online: bool) -> list[Change]:
        """Take what its bridge says of it: ``online`` is no sign of life, the other is a fault."""
        return self._flag(Kind.FAULT, Reason.UNAVAILABLE, moment, holds=not online)

    def tick(self, moment: Moment) -> list[Change]:
        """What follows from time alone."""
        changes = self._tick_channels(moment) if self.conditions else []
        if self._again_by is not None:
            changes = [*self._raise_again(moment), *changes]
        if not self._silent and moment.t - self._heard_t > self._figures.silent_after_s:
            self._silent = True
            cause = _SILENT if self.was_ever_heard else _NEVER_HEARD
            return [*changes, *self.conditions.begin(cause, moment)]
        if changes:
            return changes  # the rest has time until the next tick
        if moment.t - self._looked_at >= _LOOKED_AT_EVERY_S:
            return [*self._settle(moment), *self._look_for_dirt(moment)]
        return self._settle(moment)

    def is_heard(self, moment: Moment) -> bool:
        """Whether it gave a sign of life within its reporting time."""
        return self._heard_at is not None and moment.t - self._heard_t <= self._figures.silent_after_s

    def double_address(self, moment: Moment, *, holds: bool) -> list[Change]:
        """Take whether two detectors answer to its address."""
        return self._flag(Kind.FAULT, Reason.DOUBLE_ADDRESS, moment, holds=holds)

    def disagrees(self, quantity: str, moment: Moment, *, holds: bool) -> list[Change]:
        """Its neighbours see that what it measures of *quantity* cannot be true, or can again."""
        cause = Cause(Kind.FAULT, Reason.DISAGREES, quantity)
        if not holds:
            return self.conditions.end(cause, moment)
        value = self.values().get(quantity)
        return self.conditions.begin(cause, moment, quantity=quantity, value=value)

    def _note_again(self, channel: Channel, value: float | None, moment: Moment) -> Sequence[Change]:
        """Note that the detector still says fire after its incident was closed."""
        together = self._signs is not None and self._signs.on
        if together or channel.says_fire(value, moment.t):
            self._again_by = channel, value
        return self._raise_again(moment)

    def _raise_again(self, moment: Moment) -> Sequence[Change]:
        """The fire once more, where the time has come and the detector said so since the closing."""
        if self._again_at is None or self._again_by is None or moment.t < self._again_at:
            return ()
        (channel, value), self._again_by = self._again_by, None
        if channel.is_held_back(moment.t):
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
        """The latest of each level that it told."""
        return {name: value for name, value in self.values().items() if name in SWITCHES}

    def _tick_channels(self, moment: Moment) -> list[Change]:
        return [change for channel in self._channels for change in channel.tick(moment)]

    def _is_only_on_test(self, kind: Kind) -> bool:
        held = {reason for each, reason in self.conditions.held() if each is kind}
        return kind is Kind.DISABLED and held == {Reason.ON_TEST}

    @property
    def doubts_fire(self) -> bool:
        """Whether a quantity of it would be in alarm if it were believed."""
        return any(each.doubts_fire for each in self._channels)

    @property
    def burns(self) -> bool:
        """Whether it sees at least a pre-alarm, and does not doubt it."""
        return any(each.burns for each in self._channels)

    def bear_out(self, moment: Moment) -> list[Change]:
        """Believe what is in doubt, as others see a fire, too."""
        doubting = [each for each in self._channels if each.doubts_fire]
        return [change for each in doubting for change in each.bear_out(moment)]

    def _agree(self, moment: Moment) -> list[Change]:
        """A second quantity that sees a fire ends all doubt."""
        return self.bear_out(moment) if self.doubts_fire and self.burns else []

    def _settle(self, moment: Moment) -> list[Change]:
        """End what held before the restart, once the point was heard long enough without it."""
        first_t = self._first_t
        if self._settled or self._silent or first_t is None or self.doubts_fire:
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
        if any(each.is_held_back(moment.t) or each.in_fire for each in self._channels):
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
        begin = self.conditions.begin
        for quantity, level in state.alarms.items():
            if level:
                return [c for old in _RETAINED for c in begin(old, moment, quantity=quantity, value=1.0)]
        return []

    def _faults(self, state: LevelState, moment: Moment) -> list[Change]:
        changes: list[Change] = []
        for field, holds in state.faults:
            cause = Cause(Kind.FAULT, Reason.DETECTOR_FAULT, field)
            turn = self.conditions.begin if holds else self.conditions.end
            changes += turn(cause, moment)
        return changes

    def _sign_of_life(self, moment: Moment) -> list[Change]:
        self._note_life(moment)
        return self._silence_is_over(moment)

    def _silence_is_over(self, moment: Moment) -> list[Change]:
        self._silent = False
        return [
            change for cause in (_SILENT, _NEVER_HEARD) for change in self.conditions.end(cause, moment)
        ]

    def _flag(self, kind: Kind, reason: Reason, moment: Moment, *, holds: bool | None) -> list[Change]:
        cause = Cause(kind, reason, "flag")
        if holds is None:
            return []
        return self.conditions.begin(cause, moment) if holds else self.conditions.end(cause, moment)

    def _new_channel(self, quantity: str, moment: Moment) -> Channel:
        self._note_life(moment)
        judged = quantity in SWITCHES or self.kind is None or quantity in _JUDGED[self.kind]
        channel = Channel(quantity, self._figures, self.conditions, judged=judged)
        if (baseline := self._learned.get(quantity)) is not None:
            channel.learned(baseline)
        if quantity in SWITCHES:
            channel.resume(SWITCHES[quantity], moment)
        self._channels = (*self._channels, channel)
        return channel


_SILENT = Cause(Kind.FAULT, Reason.SILENT)
_NEVER_HEARD = Cause(Kind.FAULT, Reason.NEVER_HEARD)
# The second, because a pre-alarm stands in the log alone, and somebody must look at that detector.
_RETAINED = (
    Cause(Kind.PREALARM, Reason.RETAINED_ALARM),
    Cause(Kind.SUPERVISORY, Reason.RETAINED_ALARM),
)
_TOGETHER = Cause(Kind.FIRE, Reason.SIGNS_TOGETHER)
_CLEANING_DUE = Cause(Kind.SUPERVISORY, Reason.CLEANING_DUE)
_DIRTY = Cause(Kind.FAULT, Reason.DIRTY)
