"""Once a second, check points, lines, paths and the clock against their time limits."""

import asyncio
from collections.abc import Callable, Sequence

from contract.inventory import inventory_of
from contract.messages import Inventory, Kind
from gateway.adapters.metrics import Metrics
from gateway.adapters.outbox import Outbox
from gateway.adapters.state_file import StateSnapshot
from gateway.adapters.uplink.readings_sender import ReadingsSender
from gateway.adapters.uplink.signal_reporter import SignalReporter
from gateway.adapters.uplink.uplink import Uplink
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.site_points import OpenConditions, SitePoints
from gateway.domain.supervision.clock_jumps import ClockJumpWatch
from gateway.domain.supervision.line_watch import LineWatch
from gateway.domain.supervision.panel_state import PanelState, panel_state
from gateway.domain.supervision.take_overs import TakeOverWatch
from runtime.aligned_timers import until_next

_TICK_S = 1.0

_OUTBOX_LOST_SHOWN_S = 60.0

_REFUSED_SHOWN_S = 600.0
"""A false receipt is a fault for so long: somebody speaks for the center, or in our name."""

_UNRECEIPTED = ConditionCause(Kind.FAULT, SignalReason.UNRECEIPTED)
_TOO_MANY_UNKNOWN = ConditionCause(Kind.FAULT, SignalReason.TOO_MANY_UNKNOWN_POINTS, "points")
_OUTBOX_LOST = ConditionCause(Kind.FAULT, SignalReason.OUTBOX_LOST)
_RECEIPT_REFUSED = ConditionCause(Kind.FAULT, SignalReason.RECEIPT_REFUSED)
_NOT_DURABLE = ConditionCause(Kind.FAULT, SignalReason.OUTBOX_WRITE_FAILED, "open")


