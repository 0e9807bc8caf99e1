"""Reads presences, heartbeats and inventories of gateways; of a flood of them the latest counts."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from alerting.domain.fairness.token_bucket import Rate, TokenBucket
from alerting.domain.watch.speakers import HeartbeatVerdict
from alerting.metrics import Metrics
from alerting.mqtt.message_reader import UNVERIFIED_DETAIL
from alerting.mqtt.presence_writer import PresenceWriter
from alerting.mqtt.rejected_messages import RejectedMessages
from alerting.mqtt.resend_requests import ResendRequests
from alerting.mqtt.signature_guard import SignatureGuard, key_id_of
from alerting.mqtt.supervision import Supervision
from contract.gateway_signing import SignatureVerdict
from contract.ids import GatewayKey, StreamKey
from contract.messages import (
    BadMessage,
    decode_heartbeat,
    decode_inventory,
    decode_presence,
    decode_renewal,
    shown_heartbeat,
    shown_presence,
)
from contract.times import Micros
from contract.topics import Leaf
from runtime.mqtt_message import MqttMessage

READ = Rate(20, 5.0)
"""Messages of one gateway that are read at once and a second: a heartbeat comes every few seconds."""

READ_BYTES = Rate(2 * 1_048_576, 65_536)
"""Bytes of these: an inventory of 10,000 points has some 300,000."""

MOST_GATEWAYS = 10_000
"""Gateways whose rate is remembered, and of which something waits."""

LATER_S = 0.5
"""Seconds between two looks at what waits."""


_Speaker = tuple[GatewayKey, bool]

OnRenewal = Callable[[GatewayKey, str], None]
"""Takes the request of a gateway for a new certificate, and the id of the key that signed it."""


def ignore_renewals(_gateway: GatewayKey, _key_id: str) -> None:
    """Issue no certificate."""


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """A message of a gateway about itself; *names_key* is whether it looks like one of its own."""

    key: GatewayKey
    leaf: Leaf
    message: MqttMessage
    received_at: Micros
    names_key: bool = True

    @property
    def speaker(self) -> _Speaker:
        """The gateway, apart from whoever speaks in its name without naming its key."""
        return self.key, self.names_key


class _Pace:
    def __init__(self, now: float) -> None:
        self._messages = TokenBucket(READ, now)
        self._bytes = TokenBucket(READ_BYTES, now)

    def allows(self, size: int, now: float) -> bool:
        """Return whether a message of *size* bytes is read now, and count it if so."""
        if not (self._messages.has_tokens(1, now) and self._bytes.has_tokens(size, now)):
            return False
        self._messages.take_tokens(1, now)
        self._bytes.take_tokens(size, now)
        return True


class StatusInbox:
    """Reads messages of state at once, at the pace of each gateway; of those beyond, the latest waits.

    What names no key of an enrolled gateway has a pace of its own: it takes no turn of the true one's.
    *now* is the time in seconds.
    """

    def __init__(
        self,
        supervision: Supervision,
        presences: PresenceWriter,
        *,
        resends: ResendRequests,
        rejected: RejectedMessages,
        guard: SignatureGuard,
        on_renewal: OnRenewal,
        metrics: Metrics,
        now: Callable[[], float],
    ) -> None:
        self._supervision = supervision
        self._presences = presences
        self._resends = resends
        self._rejected = rejected
        self._guard = guard
        self._on_renewal = on_renewal
        self._metrics = metrics
        self._now = now
        self._paces: OrderedDict[_Speaker, _Pace] = OrderedDict()
        self._later: OrderedDict[tuple[_Speaker, Leaf], StatusMessage] = OrderedDict()

    def accept_status(self, said: StatusMessage) -> None:
        """Read *said*, or keep it in place of an earlier one of its kind."""
        if said.message.retained and said.leaf is not Leaf.PRESENCE:
            return  # it may be old, and is requested, or said, again
        said = replace(said, names_key=self._guard.names_key(said.key, said.message.payload))
        waiting = said.speaker, said.leaf
        if waiting not in self._later and self._allows(said):
            self._read(said)
            return
        if waiting in self._later or len(self._later) >= MOST_GATEWAYS:
            self._metrics.limited_status.inc()
        if waiting in self._later or len(self._later) < MOST_GATEWAYS:
            self._later[waiting] = said

    async def run(self) -> None:
        """Read what waits, until cancelled."""
        while True:
            await asyncio.sleep(LATER_S)
            for waiting, said in list(self._later.items()):
                if self._allows(said):
                    del self._later[waiting]
                    self._read(said)
                    await asyncio.sleep(0)

    def _allows(self, said: StatusMessage) -> bool:
        pace = self._paces.setdefault(said.speaker, _Pace(self._now()))
        self._paces.move_to_end(said.speaker)
        if len(self._paces) > MOST_GATEWAYS:
            self._paces.popitem(last=False)
        return pace.allows(len(said.message.payload), self._now())

    def _read(self, said: StatusMessage) -> None:
        verdict = self._guard.judge(said.key, said.leaf, said.message.payload)
        if not verdict.is_accepted:
            self._refuse(said, verdict)
            return
        try:
            self._note(said)
        except BadMessage as error:
            self._supervision.note_quarantined(said.key)
            self._rejected.reject_message(
                said.key,
                said.message.topic,
                said.message.payload,
                reason=error.refusal.value,
                detail=str(error),
            )

    def _refuse(self, said: StatusMessage, verdict: SignatureVerdict) -> None:
        """Refuse a message that its gateway did not sign, and report it.

        A presence without a signature is not reported: it may be the will of a connection that began
        before the gateway had its key.
        """
        if verdict is SignatureVerdict.MISSING and said.leaf is Leaf.PRESENCE:
            return
        if verdict is SignatureVerdict.MISSING:
            self._supervision.note_unsigned_status(said.key)
        else:
            self._supervision.note_unverified(said.key)
        self._rejected.reject_message(
            said.key,
            said.message.topic,
            said.message.payload,
            reason=verdict.value,
            detail=UNVERIFIED_DETAIL,
        )

    def _note(self, said: StatusMessage) -> None:
        payload = said.message.payload
        match said.leaf:
            case Leaf.PRESENCE:
                presence = shown_presence(decode_presence(payload))
                self._supervision.note_presence(said.key, online=presence.online)
                self._presences.note_presence(said.key, presence)
            case Leaf.RENEWAL:
                decode_renewal(payload)
                if (key_id := self._key_id(said)) is not None:
                    self._on_renewal(said.key, key_id)
            case Leaf.INVENTORY:
                self._supervision.note_inventory(said.key, decode_inventory(payload))
            case _:
                beat = shown_heartbeat(decode_heartbeat(payload))
                verdict = self._supervision.note_heartbeat(
                    said.key, beat, said.received_at, key_id=self._key_id(said)
                )
                if verdict is not HeartbeatVerdict.CURRENT:
                    self._metrics.ignored_heartbeats.labels(verdict.value).inc()
                elif beat.alarm.depth:
                    self._resends.request(StreamKey(*said.key, beat.alarm.epoch))

    def _key_id(self, said: StatusMessage) -> str | None:
        """Return the id of the key that signed *said*; None of a gateway that was never enrolled."""
        return key_id_of(said.message.payload) if self._guard.is_enrolled(said.key) else None
