"""Lines: damage is counted and heals, ports vanish and return, unknown detectors are heard."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from contract.sentences import Sentence, Status
from contract.sentences import encode as encode_sentence
from contract.topics import Leaf
from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually


def one_line(port: str, **line: object) -> dict[str, Any]:
    return {"lines": [{"name": "line-1", "port": port, **line}]}


async def test_a_port_that_vanishes_is_a_fault_and_is_opened_again_when_it_returns(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **one_line(line.port))):
        await eventually(lambda: rct.sees_lines)
        line.say("call-1", "manual", 0.0)
        await eventually(lambda: rct.readings("call-1") == [0.0])
        line.cut()
        await eventually(lambda: "line-1 fault raised: line_lost" in rct.story)
        await eventually(lambda: rct.heartbeats[-1].lines == {"line-1": "lost"})
        line.mend()
        await eventually(lambda: "line-1 fault restored: line_lost" in rct.story)
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)


async def test_a_port_that_is_not_there_at_the_start_is_a_fault_and_no_obstacle(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    both = {
        "lines": [
            {"name": "line-1", "port": line.port},
            {"name": "line-2", "port": "/dev/no-such-port"},
        ]
    }
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **both)):
        await eventually(lambda: "line-2 fault raised: line_lost" in rct.story)
        lines = {"line-1": "up", "line-2": "lost"}
        await eventually(lambda: rct.heartbeats and rct.heartbeats[-1].lines == lines)
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)


async def test_sentences_between_garbage_are_all_heard_and_a_noisy_line_is_a_fault(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    noise = random.Random(7)
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **one_line(line.port))):
        await eventually(lambda: rct.sees_lines)
        for number in range(200):
            line.send(bytes(noise.randrange(256) for _ in range(noise.randrange(40))) + b"\n")
            line.say("co-1", "co", float(number))
            await asyncio.sleep(0)
        line.send(b"$TSR,call-1,1,manual,1,normal*0000\r\n")
        line.say("call-1", "manual", 0.0)
        await eventually(lambda: len(rct.readings("co-1")) == 200)
        await eventually(lambda: "line-1 fault raised: line_noisy" in rct.story)
        await eventually(lambda: rct.readings("call-1") == [0.0])
        assert "call-1 fire raised: manual_call" not in rct.story


async def test_a_line_without_a_sentence_is_silent_after_its_reporting_time(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path, broker, **one_line(line.port, silent_after_s=0.5), silent_after_s=0.5
    )
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: "line-1 fault raised: line_silent" in rct.story)
        line.say("call-1", "manual", 0.0)
        await eventually(lambda: "line-1 fault restored: line_silent" in rct.story)
        await eventually(lambda: "call-1 fault raised: silent" in rct.story)


async def test_unknown_detectors_are_heard_and_the_same_address_on_two_lines_stays_two(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    other = PtyLine(tmp_path, "tty2")
    both = {
        "lines": [{"name": "line-1", "port": line.port}, {"name": "line-2", "port": other.port}],
        "points": [{"name": "call-1", "line": "line-1", "kind": "manual"}],
    }
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **both)):
        await eventually(lambda: rct.sees_lines)
        other.say("call-1", "manual", 1.0)
        line.say("call-1", "manual", 0.0)
        await eventually(lambda: rct.readings("call-1") == [0.0])
        await eventually(lambda: rct.readings("line-2-call-1") == [1.0])
        await eventually(
            lambda: (
                set(rct.story)
                == {
                    "line-2-call-1 fire raised: manual_call",
                    "line-2-call-1 supervisory raised: unknown_point",
                }
            )
        )


async def test_values_that_cannot_be_true_are_recorded_and_never_an_alarm(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **one_line(line.port))):
        await eventually(lambda: rct.sees_lines)
        for value in (20.0, 999999999.0, -999999999.0, None, 1500.0):
            line.say("heat-1", "temperature", value)
        await eventually(lambda: "heat-1 fault raised: out_of_range" in rct.story)
        await eventually(lambda: rct.readings("heat-1") == [20.0, 999999999.0, -999999999.0, 1500.0])
        assert not [each for each in rct.story if " fire " in each]


@pytest.mark.parametrize("pieces", [1, 7, 100_000])
async def test_a_line_over_tcp_is_heard_however_it_is_cut_and_opened_again(
    broker: Server, tmp_path: Path, pieces: int
) -> None:
    port = free_port()
    sentences = b"".join(
        encode_sentence(Sentence("co-1", number, "co", float(number), Status.NORMAL))
        for number in range(40)
    )
    calls = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            await asyncio.sleep(0.05)
            for start in range(0, len(sentences), pieces):
                writer.write(sentences[start : start + pieces])
                await writer.drain()
                await asyncio.sleep(0)
            await asyncio.sleep(3600)
        writer.close()  # the first caller is hung up on at once

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    settings = settings_for(tmp_path, broker, **one_line(f"socket://127.0.0.1:{port}"))
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: "line-1 fault raised: line_lost" in rct.story)
        await eventually(lambda: "line-1 fault restored: line_lost" in rct.story)
        await eventually(lambda: rct.readings("co-1") == [float(number) for number in range(40)])
    server.close()


async def test_alarms_overtake_a_flood_of_readings_of_which_nothing_is_lost(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    narrow = {"batch_readings": 1_000, "window": 1, "resend_first_s": 1}
    settings = settings_for(tmp_path, broker, **one_line(line.port), telemetry=narrow)
    flood = 20_000
    async with center(broker) as rct, gateway(settings):
        rct.receipts["telemetry"] = False  # so the flood stands behind its first batch
        await eventually(lambda: rct.sees_lines)

        def pour() -> None:
            for number in range(flood):
                line.say(f"co-{number % 100}", "co", float(number % 20))
                if number % 4_000 == 2_000:
                    line.say(f"call-{number}", "manual", 1.0)

        await asyncio.to_thread(pour)
        await eventually(lambda: len([each for each in rct.story if " fire " in each]) == 5, within=60)
        rct.receipts["telemetry"] = True
        names = [f"co-{number}" for number in range(100)]
        await eventually(lambda: sum(map(rct.count, names)) == flood, within=100, every=0.3)
        for number in range(2_000, flood, 4_000):
            call = f"call-{number}"
            assert rct.arrival(Leaf.ALARM, call) < rct.arrival(Leaf.TELEMETRY, call)
