"""An enrolled gateway signs what it says: what waits, what is sent again, and its will."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from contract.gateway_signing import SIGNED_LEAVES, SignatureVerdict, VerifyingKey, split_signature
from contract.topics import Leaf, Topic
from tests.adapters.gateway.rig import Center, PtyLine, center, gateway, settings_for
from tests.support.gateway_keys import put_new_key
from tests.support.servers import Server
from tests.support.waiting import eventually


def with_call_point(folder: Path, broker: Server, line: PtyLine) -> Any:
    return settings_for(
        folder,
        broker,
        lines=[{"name": "line-1", "port": line.port}],
        points=[{"name": "call-1", "line": "line-1", "kind": "manual"}],
        alarm={"resend_first_s": 0.1, "resend_longest_s": 0.2},
    )


def verdicts(rct: Center, leaf: Leaf, key: VerifyingKey) -> list[SignatureVerdict]:
    """The verdict on each message on the topic of *leaf*, in the order of arrival."""
    signed = [split_signature(payload) for each, payload in rct.payloads if each == leaf]
    topic = Topic("p", "g", leaf)
    return [key.verify(topic, each) if each else SignatureVerdict.MISSING for each in signed]


def has_beaten(rct: Center, times: int) -> bool:
    return len(rct.heartbeats) >= times


async def test_every_message_that_can_raise_or_end_something_is_signed_readings_are_not(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = with_call_point(tmp_path, broker, line)
    key = put_new_key(settings.data_dir)
    async with center(broker) as rct:
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: rct.story == ["call-1 fire raised: manual_call"])
            await eventually(lambda: rct.readings("call-1") == [1.0])
        await eventually(lambda: rct.presences and not rct.presences[-1].online)
        for leaf in SIGNED_LEAVES - {Leaf.RENEWAL}:  # of a certificate, which this gateway has not
            assert set(verdicts(rct, leaf, key)) == {SignatureVerdict.VALID}, leaf
        assert set(verdicts(rct, Leaf.TELEMETRY, key)) == {SignatureVerdict.MISSING}


async def test_heartbeats_are_numbered_and_name_the_start_of_the_program(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = with_call_point(tmp_path, broker, line)
    async with center(broker) as rct:
        for _ in range(2):
            known = len(rct.heartbeats)
            async with gateway(settings):
                await eventually(partial(has_beaten, rct, known + 3))
        runs = list(dict.fromkeys(each.run for each in rct.heartbeats))
        assert len(runs) == 2
        for run in runs:
            numbers = [each.number for each in rct.heartbeats if each.run == run]
            assert numbers == sorted(set(numbers))


async def test_what_waited_over_a_restart_is_sent_with_the_key_that_is_there_then(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = with_call_point(tmp_path, broker, line)
    old = put_new_key(settings.data_dir)
    async with center(broker) as rct:
        rct.receipts["alarm"] = False
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: len(rct.signals) >= 2)
        assert set(verdicts(rct, Leaf.ALARM, old)) == {SignatureVerdict.VALID}
        new = put_new_key(settings.data_dir)
        rct.payloads.clear()
        async with gateway(settings):
            await eventually(lambda: verdicts(rct, Leaf.ALARM, new))
            assert set(verdicts(rct, Leaf.ALARM, new)) == {SignatureVerdict.VALID}
            rct.receipts["alarm"] = True
            await eventually(lambda: rct.heartbeats[-1].alarm.depth == 0)


async def test_a_key_that_was_renewed_is_used_without_a_restart(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = with_call_point(tmp_path, broker, line)
    put_new_key(settings.data_dir)
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        new = put_new_key(settings.data_dir)
        await eventually(lambda: verdicts(rct, Leaf.HEARTBEAT, new)[-1] is SignatureVerdict.VALID)
        rct.payloads.clear()
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
        assert set(verdicts(rct, Leaf.ALARM, new)) == {SignatureVerdict.VALID}


async def test_a_key_that_cannot_be_read_holds_no_alarm_up(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = with_call_point(tmp_path, broker, line)
    put_new_key(settings.data_dir)
    (settings.data_dir / "identity" / "key.pem").write_text("not a key")
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)


def test_a_gateway_without_a_key_does_not_load_the_library() -> None:
    program = "import sys, gateway.app; sys.exit('cryptography' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


async def test_a_gateway_that_is_enrolled_while_it_runs_signs_from_then_on(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = with_call_point(tmp_path, broker, line)
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        key = put_new_key(settings.data_dir)
        assert set(verdicts(rct, Leaf.HEARTBEAT, key)) == {SignatureVerdict.MISSING}
        await eventually(lambda: verdicts(rct, Leaf.HEARTBEAT, key)[-1] is SignatureVerdict.VALID)
        rct.payloads.clear()
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
        assert set(verdicts(rct, Leaf.ALARM, key)) == {SignatureVerdict.VALID}
