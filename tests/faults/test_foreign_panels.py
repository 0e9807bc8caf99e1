"""Other makers' panels on bad lines, beside a panel of Tocsin's own: nothing that they told is lost.

In each round the pager interface has wrong checks, a call to another station, a cut cable, a silence
and a wrong parity, and forgets what was acknowledged; the receiver of dialers has the same and hangs up;
the printer has the wrong parity, another's paper, and a device server that is switched off and on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from contract.times import to_micros
from firmware_sim.domain.dialer_receiver import DialerReceiver, contact_id
from firmware_sim.domain.espa_panel import EspaPanel, PagerCall
from firmware_sim.domain.printing_panel import PrintingPanel, Spoiling, printed_event
from firmware_sim.peers.serial_peer import ServedPeer, serve_peer
from runtime.clock import utc_now
from tests.faults.oracle import Turn
from tests.faults.scene import Scene, rounds, scene
from tests.support.waiting import eventually

ROUNDS_AT_MOST = 3
"""Each point alarms in one round alone, so that it can be told from the others."""

FIRST = 8

POINTS = [f"nut-{number:05}" for number in range(FIRST, FIRST + 3 * ROUNDS_AT_MOST)]
"""Points of the registry behind the panels in turn; they are call points there, confirmed at once."""

ADDRESSES = ("{}", "7777-{}", "001-D{}")

LINE = """
[[lines]]
name = "{name}"
port = "{port}"
frame = "8N1"
connector = "{connector}"
silent_after_s = 20
[lines.options]
{options}
"""

POINT = '[[points]]\nname = "{}"\naddress = "{}"\nline = "{}"\nkind = "level"\n'


class Peers:
    """The three panels, and the lines on which they stand."""

    def __init__(self) -> None:
        self.espa, self.receiver, self.printer = EspaPanel(), DialerReceiver(), PrintingPanel()
        self.lines: dict[str, ServedPeer] = {}

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Serve all within the block."""
        async with (
            serve_peer(self.espa) as pager,
            serve_peer(self.receiver) as dialers,
            serve_peer(self.printer) as paper,
        ):
            self.lines = {"pager": pager, "dialers": dialers, "paper": paper}
            yield

    def settings(self) -> str:
        kinds = {
            "pager": ("espa", 'profile = "by-call"'),
            "dialers": ("alarm-receiver", ""),
            "paper": ("printer", 'profile = "firesense-afp2800"'),
        }
        text = "[telemetry]\nresend_first_s = 1\nresend_longest_s = 5\n"
        for name, (connector, options) in kinds.items():
            port = self.lines[name].url
            text += LINE.format(name=name, port=port, connector=connector, options=options)
        for at, point in enumerate(POINTS):
            text += POINT.format(point, ADDRESSES[at % 3].format(number(point)), list(kinds)[at % 3])
        return text


def number(point: str) -> str:
    """Return the three digits by which the panels know *point*."""
    return point[-3:]


async def test_panels_of_other_makers_on_bad_lines_lose_no_fire(tmp_path: Path) -> None:
    peers = Peers()
    async with peers.served():
        name = "panels of other makers on bad lines"
        async with scene(tmp_path, name, 811, gateway_extra=peers.settings()) as here:
            points = iter(POINTS)
            await here.rounds(
                rounds(1, long=ROUNDS_AT_MOST),
                lambda: bad_lines(here, peers, points),
                within=60.0,
                presses=1,
            )


async def bad_lines(here: Scene, peers: Peers, points: Iterator[str]) -> None:
    """Let each panel tell a fire and its end while its line is bad."""
    on_pager, at_dialer, on_paper = (next(points) for _ in range(3))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bad_pager_line(here, peers, on_pager))
        tasks.create_task(bad_receiver(here, peers, at_dialer))
        tasks.create_task(bad_printer(here, peers, on_paper))


