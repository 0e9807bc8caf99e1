"""A LoRaWAN detector's fire: from ChirpStack's event to the confirmed incident, and the receipt back."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import pytest

from gateway.settings import Settings
from registry.model.places import Point, PointKind
from runtime.clock import utc_now
from tests.adapters.alerting import center as centers
from tests.adapters.gateway.rig import gateway
from tests.stories.alerting.house import MARKET
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

EUI = "00137a1000012345"
REGISTERED = MARKET.model_copy(
    update={
        "points": (
            Point(id="kho-01", premises="cho", zone="store", gateway="gw-1", kind=PointKind.SMOKE),
        )
    }
)
Body = dict[str, Any]  # of JSON


async def publish(broker: aiomqtt.Client, kind: str, **fields: object) -> None:
    """Publish an event of the detector as ChirpStack does."""
    device = {"applicationId": "17c82e96", "deviceName": "Kho", "devEui": EUI}
    time = fields.pop("time", utc_now().isoformat())
    event = {"time": time, "deviceInfo": device, "devAddr": "00189440", **fields}
    await broker.publish(f"application/17c82e96/device/{EUI}/event/{kind}", json.dumps(event), qos=1)


def netvox(fire: str) -> Body:
    return {"Device": "RA02A", "Volt": 3.1, "FireAlarm": fire, "HighTempAlarm": "No Alarm", "Temp": 31.0}


@dataclass(frozen=True)
class Site:
    """The gateway as its status page shows it, and the center above it."""

    http: aiohttp.ClientSession
    port: int
    center: centers.Center

    async def status(self) -> Any:
        async with self.http.get(f"http://127.0.0.1:{self.port}/status") as answer:
            return await answer.json()

    async def outcomes(self, outcome: str) -> Body:
        (source,) = (await self.status())["sources"]
        counted: Body = source[outcome]
        return counted

    async def starts(self) -> bool:
        try:
            return bool((await self.status())["sources"][0]["connected"])
        except aiohttp.ClientConnectionError:
            return False

    async def holds(self, kind: str, reason: str) -> bool:
        conditions = (await self.status())["conditions"]
        return any((each["kind"], each["reason"]) == (kind, reason) for each in conditions)

    async def receipted(self) -> bool:
        return bool((await self.status())["alarm"]["depth"] == 0)

    async def confirmed(self) -> list[Body]:
        incidents = (await self.center.get("/api/v1/incidents?kind=fire"))["incidents"]
        return [each for each in incidents if each["phase"] == "confirmed"]

    async def tells_of(self, reason: str) -> bool:
        faults = (await self.center.get("/api/v1/incidents?kind=fault"))["incidents"]
        conditions = [each for case in faults for each in case.get("conditions", [])]
        return any(each["reason"] == reason for each in conditions)


def settings_of(tmp_path: Path, broker: Server, status: int) -> Settings:
    source = {
        "name": "lora",
        "dialect": "chirpstack",
        "root": "application",
        "broker": {"port": broker.port},
        "silent_after_s": 8_000.0,
    }
    point = {
        "name": "kho-01",
        "address": EUI.upper(),
        "source": "lora",
        "kind": "level",
        "silent_after_s": 7_920.0,
    }
    return Settings(
        premises="cho",
        gateway="gw-1",
        data_dir=tmp_path / "data",
        broker={"port": broker.port},
        heartbeat_s=0.2,
        web={"port": status},
        sources=[source],
        points=[point],
    )


@asynccontextmanager
async def house(tmp_path: Path, broker: Server) -> AsyncIterator[tuple[Site, aiomqtt.Client]]:
    async with (
        centers.center(tmp_path / "center", broker_port=broker.port, content=REGISTERED) as center,
        aiomqtt.Client("127.0.0.1", broker.port) as chirpstack,
        aiohttp.ClientSession() as http,
        gateway(settings_of(tmp_path, broker, port := free_port())),
    ):
        site = Site(http, port, center)
        await eventually(site.starts)

        async def joined() -> bool:
            await publish(chirpstack, "join")
            return "join" in await site.outcomes("understood")

        await eventually(joined)
        yield site, chirpstack


async def test_an_uplink_becomes_a_confirmed_incident_and_is_receipted(
    broker: Server, tmp_path: Path
) -> None:
    async with house(tmp_path, broker) as (site, chirpstack):
        await publish(chirpstack, "up", fCnt=1, data="AA==", object=netvox("No Alarm"))
        burning = {"fCnt": 2, "data": "AQ==", "object": netvox("Alarm"), "time": utc_now().isoformat()}
        for _ in range(2):  # its confirmation was lost on the way
            await publish(chirpstack, "up", **burning)
        (incident,) = await eventually(site.confirmed)
        assert incident["premises"]["id"] == "cho"
        await eventually(site.receipted)
        assert (await site.outcomes("ignored"))["repeated"] == 1


async def test_what_the_network_held_back_for_days_is_not_a_fire_of_today(
    broker: Server, tmp_path: Path
) -> None:
    async with house(tmp_path, broker) as (site, chirpstack):
        held_back = (utc_now() - timedelta(days=3)).isoformat()
        await publish(chirpstack, "up", fCnt=9, data="AQ==", object=netvox("Alarm"), time=held_back)
        await eventually(lambda: site.holds("prealarm", "retained_alarm"))
        assert not await site.holds("fire", "detector_alarm")
        await publish(chirpstack, "up", fCnt=10, data="AQ==", object=netvox("Alarm"))
        await eventually(site.confirmed)


async def test_an_uplink_that_nobody_decoded_is_a_fault_until_one_is_decoded(
    broker: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.domain.supervision.unreadable_messages.READABLE_FOR_S", 0.1)
    async with house(tmp_path, broker) as (site, chirpstack):
        await publish(chirpstack, "up", fCnt=3, data="AgM=")
        await eventually(lambda: site.tells_of("unreadable_messages"))
        assert await site.outcomes("refused") == {"no_known_field": 1}
        # What the radio says of itself does not make the payload readable.
        await publish(chirpstack, "status", margin=10, batteryLevel=88.3)
        since = (await site.status())["at"]

        async def seconds_later() -> bool:
            return bool((await site.status())["at"] > since + 2_000_000)

        await eventually(seconds_later)
        assert "device_status" in await site.outcomes("understood")
        assert await site.holds("fault", "unreadable_messages")
        await publish(chirpstack, "up", fCnt=4, data="AgM=", object=netvox("No Alarm"))

        async def readable() -> bool:
            return not await site.holds("fault", "unreadable_messages")

        await eventually(readable)
