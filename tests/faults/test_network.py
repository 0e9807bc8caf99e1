"""The network between the gateway and the broker fails in every way that networks fail."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from tests.faults.scene import ROUNDS, Scene, scene
from tests.support.fault_proxy import Mode

BACK_S = 60.0


async def refused(here: Scene) -> None:
    await here.uplink.set(Mode.REFUSE)
    await here.pause(1.0, 2.0)


async def reset(here: Scene) -> None:
    await here.uplink.set(Mode.RESET)
    await here.pause(1.0, 2.0)


async def half_open(here: Scene) -> None:
    """Let all packets vanish without either end knowing it: the router has forgotten the connection."""
    here.uplink.freeze()
    await here.pause(1.0, 2.0)


async def black_hole(here: Scene) -> None:
    """So it is with new connections, too, for a while."""
    await here.uplink.set(Mode.SWALLOW)
    await here.pause(1.0, 3.0)
    await here.uplink.set(Mode.THROUGH)
    here.uplink.freeze()


async def slow(here: Scene) -> None:
    here.uplink.delay_s = 2.0
    await here.pause(2.0, 4.0)


async def narrow(here: Scene) -> None:
    here.uplink.bytes_per_s = 1_000
    await here.pause(2.0, 4.0)


async def flapping(here: Scene) -> None:
    for _ in range(here.rng.randint(5, 10)):
        here.uplink.cut()
        await here.pause(0.05, 0.6)


KINDS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "refused": refused,
    "reset": reset,
    "half-open": half_open,
    "black hole": black_hole,
    "2 s of latency": slow,
    "1 kB/s": narrow,
    "flapping": flapping,
}


async def come_and_go(here: Scene, kind: str) -> None:
    await here.pause(0.0, 0.5)
    await KINDS[kind](here)
    here.uplink.delay_s, here.uplink.bytes_per_s = 0.0, None
    await here.uplink.set(Mode.THROUGH)


@pytest.mark.parametrize("kinds", [list(KINDS)] if not ROUNDS else [[each] for each in KINDS], ids=str)
async def test_a_network_that_fails_loses_nothing(
    kinds: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not ROUNDS:
        # A half-open connection is found by the keepalive; 20 s of it would make a short run long.
        monkeypatch.setenv("TOCSIN_GATEWAY_BROKER__KEEPALIVE_S", "5")
    name = f"network: {kinds[0]}" if len(kinds) == 1 else "network: each kind"
    async with scene(tmp_path, name, 301) as here:
        for kind in kinds:
            count = min(ROUNDS, 10) or 1
            await here.rounds(count, partial(come_and_go, here, kind), within=BACK_S, presses=2)


async def test_the_oracle_sees_what_was_lost_behind_a_broken_network(tmp_path: Path) -> None:
    async with scene(tmp_path, "network, outbox gone", 302, in_table=False) as here:

        async def fault() -> None:
            await here.uplink.set(Mode.REFUSE)
            await asyncio.sleep(4)
            await here.kill("gateway")
            here.forget_outbox()
            await here.start("gateway")
            await here.uplink.set(Mode.THROUGH)

        verdict = await here.round(fault, within=BACK_S, presses=2)
        assert verdict.lost
