"""A receiver of the scene, behind a network of its own, and the transmitters that report to it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from contract.times import to_micros
from firmware_sim.domain.dc09 import Dialler
from firmware_sim.peers.dialler import SimulatedDialler
from runtime.clock import utc_now
from tests.faults.oracle import Turn
from tests.faults.scene import Scene
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.house import PREMISES, PROGRAM
from tests.support.servers import free_port
from tests.support.waiting import eventually

KEY = "000102030405060708090a0b0c0d0e0f"

PLAIN, SEALED, FLOODING = "1234", "AB", "F100"
"""The accounts: in clear, encrypted, and that of a transmitter that floods."""

GATEWAYS = {PLAIN: "dialler-plain", SEALED: "dialler-sealed", FLOODING: "dialler-flooding"}

OWN = "receiver"

REGISTRY = "".join(
    f'\n[[gateways]]\nid = "{name}"\nname = "{name}"\npremises = "{PREMISES}"\n'
    for name in (OWN, *GATEWAYS.values())
)
"""The gateways of the receiver and its accounts, for the registry of the scene."""

POLL_S = 0.5

ANSWER_S = 1.0
"""Seconds after which a transmitter without an answer tells again."""

AFAR = "127.0.0.9"
"""Another address than that of the transmitters that are behind the network."""


@dataclass
class Transmitters:
    """A receiver that listens at *port*, and *network*, which stands before it."""

    here: Scene
    network: FaultProxy
    port: int
    web: int
    _zones: Iterator[int] = field(default_factory=lambda: count(1))

    def dialler(self, account: str) -> SimulatedDialler:
        """Return the transmitter of *account*, behind the network."""
        return SimulatedDialler(dialler(account), "127.0.0.1", self.network.port, answer_s=ANSWER_S)

    def new_zone(self) -> int:
        """Return a call point that was never touched: each is pressed in one round alone."""
        return next(self._zones)

    async def turn(self, teller: SimulatedDialler, zone: int, value: int) -> None:
        """Press or release the call point of *zone*; return once the receiver acknowledged it."""
        self.here.panel.said.turns.append(Turn(f"area-1-zone-{zone}", value, to_micros(utc_now())))
        answer = await teller.tell_contact_id(f"{1 if value else 3}115 01 {zone:03}")
        assert answer.word == "ACK", answer

    async def press_and_release(self, teller: SimulatedDialler) -> None:
        """Press a new call point and let it go."""
        zone = self.new_zone()
        await self.turn(teller, zone, 1)
        await self.turn(teller, zone, 0)

    async def stored(self, account: str) -> int:
        """Return how many signals of *account* are on the disk of the receiver."""
        name = f"{PREMISES}/{GATEWAYS[account]}"
        found = next(each for each in await self.here.received() if each["gateway"] == name)
        return int(found["last_seq"])

    async def counted(self, metric: str) -> float:
        """Return the sum of a *metric* of the receiver over its labels."""
        async with self.here.site.http.get(f"http://127.0.0.1:{self.web}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return sum(
            float(each.split()[-1]) for each in lines if each.startswith((f"{metric} ", f"{metric}{{"))
        )

    async def names(self, gateway: str, reason: str) -> bool:
        """Return whether the center was told the fault *reason* of *gateway*."""
        told = await self.here.signals()
        return any((each["gateway"], each["reason"]) == (gateway, reason) for each in told)


def dialler(account: str) -> Dialler:
    """Return what writes the frames of *account*."""
    return Dialler(account, key=bytes.fromhex(KEY) if account == SEALED else None)


@asynccontextmanager
async def transmitters(here: Scene) -> AsyncIterator[Transmitters]:
    """Run a receiver within the block, for a scene whose registry has REGISTRY."""
    port, web = free_port(), free_port()
    folder = here.folder
    (folder / "receiver.toml").write_text(_settings(here, port=port, web=web))
    here.site.commands["receiver"] = [*PROGRAM, "receiver", "--config", f"{folder}/receiver.toml"]
    async with fault_proxy(port) as network:
        await here.site.start("receiver")
        here.receiver = web
        here.allowed = replace(here.allowed, epochs=2 + len(GATEWAYS))
        await eventually(here.calm, within=60)
        yield Transmitters(here, network, port, web)


def _settings(here: Scene, *, port: int, web: int) -> str:
    accounts = "".join(
        f'[[accounts]]\naccount = "{account}"\npremises = "{PREMISES}"\ngateway = "{gateway}"\n'
        f"poll_s = {POLL_S if account == PLAIN else 0}\n"
        + (f'key = "{KEY}"\n' if account == SEALED else "")
        for account, gateway in GATEWAYS.items()
    )
    return (
        f'premises = "{PREMISES}"\ngateway = "{OWN}"\ndata_dir = "{here.folder}/receiver"\n'
        f"heartbeat_s = 1\nmost_unknown_points = 1000\n[broker]\nport = {here.broker.port}\n"
        f"[web]\nopen = true\nport = {web}\n"
        f'[dc09]\nhost = "127.0.0.1"\nport = {port}\nframe_s = 2\n{accounts}'
    )
