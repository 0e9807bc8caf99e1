"""A whole center with a duty desk: broker, alerting, ingest, console, and simulated gateways.

Each part is a process of the real command line, which a story may kill and start again. People have
accounts; the gateway is simulated: the story says what its points do.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import pyotp
from sqlalchemy import Connection

from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.roles import Role, RoleRights
from accounts.hashing import HASHER
from accounts.store import credentials
from accounts.store.people import add_account
from contract.http.request_header import SESSION_COOKIE
from contract.messages import (
    Edge,
    Heartbeat,
    Kind,
    LaneState,
    Presence,
    Scope,
    Series,
    Signal,
    encode,
    encode_alarm,
    encode_telemetry,
)
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.database import open_database
from tests.support.house import finish
from tests.support.servers import Server, free_port, mosquitto
from tests.support.waiting import ended, eventually
from tests.support.warm_start import Begin, warm_child
from tocsin.demo.processes import Child, tocsin

PASSWORD = "ba con tàu ra khơi sớm"  # noqa: S105
MARKET, SHOP = "cho-an-binh", "nha-pho-27"
"""Premises in two communes: ``xa-1`` and ``xa-2``."""

GATEWAY = "gw-1"

REGISTRY = f"""
[[areas]]
id = "tinh"
name = "Tỉnh"

[[areas]]
id = "xa-1"
name = "Xã Một"
parent = "tinh"
lat = 9.18
lon = 105.15

[[areas]]
id = "xa-2"
name = "Xã Hai"
parent = "tinh"
lat = 9.30
lon = 105.30

[[contacts]]
id = "truong-ban"
name = "Ông Nguyễn Văn Hai"
role = "head of premises"
phone = "0912345678"
webhook = "WEBHOOK/truong-ban"
topic = "truong-ban"

[[contacts]]
id = "bao-ve"
name = "Anh Lê Văn Ba"
role = "delegate"
phone = "0912345679"
webhook = "WEBHOOK/bao-ve"
topic = "bao-ve"

[[contacts]]
id = "chu-nha"
name = "Bà Trần Thị Tư"
role = "head of premises"
phone = "0912345680"
webhook = "WEBHOOK/chu-nha"
topic = "chu-nha"

[[contacts]]
id = "hang-xom"
name = "Chị Phạm Thị Năm"
role = "delegate"
phone = "0912345681"
webhook = "WEBHOOK/hang-xom"
topic = "hang-xom"

[[policies]]
id = "standard"
stages = [{{ after_s = 0, notify = ["command-center", "premises"] }}]

[[premises]]
id = "{MARKET}"
name = "Chợ An Bình"
address = "12 Trần Phú"
area = "xa-1"
policy = "standard"
people = ["truong-ban", "bao-ve"]
lat = 9.1769
lon = 105.1524

[[premises]]
id = "{SHOP}"
name = "Nhà phố 27 Lý Thường Kiệt"
address = "27 Lý Thường Kiệt"
area = "xa-2"
policy = "standard"
people = ["chu-nha", "hang-xom"]
lat = 9.3010
lon = 105.3020
""" + "".join(
    f"""
[[gateways]]
id = "{GATEWAY}"
name = "Thiết bị truyền tin"
premises = "{premises}"

[[zones]]
id = "hall"
premises = "{premises}"
name = "Nhà lồng"
rule = "type_b"
"""
    + "".join(
        f"""
