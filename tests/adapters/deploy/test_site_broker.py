"""A site's broker, as deploy/mosquitto/site.conf sets it up: detectors speak, the gateway listens."""

import getpass
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from tests.adapters.deploy.broker import DEPLOY
from tests.support.servers import Server, free_port, program, running

USERS = ("gateway", "bridge", "chirpstack", "lora-gateway", "smoke-07", "smoke-08")
STATE = "zigbee2mqtt/Bếp 1"
UPLINK = "application/17c82e96/device/00137a1000012345/event/up"
ROOF = "as923_2/gateway/0016c001f1500001"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "acl").write_text((DEPLOY / "mosquitto" / "site-acl").read_text())
    passwords = tmp_path / "passwords"
    passwords.write_text("".join(f"{user}:{user}-password\n" for user in USERS))
    subprocess.run([program("mosquitto_passwd"), "-U", passwords], check=True)
    port, conf = free_port(), tmp_path / "mosquitto.conf"
    conf.write_text(
        (DEPLOY / "mosquitto" / "site.conf")
        .read_text()
        .replace("/etc/mosquitto/site", str(tmp_path))
        .replace("\nlistener 1883\n", f"\nlistener {port} 127.0.0.1\nuser {getpass.getuser()}\n")
    )
    server = Server([program("mosquitto"), "-c", str(conf)], port, tmp_path / "mosquitto.log")
    with running(server):
        yield server


@asynccontextmanager
async def clients(site: Server, *users: str) -> AsyncIterator[list[aiomqtt.Client]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                aiomqtt.Client("127.0.0.1", site.port, username=user, password=f"{user}-password")
            )
            for user in users
        ]


async def heard_by_gateway(site: Server, *said: tuple[str, str]) -> list[str]:
    """The topics that the gateway is sent when each user publishes to one; the bridge ends it."""
    users = [user for user, _ in said]
    async with clients(site, "gateway", "bridge", *users) as (gateway, bridge, *others):
        events = ("application/+/device/+/event/+", "application/device/+/event/+")
        for topics in ("zigbee2mqtt/#", "site/detectors/#", f"{ROOF}/#", *events):
            await gateway.subscribe(topics, qos=1)
        for client, (_, topic) in zip(others, said, strict=True):
            await client.publish(topic, b"probe", qos=1)
        await bridge.publish("zigbee2mqtt/end", b"end", qos=1)
        heard: list[str] = []
        async for message in gateway.messages:
            if message.payload == b"end":
                return heard
            heard.append(message.topic.value)
    raise AssertionError("the connection ended")


@pytest.mark.parametrize(("user", "password"), [(None, None), ("bridge", "guess")])
async def test_who_has_no_password_says_nothing(
    site: Server, user: str | None, password: str | None
) -> None:
    with pytest.raises(aiomqtt.MqttError, match=r"(?i)not authori[sz]ed"):
        async with aiomqtt.Client("127.0.0.1", site.port, username=user, password=password):
            pass


@pytest.mark.parametrize(
    ("user", "topic", "is_heard"),
    [
        ("bridge", STATE, True),
        ("smoke-07", "site/detectors/smoke-07", True),
        ("smoke-07", "site/detectors/smoke-08", False),
        ("smoke-07", STATE, False),
        ("bridge", "site/detectors/smoke-07", False),
        ("chirpstack", UPLINK, True),
        ("chirpstack", STATE, False),
        ("lora-gateway", UPLINK, False),
        ("bridge", UPLINK, False),
        ("lora-gateway", f"{ROOF}/event/stats", True),
        ("lora-gateway", f"{ROOF}/state/conn", True),
        ("lora-gateway", f"{ROOF}/event/up", False),
        ("bridge", f"{ROOF}/event/stats", False),
        ("gateway", UPLINK, False),
        ("gateway", STATE, False),
        ("gateway", "site/detectors/gateway/x", False),
    ],
)
async def test_each_speaks_for_itself_and_for_nobody_else(
    site: Server, user: str, topic: str, is_heard: bool
) -> None:
    assert await heard_by_gateway(site, (user, topic)) == ([topic] if is_heard else [])


async def test_a_detector_cannot_listen_to_the_others(site: Server) -> None:
    async with clients(site, "smoke-08", "smoke-07", "gateway") as (spy, detector, gateway):
        await spy.subscribe("site/detectors/#", qos=1)
        await gateway.subscribe("site/detectors/#", qos=1)
        await detector.publish("site/detectors/smoke-07", b"probe", qos=1)
        await anext(aiter(gateway.messages))
        assert len(spy.messages) == 0
