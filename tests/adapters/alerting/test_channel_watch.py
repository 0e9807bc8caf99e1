"""A modem that could not send is a fault at the command center before a fire needs it."""

from pathlib import Path

from alerting.settings import ChannelsSettings, SmsSettings
from firmware_sim.domain.modem import ModemFault, SimulatedModem
from firmware_sim.peers.modem import open_modem
from tests.adapters.alerting.center import Center, center
from tests.support.servers import Server
from tests.support.waiting import eventually


def reasons(one: Center) -> list[str]:
    return [f"{relay.body.event}: {relay.body.reason}" for relay in one.received.relays]


async def test_a_modem_that_does_not_ask_for_messages_is_told_and_so_is_its_recovery(
    broker: Server, tmp_path: Path
) -> None:
    async with open_modem(SimulatedModem()) as served, center(tmp_path, broker_port=broker.port) as one:
        await one.stop()
        sms = SmsSettings(port=served.url, look_s=0.1)
        one.settings = one.settings.model_copy(update={"channels": ChannelsSettings(sms=sms)})
        await one.start()
        served.modem.fault = ModemFault.NO_PROMPT
        await eventually(lambda: "fault: cannot_send:prompt" in reasons(one), within=30.0)

        await one.stop()  # what was told outlives the program, and its end is told by the next one
        served.modem.fault = ModemFault.NONE
        await one.start()
        await eventually(lambda: _nothing_stands(one), within=120.0)


async def _nothing_stands(one: Center) -> bool:
    answer = await one.get("/api/v1/incidents?kind=fault&state=all")
    conditions = [
        each
        for case in answer["incidents"]
        for each in case.get("conditions", [])
        if each["reason"].startswith("cannot_send:")
    ]
    return bool(conditions) and all(each["restored_at"] is not None for each in conditions)