class Supervisor:
    """Ticks everything that has a reporting time, and publishes the heartbeats.

    *on_inventory* is called when the points, or which of them were ever heard, have changed.
    """

    def __init__(
        self,
        site: SitePoints,
        lines: Sequence[LineWatch],
        *,
        own: ConditionSet,
        uplink_conditions: ConditionSet,
        uplink: Uplink,
        reporter: SignalReporter,
        readings: ReadingsSender,
        unreceipted_after_s: float,
        on_inventory: Callable[[], None],
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self.site = site
        self.lines = lines
        self._own = own
        self._uplink_conditions = uplink_conditions
        self._uplink = uplink
        self._reporter = reporter
        self._readings = readings
        self._unreceipted_after_s = unreceipted_after_s
        self.now = now
        self._metrics = metrics
        self._started = self.now()
        self._clock_watch = ClockJumpWatch(own, self._started)
        self._take_overs = TakeOverWatch(own)
        self._certificate = uplink.certificate
        self._ticked_at = self._started.t
        self._on_inventory = on_inventory
        self._listed = site.inventory_entries()
        self._announced = inventory_of(self._listed, self._started.at)

    def open_conditions(self) -> OpenConditions:
        """Return all open conditions, by scope and name."""
        others = [self._own, *self._path_conditions, *(line.conditions for line in self.lines)]
        found = {(each.scope, each.name): list(each.open_conditions()) for each in others if each}
        return self.site.open_conditions() | found

    def snapshot(self) -> StateSnapshot:
        """Return the state to keep over a restart; only stored or receipted conditions belong to it.

        What is not would never be raised again, because it would seem to have been raised.
        """
        unsafe = self._reporter.unsafe
        safe = {
            (scope, name): [each for each in conditions if (scope, name, *each) not in unsafe]
            for (scope, name), conditions in self.open_conditions().items()
        }
        return StateSnapshot(safe, self.site.names, self.site.baselines(), self.site.heard_points())

    @property
    def pending_readings(self) -> int:
        """Number of readings whose batch is not stored yet."""
        return self._readings.batcher.pending

    def panel_state(self) -> PanelState:
        """Return the state for the lamp on site."""
        conditions = (kind for each in self.site.open_conditions().values() for kind, _ in each)
        unreceipted = self._uplink_conditions.has(Kind.FAULT)
        all_lost = all(path.conditions.has(Kind.FAULT) for path in self._uplink.watches)
        return panel_state(
            fire=Kind.FIRE in conditions,
            phases=[notice.phase for notice in self._uplink.notices.values()],
            trouble=unreceipted or all_lost,
        )

    def is_progressing(self) -> bool:
        """Return whether the ticks go on."""
        return self.now().t - self._ticked_at < 10.0

    async def report_start(self, outbox: Outbox) -> None:
        """Report faults that were found at the start."""
        if outbox.lost:
            await self._reporter.report_changes(self._own.begin(_OUTBOX_LOST, self._started))
        if not outbox.durable:
            await self._reporter.report_changes(self._own.begin(_NOT_DURABLE, self._started))

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            await asyncio.sleep(until_next(_TICK_S))
            await self._reporter.report_changes(self._tick(self.now()))

    async def publish_heartbeats(self, every_s: float) -> None:
        """Publish heartbeats until cancelled."""
        while True:
            lines = {line.name: line.state.value for line in self.lines}
            inventory = self._inventory()
            await self._uplink.publish_heartbeat(lines, self.site.count_by_state(), inventory.digest)
            await self._uplink.publish_inventory(inventory)
            await asyncio.sleep(every_s)

    def _inventory(self) -> Inventory:
        """Return the current inventory; have a changed one written to the state file."""
        listed = self.site.inventory_entries()
        if listed != self._listed:
            self._listed, self._announced = listed, inventory_of(listed, self.now().at)
            self._on_inventory()
        return self._announced

    @property
    def _path_conditions(self) -> list[ConditionSet]:
        return [self._uplink_conditions, *(path.conditions for path in self._uplink.watches)]

    def _tick(self, moment: Moment) -> list[ConditionChange]:
        self._ticked_at = moment.t
        self._update_gauges()
        changes = [
            *self._clock_watch.tick(moment),
            *self._check_receipts(moment),
            *self._check_refused_receipts(moment),
            *self._take_overs.tick(moment, self._uplink.paths.taken_over),
            *(self._certificate.tick(moment) if self._certificate else ()),
        ]
        if self.site.ignored_samples:
            changes += self._own.begin(_TOO_MANY_UNKNOWN, moment)
        for line in self.lines:
            changes += line.tick(moment)
        for path in self._uplink.watches:
            changes += path.tick(moment)
        changes += self.site.tick(moment)
        if moment.t - self._started.t > _OUTBOX_LOST_SHOWN_S:
            changes += self._own.end(_OUTBOX_LOST, moment)
            changes += self._own.end_from_before_restart(moment)
            for conditions in self._path_conditions:
                changes += conditions.end_from_before_restart(moment)
        return changes

    def _check_receipts(self, moment: Moment) -> list[ConditionChange]:
        """Report a center that has not receipted an alarm for long, as a fault of the path."""
        age = max(self._uplink.alarm.state().oldest_age_s, self._uplink.memory.state().oldest_age_s)
        if age > self._unreceipted_after_s:
            return self._uplink_conditions.begin(_UNRECEIPTED, moment, quantity="seconds", value=age)
        return self._uplink_conditions.end(_UNRECEIPTED, moment)

    def _check_refused_receipts(self, moment: Moment) -> list[ConditionChange]:
        """Report a refused receipt as a fault of the gateway: somebody may be using its name."""
        refused_at = self._uplink.receipt_refused_at
        if refused_at is not None and moment.t - refused_at < _REFUSED_SHOWN_S:
            return self._own.begin(_RECEIPT_REFUSED, moment)
        return self._own.end(_RECEIPT_REFUSED, moment)

    def _update_gauges(self) -> None:
        self._metrics.missed_sentences.set(self.site.missed_sentences)
        self._metrics.ignored_samples.set(self.site.ignored_samples)
        self._metrics.taken_over.set(self._uplink.paths.taken_over)
        self._metrics.lost_readings.set(self._readings.batcher.lost)
        for lane in (self._uplink.alarm, self._uplink.memory, self._uplink.telemetry):
            self._metrics.outbox_entries.labels(lane.name).set(lane.spool.depth.entries)