[[points]]
id = "{point}"
premises = "{premises}"
zone = "hall"
gateway = "{GATEWAY}"
kind = "{kind}"
place = "{place}"
"""
        for point, kind, place in (
            ("khoi-1", "smoke", "Quầy vải 1"),
            ("khoi-2", "smoke", "Quầy vải 2"),
            ("khoi-3", "smoke", "Quầy vải 3"),
            ("nhiet-1", "heat", "Quầy vải 2"),
            ("nut-an", "manual", "Cửa đông"),
        )
    )
    for premises in (MARKET, SHOP)
)
"""Two premises with five points each: three of smoke, one of heat, one call point."""


@dataclass
class Gateway:
    """The simulated gateway of *premises*: it numbers what it says, and beats.

    Its heartbeats say its *lines*, its *points* by state, and a time that is *off_s* seconds off.
    """

    premises: str
    client: aiomqtt.Client
    gateway: str = GATEWAY
    epoch: str = "e1"
    seq: int = 0
    batch: int = 0
    beat: int = 0
    lines: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)
    off_s: float = 0.0

    async def signal(
        self,
        point: str,
        kind: Kind = Kind.FIRE,
        *,
        edge: Edge = Edge.RAISED,
        reason: str | None = None,
        quantity: str = "smoke",
        value: float = 0.3,
    ) -> None:
        """Have *point* say something."""
        self.seq += 1
        at = to_micros(utc_now())
        manual = point.startswith("nut-an")
        said = Signal(
            seq=self.seq,
            kind=kind,
            edge=edge,
            scope=Scope.POINT,
            name=point,
            reason=reason or ("manual_call" if manual else f"{quantity}_above_alarm"),
            changed_at=at,
            committed_at=at,
            quantity="manual" if manual else quantity,
            value=1.0 if manual else value,
        )
        await self._publish("alarm", encode_alarm(self.epoch, 1, [encode(said)]))

    async def fire(self, *points: str) -> None:
        """Have all *points* go into fire."""
        for each in points:
            await self.signal(each)

    async def restore(self, *points: str) -> None:
        """Have all *points* come back from fire."""
        for each in points:
            await self.signal(each, edge=Edge.RESTORED, reason="smoke_below_alarm")

    async def readings(self, point: str, quantity: str, curve: Mapping[int, float]) -> None:
        """Send readings of *point*: values by the microseconds of their times."""
        self.batch += 1
        series = [Series(point=point, quantity=quantity, t=list(curve), v=list(curve.values()))]
        await self._publish("telemetry", encode_telemetry(self.epoch, 1, self.batch, encode(series)))

    async def say_that_it_is_well(self) -> None:
        """Send a presence, and a heartbeat."""
        at, self.beat = to_micros(utc_now()) + round(self.off_s * 1_000_000), self.beat + 1
        await self._publish("presence", encode(Presence(v=1, online=True, version="0.1.0", at=at)))
        lane = LaneState(epoch=self.epoch, depth=0, oldest_age_s=0.0, last_seq=self.seq)
        readings = LaneState(epoch=self.epoch, depth=0, oldest_age_s=0.0, last_seq=self.batch)
        beat = Heartbeat(
            v=1,
            at=at,
            alarm=lane,
            telemetry=readings,
            run="r1",
            number=self.beat,
            lines=dict(self.lines),
            points=dict(self.points),
        )
        await self._publish("heartbeat", encode(beat))

    async def leave(self) -> None:
        """Say that it is switched off, as the broker does for a gateway that is gone."""
        at = to_micros(utc_now())
        await self._publish("presence", encode(Presence(v=1, online=False, version="0.1.0", at=at)))

    async def _publish(self, leaf: str, payload: bytes) -> None:
        await self.client.publish(f"tocsin/v1/{self.premises}/{self.gateway}/{leaf}", payload, qos=1)


@dataclass
class Person:
    """A person with an account: a *secret* makes codes where the role needs a second factor."""

    name: str
    secret: str = ""
    password: str = PASSWORD
    _used: int = 0

    async def code(self) -> str:
        """Return a code that was not used yet: each counts once, so that it may take half a minute."""
        if not self.secret:
            return ""
        totp = pyotp.TOTP(self.secret)
        step = await eventually(lambda: self._next_step(), within=40)
        return totp.generate_otp(step)

    def _next_step(self) -> int | None:
        """Return a step that is accepted now and was not used: one before or after it counts too."""
        now = int(time.time()) // 30
        found = next((each for each in (now - 1, now, now + 1) if each > self._used), None)
        self._used = found or self._used
        return found


@dataclass
class DeskCenter:
    """A running center with its desk at *url*; *folder* holds every file of theirs."""

    folder: Path
    broker: Server
    ports: Mapping[str, int]
    http: aiohttp.ClientSession
    commands: dict[str, list[str]]
    people: dict[str, Person]
    gateways: dict[str, Gateway]
    children: dict[str, Child] = field(default_factory=dict)
    lives: int = 0
    begin_one: Begin = warm_child
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def url(self) -> str:
        """The address of the desk, as a browser has it."""
        return f"http://localhost:{self.ports['console']}"

    @property
    def market(self) -> Gateway:
        """The gateway of the market, in ``xa-1``."""
        return self.gateways[MARKET]

    @property
    def shop(self) -> Gateway:
        """The gateway of the shophouse, in ``xa-2``."""
        return self.gateways[SHOP]

    async def start(self, *names: str) -> None:
        """Begin processes, and wait until each is well."""
        await self.begin(*names)
        await self.are_well(*names)

    async def begin(self, *names: str) -> None:
        """Begin processes."""
        for name in names:
            self.lives += 1
            running = self.begin_one(f"{name}-{self.lives}", self.commands[name], self.folder)
            self.children[name] = await self._stack.enter_async_context(running)

    async def are_well(self, *names: str) -> None:
        """Wait until services are well."""
        for name in names:
            await eventually(partial(self.answers, name), within=60)

    async def kill(self, name: str) -> None:
        """End the process *name* as a power cut would."""
        process = self.children[name].process
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def stop(self, name: str) -> None:
        """End the process *name* in order."""
        await self.children[name].stop()

    async def answers(self, name: str) -> bool:
        """Return whether the service *name* is well."""
        process = self.children[name].process
        log = self.children[name].log
        assert process.returncode is None, f"{name} ended:\n{log.read_text()[-3000:]}"
        try:
            async with self.http.get(f"http://127.0.0.1:{self.ports[name]}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def sign_in(self, name: str) -> str:
        """Sign *name* in through the desk; return the cookie of the session."""
        person = self.people[name]
        body = {"name": name, "password": person.password, "code": await person.code()}
        async with self.ask("POST", "/api/v1/session", body=body) as answer:
            assert answer.status == 200, await answer.text()
            return answer.cookies[SESSION_COOKIE].value

    def ask(
        self,
        method: str,
        path: str,
        *,
        session: str | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        service: str = "console",
    ) -> "aiohttp.client._RequestContextManager":
        """Ask the desk, or another service, as a page in *session* does."""
        sent = {"X-Tocsin-Request": "1", **(headers or {})}
        if session is not None:
            sent["Cookie"] = f"{SESSION_COOKIE}={session}"
        url = f"http://127.0.0.1:{self.ports[service]}{path}"
        return self.http.request(method, url, headers=sent, allow_redirects=False, json=body)

    async def get(self, path: str, session: str) -> Any:
        """Return what the desk answers to a page in *session*."""
        async with self.ask("GET", path, session=session) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def act(self, path: str, session: str, body: object) -> Any:
        """Return what the desk answers to an act of a page in *session*."""
        async with self.ask("POST", path, session=session, body=body) as answer:
            assert answer.status in {200, 201}, await answer.text()
            return await answer.json()


OFFICERS: Mapping[str, Sequence[Grant]] = {
    "an": (Grant(role=Role.SHIFT_LEADER),),
    "binh": (Grant(role=Role.DUTY_OFFICER),),
    "xa-1": (Grant(role=Role.COMMUNE, area="xa-1"),),
    "chu-cho": (Grant(role=Role.HEAD_OF_PREMISES, premises=MARKET),),
}
"""The people of a story: two officers with devices for codes, a commune, and a head of premises."""

DISPLAY = {"an": "Nguyễn Văn An", "binh": "Trần Thị Bình", "xa-1": "UBND Xã Một", "chu-cho": "Ông Hai"}


@cache
def _hash() -> str:
    return HASHER.hash(PASSWORD)


@asynccontextmanager
async def desk_center(
    folder: Path,
    *,
    registry: str = REGISTRY,
    people: Mapping[str, Sequence[Grant]] = OFFICERS,
    gateways: Sequence[str] = (MARKET, SHOP),
    alerting: str = "",
    console: str = "",
    pages: Path | None = None,
    begin: Begin = warm_child,
) -> AsyncIterator[DeskCenter]:
    """Run a center within the block, with accounts of *people* and simulated *gateways*.

    *alerting* and *console* are more lines of their settings, in which DESK_PORT is that of the desk;
    *pages* is a folder of built pages; *begin* begins each process.
    """
    names = ("alerting", "ingest", "console")
    ports = {name: free_port() for name in (*names, "people")}
    async with AsyncExitStack() as stack:
        broker = stack.enter_context(mosquitto(folder / "broker"))
        _write_settings(folder, broker.port, ports, alerting=alerting, console=console, pages=pages)
        people_at = f"http://127.0.0.1:{ports['people']}/relay"
        (folder / "registry.toml").write_text(registry.replace("WEBHOOK", people_at))
        await finish(
            "registry",
            folder,
            *("registry", "import", f"{folder}/registry.toml"),
            *("--config", f"{folder}/alerting.toml"),
            begin=begin,
        )
        http = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        client = await stack.enter_async_context(aiomqtt.Client("127.0.0.1", broker.port))
        known: dict[str, Person] = {}
        commands = {name: tocsin(name, "--config", f"{folder}/{name}.toml") for name in names}
        listening = ("--port", str(ports["people"]), "--log", f"{folder}/relays.jsonl")
        commands["people"] = tocsin("sim", "command-center", *listening)
        by_name = {each: Gateway(each, client) for each in gateways}
        center = DeskCenter(
            folder, broker, ports, http, commands, known, by_name, begin_one=begin, _stack=stack
        )
        await center.begin("people", "alerting", "ingest")
        await center.are_well("alerting", "ingest")
        known |= await _add_people(folder, people)
        beating = asyncio.create_task(_beat(list(by_name.values())))
        stack.push_async_callback(ended, beating)
        await center.start("console")
        yield center


def _write_settings(
    folder: Path,
    broker: int,
    ports: Mapping[str, int],
    *,
    alerting: str,
    console: str,
    pages: Path | None,
) -> None:
    at_broker = f'[broker]\nhost = "127.0.0.1"\nport = {broker}\n'
    (folder / "ingest.toml").write_text(
        f'data_dir = "{folder}/ingest"\n{at_broker}[web]\nopen = true\nport = {ports["ingest"]}\n'
        f'accounts = "http://127.0.0.1:{ports["alerting"]}"\n[store]\nkind = "embedded"\n'
    )
    (folder / "alerting.toml").write_text(
        f'data_dir = "{folder}/alerting"\n{at_broker}'
        f'[web]\nopen = true\nport = {ports["alerting"]}\nproxies = ["127.0.0.1"]\n'
        f'[command_center]\nwebhook = "http://127.0.0.1:{ports["people"]}/relay/command-center"\n'
        f'topic = "command-center"\n[outgoing]\nnetworks = ["127.0.0.1:{ports["people"]}"]\n'
        f"[channels.mqtt]\n{alerting.replace('DESK_PORT', str(ports['console']))}\n"
    )
    built = "" if pages is None else f'pages = "{pages}"\n'
    (folder / "console.toml").write_text(
        f"{built}[web]\nport = {ports['console']}\n[center]\n"
        f'alerting = "http://127.0.0.1:{ports["alerting"]}"\n'
        f'ingest = "http://127.0.0.1:{ports["ingest"]}"\n{console}\n'
    )


async def _add_people(folder: Path, people: Mapping[str, Sequence[Grant]]) -> dict[str, Person]:
    """Add the accounts of *people*, with a device for those whose roles need one."""
    at = to_micros(utc_now())
    known = {
        name: Person(name, pyotp.random_base32() if _needs(grants) else "")
        for name, grants in people.items()
    }

    def add(connection: Connection) -> None:
        for name, grants in people.items():
            display = DISPLAY.get(name, name)
            add_account(
                connection,
                Account(name=name, display_name=display, grants=tuple(grants), place="Bàn 1"),
                at=at,
                by="story",
            )
            credentials.set_password(connection, name, _hash(), at=at)
            if secret := known[name].secret:
                credentials.set_code_secret(connection, name, secret, at=at)
                credentials.prove_code_secret(connection, name, secret, at=at)

    async with open_database(f"sqlite:///{folder}/alerting/center.db") as database:
        await database.write(add)
    return known


def _needs(grants: Sequence[Grant]) -> bool:
    return any(RoleRights(each.role).needs_second_factor for each in grants)


async def _beat(gateways: Sequence[Gateway]) -> None:
    while True:
        for each in gateways:
            await each.say_that_it_is_well()
        await asyncio.sleep(10)


@dataclass
class LiveStream:
    """The content of a stream of ``/live`` brought: events by name, and the rows as a page has them."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    rows: dict[str, Any] = field(default_factory=dict)
    ended: bool = False
    status: int = 0

    def note(self, name: str, data: Any) -> None:
        """Take one event as a page does."""
        self.events.append((name, data))
        if name == "rows":
            self.rows = {} if data["reset"] else self.rows
            self.rows |= {each["id"]: each for each in data["rows"]}
            for gone in data["gone"]:
                self.rows.pop(gone, None)

    def of(self, name: str) -> list[Any]:
        """Return the data of all events *name*."""
        return [data for each, data in self.events if each == name]

    @property
    def entries(self) -> list[Any]:
        """All entries that came."""
        return [entry for each in self.of("entries") for entry in each["entries"]]

    @property
    def tick(self) -> Any:
        """The last tick; None before the first."""
        return next(iter(self.of("tick")[-1:]), None)


@asynccontextmanager
async def live(center: DeskCenter, session: str | None) -> AsyncIterator[LiveStream]:
    """Follow ``/live`` of *session* within the block."""
    stream = LiveStream()
    reading = asyncio.create_task(_read(center, session, stream))
    try:
        await eventually(lambda: stream.status, within=20)
        yield stream
    finally:
        await ended(reading)


async def _read(center: DeskCenter, session: str | None, stream: LiveStream) -> None:
    async with center.ask("GET", "/live", session=session) as answer:
        stream.status = answer.status
        name = ""
        buffer = b""
        async for part in answer.content.iter_any():
            *lines, buffer = (buffer + part).split(b"\n")
            for line in lines:
                if line.startswith(b"event: "):
                    name = line[7:].decode()
                elif line.startswith(b"data: ") and answer.status == 200:
                    stream.note(name, json.loads(line[6:]))
    stream.ended = True
