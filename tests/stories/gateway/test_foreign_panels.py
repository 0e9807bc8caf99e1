"""From the frame of another maker's panel to the confirmed fire, and the receipt and answer back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.domain.dialer_receiver import DialerReceiver, contact_id
from firmware_sim.domain.espa_panel import EspaPanel, EspaStation, PagerCall
from firmware_sim.domain.printing_panel import PrintingPanel, printed_event
from firmware_sim.peers.serial_peer import SerialPeer, serve_peer
from gateway.settings import Settings
from registry.model.places import Point, PointKind
from tests.adapters.alerting import center as centers
from tests.adapters.gateway.rig import gateway
from tests.stories.alerting.house import MARKET
from tests.support.servers import Server
from tests.support.waiting import eventually

REGISTERED = MARKET.model_copy(
    update={
        "points": (
            Point(id="kho-vai", premises="cho", zone="store", gateway="gw-1", kind=PointKind.LEVEL),
        )
    }
)

Story = tuple[dict[str, Any], str, Callable[[], SerialPeer], Callable[[Any, bool], None]]
"""The settings of the line, the point's address on it, the peer, and how it tells begin and end."""


def call_pager(panel: Any, burns: bool) -> None:
    panel.call(PagerCall("", address="104", call_type="3" if burns else "1"))


def print_event(panel: Any, burns: bool) -> None:
    panel.print_line(printed_event("ALARM" if burns else "RESET ALARM", "001-D12"))


def report_event(receiver: Any, burns: bool) -> None:
    receiver.report(contact_id("1234", "110", qualifier="E" if burns else "R", zone="007"))


def line(connector: str, **options: Any) -> dict[str, Any]:
    return {"name": "panel", "frame": "8N1", "connector": connector, "options": options}


STORIES: dict[str, Story] = {
    "espa station": (line("espa", profile="by-call"), "104", EspaPanel, call_pager),
    "espa control": (
        line("espa", profile="by-call", role="control", address="1", stations=["2"], poll_every_s=0.2),
        "104",
        EspaStation,
        call_pager,
    ),
    "printer": (line("printer", profile="firesense-afp2800"), "001-D12", PrintingPanel, print_event),
    "alarm receiver": (line("alarm-receiver"), "1234-007", DialerReceiver, report_event),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=list(STORIES))
async def test_a_fire_of_another_makers_panel_is_confirmed_and_receipted(
    broker: Server, tmp_path: Path, story: Story
) -> None:
    of_line, address, make_peer, tell = story
    async with serve_peer(make_peer()) as served:
        settings = Settings(
            premises="cho",
            gateway="gw-1",
            data_dir=tmp_path / "data",
            broker={"port": broker.port},
            heartbeat_s=0.2,
            lines=[{**of_line, "port": served.url}],
            points=[{"name": "kho-vai", "address": address, "line": "panel", "kind": "level"}],
        )
        async with (
            centers.center(tmp_path / "center", broker_port=broker.port, content=REGISTERED) as center,
            gateway(settings),
        ):
            await eventually(lambda: served.connections, within=20)
            tell(served.peer, True)

            async def fires() -> list[dict[str, Any]]:
                found = await center.get("/api/v1/incidents?kind=fire")
                return list(found["incidents"])

            async def is_confirmed() -> bool:
                return [each["phase"] for each in await fires()] == ["confirmed"]

            await eventually(is_confirmed, within=20)
            await eventually(lambda: is_answered(served.peer))
            tell(served.peer, False)

            async def is_restored() -> bool:
                (fire,) = await fires()
                shown = await center.get(f"/api/v1/incidents/{fire['id']}")
                return all(point["restored_at"] for point in shown["points"])

            async def is_receipted() -> bool:
                shown = (await center.get("/api/v1/gateways?premises=cho"))["gateways"]
                (mine,) = [each for each in shown if each["gateway"] == "gw-1"]
                return mine["alarm"] is not None and mine["alarm"]["depth"] == 0

            await eventually(is_restored, within=20)
            await eventually(is_receipted, within=20)


def is_answered(peer: Any) -> bool:
    """Return whether the peer was acknowledged what it told; a printer never is."""
    if isinstance(peer, EspaPanel | EspaStation):
        return len(peer.delivered) == 1
    if isinstance(peer, DialerReceiver):
        return contact_id("1234", "110", zone="007") in peer.acknowledged
    return True
