"""Lines with simulated peers and their faults: nothing that was told is lost, each fault is named."""

from pathlib import Path
from typing import Any

from firmware_sim.domain.dialer_receiver import DialerReceiver, contact_id
from firmware_sim.domain.espa_panel import EspaPanel, EspaStation, PagerCall, PanelFaults
from firmware_sim.domain.printing_panel import PrintingPanel, Spoiling, printed_event
from firmware_sim.peers.serial_peer import ServedPeer, serve_peer
from tests.adapters.gateway.rig import Center, center, gateway, settings_for
from tests.support.servers import Server
from tests.support.waiting import eventually

FIRE = "kho fire raised: detector_alarm"


def line(served: ServedPeer, connector: str, *, name: str = "panel", **more: Any) -> dict[str, Any]:
    options = more.pop("options", {})
    return {
        "name": name,
        "port": served.url,
        "frame": "8N1",
        "connector": connector,
        "options": options,
        **more,
    }


def point(address: str, *, on: str = "panel") -> dict[str, Any]:
    return {"name": "kho", "address": address, "line": on, "kind": "level"}


def call(burns: bool) -> PagerCall:
    return PagerCall("", address="104", call_type="3" if burns else "1")


async def told(rct: Center, line: str) -> None:
    await eventually(lambda: line in rct.story, within=20)


async def test_a_block_with_a_wrong_check_is_asked_for_again(broker: Server, tmp_path: Path) -> None:
    panel = EspaPanel(faults=PanelFaults(spoiled=2))
    async with serve_peer(panel) as served, center(broker) as rct:
        settings = settings_for(
            tmp_path,
            broker,
            lines=[line(served, "espa", options={"profile": "by-call"})],
            points=[point("104")],
        )
        async with gateway(settings):
            panel.call(call(True))
            await told(rct, FIRE)
            await eventually(lambda: panel.delivered)
            assert panel.tries == 0
            assert panel.faults.spoiled == 0


async def test_a_call_to_another_station_is_not_answered(broker: Server, tmp_path: Path) -> None:
    panel = EspaPanel(answer_s=0.5, faults=PanelFaults(calls="3"))
    async with serve_peer(panel) as served, center(broker) as rct:
        settings = settings_for(
            tmp_path,
            broker,
            lines=[line(served, "espa", options={"profile": "by-call"})],
            points=[point("104")],
        )
        async with gateway(settings):
            panel.call(call(True))
            await eventually(lambda: rct.sees_lines)
            await eventually(lambda: served.connections)
            assert not panel.delivered
            panel.faults.calls = None
            await told(rct, FIRE)


async def test_a_cable_that_is_cut_is_a_silent_line_and_a_call_waits_for_it(
    broker: Server, tmp_path: Path
) -> None:
    panel = EspaPanel(answer_s=0.5)
    async with serve_peer(panel) as served, center(broker) as rct:
        of_line = line(served, "espa", options={"profile": "by-call"}, silent_after_s=2.0)
        settings = settings_for(tmp_path, broker, lines=[of_line], points=[point("104")])
        async with gateway(settings):
            await eventually(lambda: panel.answered_polls, within=20)
            served.unplug()
            panel.call(call(True))
            await told(rct, "panel fault raised: line_silent")
            served.plug_in()
            await told(rct, FIRE)
            await told(rct, "panel fault restored: line_silent")


async def test_a_station_that_acknowledges_polls_and_forgets_is_silent(
    broker: Server, tmp_path: Path
) -> None:
    station = EspaStation(faults=PanelFaults(forgets=True))
    options = {
        "profile": "by-call",
        "role": "control",
        "address": "1",
        "stations": ["2"],
        "poll_every_s": 0.2,
        "answer_s": 0.3,
    }
    async with serve_peer(station) as served, center(broker) as rct:
        settings = settings_for(
            tmp_path,
            broker,
            lines=[line(served, "espa", options=options)],
            points=[point("104")],
        )
        async with gateway(settings):
            station.call(call(True))
            await told(rct, "panel fault raised: line_silent")
            station.faults.forgets = False
            await told(rct, FIRE)
            await told(rct, "panel fault restored: line_silent")


async def test_a_receiver_that_forgets_its_acknowledgement_tells_one_fire(
    broker: Server, tmp_path: Path
) -> None:
    receiver = DialerReceiver(forgets=True, spoiled=1)
    async with serve_peer(receiver) as served, center(broker) as rct:
        settings = settings_for(
            tmp_path, broker, lines=[line(served, "alarm-receiver")], points=[point("1234-007")]
        )
        async with gateway(settings):
            receiver.report(contact_id("1234", "110", zone="007"))
            await told(rct, FIRE)
            await eventually(lambda: len(receiver.acknowledged) >= 5, within=20)
            assert len({each.seq for each in rct.signals if each.kind == "fire"}) == 1


async def test_a_port_that_reads_the_parity_as_a_bit_says_so(broker: Server, tmp_path: Path) -> None:
    panel = PrintingPanel(spoiling=Spoiling.EVEN_PARITY)
    async with serve_peer(panel) as served, center(broker) as rct:
        of_line = line(served, "printer", options={"profile": "firesense-afp2800"})
        settings = settings_for(tmp_path, broker, lines=[of_line], points=[point("001-D12")])
        async with gateway(settings):
            await eventually(lambda: served.connections, within=20)
            for number in range(9):
                panel.print_line(printed_event("FAULT", f"00{number}-L1D0{number}", label="CUA TAY NAM"))
            await told(rct, "panel fault raised: wrong_line_settings")
            panel.spoiling = Spoiling.NOTHING
            panel.print_line(printed_event("ALARM", "001-D12"))
            await told(rct, FIRE)
            await told(rct, "panel fault restored: wrong_line_settings")


async def test_a_silent_peer_delays_no_other_line(broker: Server, tmp_path: Path) -> None:
    silent, panel = EspaPanel(faults=PanelFaults(is_silent=True)), PrintingPanel()
    async with serve_peer(silent) as one, serve_peer(panel) as other, center(broker) as rct:
        lines = [
            line(one, "espa", name="pager", options={"profile": "by-call"}, silent_after_s=1.0),
            line(other, "printer", options={"profile": "firesense-afp2800"}),
        ]
        settings = settings_for(tmp_path, broker, lines=lines, points=[point("001-D12")])
        async with gateway(settings):
            await eventually(lambda: other.connections, within=20)
            panel.print_line(printed_event("ALARM", "001-D12"))
            await told(rct, FIRE)
            await told(rct, "pager fault raised: line_silent")
            other.hang_up()
            await eventually(lambda: other.connections >= 2, within=20)
            panel.print_line(printed_event("RESET ALARM", "001-D12"))
            await told(rct, "kho fire restored: detector_alarm")
