"""A modem that answers oddly, falls silent, restarts and is unplugged: each message is shown once."""

import asyncio
from collections import Counter
from pathlib import Path

from firmware_sim.domain.modem import ModemFault, SimulatedModem
from firmware_sim.domain.modem_families import ModemFamily
from firmware_sim.peers.modem import ServedModem, open_modem
from tests.faults.scene import ROUNDS, Scene, rounds, scene
from tests.support.waiting import eventually

PHONE = "+84900000001"
ODD_S = 6.0 if ROUNDS else 2.0
"""Seconds for which the modem has each of its faults."""


def sms_at(served: ServedModem) -> str:
    return (
        f'phone = "{PHONE}"\n'
        "[relay]\nbackoff_s = 0.5\nlongest_backoff_s = 2.0\n"
        f'[channels.sms]\nport = "{served.url}"\nlook_s = 2.0\n'
    )


async def be_odd(here: Scene, served: ServedModem) -> None:
    """Speak as another family does, with two of the faults for a while, and lose the line."""
    served.modem.family = here.rng.choice(list(ModemFamily))
    for fault in here.rng.sample(
        [ModemFault.GARBAGE, ModemFault.NO_PROMPT, ModemFault.SILENT, ModemFault.RESTARTS], 2
    ):
        served.modem.fault = fault
        await asyncio.sleep(ODD_S)
        served.unplug()
    served.modem.fault = ModemFault.NONE
    served.restart()


async def all_shown(here: Scene) -> bool:
    """Each message that the center sent by SMS has reached the telephone, or another took its place."""
    found = (await here.site.get("/api/v1/incidents?kind=all&state=all&limit=1000"))["incidents"]
    whole = [await here.site.get(f"/api/v1/incidents/{each['id']}") for each in found]
    sent = [one for each in whole for one in each["deliveries"] if one["channel"] == "sms"]
    return bool(sent) and all(each["state"] in {"delivered", "replaced"} for each in sent)


async def test_an_odd_modem_shows_each_message_once_and_delays_no_other_channel(tmp_path: Path) -> None:
    async with (
        open_modem(SimulatedModem()) as served,
        scene(tmp_path, "a modem that answers oddly", 601, center_extra=sms_at(served)) as here,
    ):
        await here.rounds(rounds(1, long=10), lambda: be_odd(here, served), within=45.0, presses=2)
        await eventually(lambda: all_shown(here), within=90.0, every=0.5)
        assert here.row.worst_delay_s < 5.0, "the webhook waited for the modem"
        texts = Counter(each.text for each in served.modem.displayed if "CHÁY" in each.text)
        assert texts, "no fire was told by SMS"
        here.row.repeated += sum(texts.values()) - len(texts)
        assert set(texts.values()) == {1}
