"""A gateway's certificate at a real broker: it is the user, renews itself, and ends if revoked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import pytest

from tests.adapters.gateway.rig import PtyLine
from tests.security.test_enrolment import answers, enroll
from tests.support.authority import CenterFiles, center_files, run_apart
from tests.support.certified_broker import CertifiedBroker, broker_ports, certified_broker
from tests.support.house import GATEWAY, PREMISES, registry
from tests.support.servers import free_port
from tests.support.waiting import eventually
from tests.support.warm_start import warm_child
from tocsin.demo.processes import tocsin

ROOT = f"tocsin/v1/{PREMISES}"
LIFE_S = 30
"""Seconds that a certificate of a test lives which renews it: it is renewed after 20."""


def settings(ports: tuple[int, int], folder: Path) -> str:
    """The rights that alerting needs of the broker."""
    return f'[broker]\nport = {ports[0]}\nusername = "alerting"\npassword_file = "{folder}/password"\n'


@dataclass
class Site:
    """A center and its broker, and a gateway with a line; *identity* is the gateway's folder."""

    broker: CertifiedBroker
    url: str
    line: PtyLine
    folder: Path

    @property
    def identity(self) -> Path:
        return self.folder / "gateway" / "identity"

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as http, http.get(self.url + path) as answer:
            return await answer.json()

    def press(self, *, pressed: bool) -> None:
        self.line.say("button-01", "manual", float(pressed))

    async def fires(self) -> int:
        """The signals of fire that the center has."""
        signals = (await self.get("/api/v1/signals"))["signals"]
        return len([each for each in signals if each["kind"] == "fire"])

    async def heard(self) -> bool:
        gateways = (await self.get("/api/v1/gateways"))["gateways"]
        return any(each["state"] == "normal" for each in gateways)


@pytest.fixture
def ports() -> tuple[int, int]:
    return broker_ports()


@pytest.fixture
def files(tmp_path: Path, ports: tuple[int, int]) -> CenterFiles:
    (tmp_path / "password").write_text("unknown yet, but long enough for a token")
    made = center_files(tmp_path, web_port=free_port(), extra=settings(ports, tmp_path))
    return replace(made, tocsin=run_apart)


@pytest.fixture
async def broker(files: CenterFiles, ports: tuple[int, int]) -> AsyncIterator[CertifiedBroker]:
    """The broker, whose rules follow the registry."""
    users = ("alerting", "operator", f"{PREMISES}/gw-2")
    with certified_broker(files, ports, users=users) as one:
        (files.folder / "password").write_text(one.passwords["alerting"])
        async with warm_child("rules", [*one.rules_command, "--follow"], files.folder):
            yield one


def identity_from(files: CenterFiles, folder: Path, gateway: str) -> Path:
    """Enroll *gateway* by carried files; return the folder of its identity."""
    config = folder / f"{gateway}.toml"
    config.write_text(
        f'premises = "{PREMISES}"\ngateway = "{gateway}"\ndata_dir = "{folder}/{gateway}"\n'
        '[[lines]]\nname = "line-1"\nport = "/dev/null"\n'
    )
    asked, answer = folder / "request.pem", folder / "answer.json"
    words = ("gateway", "enroll", "--config", str(config), "--json")
    shown = run_apart(*words, "--request", str(asked))
    key = shown.stdout.partition('"key_id": "')[2].partition('"')[0]
    carried = ("--request", str(asked), "--key-id", key, "--out", str(answer))
    files.answer("pki", "issue", "gateway", PREMISES, gateway, *carried)
    root = next(each for each in files.answer("pki", "list") if each["kind"] == "root")
    done = run_apart(*words, "--answer", str(answer), "--authority", root["fingerprint"])
    assert done.exit_code == 0, done.output
    return folder / gateway / "identity"


@asynccontextmanager
async def site(broker: CertifiedBroker, folder: Path) -> AsyncIterator[Site]:
    """Run alerting, enroll the gateway there with a code, and run it."""
    files = broker.files
    url = next(
        f"http://127.0.0.1:{line.partition('=')[2].strip()}"
        for line in files.config.read_text().partition("[web]")[2].splitlines()
        if line.startswith("port")
    )
    one = Site(broker, url, PtyLine(folder), folder)
    async with warm_child("alerting", [*tocsin(), "alerting", "--config", str(files.config)], folder):
        await eventually(lambda: answers(f"{url}/healthz"), within=40)
        code = await asyncio.to_thread(files.invite)
        done = await asyncio.to_thread(enroll, folder, url, code)
        assert done.exit_code == 0, done.output
        config = folder / "gateway.toml"
        config.write_text(
            f'premises = "{PREMISES}"\ngateway = "{GATEWAY}"\ndata_dir = "{folder}/gateway"\n'
            f'heartbeat_s = 1\n[broker]\nhost = "localhost"\nport = {broker.gateways_port}\ntls = true\n'
            f'[[lines]]\nname = "line-1"\nport = "{one.line.port}"\n'
            '[[points]]\nname = "button-01"\nline = "line-1"\nkind = "manual"\n'
        )
        async with warm_child("gateway", [*tocsin(), "gateway", "--config", str(config)], folder):
            await eventually(one.heard, within=40)
            yield one


