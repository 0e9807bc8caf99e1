"""Once a second: what follows from time alone, for points, lines, the path and the clock."""

import asyncio
from collections.abc import Callable, Sequence

from contract.inventory import inventory_of
from contract.messages import Inventory, Kind
from gateway.adapters.memory import Snapshot
from gateway.adapters.metrics import Metrics
from gateway.adapters.outbox import Outbox
from gateway.adapters.readings import Readings
from gateway.adapters.reporter import Reporter
from gateway.adapters.uplink import Uplink
from gateway.domain.changes import Cause, Change, Conditions, Moment, Reason
from gateway.domain.clock_watch import ClockWatch
from gateway.domain.line import LineWatch
from gateway.domain.shown import Shown, shown
from gateway.domain.site import Held, Site

_TICK_S = 1.0

_OUTBOX_LOST_SHOWN_S = 60.0

_REFUSED_SHOWN_S = 600.0
"""A false receipt is a fault for so long: somebody speaks for the center, or in our name."""

_UNRECEIPTED = Cause(Kind.FAULT, Reason.UNRECEIPTED)
_TOO_MANY_UNKNOWN = Cause(Kind.FAULT, Reason.TOO_MANY_UNKNOWN, "points")
_OUTBOX_LOST = Cause(Kind.FAULT, Reason.OUTBOX_LOST)
_RECEIPT_REFUSED = Cause(Kind.FAULT, Reason.RECEIPT_REFUSED)
_NOT_DURABLE = Cause(Kind.FAULT, Reason.OUTBOX_REFUSED, "open")


class Supervisor:
    """Asks everything that has a reporting time whether it has passed.

    *on_inventory* is called when the points, or which of them were ever heard, have changed.
    """

    def __init__(
        self,
        site: Site,
        lines: Sequence[LineWatch],
        *,
        own: Conditions,
        uplink_conditions: Conditions,
        uplink: Uplink,
        reporter: Reporter,
        readings: Readings,
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
        self._clock_watch = ClockWatch(own, self._started)
        self._ticked_at = self._started.t
        self._on_inventory = on_inventory
        self._listed = site.listed()
        self._announced = inventory_of(self._listed, self._started.at)

    def held(self) -> Held:
        """All that holds now, of whatever."""
        others = [self._own, *self._of_paths, *(line.conditions for line in self.lines)]
        found = {(each.scope, each.name): list(each.held()) for each in others if each}
        return self.site.held() | found

    def snapshot(self) -> Snapshot:
        """What must be known after a restart: of what holds, only what is stored or receipted.

        What is not would never be raised again, because it would seem to have been raised.
        """
        unsafe = self._reporter.unsafe
        safe = {
            (scope, name): [each for each in conditions if (scope, name, *each) not in unsafe]
            for (scope, name), conditions in self.held().items()
        }
        return Snapshot(safe, self.site.names, self.site.baselines(), self.site.heard_points())

    @property
    def readings_in_hand(self) -> int:
        """Readings that are not stored yet, because their batch is not closed."""
        return self._readings.batcher.in_hand

    def shown(self) -> Shown:
        """What a lamp on site is to show."""
        conditions = (kind for each in self.site.held().values() for kind, _ in each)
        unreceipted = self._uplink_conditions.has(Kind.FAULT)
        all_lost = all(path.conditions.has(Kind.FAULT) for path in self._uplink.watches)
        return shown(
            fire=Kind.FIRE in conditions,
            phases=[notice.phase for notice in self._uplink.notices.values()],
            trouble=unreceipted or all_lost,
        )

    def moving(self) -> bool:
        """Whether the ticks go on."""
        return self.now().t - self._ticked_at < 10.0

    async def tell_of_the_start(self, outbox: Outbox) -> None:
        """Report what was found wrong at the start."""
        if outbox.lost:
            await self._reporter.tell(self._own.begin(_OUTBOX_LOST, self._started))
        if not outbox.durable:
            await self._reporter.tell(self._own.begin(_NOT_DURABLE, self._started))

    async def run(self) -> None:
        """Tick, until cancelled."""
        while True:
            await asyncio.sleep(_TICK_S)
            await self._reporter.tell(self._tick(self.now()))

    async def beat(self, every_s: float) -> None:
        """Publish heartbeats, until cancelled."""
        while True:
            lines = {line.name: line.state.value for line in self.lines}
            inventory = self._inventory()
            await self._uplink.beat(lines, self.site.count_by_state(), inventory.digest)
            await self._uplink.announce(inventory)
            await asyncio.sleep(every_s)

    def _inventory(self) -> Inventory:
        """The inventory of now; one that changed is remembered too."""
        listed = self.site.listed()
        if listed != self._listed:
            self._listed, self._announced = listed, inventory_of(listed, self.now().at)
            self._on_inventory()
        return self._announced

    @property
    def _of_paths(self) -> list[Conditions]:
        return [self._uplink_conditions, *(path.conditions for path in self._uplink.watches)]

    def _tick(self, moment: Moment) -> list[Change]:
        self._ticked_at = moment.t
        self._measure()
        changes = [*self._clock_watch.tick(moment), *self._receipts(moment), *self._refused(moment)]
        if self.site.ignored:
            changes += self._own.begin(_TOO_MANY_UNKNOWN, moment)
        for line in self.lines:
            changes += line.tick(moment)
        for path in self._uplink.watches:
            changes += path.tick(moment)
        changes += self.site.tick(moment)
        if moment.t - self._started.t > _OUTBOX_LOST_SHOWN_S:
            changes += self._own.end(_OUTBOX_LOST, moment)
            changes += self._own.end_those_from_before(moment)
            for conditions in self._of_paths:
                changes += conditions.end_those_from_before(moment)
        return changes

    def _receipts(self, moment: Moment) -> list[Change]:
        """A center that receipts nothing for long is a fault of the path, shown on site."""
        age = max(self._uplink.alarm.state().oldest_age_s, self._uplink.memory.state().oldest_age_s)
        if age > self._unreceipted_after_s:
            return self._uplink_conditions.begin(_UNRECEIPTED, moment, quantity="seconds", value=age)
        return self._uplink_conditions.end(_UNRECEIPTED, moment)

    def _refused(self, moment: Moment) -> list[Change]:
        """A receipt that is not true is a fault of the gateway: its name is used by somebody else."""
        refused_at = self._uplink.receipt_refused_at
        if refused_at is not None and moment.t - refused_at < _REFUSED_SHOWN_S:
            return self._own.begin(_RECEIPT_REFUSED, moment)
        return self._own.end(_RECEIPT_REFUSED, moment)

    def _measure(self) -> None:
        self._metrics.missed.set(self.site.missed)
        self._metrics.ignored.set(self.site.ignored)
        self._metrics.readings_lost.set(self._readings.batcher.lost)
        for lane in (self._uplink.alarm, self._uplink.memory, self._uplink.telemetry):
            self._metrics.depth.labels(lane.name).set(lane.spool.depth.entries)
