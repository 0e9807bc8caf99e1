"""The whole of Tocsin as processes, a panel to press, faults to come, and the oracle at the end.

A scene has rounds. In each, call points are pressed and released at random moments while a fault comes
and goes; then the scene waits until all is back to normal by itself and asks the oracle. The seed
stands in every failure.
"""

import asyncio
import json
import os
import random
import shutil
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from msgspec import to_builtins

from contract.messages import VERSION, Receipt, decode_alarm, decode_receipt, encode
from contract.topics import Leaf, Topic
from contract.webhook import FireNotification
from runtime.mqtt import BrokerAway, MqttSession
from runtime.mqtt_message import MqttMessage
from runtime.settings import Broker
from tests.faults.oracle import Allowed, Held, Verdict, judge
from tests.faults.panel import Panel, open_panel
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.house import GATEWAY, PREMISES, House, house
from tests.support.servers import Server, mosquitto
from tests.support.waiting import eventually

ROUNDS = int(os.environ.get("TOCSIN_FAULT_ROUNDS", "0"))
"""Rounds of each fault; 0 is the short run of ``make test``."""

SETTLED_S = 20.0
"""So long after all is well again, nothing that is over may still be shown as burning."""

EMBEDDED = '[store]\nkind = "embedded"\n'


@dataclass
class Row:
    """One fault's line in the table."""

    fault: str
    rounds: int = 0
    signals: int = 0
    readings: int = 0
    lost: int = 0
    repeated: int = 0
    worst_delay_s: float = 0.0
    recovery_s: float = 0.0


TABLE: list[Row] = []
"""What has been measured in this run, for the table at its end."""


def rounds(short: int, *, long: int | None = None) -> int:
    """Return the number of rounds: *short* in ``make test``."""
    return short if not ROUNDS else min(ROUNDS, long or ROUNDS)