async def test_a_gateway_enrolls_is_heard_and_renews_its_certificate_without_losing_a_signal(
    broker: CertifiedBroker, tmp_path: Path
) -> None:
    config = broker.files.config
    config.write_text(f"{config.read_text()}[pki]\ngateway_days = {LIFE_S / 86_400}\n")
    async with site(broker, tmp_path) as one:
        before = (one.identity / "certificate.pem").read_text()
        log = tmp_path / "gateway.log"
        pressed = 0

        async def renewed() -> bool:
            nonlocal pressed
            pressed += 1
            one.press(pressed=bool(pressed % 2))
            said = log.read_text()
            return "broker connection made anew" in said and said.count("broker connected") > 1

        await eventually(renewed, within=80, every=0.2)
        assert (one.identity / "certificate.pem").read_text() != before
        one.press(pressed=True)

        async def everything_arrived() -> bool:
            ledger = (await one.get("/api/v1/ledger"))["summary"]
            return bool(await one.fires() and ledger["missing"] == 0 and ledger["waiting"] == 0)

        await eventually(everything_arrived, within=40)
        gateway = (await one.get("/api/v1/gateways"))["gateways"][0]
        assert [each for each in gateway["conditions"] if each["reason"] == "gateway_offline"] == []


async def test_a_revoked_gateway_is_mute_at_once_and_gets_no_other_connection(
    broker: CertifiedBroker, files: CenterFiles, tmp_path: Path
) -> None:
    identity = await asyncio.to_thread(identity_from, files, tmp_path, GATEWAY)
    alarm = f"{ROOT}/{GATEWAY}/alarm"
    async with broker.client(identity) as standing, broker.program("operator") as operator:
        await operator.subscribe("tocsin/v1/#", qos=1)
        await standing.subscribe(f"{ROOT}/{GATEWAY}/incident", qos=1)
        await standing.publish(alarm, b"before", qos=1)
        first = await asyncio.wait_for(anext(aiter(operator.messages)), 20)
        assert first.payload == b"before"

        words = ("pki", "revoke", "gateway", PREMISES, GATEWAY, "--reason", "stolen")
        await asyncio.to_thread(files.answer, *words)

        # The connection from before stands, but nothing that it says or is told gets through.
        async def is_mute() -> bool:
            await standing.publish(alarm, b"after", qos=1)
            return "Denied PUBLISH" in broker.server.log.read_text()

        await eventually(is_mute, within=60, every=1)
        assert await refused(broker, identity)


async def test_a_gateway_that_leaves_the_registry_loses_its_rules_and_its_password(
    tmp_path: Path, ports: tuple[int, int], files: CenterFiles
) -> None:
    both = registry({"smoke-01": "smoke"}) + (
        f'\n[[gateways]]\nid = "gw-2"\nname = "Tủ 2"\npremises = "{PREMISES}"\n'
    )
    await asyncio.to_thread(files.import_registry, both)
    user = f"{PREMISES}/gw-2"
    users = ("alerting", "operator", user)
    with certified_broker(files, ports, users=users) as broker:
        following = warm_child("rules", [*broker.rules_command, "--follow"], files.folder)
        async with following, broker.program(user) as standing:
            await standing.publish(f"{ROOT}/gw-2/alarm", b"here", qos=1)
            await asyncio.to_thread(files.import_registry, registry({"smoke-01": "smoke"}))
            await eventually(lambda: turned_away(broker, user), within=60)
        access = (broker.users / "acl").read_text()
        assert f"user {PREMISES}/{GATEWAY}\n" in access
        assert f"user {user}\n" not in access
        assert user not in (broker.users / "passwords").read_text()


async def test_without_a_certificate_of_the_center_nobody_reaches_the_broker(
    broker: CertifiedBroker, files: CenterFiles, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = await asyncio.to_thread(center_files, elsewhere)
    stranger = await asyncio.to_thread(
        identity_from, replace(other, tocsin=run_apart), elsewhere, GATEWAY
    )
    own = await asyncio.to_thread(identity_from, files, tmp_path, GATEWAY)
    (stranger / "authority.pem").write_bytes((own / "authority.pem").read_bytes())
    assert await refused(broker, stranger)
    assert not await refused(broker, own)


async def refused(broker: CertifiedBroker, identity: Path) -> bool:
    try:
        async with broker.client(identity):
            return False
    except aiomqtt.MqttError:
        return True


async def turned_away(broker: CertifiedBroker, user: str) -> bool:
    try:
        async with broker.program(user):
            return False
    except aiomqtt.MqttError:
        return True
