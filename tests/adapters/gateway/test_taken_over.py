"""A thief who takes the gateway's connection over and over is reported, and keeps no alarm away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt

from tests.adapters.gateway.rig import PtyLine, center, during, gateway, settings_for
from tests.support.servers import Server
from tests.support.waiting import eventually

CLIENT_ID = "tocsin-p-g"


class Thief:
    """Takes over the client id of the gateway at once, whenever it is taken back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.thefts = 0

    async def run(self) -> None:
        while True:
            try:
                async with aiomqtt.Client("127.0.0.1", self._port, identifier=CLIENT_ID) as client:
                    self.thefts += 1
                    async for _ in client.messages:
                        pass
            except aiomqtt.MqttError:
                continue


@asynccontextmanager
async def thief(broker: Server) -> AsyncIterator[Thief]:
    one = Thief(broker.port)
    async with during(one.run):
        yield one


async def test_an_alarm_goes_out_between_two_take_overs_and_they_are_reported(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path,
        broker,
        lines=[{"name": "line-1", "port": line.port}],
        points=[{"name": "call-1", "line": "line-1", "kind": "manual"}],
    )
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        async with thief(broker) as one:
            await eventually(lambda: one.thefts >= 4)
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: "call-1 fire raised: manual_call" in rct.story, within=30.0)
            await eventually(lambda: "g fault raised: session_taken_over" in rct.story, within=30.0)
        await eventually(lambda: rct.heartbeats[-1].taken_over >= 3, within=30.0)
        await eventually(lambda: rct.heartbeats[-1].alarm.depth == 0, within=30.0)


async def test_a_session_that_ends_for_another_reason_is_not_counted(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, lines=[{"name": "line-1", "port": line.port}])
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
    broker.kill()
    broker.start()
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        assert rct.heartbeats[-1].taken_over == 0
