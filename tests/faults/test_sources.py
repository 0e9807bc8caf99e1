"""A source that speaks another form than expected: each message has one fate, and no fire is lost."""

import json
from functools import partial
from itertools import count
from pathlib import Path

import aiomqtt

from contract.times import to_micros
from runtime.clock import utc_now
from tests.faults.oracle import Turn
from tests.faults.scene import Scene, rounds, scene
from tests.support.waiting import eventually

ROUNDS_AT_MOST = 5
"""Each point of the registry alarms in one round alone; one of the panel's is pressed in each."""

NAMES = ("tang-{}/bep", "Kiốt {}", "kho-{}/set")
ADDRESSES = {
    f"nut-{ROUNDS_AT_MOST + 3 * number + at:05}": name.format(number)
    for number in range(ROUNDS_AT_MOST)
    for at, name in enumerate(NAMES)
}
"""Points of the registry that stand behind the bridge; they are call points there, confirmed at once."""

FORMS = (
    '{"smoke": %s}',
    '{"battery": 90, "smoke": %s, "odd": {"deep": [1, null]}}',
    '{"smoke": %s, "linkquality": "strong", "battery": "full"}',
    '{"smoke": "%s"}',
)
"""Ways to say that there is smoke, of which all but the first have something else that is odd."""

ODD = (b"\x00\xff", b"[]", b"{", b'{"humidity": 40}', b'{"smoke": "perhaps"}', b"online", b"7" * 20_000)
"""What no profile knows as the state of a detector."""

SOURCE = """
[telemetry]
resend_first_s = 1
resend_longest_s = 5
[[sources]]
name = "bridge"
dialect = "zigbee2mqtt"
root = "zigbee2mqtt"
latch_s = 0
[sources.broker]
port = {first}
"""


def gateway_extra() -> str:
    point = '[[points]]\nname = "{}"\naddress = "{}"\nsource = "bridge"\nkind = "level"\n'
    return SOURCE + "".join(point.format(*each) for each in ADDRESSES.items())


async def test_a_source_that_speaks_another_form_loses_no_fire(tmp_path: Path) -> None:
    name = "a source that speaks another form"
    async with (
        scene(tmp_path, name, 801, gateway_extra=gateway_extra()) as here,
        aiomqtt.Client("127.0.0.1", here.broker.port) as bridge,
    ):
        sent = count(1)
        points = iter(ADDRESSES)
        await here.rounds(
            rounds(1, long=ROUNDS_AT_MOST),
            lambda: speak(here, bridge, [next(points) for _ in NAMES], sent),
            within=45.0,
            presses=1,
        )
        published = next(sent) - 1
        await eventually(lambda: accounted(here, published), within=20.0)


async def speak(here: Scene, bridge: aiomqtt.Client, points: list[str], sent: "count[int]") -> None:
    """Say odd things, and let each of *points* alarm once in a form of its own, and stop."""
    for point in points:
        address = ADDRESSES[point]
        for payload in here.rng.sample(ODD, 3):
            await publish_state(
                bridge, sent, f"{address}/odd" if payload == b"online" else address, payload
            )
        form = here.rng.choice(FORMS)
        for value, word in ((1, "true"), (0, "false")):
            here.panel.said.turns.append(Turn(point, value, to_micros(utc_now())))
            await publish_state(bridge, sent, address, (form % word).encode())
            await eventually(partial(shows, here, point, burning=bool(value)), within=20.0)


async def publish_state(
    bridge: aiomqtt.Client, sent: "count[int]", address: str, payload: bytes
) -> None:
    await bridge.publish(f"zigbee2mqtt/{address}", payload, qos=1)
    next(sent)


async def shows(here: Scene, point: str, *, burning: bool) -> bool:
    """Return whether the gateway's view of *point* being in fire is *burning*."""
    status = await here.site.get("/status", port=here.site.status)
    (found,) = [each for each in status["points"] if each["name"] == point]
    return any(each["kind"] == "fire" for each in found["conditions"]) is burning


async def accounted(here: Scene, published: int) -> bool:
    """Return whether each message has exactly one outcome, and some were refused aloud."""
    status = await here.site.get("/status", port=here.site.status)
    (source,) = status["sources"]
    fates = {name: sum(source[name].values()) for name in ("understood", "refused", "ignored")}
    assert sum(fates.values()) <= published, json.dumps(source)
    return bool(sum(fates.values()) == published and fates["refused"] > 0)
