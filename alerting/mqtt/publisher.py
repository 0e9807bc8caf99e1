"""Publishes receipts and incident notices to gateways."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

import structlog

from alerting.engine.commit_result import CommitResult
from contract.messages import MAX_PROOFS, VERSION, InventoryRequest, Proof, encode, receipts_of
from contract.topics import RECEIPT_OF, Lane, Leaf, Topic
from runtime.mqtt import BrokerAway
from runtime.mqtt_sessions import MqttSessions

log = structlog.get_logger(__name__)

MOST_WAITING = 10 * MAX_PROOFS
"""Proofs for one epoch that wait for the broker; beyond it the oldest go, and are requested again."""

GATHERED_S = 0.2
"""Seconds, far below those after which a gateway sends again what has no receipt."""

AT_ONCE = 64
"""Messages handed to the broker without waiting for its answer to the first."""


WaitingKey = tuple[str, str]
"""The topic of what waits to be published, and the epoch of a receipt."""


class SitePublisher:
    """Publishes receipts and notices after the commit that they prove.

    Proofs for one epoch are gathered until they are sent, within a bound: a lost one is requested again
    by its gateway. Of each incident only the latest notice waits, because only that one counts. While
    more alarms wait to be decided, as *is_busy* says, both are gathered for GATHERED_S: a message for
    each signal of a storm would take longer to publish than the signals take to decide.
    """

    def __init__(self, root: str, *, is_busy: Callable[[], bool] = lambda: False) -> None:
        self._root = root
        self._is_busy = is_busy
        self._waiting: OrderedDict[WaitingKey, list[Proof] | bytes] = OrderedDict()
        self._news = asyncio.Event()

    def on_commit(self, committed: CommitResult) -> None:
        """Queue the receipts and notices of *committed*."""
        for (premises, gateway, epoch), proofs in committed.receipts.items():
            topic = Topic(premises, gateway, RECEIPT_OF[Lane.ALARM]).under(self._root)
            self._add_proofs((topic, epoch), proofs)
        for (premises, gateway), notice in committed.notices.items():
            topic = Topic(premises, gateway, Leaf.INCIDENT).under(self._root)
            self._waiting[topic, ""] = encode(notice)
        if self._waiting:
            self._news.set()

    def ask_inventories(self, gateways: Iterable[tuple[str, str]]) -> None:
        """Queue a request for the inventory of each of *gateways*, by premises and name."""
        for premises, gateway in gateways:
            topic = Topic(premises, gateway, Leaf.INVENTORY_REQUEST).under(self._root)
            self._waiting[topic, ""] = encode(InventoryRequest(v=VERSION))
            self._news.set()

    async def on_connected(self) -> None:
        """Publish what waits, now that the broker is connected."""
        self._news.set()

    async def run(self, session: MqttSessions) -> None:
        """Publish until cancelled; what the broker refused waits for the next connection."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting and session.connected:
                await self._publish_all(session)
                if self._is_busy():
                    await asyncio.sleep(GATHERED_S)

    async def _publish_all(self, session: MqttSessions) -> None:
        """Publish what waits now; what comes meanwhile is gathered for the next round."""
        now, self._waiting = self._waiting, OrderedDict()
        while now and session.connected:
            some = [now.popitem(last=False) for _ in range(min(AT_ONCE, len(now)))]
            async with asyncio.TaskGroup() as tasks:
                for key, what in some:
                    tasks.create_task(self._publish_payload(session, key, what), name="publish")
        for key, what in now.items():
            self._keep(key, what)

    async def _publish_payload(
        self, session: MqttSessions, key: WaitingKey, what: list[Proof] | bytes
    ) -> None:
        try:
            for payload in [what] if isinstance(what, bytes) else receipts_of(key[1], what):
                await session.publish(key[0], payload)
        except BrokerAway as error:
            log.info("publish failed; retrying at the next connection", topic=key[0], reason=str(error))
            self._keep(key, what)

    def _keep(self, key: WaitingKey, what: list[Proof] | bytes) -> None:
        """Let *what*, which was not published, wait again, unless a later notice does."""
        if isinstance(what, bytes):
            self._waiting.setdefault(key, what)
        else:
            self._add_proofs(key, what)

    def _add_proofs(self, key: WaitingKey, proofs: Sequence[Proof]) -> None:
        waiting = self._waiting.get(key, b"")
        together = [*([] if isinstance(waiting, bytes) else waiting), *proofs]
        self._waiting[key] = together[-MOST_WAITING:]
