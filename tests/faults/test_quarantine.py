"""No room for what must be set aside, while much of it comes; nothing good waits for that."""

import asyncio
import json
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import aiomqtt

from contract.messages import decode_receipt, encode_alarm
from tests.faults import disk
from tests.faults.scene import Scene, rounds, scene
from tests.faults.test_flood import flood
from tests.support.house import PREMISES
from tests.support.receipts import numbers_in
from tests.support.waiting import eventually

WHOSE = ("gateway", "ingest", "alerting")
BACK_S = 45.0

STRANGER = f"tocsin/v1/{PREMISES}/stranger"


async def flood_while_full(here: Scene) -> None:
    folders = [here.folder / who / "quarantine" for who in WHOSE]
    for folder in folders:
        disk.fill(folder)
    await flood(here)
    await here.pause(0.5, 1.0)
    for folder in folders:
        disk.empty(folder)


async def test_a_full_quarantine_holds_up_nothing(tmp_path: Path) -> None:
    with ExitStack() as disks:
        for who in WHOSE:
            disks.enter_context(disk.small_disk(tmp_path / who / "quarantine", mib=1))
        async with scene(tmp_path, "quarantine full, bad messages flooding", 901) as here:
            await here.rounds(
                rounds(1, long=10), lambda: flood_while_full(here), within=BACK_S, presses=3
            )


async def test_a_bad_signal_waits_in_the_database_while_its_file_is_full(tmp_path: Path) -> None:
    """It is receipted with the commit that holds it, and written to the file once there is room."""
    quarantine = tmp_path / "alerting" / "quarantine"
    with disk.small_disk(quarantine, mib=1):
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(
                scene(tmp_path, "quarantine", 902, load=False, in_table=False)
            )
            client = await stack.enter_async_context(
                aiomqtt.Client("127.0.0.1", here.broker.port, identifier="stranger")
            )
            await client.subscribe(f"{STRANGER}/receipt/alarm", qos=1)
            receipts: set[int] = set()
            listening = asyncio.create_task(_listen(client, receipts))
            disk.fill(quarantine)
            bad = json.dumps({"seq": 1, "kind": "earthquake"}).encode()
            message = encode_alarm("e1", 1, [bad])
            await client.publish(f"{STRANGER}/alarm", message, qos=1)
            await here.rounds(1, lambda: here.pause(0, 0), within=BACK_S, presses=2)
            await eventually(lambda: 1 in receipts)
            assert not _reasons(quarantine)
            disk.empty(quarantine)
            await eventually(lambda: _reasons(quarantine) == ["bad_signal"], within=BACK_S)
            listening.cancel()


def _reasons(quarantine: Path) -> list[str]:
    lines = [line for file in quarantine.glob("*.jsonl") for line in file.read_text().splitlines()]
    return [json.loads(line)["reason"] for line in lines]


async def _listen(client: aiomqtt.Client, receipts: set[int]) -> None:
    async for message in client.messages:
        receipts |= numbers_in([decode_receipt(bytes(message.payload))])
