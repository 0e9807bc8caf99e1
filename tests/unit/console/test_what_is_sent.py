"""A page has exactly what its person may see: nothing is hidden, nothing leaks."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.domain.visible import EVERYWHERE, NOWHERE, Visible
from console.adapters.metrics import Metrics
from console.adapters.screens import MOST_ENTRIES, Screen, Screens
from console.domain.desk_rows import OpenRows
from console.domain.items import FeedEntry, OpenRow
from console.domain.sight import Sight
from contract.http.console import CenterPart, LiveTick, PartState, UpstreamPart
from contract.personal_texts import masked_json

PREMISES = ("cho", "nha", "kho")
PHONE = "0912345678"
MOST = 4_096
"""Bytes that may wait for a screen."""

premises = st.sampled_from(PREMISES)
incidents = st.integers(0, 7)
screens = st.integers(0, 3)
places = st.one_of(
    st.sampled_from([EVERYWHERE, NOWHERE]),
    st.frozensets(premises, max_size=2).map(Visible),
)
sights = st.builds(Sight, places, places, places, places)


def tick() -> LiveTick:
    part = CenterPart(state=PartState.OK, since=1)
    return LiveTick(
        at=2,
        upstream=UpstreamPart(state=PartState.OK, since=1, lag_ms=0),
        ingest=part,
        broker=part,
        clock_offset_ms=0,
        gap=0,
        screens=1,
    )


class Line(asyncio.Transport):
    """The connection to a browser, which takes nothing while it is *stuck*."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = bytearray()
        self.stuck = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.waiting += data

    def get_write_buffer_size(self) -> int:
        return len(self.waiting) if self.stuck else 0

    def is_closing(self) -> bool:
        return False

    def take(self) -> bytes:
        """Return what the browser takes now."""
        if self.stuck:
            return b""
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


@dataclass
class Page:
    """A page as console/web/src/live/store.ts keeps it."""

    screen: Screen
    line: Line
    rows: dict[str, Any] = field(default_factory=dict)
    entries: list[Any] = field(default_factory=list)
    since: int = 0
    """The place of its first entry among all, since all rows came last."""

    def read(self, told: Sequence[int]) -> None:
        """Take what came; the ids of all entries until now are *told*."""
        resets = False
        for part in self.line.take().split(b"\n\n")[:-1]:
            name, data = part.split(b"\n")
            self._take(name.decode()[7:], said := json.loads(data[6:]))
            resets |= said.get("reset", False)
        if resets:
            first = next((each["id"] for each in self.entries), None)
            self.since = len(told) if first is None else told.index(first)

    def _take(self, name: str, data: Any) -> None:
        if name == "entries":
            self.entries += data["entries"]
        if name != "rows":
            return
        if data["reset"]:
            self.rows, self.entries = {}, []
        for gone in data["gone"]:
            self.rows.pop(gone, None)
        self.rows |= {each["id"]: each for each in data["rows"]}


class WhatIsSent(RuleBasedStateMachine):
    """Incidents come, change and end, people gain and lose rights, and browsers are slow."""

    @initialize(given=st.lists(sights, min_size=4, max_size=4))
    def open_screens(self, given: list[Sight]) -> None:
        self.loop = asyncio.new_event_loop()
        self.known, self.told, self.number = OpenRows(), list[FeedEntry](), 0
        self.pages = list[Page]()
        self.run(self._open(given))
        self.served()

    async def _open(self, given: list[Sight]) -> None:
        self.screens = Screens(self.known, Metrics(), tick, waiting_bytes=MOST)
        for sight in given:
            line = Line()
            self.pages.append(Page(Screen(line, "session", sight, chunked=False), line))
            self.screens.add(self.pages[-1].screen)

    def run(self, doing: Coroutine[None, None, None]) -> None:
        self.loop.run_until_complete(doing)

    @rule(key=incidents, where=premises)
    def an_incident_opens_or_changes(self, key: int, where: str) -> None:
        self.number += 1
        name = f"i-{key}"
        where = self.known.rows[name].premises if name in self.known.rows else where
        self._listed(name, _row(name, where, self.number))

    @rule(key=incidents)
    def an_incident_ends(self, key: int) -> None:
        self.screens.note_rows(self.known.replace([f"i-{key}"], {}))

    @rule(keys=st.lists(incidents, unique=True), where=premises)
    def all_are_read_anew(self, keys: list[int], where: str) -> None:
        kept = {name: row for name, row in self.known.rows.items() if int(name[2:]) in keys}
        fresh = {f"i-{key}": _row(f"i-{key}", where, 0) for key in keys if f"i-{key}" not in kept}
        self.screens.note_rows(self.known.replace_all(kept | fresh))

    @rule(where=premises)
    def something_is_told(self, where: str) -> None:
        self._tell(where)

    @rule(which=screens, sight=sights)
    def the_rights_of_a_person_change(self, which: int, sight: Sight) -> None:
        screen = self.pages[which].screen
        screen.sight, screen.needs_reset = sight, True

    @rule(which=screens)
    def a_browser_stops_reading(self, which: int) -> None:
        self.pages[which].line.stuck = True

    @rule(which=screens)
    def a_browser_reads_again(self, which: int) -> None:
        self.pages[which].line.stuck = False

    @rule(where=premises)
    def more_is_told_than_a_screen_follows(self, where: str) -> None:
        for _ in range(MOST_ENTRIES + 1):
            self._tell(where)

    @rule()
    def the_database_is_another_one(self) -> None:
        self.screens.begin_anew()
        self.told.clear()

    @rule()
    def served(self) -> None:
        """Serve all screens as the service does: news, then a tick."""
        self.run(self.screens.serve_news())
        self.run(self.screens.send_tick())
        for page in self.pages:
            page.read([each.id for each in self.told])

    @invariant()
    def a_page_that_reads_has_what_its_person_may_see(self) -> None:
        if not hasattr(self, "pages"):
            return
        self.served()
        for page in self.pages:
            if not page.line.stuck:
                sight = page.screen.sight
                assert page.rows == {
                    name: json.loads(_shown(row, sight))
                    for name, row in self.known.rows.items()
                    if row.premises in sight.incidents
                }
                since = self.told[page.since :]
                seen = [json.loads(_shown(each, sight)) for each in since if each.premises in sight.feed]
                assert page.entries == seen

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.close()

    def _listed(self, name: str, row: OpenRow) -> None:
        self.screens.note_rows(self.known.replace([name], {name: row}))

    def _tell(self, where: str) -> None:
        self.number += 1
        data = json.dumps({"id": self.number, "premises": where, "text": PHONE}).encode()
        entry = FeedEntry(premises=where, data=data, id=self.number)
        self.told.append(entry)
        self.screens.note_entry(entry)


def _row(name: str, where: str, number: int) -> OpenRow:
    text = {"id": name, "premises": {"id": where}, "number": number, "phone": PHONE, "pad": "x" * 900}
    return OpenRow(premises=where, data=json.dumps(text).encode(), state="fire")


def _shown(item: OpenRow | FeedEntry, sight: Sight) -> bytes:
    return item.data if item.premises in sight.clear else masked_json(item.data)


TestWhatIsSent = WhatIsSent.TestCase
TestWhatIsSent.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
