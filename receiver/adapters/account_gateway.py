"""One account as a gateway: its transmitter is judged, its signals are stored and sent."""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import structlog
from msgspec import Struct

from contract.messages import Edge, Kind, Scope, encode_alarm
from gateway.adapters.uplink.encoded_signal import encoder_of
from gateway.adapters.uplink.lane_sender import Entries, LaneSender, PublishMessage
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment
from gateway.domain.points.site_points import OpenConditions
from gateway.domain.points.thresholds import PointThresholds
from receiver.adapters.change_log import ChangeLog
from receiver.adapters.metrics import Metrics
from receiver.adapters.reading_lane import PointReading, ReadingLane
from receiver.adapters.shared_inbox import InboxLane, SharedInbox, Submission
from receiver.adapters.uplink_turns import AccountTurn
from receiver.domain.account_plan import AccountPlan
from receiver.domain.recent_frames import RecentFrame, RecentFrames
from receiver.domain.transmitter import LINE, Transmitter
from runtime.backoff import Backoff
from runtime.clock import Clock

log = structlog.get_logger(__name__)

_RESENDING = Backoff(1.0, 30.0)
"""Seconds: docs/protocol.md, 4.3."""

_MOST_IN_MESSAGE = 100
_WINDOW = 1_000
_AT_ONCE = 1
"""Messages of one account without the broker's word: what comes meanwhile shares the next one."""


class _HeldCondition(Struct, frozen=True, array_like=True):
    scope: Scope
    name: str
    kind: Kind
    reason: str


class _AccountState(Struct, frozen=True):
    conditions: list[_HeldCondition] = []
    names: dict[str, str] = {}
    heard: list[str] = []


def alarm_lane(
    lane: InboxLane,
    *,
    publish: PublishMessage,
    turn: AccountTurn,
    clock: Clock,
    metrics: Metrics,
) -> LaneSender:
    """Return the sender of the signals in *lane*, which waits for its *turn*."""
    return LaneSender(
        "alarm",
        lane,
        compose=_alarm_message,
        publish=publish,
        window=_WINDOW,
        resending=_RESENDING,
        group=_MOST_IN_MESSAGE,
        at_once=_AT_ONCE,
        urgent=True,
        clock=clock,
        metrics=metrics,
        turn=turn,
    )


def _alarm_message(epoch: str, floor: int, entries: Entries) -> bytes:
    return encode_alarm(epoch, floor, [body for _, body in entries])


class AccountGateway:
    """The gateway of one account: *lane* holds its signals, *sender* sends them.

    *readings* takes what it measures; None for accounts that measure nothing.
    """

    def __init__(
        self,
        plan: AccountPlan,
        inbox: SharedInbox,
        lane: InboxLane,
        *,
        sender: LaneSender,
        turn: AccountTurn,
        thresholds: PointThresholds,
        most_unknown: int,
        now: Callable[[], Moment],
        change_log: ChangeLog,
        metrics: Metrics,
        readings: ReadingLane | None = None,
    ) -> None:
        self.plan = plan
        self._inbox = inbox
        self._lane = lane
        self.sender = sender
        self._turn = turn
        self.readings = readings
        self._now = now
        self._change_log = change_log
        self._metrics = metrics
        known = msgspec.json.decode(lane.state, type=_AccountState) if lane.state else _AccountState()
        self.transmitter = Transmitter(
            plan,
            thresholds=thresholds,
            most_unknown=most_unknown,
            since=now(),
            held=_held(known),
            names={(LINE, address): name for address, name in known.names.items()},
            heard=known.heard,
        )
        self.recent = RecentFrames(lane.frames)
        self._unstored: list[ConditionChange] = []
        self.told_time_at: float | None = None
        if lane.depth.entries and any(each.kind is Kind.FIRE for each in known.conditions):
            turn.hurry()  # it may be the fire that was not told
        if inbox.begun_anew:
            self.report(self.transmitter.report_lost_inbox())

    @property
    def has_unstored(self) -> bool:
        """Whether the disk refused signals, which are stored with the next attempt."""
        return bool(self._unstored)

    def report(self, changes: Sequence[ConditionChange]) -> None:
        """Store *changes* that no frame brought, and have them sent; also those refused before."""
        if changes or self._unstored:
            self.store_frame(changes, None, on_stored=_nothing)

    def store_frame(
        self,
        changes: Sequence[ConditionChange],
        frame: RecentFrame | None,
        *,
        on_stored: Callable[[], None],
        readings: Sequence[PointReading] = (),
    ) -> None:
        """Store *changes*, *readings* and the *frame* that brought them; call *on_stored* once they are
        on disk.

        It is not called where the disk refuses: nothing is acknowledged, and the changes are kept.
        """
        moment = self._now()
        for each in changes:
            self._metrics.count_signal(each.kind.value, each.edge.value).inc()
            self._change_log.note(self.plan.name, each, moment)
        changes, self._unstored = [*self._unstored, *changes], []
        is_fire = any(each.kind is Kind.FIRE and each.edge is Edge.RAISED for each in changes)
        entries = [self._lane.number(encoder_of(each, lambda: moment)) for each in changes]

        def stored() -> None:
            on_stored()
            if is_fire:
                self._turn.hurry()
            for entry in entries:
                self.sender.send_stored(entry.seq, entry.body)

        def refused(why: str) -> None:
            log.error("frame not stored; not acknowledged", gateway=self.plan.name, reason=why)
            self._metrics.commit_failures.inc()
            self._unstored = [*self._unstored, *changes]
            if frame is not None:
                self.recent.forget(frame)

        if readings and self.readings is not None:
            self._inbox.submit(self.readings.submission(readings))
        # In the same commit: whoever submits without a pause in between shares it.
        self._inbox.submit(
            Submission(
                self._lane,
                entries,
                on_stored=stored,
                on_refused=refused,
                frame=frame,
                state=self._state if changes else None,
            )
        )

    def _state(self) -> bytes:
        """Return the state to keep over a restart; what the disk refused does not belong to it."""
        unsafe = Counter(
            (each.scope, each.name, each.kind, str(each.reason))
            for each in self._unstored
            if each.edge is Edge.RAISED
        )
        conditions = [
            _HeldCondition(scope, name, kind, reason)
            for (scope, name), held in self.transmitter.open_conditions().items()
            for kind, reason in held
            if (scope, name, kind, str(reason)) not in unsafe
        ]
        site = self.transmitter.site
        names = {address: name for (_, address), name in site.names.items()}
        return msgspec.json.encode(_AccountState(conditions, names, sorted(site.heard_points())))


def _nothing() -> None:
    """Answer nobody."""


def _held(known: _AccountState) -> OpenConditions:
    held: OpenConditions = {}
    for each in known.conditions:
        held.setdefault((each.scope, each.name), []).append((each.kind, each.reason))
    return held
