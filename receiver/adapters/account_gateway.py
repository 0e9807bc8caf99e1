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
from receiver.adapters.metrics import Metrics
from receiver.adapters.shared_inbox import InboxLane, SharedInbox, Submission
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
_AT_ONCE = 2
"""Messages of one account without the broker's word; there are many accounts."""


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
    lane: InboxLane, *, publish: PublishMessage, clock: Clock, metrics: Metrics
) -> LaneSender:
    """Return the sender of the signals in *lane*."""
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
    )


def _alarm_message(epoch: str, floor: int, entries: Entries) -> bytes:
    return encode_alarm(epoch, floor, [body for _, body in entries])


class AccountGateway:
    """The gateway of one account: *lane* holds its signals, *sender* sends them."""

    def __init__(
        self,
        plan: AccountPlan,
        inbox: SharedInbox,
        lane: InboxLane,
        *,
        sender: LaneSender,
        thresholds: PointThresholds,
        most_unknown: int,
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self.plan = plan
        self._inbox = inbox
        self._lane = lane
        self.sender = sender
        self._now = now
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
    ) -> None:
        """Store *changes* and the *frame* that brought them; call *on_stored* once both are on disk.

        It is not called where the disk refuses: nothing is acknowledged, and the changes are kept.
        """
        for each in changes:
            self._log(each)
        changes, self._unstored = [*self._unstored, *changes], []
        entries = [self._lane.number(encoder_of(each, self._now)) for each in changes]

        def stored() -> None:
            on_stored()
            for entry in entries:
                self.sender.send_stored(entry.seq, entry.body)

        def refused(why: str) -> None:
            log.error("frame not stored; not acknowledged", gateway=self.plan.name, reason=why)
            self._metrics.commit_failures.inc()
            self._unstored = [*self._unstored, *changes]
            if frame is not None:
                self.recent.forget(frame)

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

    def _log(self, change: ConditionChange) -> None:
        self._metrics.signals.labels(change.kind.value, change.edge.value).inc()
        log.info(
            "condition changed",
            gateway=self.plan.name,
            kind=change.kind.value,
            edge=change.edge.value,
            name=change.name,
            reason=str(change.reason),
        )


def _nothing() -> None:
    """Answer nobody."""


def _held(known: _AccountState) -> OpenConditions:
    held: OpenConditions = {}
    for each in known.conditions:
        held.setdefault((each.scope, each.name), []).append((each.kind, each.reason))
    return held
