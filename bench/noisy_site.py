"""Measures another site's alarm while one gateway floods: broker to webhook, beside each flood.

``python -m bench.noisy_site [--tree FOLDER] [FLOOD ...]``: alerting runs as a process of its own, that
of another tree where ``--tree`` names one, with a real broker and a real HTTP receiver; the flood comes
from a process of its own as well. Call points of other premises are pressed at an even pace, whether or
not the alarm before was told (so that a stall counts with each that it held up), and the time is from
the message handed to the broker to the webhook. Floods of the gateway ``noisy/gw-1``:

- ``rest``: none, for comparison
- ``faults``: 2,500 faults a second, ``fires``: 2,500 fires a second, each a message
- ``bursts``: 16 messages of 1,000 fires of points that nobody registered (2.9 MB), every 5 s
- ``bad``: 2,000 messages a second with a signal that cannot be read, ``garbage``: that are no JSON
- ``spread``: one fire of another point after the other, each once the one before is receipted
- ``words``, ``twice``, ``objects``: 14 messages of 1 MB a second, each one signal that cannot be read: a
  list of words, an object of one field again and again, a list of small objects; ``blanks``: 14 of 16 kB
  that are no JSON and end in a name of blanks
- ``forged``: 2,500 fires a second in the name of the gateway, which is enrolled, with its key id and a
  wrong signature; ``unsigned``: without one
- ``states``: 2,000 heartbeats a second that ask for receipts, ``epochs``: 2,000 epochs a second
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import paho.mqtt.client as mqtt
from aiohttp import web
from paho.mqtt.enums import CallbackAPIVersion

from contract.gateway_signing import SigningKey
from contract.ids import GatewayKey
from contract.topics import Leaf, Topic
from tests.support.gateway_keys import enroll_all
from tests.support.servers import free_port, mosquitto
from tests.support.waiting import eventually

ROOT = "tocsin/v1"
NOISY = f"{ROOT}/noisy/gw-1"
HERE = Path(__file__).parents[1]

SHAPES = {
    "words": b"[%b1]" % (b'"fire",' * 140_000),
    "twice": b'{%b"seq":1}' % (b'"kind":"fire",' * 70_000),
    "objects": b'["fire",%b1]' % (b'{"a":1},' * 120_000),
    "blanks": b'{"kind":"fire","name":"' + b" " * 16_000,
}
"""Signals that are dear to read."""

KEY = SigningKey.from_seed(bytes(32))
"""The key of the noisy gateway, where it is enrolled."""

FORGED = frozenset({"forged", "unsigned"})
"""The floods of somebody else in the name of an enrolled gateway."""

RATES = {"faults": 2_500, "fires": 2_500, **dict.fromkeys(FORGED, 2_500), **dict.fromkeys(SHAPES, 14)}
"""Messages a second of these floods; of the others 2,000."""

FLOODS = (
    "rest",
    "faults",
    "fires",
    "bursts",
    "bad",
    "garbage",
    "spread",
    "states",
    "epochs",
    *FORGED,
    *SHAPES,
)

WARM_UP = 5
"""Presses before those that count: the first one opens every connection."""

LAST_S = 60.0
"""Seconds for which the last alarms are waited for; one that is not told by then counts as so late."""

LIMITS = """
max_queued_messages 20000
max_queued_bytes 268435456
max_inflight_messages 200
"""
"""Those of deploy/mosquitto/tocsin.conf."""

SETTINGS = """
data_dir = "{folder}/data"
[broker]
port = {broker}
[web]
port = {web}
[command_center]
webhook = "{webhook}"
topic = "command-center"
[outgoing]
networks = ["127.0.0.0/8"]
[channels.mqtt]
"""

POLICY = """
[[contacts]]
id = "post"
name = "Post"
webhook = "{webhook}"
topic = "post"
[[policies]]
id = "standard"
stages = [{{ after_s = 0, notify = ["command-center"] }}]
"""

PREMISES = """
[[premises]]
id = "{name}"
name = "{name}"
address = "1"
policy = "standard"
people = ["post"]
[[zones]]
id = "z"
premises = "{name}"
name = "Z"
rule = "immediate"
[[gateways]]
id = "gw-1"
premises = "{name}"
name = "gw-1"
"""

POINT = """
[[points]]
id = "{point}"
premises = "{name}"
zone = "z"
gateway = "gw-1"
kind = "{kind}"
"""


def registry_of(presses: int, webhook: str) -> str:
    """The registry: the noisy premises with 20 detectors, and one with a call point for each press."""
    parts = [POLICY.format(webhook=webhook), PREMISES.format(name="noisy")]
    parts += [POINT.format(name="noisy", point=f"smoke-{at}", kind="smoke") for at in range(20)]
    for number in range(presses + WARM_UP):
        name = f"quiet-{number}"
        parts += [PREMISES.format(name=name), POINT.format(name=name, point="button", kind="manual")]
    return "".join(parts)


def signal(seq: int, name: str, **fields: object) -> dict[str, object]:
    """The body of a signal."""
    at = time.time_ns() // 1_000
    body = {"seq": seq, "kind": "fire", "edge": "raised", "scope": "point", "name": name}
    return {**body, "reason": "r", "changed_at": at, "committed_at": at, **fields}


def alarm(epoch: str, signals: list[dict[str, object]]) -> bytes:
    """The body of an alarm message."""
    body = {"v": 1, "epoch": epoch, "floor": 1, "signals": signals}
    return json.dumps(body, separators=(",", ":")).encode()


# -- the flood, in a process of its own


def message(kind: str, number: int) -> tuple[str, bytes]:
    """The message of a flood with this *number*, and the last level of its topic."""
    if kind == "states":
        lane = {"epoch": "e", "depth": 5, "oldest_age_s": 0.0, "last_seq": number}
        beat = {"v": 1, "at": time.time_ns() // 1_000, "alarm": lane, "telemetry": lane}
        return "heartbeat", json.dumps(beat).encode()
    if kind == "garbage":
        return "alarm", b"{%d" % number
    if kind in SHAPES:
        return "alarm", b'{"v":1,"epoch":"e","floor":1,"signals":[%b]}' % SHAPES[kind]
    if kind == "forged":
        body = alarm("e", [signal(number, f"p{number % 200}")])
        return "alarm", KEY.sign(Topic("other", "gw-1", Leaf.ALARM), body)
    epoch = f"e{number}" if kind == "epochs" else "e"
    return "alarm", alarm(epoch, list(signals_of(kind, number)))


def signals_of(kind: str, number: int) -> Iterator[dict[str, object]]:
    """The signals of such a message."""
    match kind:
        case "bursts":
            for at in range(1, 1_001):
                yield signal((number - 1) * 1_000 + at, f"p{number}-{at}")
        case "bad":
            yield {"seq": number, "kind": "nokind", "x": number}
        case "fires" | "spread" | "unsigned":
            yield signal(number, f"p{number % 200 if kind != 'spread' else number}")
        case _:
            yield signal(number, f"p{number % 200}", kind="fault")


def flood(kind: str, port: int) -> None:
    """Publish the flood until this process is ended."""
    receipted = {"last": 0}

    def on_message(_: mqtt.Client, __: object, message: mqtt.MQTTMessage) -> None:
        stored = json.loads(message.payload)["stored"]
        receipted["last"] = max([receipted["last"], *(seq for seq, _ in stored)])

    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(0)
    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe(f"{NOISY}/receipt/alarm", 1)
    began = time.perf_counter()
    for number in count(1):
        leaf, payload = message(kind, number)
        client.publish(f"{NOISY}/{leaf}", payload, 1)
        if kind == "spread":
            _wait_for_receipt(receipted, number)
        elif kind == "bursts":
            time.sleep(5.0 if number % 16 == 0 else 0.0)
        else:
            rate = RATES.get(kind, 2_000)
            time.sleep(max(0.0, began + number / rate - time.perf_counter()))


def _wait_for_receipt(receipted: Mapping[str, int], number: int) -> None:
    until = time.perf_counter() + 1.0
    while receipted["last"] < number and time.perf_counter() < until:
        time.sleep(0.001)


@contextmanager
def flooding(kind: str, port: int) -> Iterator[None]:
    """Flood within the block."""
    if kind == "rest":
        yield
        return
    command = [sys.executable, "-m", "bench.noisy_site", "--flood", kind, "--port", str(port)]
    process = subprocess.Popen(command, cwd=HERE)
    try:
        yield
    finally:
        process.kill()
        process.wait()


# -- the alarms of the others


@dataclass
class Receiver:
    """Answers webhooks; *told* is when the fire of each premises was told first."""

    told: dict[str, float] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        """Note the arrival of a notification."""
        at = time.perf_counter()
        body = json.loads(await request.read())
        if body["kind"] == "fire":
            self.told.setdefault(body["premises"]["id"], at)
        return web.Response()


@asynccontextmanager
async def open_receiver() -> AsyncIterator[tuple[Receiver, str]]:
    """A receiver, and its URL."""
    receiver, port = Receiver(), free_port()
    app = web.Application(client_max_size=64 * 1_048_576)
    app.router.add_post("/", receiver.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield receiver, f"http://127.0.0.1:{port}/"
    finally:
        await runner.cleanup()


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


@asynccontextmanager
async def alerting(tree: Path, folder: Path, values: Mapping[str, object]) -> AsyncIterator[int]:
    """Run alerting of *tree* within the block; its process id."""
    config, program = folder / "alerting.toml", tree / ".venv/bin/tocsin"
    config.write_text(SETTINGS.format(**values))
    command = f"{program} registry import {folder}/registry.toml --config {config} --who bench"
    imported = await asyncio.create_subprocess_exec(*command.split(), stdout=subprocess.DEVNULL)
    assert await imported.wait() == 0, "the registry was not imported"
    with (folder / "alerting.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program, "alerting", "--config", config, stdout=log, stderr=log
        )
    try:
        await eventually(lambda: _healthy(f"http://127.0.0.1:{values['web']}/healthz"), within=60)
        yield process.pid
    finally:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()


async def _healthy(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def press(client: aiomqtt.Client, number: int) -> float:
    """Press the call point of one premises; when its message was handed to the broker."""
    payload = alarm("e1", [signal(1, "button", quantity="manual")])
    at = time.perf_counter()
    await client.publish(f"{ROOT}/quiet-{number}/gw-1/alarm", payload, qos=1)
    return at


async def press_all(client: aiomqtt.Client, numbers: range, *, every_s: float) -> dict[str, float]:
    """Press at an even pace; when each was pressed, by its premises."""
    began, pressed = time.perf_counter(), dict[str, float]()
    for turn, number in enumerate(numbers):
        await asyncio.sleep(max(0.0, began + turn * every_s - time.perf_counter()))
        pressed[f"quiet-{number}"] = await press(client, number)
    return pressed


def figures(pressed: Mapping[str, float], told: Mapping[str, float]) -> dict[str, Any]:
    """Percentiles in milliseconds; an alarm that was not told counts as the longest wait."""
    taken = [(told[name] - at if name in told else LAST_S) * 1_000 for name, at in pressed.items()]
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {
        "presses": len(pressed),
        "not_told": len(pressed.keys() - told.keys()),
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "max_ms": round(max(taken), 2),
    }


async def measure(kind: str, folder: Path, broker: int, wanted: argparse.Namespace) -> dict[str, Any]:
    """The other sites' alarms beside one flood."""
    async with open_receiver() as (receiver, url):
        (folder / "registry.toml").write_text(registry_of(wanted.presses, url))
        values = {"folder": folder, "broker": broker, "web": free_port(), "webhook": url}
        async with (
            alerting(wanted.tree, folder, values) as pid,
            aiomqtt.Client("127.0.0.1", broker) as client,
        ):
            await press_all(client, range(WARM_UP), every_s=0.2)
            await eventually(lambda: len(receiver.told) >= WARM_UP, within=30)
            if kind in FORGED:
                database = f"sqlite:///{folder / 'data' / 'center.db'}"
                await enroll_all(database, KEY, [GatewayKey("noisy", "gw-1")])
            with flooding(kind, broker):
                await asyncio.sleep(wanted.before)
                before, began = cpu_s(pid), time.perf_counter()
                numbers = range(WARM_UP, WARM_UP + wanted.presses)
                pressed = await press_all(client, numbers, every_s=1 / wanted.per_second)
                used = (cpu_s(pid) - before) / (time.perf_counter() - began)
                await _until_told(receiver, pressed)
            size = sum(file.stat().st_size for file in (folder / "data").rglob("*") if file.is_file())
            shares = {"cpu": round(used, 2), "data_mb": round(size / 1e6, 1)}
            return {**figures(pressed, receiver.told), **shares}


