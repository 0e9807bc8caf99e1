"""tocsin gateway listen: what arrives is shown with its fate, and what is heard becomes settings."""

import asyncio
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt

from tests.adapters.command_line.running import run_command
from tests.support.servers import Server

MESSAGES = [
    ("bep", b'{"smoke":false,"battery":90,"rauch":1}'),
    ("Tầng 1/Đèn", b'{"carbon_monoxide":true}'),
    ("Lamp", b'{"state":"ON"}'),
    ("bep/set", b"{}"),
    ("new", b'{"smoke":"perhaps"}'),
]


def config(tmp_path: Path, port: int) -> Path:
    file = tmp_path / "gateway.toml"
    file.write_text(
        f'premises = "p"\ngateway = "g"\ndata_dir = "{tmp_path}/data"\n'
        '[[sources]]\nname = "zigbee"\ndialect = "zigbee2mqtt"\nroot = "zigbee2mqtt"\n'
        f"broker = {{ port = {port} }}\n"
        '[[points]]\nname = "bep"\nsource = "zigbee"\nkind = "level"\n'
    )
    return file


async def listening(file: Path, port: int, *options: str) -> tuple[int, str, str]:
    """Return the output of the command while all messages are published again and again."""
    command = ["gateway", "listen", "zigbee", "--config", str(file), "--for", "6", *options]
    running = asyncio.ensure_future(run_command(*command))
    async with aiomqtt.Client("127.0.0.1", port) as detectors:
        while not running.done():
            for topic, payload in MESSAGES:
                await detectors.publish(f"zigbee2mqtt/{topic}", payload, qos=1)
            await asyncio.wait({running}, timeout=0.5)
    return await running


async def test_each_message_is_shown_with_its_outcome(broker: Server, tmp_path: Path) -> None:
    code, out, err = await listening(config(tmp_path, broker.port), broker.port)
    assert code == 0, err
    assert "understood state zigbee2mqtt/bep: smoke=false battery=90.0 (unknown: rauch)" in out
    assert "ignored not_a_detector zigbee2mqtt/Lamp" in out
    assert "ignored request zigbee2mqtt/bep/set" in out
    assert "refused bad_shape zigbee2mqtt/new: smoke: the word 'perhaps'" in out
    assert "co=true (not configured)" in out


async def test_machines_are_told_in_json_and_the_points_are_written(
    broker: Server, tmp_path: Path
) -> None:
    file, points = config(tmp_path, broker.port), tmp_path / "points.toml"
    code, out, err = await listening(file, broker.port, "--json", "--write", str(points))
    assert code == 0, err
    *rows, last = [json.loads(line) for line in out.splitlines()]
    assert {row["outcome"] for row in rows} == {"understood", "refused", "ignored"}
    written = tomllib.loads(points.read_text())["points"]
    assert written == last["points"]
    assert {(each["address"], each["kind"]) for each in written} == {
        ("bep", "level"),
        (MESSAGES[1][0], "level"),
    }
    file.write_text(file.read_text().partition("[[points]]")[0] + points.read_text())
    code, out, err = await run_command("gateway", "--config", str(file), "--check")
    assert code == 0, err


EUI = "00137a1000012345"


def uplink(number: int, decoded: dict[str, object] | None) -> bytes:
    """An uplink of one detector, as ChirpStack publishes it."""
    event = {
        "time": datetime.now(UTC).isoformat(),
        "deviceInfo": {"deviceName": "Bếp 1", "devEui": EUI},
        "devAddr": "00189440",
        "fCnt": number,
        "data": "AQ==",
        "object": decoded,
        "rxInfo": [{"rssi": -97, "snr": 6.5}],
    }
    return json.dumps({name: value for name, value in event.items() if value is not None}).encode()


async def test_a_lorawan_detector_is_proposed_with_its_name_and_its_heartbeat(
    broker: Server, tmp_path: Path
) -> None:
    file, points = config(tmp_path, broker.port), tmp_path / "points.toml"
    settings = file.read_text().partition("[[points]]")[0]
    chirpstack = settings.replace(
        '"zigbee2mqtt"\nroot = "zigbee2mqtt"', '"chirpstack"\nroot = "application"'
    )
    file.write_text(chirpstack)
    command = [
        "gateway",
        "listen",
        "zigbee",
        "--config",
        str(file),
        "--for",
        "6",
        "--write",
        str(points),
    ]
    running = asyncio.ensure_future(run_command(*command))
    number = 0
    async with aiomqtt.Client("127.0.0.1", broker.port) as network:
        while not running.done():
            number += 1
            decoded = {"Device": "RA02A", "Volt": 3.1, "FireAlarm": "No Alarm", "Temp": 27.5}
            body = uplink(number, decoded)
            for _ in range(2):
                await network.publish(f"application/a-1/device/{EUI}/event/up", body, qos=1)
            await network.publish(f"application/a-1/device/{EUI}/command/down", b"{}", qos=1)
            await asyncio.wait({running}, timeout=0.5)
    code, out, err = await running
    assert code == 0, err
    assert "smoke=false battery_low=false" in out
    assert "model=Netvox RA02A, RA02C rssi=-97.0 snr=6.5 (not configured)" in out
    assert "ignored repeated application/a-1" in out
    assert "command/down" not in out  # the gateway is not subscribed to it
    (written,) = tomllib.loads(points.read_text())["points"]
    assert written == {
        "name": "bep-1",
        "address": EUI,
        "source": "zigbee",
        "kind": "level",
        "silent_after_s": 7_920,
    }
    file.write_text(chirpstack + points.read_text())
    code, out, err = await run_command("gateway", "--config", str(file), "--check")
    assert code == 0, err


async def test_a_source_that_is_not_there_and_a_broker_that_is_away_are_named(
    broker: Server, tmp_path: Path
) -> None:
    file = config(tmp_path, broker.port)
    code, _, err = await run_command("gateway", "listen", "knx", "--config", str(file))
    assert (code, "choose one of: zigbee" in err) == (2, True)
    away = config(tmp_path, 1)
    code, _, err = await run_command("gateway", "listen", "zigbee", "--config", str(away), "--for", "1")
    assert code == 2
    assert "no connection to 127.0.0.1:1 in 1 s; check sources[].broker" in err
