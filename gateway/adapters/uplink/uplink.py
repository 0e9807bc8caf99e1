"""The uplink to the center: signals and readings up; receipts, notices and requests down."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError, version

import structlog

from contract import topics
from contract.messages import (
    VERSION,
    BadMessage,
    CertificateMessage,
    Heartbeat,
    IncidentNotice,
    Inventory,
    Presence,
    RenewalRequest,
    Scope,
    decode_certificate,
    decode_incident,
    decode_inventory_request,
    decode_receipt,
    encode,
    encode_alarm,
    encode_telemetry,
)
from contract.times import to_micros
from contract.topics import RECEIPT_OF, Leaf
from gateway.adapters.message_quarantine import MessageQuarantine
from gateway.adapters.metrics import Metrics
from gateway.adapters.outbox import Outbox
from gateway.adapters.state_file import StateFile
from gateway.adapters.uplink.lane_sender import Entries, LaneSender
from gateway.adapters.uplink.message_signer import MessageSigner
from gateway.adapters.uplink.path_connection import PathConnection
from gateway.adapters.uplink.signal_reporter import MOST_UNSTORED
from gateway.adapters.uplink.uplink_paths import UplinkPaths
from gateway.domain.model.conditions import ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.certificate_watch import CertificateWatch
from gateway.domain.supervision.panel_state import notice_to_forget
from gateway.domain.uplink.path_watch import PathWatch
from gateway.plan import UPLINK, GatewayPlan
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.mqtt import BrokerAway
from runtime.mqtt_message import MqttMessage

log = structlog.get_logger(__name__)

_NOTICES_KEPT = 100
"""Incidents whose latest notice is kept for showing on site; those that are closed go first."""

CLOSED = "closed"
"""The phase of an incident that somebody, or the restoration of its points, ended."""

_ALARM_MESSAGES_AT_ONCE = 8
"""Alarm messages handed over and not yet confirmed by the broker; more signals share the next ones."""


def build_path_watches(plan: GatewayPlan, state_file: StateFile, since: Moment) -> list[PathWatch]:
    """Return the watches of all paths, the preferred one first."""
    return [
        PathWatch(
            path.name,
            path.timings,
            since=since,
            held=state_file.conditions_of(Scope.PATH, path.name),
        )
        for path in plan.paths
    ]


def uplink_conditions(watches: Sequence[PathWatch], state_file: StateFile) -> ConditionSet:
    """Return the conditions of the uplink as a whole, or of its only path."""
    for watch in watches:
        if watch.name == UPLINK:
            return watch.conditions
    return ConditionSet(Scope.PATH, UPLINK, state_file.conditions_of(Scope.PATH, UPLINK))


class Uplink:
    """The lanes of one gateway, and their paths, watched by *watches*."""

    def __init__(
        self,
        plan: GatewayPlan,
        outbox: Outbox,
        *,
        watches: Sequence[PathWatch],
        quarantine: MessageQuarantine,
        on_closed: Callable[[], None],
        clock: Clock,
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self._plan = plan
        self._quarantine = quarantine
        self._on_closed = on_closed
        self._clock = clock
        self._metrics = metrics
        self.watches = watches
        self.certificate: CertificateWatch | None = None
        self.on_certificate: Callable[[CertificateMessage], None] = _ignore_certificate
        self.notices: OrderedDict[str, IncidentNotice] = OrderedDict()
        self._signer = MessageSigner(plan.key_file, premises=plan.premises, gateway=plan.gateway)
        self._run = secrets.token_hex(8)
        self._heartbeats = 0
        self._published_digest: str | None = None  # the digest of the inventory that the broker took
        self.alarm = self._alarm_lane("alarm", outbox)
        self.memory = self._alarm_lane("memory", outbox)
        self.telemetry = self._telemetry_lane(outbox)
        self.paths = UplinkPaths(
            [
                PathConnection(
                    plan,
                    path,
                    watch,
                    on_message=self._on_message,
                    on_connected=self._on_path_connected,
                    presence=self._presence,
                    urgent=self._urgent_messages,
                    now=now,
                )
                for path, watch in zip(plan.paths, watches, strict=True)
            ],
            patience_s=plan.alarm.resend_first_s,
            on_change=self._resend_over_paths,
            now=now,
            metrics=metrics,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected within the block, and say goodbye at its end."""
        async with asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(lane.run(), name=lane.name) for lane in self._lanes]
            try:
                async with self.paths.running():
                    yield
            finally:
                for task in own:
                    task.cancel()

    async def publish_heartbeat(
        self, lines: dict[str, str], points: dict[str, int], inventory_digest: str
    ) -> None:
        """Publish a heartbeat; if nobody is there to hear it, the next one will do."""
        self._signer.refresh()
        self._heartbeats += 1
        heartbeat = Heartbeat(
            v=VERSION,
            at=to_micros(self._clock()),
            alarm=self.alarm.state(),
            telemetry=self.telemetry.state(),
            run=self._run,
            number=self._heartbeats,
            taken_over=self.paths.taken_over,
            lines=lines,
            points=points,
            inventory_digest=inventory_digest,
            certificate_until=None if self.certificate is None else self.certificate.until,
        )
        self.paths.probe_paths()
        with suppress(BrokerAway):
            body = self._signer.sign(Leaf.HEARTBEAT, encode(heartbeat))
            await self.paths.publish(Leaf.HEARTBEAT, body, qos=0)

    async def publish_renewal(self) -> None:
        """Publish a request for a new certificate; raises BrokerAway."""
        request = RenewalRequest(v=VERSION, at=to_micros(self._clock()))
        await self.paths.publish(Leaf.RENEWAL, self._signer.sign(Leaf.RENEWAL, encode(request)))

    async def publish_inventory(self, inventory: Inventory) -> None:
        """Publish *inventory* if the center may lack it; the next heartbeat retries a failure."""
        if inventory.digest == self._published_digest:
            return
        with suppress(BrokerAway):
            body = self._signer.sign(Leaf.INVENTORY, encode(inventory))
            await self.paths.publish(Leaf.INVENTORY, body)
            self._published_digest = inventory.digest

    @property
    def receipt_refused_at(self) -> float | None:
        """Time of the last refused receipt; None if there was none."""
        return max(
            (each.refused_at for each in self._lanes if each.refused_at is not None), default=None
        )

    @property
    def _lanes(self) -> Sequence[LaneSender]:
        return self.alarm, self.memory, self.telemetry

    def _on_path_connected(self) -> None:
        self._published_digest = None
        self.paths.note_connected()

    def _resend_over_paths(self) -> None:
        """Resend everything that was on its way over a lost or deselected path."""
        for lane in self._lanes:
            lane.set_connected(up=self.paths.selected is not None)

    def _on_message(self, leaf: Leaf | None, message: MqttMessage) -> None:
        try:
            self._route_message(leaf, message)
        except BadMessage as error:
            self._quarantine.quarantine_message(message, error)

    def _route_message(self, leaf: Leaf | None, message: MqttMessage) -> None:
        if leaf is Leaf.INVENTORY_REQUEST:
            decode_inventory_request(message.payload)
            self._published_digest = None
            return
        if leaf is Leaf.CERTIFICATE:
            self.on_certificate(decode_certificate(message.payload))
            return
        if leaf is Leaf.INCIDENT:
            self._keep_notice(decode_incident(message.payload))
            return
        receipt = decode_receipt(message.payload)
        of_alarm = leaf is RECEIPT_OF[topics.Lane.ALARM]
        lanes = (self.alarm, self.memory) if of_alarm else (self.telemetry,)
        if not any(lane.apply_receipt(receipt) for lane in lanes):
            self._metrics.foreign_receipts.labels(lanes[0].name).inc()
            log.warning("receipt of another epoch ignored", topic=message.topic, epoch=receipt.epoch)

    def _keep_notice(self, notice: IncidentNotice) -> None:
        log.info(
            "incident notice",
            incident=notice.incident,
            phase=notice.phase,
            reason=notice.reason,
            by=notice.by,
            recipient=notice.recipient,
        )
        known = self.notices.get(notice.incident)
        if known is not None and known.at > notice.at:
            return
        if notice.phase == CLOSED and (known is None or known.phase != CLOSED):
            self._on_closed()
        self.notices[notice.incident] = notice
        self.notices.move_to_end(notice.incident)
        if len(self.notices) > _NOTICES_KEPT:
            phases = {number: each.phase for number, each in self.notices.items()}
            del self.notices[notice_to_forget(phases)]

    def _presence(self, *, online: bool) -> bytes:
        presence = Presence(
            v=VERSION, online=online, version=_own_version(), at=to_micros(self._clock())
        )
        return self._signer.sign(Leaf.PRESENCE, encode(presence))

    def _alarm_lane(self, name: str, outbox: Outbox) -> LaneSender:
        alarm = self._plan.alarm
        return LaneSender(
            name,
            outbox.alarm if name == "alarm" else outbox.memory,
            compose=self._alarm_message,
            publish=self._publish_alarm,
            window=alarm.window if name == "alarm" else MOST_UNSTORED,
            resending=Backoff(alarm.resend_first_s, alarm.resend_longest_s),
            group=alarm.most_in_message,
            at_once=_ALARM_MESSAGES_AT_ONCE,
            urgent=True,
            clock=self._clock,
            metrics=self._metrics,
        )

    def _telemetry_lane(self, outbox: Outbox) -> LaneSender:
        telemetry = self._plan.telemetry
        return LaneSender(
            "telemetry",
            outbox.telemetry,
            compose=_telemetry_message,
            publish=self._publish_telemetry,
            window=telemetry.window,
            resending=Backoff(telemetry.resend_first_s, telemetry.resend_longest_s),
            group=1,
            # One batch on the wire at a time, so that an alarm finds no queue before it.
            at_once=1,
            urgent=False,
            clock=self._clock,
            metrics=self._metrics,
        )

    def _alarm_message(self, epoch: str, floor: int, entries: Entries) -> bytes:
        """Return the message, signed anew with each sending: the key may have been renewed."""
        body = encode_alarm(epoch, floor, [entry for _, entry in entries])
        return self._signer.sign(Leaf.ALARM, body)

    def _urgent_messages(self) -> Iterator[bytes]:
        """Yield the alarms that wait, a message of each lane: there may be no time for more."""
        for lane in (self.alarm, self.memory):
            if (message := lane.first_message()) is not None:
                yield message

    async def _publish_alarm(self, body: bytes, *, again: bool) -> None:
        await self.paths.publish_alarm(body, everywhere=again)

    async def _publish_telemetry(self, body: bytes, *, again: bool) -> None:
        await self.paths.publish(Leaf.TELEMETRY, body)


def _ignore_certificate(_: CertificateMessage) -> None:
    """Take no certificate: this gateway is not enrolled."""


def _telemetry_message(epoch: str, floor: int, entries: Entries) -> bytes:
    ((seq, series),) = entries
    return encode_telemetry(epoch, floor, seq, series)


def _own_version() -> str:
    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "unknown"
