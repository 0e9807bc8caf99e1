"""Renews certificates of gateways that ask over their running connection (docs/protocol.md, 4.9)."""

import asyncio
from collections import OrderedDict

import structlog

from alerting.engine.active_keys import ActiveKeys
from alerting.engine.gateway_authority import GatewayAuthority
from alerting.metrics import Metrics
from alerting.store.errors import DatabaseError
from contract.ids import GatewayKey
from contract.messages import VERSION, CertificateMessage, encode
from contract.topics import Leaf, Topic
from pki.folder import BadAuthority
from runtime.clock import Clock
from runtime.mqtt import BrokerAway
from runtime.mqtt_sessions import MqttSessions

log = structlog.get_logger(__name__)

MOST_WAITING = 10_000
"""Gateways that wait for a certificate; one beyond asks again within minutes."""

BETWEEN_S = 0.2
"""Seconds between two certificates: a fleet that was away for weeks holds up no alarm, and 10,000
gateways have theirs within the hour, of the month that is left to them."""


class CertificateRenewals:
    """Answers gateways that ask for a new certificate; of each, the latest request counts.

    A renewal that fails is asked for again: nothing of it is kept over a restart. None ends anything
    else, and a database that is away least of all: fires are told from memory then.
    """

    def __init__(
        self,
        authority: GatewayAuthority,
        keys: ActiveKeys,
        *,
        root: str,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self.authority = authority
        self._keys = keys
        self._root = root
        self._clock = clock
        self._renewals = metrics.renewals
        self._waiting: OrderedDict[GatewayKey, str] = OrderedDict()
        self._news = asyncio.Event()

    def request(self, gateway: GatewayKey, key_id: str) -> None:
        """Note that *gateway* has asked, with a request that its key of *key_id* signed."""
        if gateway in self._waiting or len(self._waiting) < MOST_WAITING:
            self._waiting[gateway] = key_id
            self._news.set()

    async def run(self, session: MqttSessions) -> None:
        """Answer until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                gateway, key_id = self._waiting.popitem(last=False)
                self._renewals.labels(await self._renew(session, gateway, key_id)).inc()
                await asyncio.sleep(BETWEEN_S)

    async def _renew(self, session: MqttSessions, gateway: GatewayKey, key_id: str) -> str:
        """Renew the certificate of *gateway*; return the result for the metric."""
        key = self._keys.current.key(*gateway, key_id)
        if key is None or not self.authority.is_registered(gateway):
            log.warning("renewal refused; not registered, or revoked", gateway="/".join(gateway))
            return "refused"
        try:
            issued = await self.authority.renew(gateway, key, self._clock())
            message = CertificateMessage(
                v=VERSION, key_id=key_id, certificate=issued.certificate, until=issued.until
            )
            topic = Topic(*gateway, Leaf.CERTIFICATE).under(self._root)
            await session.publish(topic, encode(message))
        except BadAuthority as error:
            log.error("renewal not possible", gateway="/".join(gateway), reason=str(error))
            return "no_authority"
        except DatabaseError as error:
            log.warning("renewal not stored; it is asked for again", reason=str(error.orig))
            return "not_stored"
        except BrokerAway as error:
            log.info("renewal not published; it is asked for again", reason=str(error))
            return "broker_away"
        log.info("certificate renewed", gateway="/".join(gateway), key_id=key_id)
        return "renewed"
