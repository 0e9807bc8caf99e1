"""Whoever holds connections to the broker, or joins the group of ingest, takes nothing from others."""

import asyncio
import re
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import aiomqtt
import pytest

from ingest.settings import Settings as IngestSettings
from runtime.settings import BadSettings, load_settings
from tests.adapters.deploy.broker import DEPLOY, GATEWAY, center_broker
from tests.support.documents import read_yaml

IDLE = 1_300
"""Connections without a word, as many as kept a broker with 1,024 files off its clients."""

SERVICES = ("alerting", "ingest", "gateway")


def value_of(file: str, name: str) -> int:
    found = re.search(rf"^{name}[ =](\d+)", (DEPLOY / file).read_text(), re.MULTILINE)
    assert found, f"{file} does not set {name}"
    return int(found[1])


@pytest.fixture
def files() -> Iterator[None]:
    """As many files for this process, and for the broker that it starts, as deploy gives the broker."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = value_of("systemd/mosquitto-limits.conf", "LimitNOFILE")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_idle_connections_keep_neither_gateways_nor_the_center_off_the_broker(
    files: None, tmp_path: Path
) -> None:
    with center_broker(tmp_path / "broker", tls=True) as center, ExitStack() as held:
        for _ in range(IDLE):
            held.enter_context(socket.create_connection(("127.0.0.1", center.tls_port), 5))
        gateway = aiomqtt.Client(
            "127.0.0.1",
            center.tls_port,
            username=GATEWAY,
            password=center.passwords[GATEWAY],
            tls_params=aiomqtt.TLSParameters(ca_certs=str(center.users / "ca.crt")),
            timeout=30,
        )
        async with center.client("alerting") as alerting, gateway as site:
            await alerting.subscribe("tocsin/v1/+/+/alarm", qos=1)
            await site.publish(f"tocsin/v1/{GATEWAY}/alarm", b"fire", qos=1)
            async with asyncio.timeout(30):
                assert (await anext(aiter(alerting.messages))).payload == b"fire"


async def test_who_fills_the_listener_of_gateways_keeps_the_center_on_its_own(
    files: None, tmp_path: Path
) -> None:
    with center_broker(tmp_path / "broker", tls=True) as center, ExitStack() as held:
        # The bound of the listener, made small: what is beyond is closed, and the center goes on.
        rules = tmp_path / "broker" / "conf.d" / "tls.conf"
        assert "max_connections" in rules.read_text()
        for _ in range(IDLE):
            held.enter_context(socket.create_connection(("127.0.0.1", center.tls_port), 5))
        async with center.client("ingest") as ingest, center.client("alerting") as alerting:
            await ingest.subscribe("tocsin/v1/+/+/telemetry", qos=1)
            await alerting.subscribe("tocsin/v1/+/+/alarm", qos=1)


def test_the_broker_has_files_for_all_places_of_its_listeners() -> None:
    places = value_of("mosquitto/tls.conf", "max_connections")
    places += value_of("mosquitto/local.conf", "max_connections")
    assert value_of("systemd/mosquitto-limits.conf", "LimitNOFILE") > places + 1_024
    assert value_of("compose/mosquitto.conf", "max_connections") < places
    broker = read_yaml(DEPLOY / "compose.yaml")["services"]["broker"]
    assert broker["ulimits"]["nofile"]["soft"] > places + 1_024


async def test_a_gateway_takes_no_reading_out_of_a_group_that_it_cannot_name(tmp_path: Path) -> None:
    group = "0123456789abcdef" * 2
    telemetry = f"tocsin/v1/{GATEWAY}/telemetry"
    with center_broker(tmp_path / "broker") as center:
        other = "nha-pho-27/gw-1"
        async with (
            center.client("ingest") as ingest,
            center.client(other) as thief,
            center.client(GATEWAY) as site,
        ):
            await ingest.subscribe(f"$share/{group}/tocsin/v1/+/+/telemetry", qos=1)
            for guess in ("ingest", "tocsin", "telemetry"):
                await thief.subscribe(f"$share/{guess}/tocsin/v1/+/+/telemetry", qos=1)
            for number in range(20):
                await site.publish(telemetry, str(number).encode(), qos=1)
            heard = []
            async with asyncio.timeout(30):
                async for message in ingest.messages:
                    heard.append(int(bytes(message.payload or b"")))
                    if len(heard) == 20:
                        break
            assert heard == list(range(20))


@pytest.mark.parametrize(("share", "is_taken"), [("ingest", False), ("x" * 31, False), ("x" * 32, True)])
def test_a_group_whose_name_can_be_guessed_is_refused_at_a_broker_with_users(
    share: str, is_taken: bool, tmp_path: Path
) -> None:
    file = tmp_path / "ingest.toml"
    file.write_text(f'share = "{share}"\n[broker]\nusername = "ingest"\n')
    if is_taken:
        assert load_settings(IngestSettings, file).share == share
        return
    with pytest.raises(BadSettings, match=r"takes messages away from ingest.*openssl rand -hex 16"):
        load_settings(IngestSettings, file)


def unit(service: str) -> str:
    return (DEPLOY / "systemd" / f"tocsin-{service}.service").read_text()


def test_each_service_has_a_user_of_its_own() -> None:
    users = [re.findall(r"^User=(.*)$", unit(service), re.MULTILINE) for service in SERVICES]
    assert users == [[f"tocsin-{service}"] for service in SERVICES]
    made = (DEPLOY / "systemd" / "tocsin.sysusers").read_text()
    assert all(f"u tocsin-{service} " in made for service in SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_bounds_of_memory_and_of_its_log(service: str) -> None:
    for name in ("MemoryMax", "LogRateLimitIntervalSec", "LogRateLimitBurst"):
        assert re.search(rf"^{name}=\w+$", unit(service), re.MULTILINE)


def test_ingest_speaks_with_its_own_machine_alone_unless_somebody_adds_an_address() -> None:
    assert "\nIPAddressDeny=any\nIPAddressAllow=localhost\n" in unit("ingest")


def test_every_image_is_pinned_to_a_version() -> None:
    compose = read_yaml(DEPLOY / "compose.yaml")
    images = {each["image"] for each in compose["services"].values()}
    assert all(re.fullmatch(r"[a-z-]+:\d+\.\d+(\.\d+)?|.+@sha256:[0-9a-f]{64}", each) for each in images)
