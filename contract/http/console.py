"""The wire between the duty desk's page and the service that serves it (docs/console.md)."""

from enum import StrEnum

from msgspec import Struct

from contract.http.desks import ScreenId
from contract.http.incidents import Incident
from contract.http.sessions import WhoAsks
from contract.timeline import Entry
from contract.times import Micros


class LiveEvent(StrEnum):
    """The events of ``GET /live``; each carries the struct of ``LIVE_DATA`` as JSON."""

    HELLO = "hello"
    TICK = "tick"
    ROWS = "rows"
    ENTRIES = "entries"


class PartState(StrEnum):
    """The state of a part of the center, as the service that serves the desk sees it."""

    OK = "ok"
    LOST = "lost"


class CenterPart(Struct, frozen=True, kw_only=True):
    """A part of the center: its *state*, and *since* when that is so."""

    state: PartState
    since: Micros


class UpstreamPart(CenterPart, frozen=True, kw_only=True):
    """The feed of alerting: *lag_ms* is the age of the oldest change that the rows do not show yet."""

    lag_ms: int


class LiveHello(Struct, frozen=True, kw_only=True):
    """The first event of a stream, and again where the rights of its person change: who is signed in.

    *now* is the clock of the center's machine, *version* that of the service: another one than that of
    the page asks for a reload.
    """

    now: Micros
    version: str
    who: WhoAsks


class LiveTick(Struct, frozen=True, kw_only=True):
    """The tick of each second: a page that misses five of them is blind.

    *broker* is as alerting sees it, lost also where alerting does not answer. *clock_offset_ms* is
    how far alerting's clock is ahead of that of this machine; null where it is not known. *gap* counts
    entries of the feed that were passed over and are being looked for. *screens* is how many streams
    are open.
    """

    at: Micros
    upstream: UpstreamPart
    ingest: CenterPart
    broker: CenterPart
    clock_offset_ms: int | None
    gap: int
    screens: int


class LiveRows(Struct, frozen=True, kw_only=True):
    """The open incidents that changed, as a list shows them, and the ids of those that are *gone*.

    With *reset* they are all: what the page has is forgotten, and entries may have been missed.
    """

    rows: list[Incident]
    gone: list[str]
    reset: bool


class LiveEntries(Struct, frozen=True, kw_only=True):
    """New entries of timelines, in their order."""

    entries: list[Entry]


LIVE_DATA: dict[LiveEvent, type[Struct]] = {
    LiveEvent.HELLO: LiveHello,
    LiveEvent.TICK: LiveTick,
    LiveEvent.ROWS: LiveRows,
    LiveEvent.ENTRIES: LiveEntries,
}
"""The data of each event."""


class PersonSigns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last signs of a person at a screen: a key, and a pointer; null where there was none."""

    key_at: Micros | None = None
    pointer_at: Micros | None = None


class ScreenPresence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of a screen at a *desk*, by its own page and clock.

    *hidden* says that another window covers the page, *asleep* that the browser stopped it for a while.
    *sound_tested_at* is when a person said that the sounds can be heard. *at* is the clock of the page,
    so that it need not be right.
    """

    desk: ScreenId
    at: Micros | None = None
    signs: PersonSigns
    hidden: bool = False
    asleep: bool = False
    sound_tested_at: Micros | None = None


class PresenceTaken(Struct, frozen=True, kw_only=True):
    """The presence was taken *at* this time of the center's machine; report again within *next_s*."""

    at: Micros
    next_s: int


class MapTiles(StrEnum):
    """The kinds of a background of the map."""

    NONE = "none"
    PMTILES = "pmtiles"
    SERVER = "server"


class MapSettings(Struct, frozen=True, kw_only=True):
    """The map as the operator set it up: *url* is where the page gets *tiles*, null without any.

    *attribution* is the text that their licence asks for. *boundaries* says whether areas have outlines;
    else they are points.
    """

    tiles: MapTiles
    url: str | None
    attribution: str
    boundaries: bool


class ConsoleHealth(Struct, frozen=True, kw_only=True):
    """The health of the service of the duty desk: it is *ok* while it has the feed of alerting.

    *page* is "built" or "missing". *web* is as in ``AlertingHealth``.
    """

    ok: bool
    alerting: str
    ingest: str
    screens: int
    page: str
    web: str = "ok"
