"""Keeps the open incidents as alerting lists them: in batches, with pauses, however many change."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from console.adapters.center import CenterAway, CenterClient
from console.domain.desk_rows import OpenRows, ids_of, last_id, read_rows
from console.domain.items import OpenRow
from contract.http.incidents import MOST_IDS
from runtime.repeats import Repeats

log = structlog.get_logger(__name__)

PAUSE_S = 0.15
"""The least seconds between two requests: with MOST_IDS in each, 600 incidents a second."""

DUTY = 2.0
"""A pause is so many times as long as the request before took: alerting has the rest for alarms."""

ALL_S = 60.0
"""Seconds after which all are read anew, should a change ever have been missed."""

PAGE = 250

LIST = "/api/v1/incidents?kind=all"


class IncidentRefresh:
    """Reads anew what changed, and tells *on_change* which rows differ, by their premises."""

    def __init__(
        self,
        center: CenterClient,
        incidents: OpenRows,
        *,
        on_change: Callable[[dict[str, str]], None],
    ) -> None:
        self._center = center
        self._incidents = incidents
        self._on_change = on_change
        self._dirty: dict[str, float] = {}  # since when
        self._wants_all = True
        self._news = asyncio.Event()
        self.is_complete = False
        self._repeats = Repeats()

    def note(self, incident: str) -> None:
        """Note that *incident* changed."""
        self._dirty.setdefault(incident, _now())
        self._news.set()

    def read_all(self) -> None:
        """Read all anew: entries may have been missed."""
        self._wants_all = True
        self._news.set()

    def begin_anew(self) -> None:
        """Believe no row until all were read: those that are known are of another database."""
        self._dirty.clear()
        self.is_complete = False
        self.read_all()

    def lag_s(self) -> float:
        """Return how long the oldest change has been waiting to be read, in seconds."""
        return _now() - next(iter(self._dirty.values())) if self._dirty else 0.0

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await self._wait()
            began = _now()
            try:
                await (self._read_all() if self._wants_all else self._read_changed())
            except CenterAway as error:
                if self._repeats.is_due("incidents", _now()):
                    log.warning("incidents not read; trying again", reason=str(error))
                await asyncio.sleep(1.0)
            await asyncio.sleep(max(PAUSE_S, DUTY * (_now() - began)))

    async def _wait(self) -> None:
        until = _now() + ALL_S
        while not (self._wants_all or self._dirty):
            self._news.clear()
            try:
                async with asyncio.timeout_at(until):
                    await self._news.wait()
            except TimeoutError:
                self._wants_all = True

    async def _read_changed(self) -> None:
        some = list(self._dirty)[:MOST_IDS]
        listed = await self._center.get(f"{LIST}&state=open&limit={MOST_IDS}&ids={ids_of(some)}")
        rows, _ = _rows(listed)
        for each in some:
            del self._dirty[each]
        self._on_change(self._incidents.replace(some, rows))

    async def _read_all(self) -> None:
        """Read all pages; what changes meanwhile is noted, and read after."""
        self._wants_all = False
        before = list(self._dirty)
        try:
            rows, after, count = dict[str, OpenRow](), "", PAGE
            while count == PAGE:
                began = _now()
                page = await self._center.get(f"{LIST}&state=open&limit={PAGE}&after={after}")
                found, count = _rows(page)
                rows |= found
                after = last_id(page) if count else after
                await asyncio.sleep(_now() - began)
        except CenterAway:
            self._wants_all = True
            raise
        for each in before:
            self._dirty.pop(each, None)
        self._on_change(self._incidents.replace_all(rows))
        self.is_complete = True


def _rows(listed: bytes) -> tuple[dict[str, OpenRow], int]:
    try:
        return read_rows(listed)
    except msgspec.MsgspecError as error:
        raise CenterAway(f"a list of incidents that cannot be read: {error}") from error


def _now() -> float:
    return asyncio.get_running_loop().time()