async def _until_told(receiver: Receiver, pressed: Mapping[str, float]) -> None:
    with suppress(AssertionError):  # some are not told: they are counted
        await eventually(lambda: not pressed.keys() - receiver.told.keys(), within=LAST_S)


async def run(folder: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Each flood, with a broker and a center of its own."""
    found: dict[str, Any] = {}
    for kind in wanted.floods or FLOODS:
        (folder / kind).mkdir()
        with mosquitto(folder / f"broker-{kind}", extra=LIMITS) as broker:
            found[kind] = await measure(kind, folder / kind, broker.port, wanted)
        print(f"{kind}: {found[kind]}", file=sys.stderr)
    return found


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("floods", nargs="*", choices=[*FLOODS, []], metavar="FLOOD")
    parser.add_argument("--tree", type=Path, default=HERE, help="the tree whose alerting is measured")
    parser.add_argument("--presses", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=10.0, help="presses a second")
    parser.add_argument("--before", type=float, default=3.0, help="seconds of the flood before them")
    parser.add_argument("--flood", choices=FLOODS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.flood:
        flood(wanted.flood, wanted.port)
    with tempfile.TemporaryDirectory() as name:
        result = asyncio.run(run(Path(name), wanted))
    print(json.dumps({"noisy_site": {"tree": str(wanted.tree), **result}}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
