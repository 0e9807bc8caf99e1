"""Measure how near to the limit of its line a Modbus bus is read: 32 devices at 9,600 baud.

``python -m bench.modbus_bus [--devices N] [--baud N] [--dead N] [--reaction-ms MS]`` runs the gateway's
master on virtual time. Each character takes its time on the line, each frame its silence of 3.5
characters, each device 5 ms to answer, and the gateway itself the given time between an answer and the
next request, beyond that silence: 2 ms, which is assumed. Prints JSON: the reads a second that the line
allows if it is never idle without need, and those that were made; with *dead* devices, what these cost
the others.
"""

import argparse
import json
from typing import Any

import msgspec

from firmware_sim.domain.modbus_devices import SimulatedModbusBus, SimulatedModbusDevice
from gateway.domain.connectors.events import Alive, Send
from gateway.domain.connectors.modbus.connector import CONNECTOR
from gateway.domain.connectors.modbus.options import ModbusOptions
from gateway.domain.connectors.round_time import character_s

FRAME = "8E1"
DEVICE_S = 0.005
SILENCE = 3.5
REGISTERS = 8
RUN_S = 600.0
TIMEOUT_S = 0.1
WITHIN = 0.95
"""Of the limit of the line: the schedule may waste a twentieth."""


def options(devices: int, gap_s: float) -> ModbusOptions:
    """Return a bus of so many devices with eight registers each, read as often as the line allows."""
    points = [
        {
            "address": "r{n}",
            "table": "holding_registers",
            "register": 0,
            "count": REGISTERS,
            "states": [{"word": "fire", "bit": 0}],
        }
    ]
    profile = {"panel": "bench", "source": "bench", "points": points}
    each: dict[str, Any] = {"profile": profile, "poll_s": 0.05, "timeout_s": TIMEOUT_S}
    content = {
        "devices": [{"name": f"d{unit}", "unit": unit, **each} for unit in range(1, devices + 1)],
        "gap_s": gap_s,
    }
    return msgspec.convert(content, ModbusOptions)


def answers_made(devices: int, baud: int, dead: int, *, reaction_s: float) -> int:
    """Return the answers that were understood in the run."""
    each_s = character_s(baud, FRAME)
    table = dict.fromkeys(range(REGISTERS), 0)
    alive = [SimulatedModbusDevice(unit, {3: dict(table)}) for unit in range(dead + 1, devices + 1)]
    bus = SimulatedModbusBus(*alive)
    talk = CONNECTOR.converse(options(devices, SILENCE * each_s))
    now, answered = 0.0, 0
    events = list(talk.begin(now))
    while now < RUN_S:
        sent = next((each for each in events if isinstance(each, Send)), None)
        answer = bus.answer(sent.data) if sent is not None else b""
        if sent is not None and answer:
            now += (len(sent.data) + SILENCE + len(answer)) * each_s + DEVICE_S
            events = list(talk.receive(answer, now))
            answered += sum(isinstance(each, Alive) for each in events)
        else:
            now = max(now, talk.next_at() or RUN_S) + reaction_s
            events = list(talk.tick(now))
    return answered


def main() -> None:
    """Print the measurement as JSON; end with code 1 where it is not within the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=32)
    parser.add_argument("--baud", type=int, default=9_600)
    parser.add_argument("--dead", type=int, default=4)
    parser.add_argument("--reaction-ms", type=float, default=2.0)
    given = parser.parse_args()
    each_s = character_s(given.baud, FRAME)
    # Request, silence, answer, silence: nothing in RTU can be shorter.
    request, answer = 8, 5 + 2 * REGISTERS
    limit_s = (request + SILENCE + answer + SILENCE) * each_s + DEVICE_S
    reaction_s = given.reaction_ms / 1e3
    made = answers_made(given.devices, given.baud, 0, reaction_s=reaction_s)
    with_dead = answers_made(given.devices, given.baud, given.dead, reaction_s=reaction_s)
    share = made * limit_s / RUN_S
    print(
        json.dumps(
            {
                "devices": given.devices,
                "baud": given.baud,
                "reaction_ms": given.reaction_ms,
                "limit_reads_per_s": round(1 / limit_s, 2),
                "reads_per_s": round(made / RUN_S, 2),
                "share_of_limit": round(share, 4),
                "round_s": round(given.devices * RUN_S / made, 3),
                "dead": given.dead,
                "share_of_limit_with_dead": round(with_dead * limit_s / RUN_S, 4),
            }
        )
    )
    if share < WITHIN:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