async def bad_pager_line(here: Scene, peers: Peers, point: str) -> None:
    """A fire of wrong checks and calls to another; its end over a cut cable, of a forgetful panel."""
    panel, served = peers.espa, peers.lines["pager"]
    panel.answer_s = 1.0
    panel.faults.spoiled = 2
    panel.faults.calls = "7"  # for a second, it calls somebody else
    told = asyncio.create_task(turn(here, point, 1, lambda: panel.call(call(point, "3"))))
    await asyncio.sleep(1.0)
    panel.faults.calls = None
    await told
    await eventually(lambda: not panel.waiting)  # or the fire is called again, behind its end
    served.unplug()
    panel.faults.forgets = True  # what is acknowledged it calls again
    told = asyncio.create_task(turn(here, point, 0, lambda: panel.call(call(point, "1"))))
    await here.pause(0.5, 1.5)
    assert not told.done()
    panel.faults.is_silent = True
    served.plug_in()
    await here.pause(0.2, 0.5)
    panel.faults.is_silent = False
    await told
    delivered = len(panel.delivered)
    await eventually(lambda: len(panel.delivered) >= delivered + 2, within=20.0)
    panel.faults.forgets = False
    await eventually(lambda: not panel.waiting, within=20.0)
    await wrong_parity(here, served, "pager")


def call(point: str, call_type: str) -> PagerCall:
    return PagerCall("", address=number(point), call_type=call_type)


async def wrong_parity(here: Scene, served: ServedPeer, line: str) -> None:
    """Let the peer speak with another parity, until the gateway says so, and is well again."""
    served.parity_shows = True
    await eventually(lambda: suspects(here, line), within=60.0)
    served.parity_shows = False

    async def is_over() -> bool:
        return not await suspects(here, line)

    await eventually(is_over, within=40.0)


async def suspects(here: Scene, line: str) -> bool:
    """Return whether the gateway calls the settings of *line* wrong."""
    lines = (await here.site.get("/status", port=here.site.status))["lines"]
    found = next(each for each in lines if each["name"] == line)
    return any(each["reason"] == "wrong_line_settings" for each in found["conditions"])


async def bad_receiver(here: Scene, peers: Peers, point: str) -> None:
    """A fire damaged and forgotten; its end over a cut line, a silent receiver, and a wrong parity."""
    receiver, served = peers.receiver, peers.lines["dialers"]
    receiver.heartbeat_s = receiver.answer_s = 1.0
    receiver.spoiled, receiver.forgets = 2, True

    def report(qualifier: str) -> None:
        receiver.report(contact_id("7777", "110", qualifier=qualifier, zone=number(point)))

    await turn(here, point, 1, lambda: report("E"))
    receiver.forgets = False
    served.hang_up()
    served.unplug()
    told = asyncio.create_task(turn(here, point, 0, lambda: report("R")))
    await here.pause(0.5, 1.5)
    assert not told.done()
    receiver.is_silent = True
    served.plug_in()
    await here.pause(0.2, 0.5)
    receiver.is_silent = False
    await told
    await eventually(lambda: not receiver.waiting, within=20.0)
    await wrong_parity(here, served, "dialers")


async def bad_printer(here: Scene, peers: Peers, point: str) -> None:
    """The wrong parity, another printer's paper, a server that is switched off; then a fire."""
    panel, served = peers.printer, peers.lines["paper"]
    panel.spoiling = Spoiling.EVEN_PARITY
    panel.print_line(printed_event("FAULT", f"001-D{number(point)}"))
    await here.pause(0.2, 0.5)
    panel.spoiling = Spoiling.NOTHING
    panel.print_line("08:45 FEUER MELDER 12/03")
    before = served.connections
    served.hang_up()
    # What a printer prints while nobody reads is lost on paper too: it is no fault of the line.
    await eventually(lambda: served.connections > before, within=20.0)
    await here.pause(0.5, 0.8)
    address = f"001-D{number(point)}"
    await turn(here, point, 1, lambda: panel.print_line(";" + printed_event("ALARM", address)))
    await turn(here, point, 0, lambda: panel.print_line(printed_event("RESET ALARM", address)))


async def turn(here: Scene, point: str, value: int, tell: Callable[[], None]) -> None:
    """Let a panel *tell* that *point* is in fire or no longer, and wait until the gateway shows it."""
    here.panel.said.turns.append(Turn(point, value, to_micros(utc_now())))
    tell()
    await eventually(partial(shows, here, point, burning=bool(value)), within=40.0)


async def shows(here: Scene, point: str, *, burning: bool) -> bool:
    """Return whether the gateway's view of *point* being in fire is *burning*."""
    status = await here.site.get("/status", port=here.site.status)
    found = [each for each in status["points"] if each["name"] == point]
    return any(each["kind"] == "fire" for one in found for each in one["conditions"]) is burning