@dataclass
class Scene:
    """Everything at hand; *uplink* stands between gateway and broker, *downlink* before alerting."""

    folder: Path
    site: House
    panel: Panel
    broker: Server
    uplink: FaultProxy
    downlink: FaultProxy
    rng: random.Random
    seed: int
    row: Row
    receipted: set[tuple[str, int]] = field(default_factory=set)
    earlier: int = 0  # turns that were said before it
    let_go: int = 0  # the gateway's last number when its center was lost
    allowed: Allowed = field(default_factory=Allowed)
    receiver: int | None = None  # the port of its status, if there is one

    async def round(
        self, fault: Callable[[], Coroutine[Any, Any, object]], *, within: float, presses: int = 6
    ) -> Verdict:
        """Press *presses* points while *fault* comes and goes; it must be calm *within* s after."""
        self.panel.quiet = False
        try:
            async with asyncio.timeout(within + 90):
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self.burst(presses))
                    tasks.create_task(fault())
            lifted = time.monotonic()
            self.panel.quiet = True
            await eventually(self.calm, within=within, every=0.05)
            recovery = time.monotonic() - lifted
            await eventually(self.settled, within=SETTLED_S, every=0.1)
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(f"{await self.failure(error)}") from error
        self.row.recovery_s = max(self.row.recovery_s, round(recovery, 2))
        verdict = await self.verdict()
        self.note(verdict)
        await self.close_incidents()
        return verdict

    async def rounds(
        self,
        count: int,
        fault: Callable[[], Coroutine[Any, Any, object]],
        *,
        within: float,
        presses: int = 6,
    ) -> None:
        """So many rounds, each of which must lose nothing."""
        for number in range(1, count + 1):
            verdict = await self.round(fault, within=within, presses=presses)
            assert not verdict.flaws, await self.failure("; ".join(verdict.flaws))
            if ROUNDS:
                print(f"{self.row.fault}: round {number} of {count}: nothing lost", flush=True)

    async def burst(self, presses: int, *, over: float = 1.5) -> None:
        """Press and release so many new points, at random moments; some of them twice."""

        async def person() -> None:
            await asyncio.sleep(self.rng.uniform(0, over))
            await self.panel.press_and_release(
                self.panel.new_name(), self.rng, times=self.rng.choice((1, 1, 2))
            )

        async with asyncio.TaskGroup() as tasks:
            for _ in range(presses):
                tasks.create_task(person())

    async def calm(self) -> bool:
        """Return whether every process is well and nothing waits anywhere."""
        try:
            if not await self.site.healthy():
                return False
            status = await self.site.get("/status", port=self.site.status)
            received = [each for each in await self.received() if each["waiting"]]
            relayed = await self._relayed()
        except (aiohttp.ClientError, AssertionError, TimeoutError):
            return False
        depths = [status[lane]["depth"] for lane in ("alarm", "memory", "telemetry")]
        waiting = bool(any(depths) or received or status["pending_readings"])
        return status["connected"] and not waiting and relayed

    async def received(self) -> list[dict[str, Any]]:
        """Return the accounts of the receiver, with the counts and conditions of each; none without."""
        if self.receiver is None:
            return []
        accounts: list[dict[str, Any]] = (await self.site.get("/status", port=self.receiver))["accounts"]
        return accounts

    async def settled(self) -> bool:
        """Return whether the gateway holds no point to be in fire any more, and the center knows it."""
        status = await self.site.get("/status", port=self.site.status)
        held = [*status["conditions"]]
        for account in await self.received():
            held += account["conditions"]
        return not any(each["kind"] == "fire" for each in held) and await self.calm()

    async def _relayed(self) -> bool:
        """Return whether the receiver was notified of every point that the center shows."""
        incidents = (await self.site.get("/api/v1/incidents?state=open"))["incidents"]
        shown = {point["name"] for each in incidents for point in each["points"]}
        fires = (each.relay for each in self.site.relays() if isinstance(each.relay, FireNotification))
        told = {point.name for each in fires for point in each.points}
        return shown <= told

    async def verdict(self) -> Verdict:
        """Return the oracle's verdict on all that happened so far."""
        return judge(self.panel.said, await self.held(), self.allowed)

    async def held(self) -> Held:
        """Return the state of the other end; promises are noted first, for more may come meanwhile."""
        receipted = set(self.receipted)
        status = await self.site.get("/status", port=self.site.status)
        incidents = await self.site.get("/api/v1/incidents?state=all&limit=1000")
        return Held(
            signals=await self.signals(),
            incidents=incidents["incidents"],
            relays=[(each.at, to_builtins(each.relay)) for each in self.site.relays()],
            readings={point: await self._readings(point) for point in self.panel.said.readings},
            thinned=status["telemetry"]["thinned"],
            released=[
                _released(status["alarm"], after=self.let_go),
                *(
                    (_outbox(each["gateway"], each["epoch"]), range(1, each["last_seq"] + 1))
                    for each in await self.received()
                ),
            ],
            receipted=receipted,
            missing={
                lane: (await self.site.get("/api/v1/ledger", port=port))["summary"]["missing"]
                for lane, port in (("alarm", self.site.alerting), ("telemetry", self.site.ingest))
            },
        )

    async def forget_signals(self) -> None:
        """Forget the signals that alerting lost with its disk: from here on nothing may be lost."""
        status = await self.site.get("/status", port=self.site.status)
        self.let_go = status["alarm"]["last_seq"]
        self.earlier += len(self.panel.said.turns)
        self.panel.said.turns.clear()
        self.receipted.clear()

    async def forget_readings(self) -> None:
        """Forget the readings that ingest lost with its disk."""
        self.panel.said.readings.clear()

    async def close_incidents(self) -> None:
        """A person closes what is open, so that the next round begins a new fire."""
        for each in (await self.site.get("/api/v1/incidents"))["incidents"]:
            path = f"/api/v1/incidents/{each['id']}/close"
            await self.site.post(path, {"by": "test", "outcome": "test"})

    def note(self, verdict: Verdict) -> None:
        """Enter it in the table."""
        self.row.rounds += 1
        self.row.signals = self.earlier + verdict.signals
        self.row.readings = sum(len(each) for each in self.panel.said.readings.values())
        self.row.lost += len(verdict.lost)
        self.row.repeated = verdict.repeated
        self.row.worst_delay_s = max(self.row.worst_delay_s, round(verdict.worst_delay_s, 2))

    async def failure(self, what: object) -> str:
        """A failure with all that is needed to see why."""
        logs = "\n".join(
            f"--- {name}\n" + "\n".join(child.log.read_text(errors="replace").splitlines()[-8:])
            for name, child in self.site.children.items()
        )
        return f"seed {self.seed}: {what}\n{await self._state()}\n{logs}"

    async def _state(self) -> str:
        with suppress(aiohttp.ClientError, AssertionError, TimeoutError):
            status = await self.site.get("/status", port=self.site.status)
            keys = ("connected", "alarm", "memory", "telemetry", "pending_readings", "conditions")
            return json.dumps({key: status[key] for key in keys})
        return "the gateway does not answer"

    async def signals(self) -> list[dict[str, Any]]:
        """Return all signals of gateways that the center holds."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["id"] if found else 0
            page = (await self.site.get(f"/api/v1/signals?after={after}&limit=10000"))["signals"]
            if not page:
                # What the center itself says of the gateway is not of the gateway.
                return [
                    {**each, "epoch": _outbox(f"{each['premises']}/{each['gateway']}", each["epoch"])}
                    for each in found
                    if not each["epoch"].startswith("~")
                ]
            found += page

    async def _readings(self, point: str) -> list[float]:
        path = (
            f"/api/v1/readings?premises={PREMISES}&point={point}&quantity=temperature&max_points=100000"
            "&from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z"
        )
        curve = await self.site.get(path, port=self.site.ingest)
        assert not curve["thinned"]
        return list(curve["v"])

    # -- what can happen

    async def pause(self, low: float, high: float) -> None:
        """A random moment."""
        await asyncio.sleep(self.rng.uniform(low, high))

    async def kill(self, name: str) -> None:
        """SIGKILL; *name* may be the broker."""
        if name == "broker":
            self.broker.kill()
            return
        if name == "gateway":
            self.panel.gateway_dies()
        await self.site.kill(name)

    async def start(self, name: str) -> None:
        """Begin *name* again."""
        if name == "broker":
            await asyncio.to_thread(self.broker.start)
        else:
            await self.site.start(name)

    def forget_outbox(self) -> None:
        """Take the protection away: the outbox of a gateway that does not run is gone."""
        shutil.rmtree(self.folder / "gateway" / "outbox")

    async def hear_receipt(self, message: MqttMessage) -> None:
        """Note what was receipted."""
        receipt = decode_receipt(message.payload)
        _, _, premises, gateway, *_ = message.topic.split("/")
        outbox = _outbox(f"{premises}/{gateway}", receipt.epoch)
        is_own = outbox == receipt.epoch
        if premises.startswith("~") or not (is_own or self.receiver):
            return  # what the center tells of itself, or what a row has a stranger say
        after = self.let_go if is_own else 0
        numbers = (proof.seq for proof in receipt.stored)
        self.receipted.update((outbox, seq) for seq in numbers if seq > after)


@asynccontextmanager
async def scene(
    folder: Path,
    fault: str,
    seed: int,
    *,
    store: str = EMBEDDED,
    gateway_extra: str = "",
    broker_extra: str = "",
    center_extra: str = "",
    registry_extra: str = "",
    load: bool = True,
    before: Mapping[str, Sequence[str]] | None = None,
    in_table: bool = True,
    lines: Sequence[str] = (),
    second: int | None = None,
) -> AsyncIterator[Scene]:
    """A running scene; *fault* is its line in the table, if it is *in_table*.

    *second* is the port of a second broker, at which all are to be found as well.
    """
    row = Row(fault)
    async with AsyncExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "mosquitto", extra=broker_extra))
        uplink = await stack.enter_async_context(fault_proxy(broker.port))
        downlink = await stack.enter_async_context(fault_proxy(broker.port))
        panel = await stack.enter_async_context(open_panel())
        site = await stack.enter_async_context(
            house(
                folder,
                broker=broker.port,
                brokers={"gateway": uplink.port, "alerting": downlink.port},
                store=store,
                lines=[f"socket://127.0.0.1:{panel.port}", *lines],
                points={f"nut-{number:05}": "manual" for number in range(20)},
                gateway_extra=gateway_extra.format(first=uplink.port, second=second)
                or "[telemetry]\nresend_first_s = 1\nresend_longest_s = 5\n",
                center_extra=center_extra,
                registry_extra=registry_extra,
                second=second,
                before=before,
            )
        )
        here = Scene(folder, site, panel, broker, uplink, downlink, random.Random(seed), seed, row)
        tap = asyncio.create_task(_tap(here).run())
        loading = asyncio.create_task(panel.load(points=5, per_s=10 if load else 0.01))
        try:
            await eventually(lambda: panel.connections, within=20)
            yield here
        finally:
            for task in (tap, loading):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
    if in_table:
        TABLE.append(row)


def _tap(here: Scene) -> MqttSession:
    """Listens for the receipts of signals."""
    topic = "tocsin/v1/+/+/receipt/alarm"
    return MqttSession(
        Broker(port=here.broker.port), client_id="tap", topics=[topic], on_message=here.hear_receipt
    )


def _outbox(gateway: str, epoch: str) -> str:
    """Return the name of what numbers signals: accounts of a receiver share the epoch of its file."""
    return epoch if gateway == f"{PREMISES}/{GATEWAY}" else f"{epoch} of {gateway}"


def _released(lane: Mapping[str, Any], *, after: int) -> tuple[str, range]:
    """All numbers that the gateway gave out *after* that one, once it keeps none."""
    assert lane["depth"] == 0
    return lane["epoch"], range(after + 1, lane["last_seq"] + 1)


@asynccontextmanager
async def liar(port: int) -> AsyncIterator[None]:
    """Take the protection away: a center that receipts every signal and stores none."""

    async def lie(message: MqttMessage) -> None:
        alarm = decode_alarm(message.payload)
        receipt = Receipt(v=VERSION, epoch=alarm.epoch, stored=list(alarm.proofs))
        await session.publish(_topic(Leaf.RECEIPT_ALARM), encode(receipt))

    session = MqttSession(
        Broker(port=port), client_id="liar", topics=[_topic(Leaf.ALARM)], on_message=lie
    )
    lying = asyncio.create_task(session.run())
    try:
        yield
    finally:
        lying.cancel()
        with suppress(asyncio.CancelledError, BrokerAway):
            await lying


def _topic(leaf: Leaf) -> str:
    return Topic(PREMISES, GATEWAY, leaf).under("tocsin/v1")


def write_table(file: Path) -> str:
    """The table as text; it is written to *file* as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(row) for row in TABLE], indent=2) + "\n")
    head = ("fault", "rounds", "signals", "readings", "lost", "repeated", "worst delay s", "recovery s")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(value) for value in asdict(row).values()) + " |" for row in TABLE]
    return "\n".join(lines)
