"""The notices about drafts that wait to be sent, within one transaction of the caller."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from contract.times import Micros
from registry.drafts.domain.draft import DraftStep
from registry.drafts.domain.notices import DraftNoticeKind
from registry.drafts.tables import draft_notices as table


class NoticeState(StrEnum):
    """The state of a notice."""

    NEW = "new"
    """Nobody looked yet who is told."""
    WAITING = "waiting"
    SENT = "sent"
    REPLACED = "replaced"
    """It is no longer true, or found nobody in time; of an event: its people are known."""


@dataclass(frozen=True, slots=True)
class DraftNotice:
    """A notice of *kind* about a *draft* for *contact*; *by* caused it, with a *note*."""

    id: int
    draft: str
    kind: DraftNoticeKind
    by: str
    note: str
    at: Micros
    contact: str
    attempts: int


def add_notice(
    connection: Connection, draft: str, kind: DraftNoticeKind, *, by: DraftStep, note: str
) -> None:
    """Add the event *kind* of *draft*; who is told of it is decided when it is sent."""
    connection.execute(insert(table).values(_row(draft, kind, by=by.name, note=note, at=by.at)))


class NoticeRows:
    """The notices in the database of *connection*."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def new(self) -> DraftNotice | None:
        """Return the oldest event whose people are not known yet."""
        query = select(table).where(table.c.state == NoticeState.NEW.value).order_by(table.c.id)
        found = self._db.execute(query.limit(1)).one_or_none()
        return None if found is None else _notice(found)

    def address(self, event: DraftNotice, contacts: Iterable[str], now: Micros) -> None:
        """Let *event* be told to *contacts*, from *now* on."""
        self.end([event], NoticeState.REPLACED, result="", now=now)
        for each in contacts:
            row = _row(event.draft, event.kind, by=event.by, note=event.note, at=event.at)
            said = {"contact": each, "state": NoticeState.WAITING.value, "next_at": now}
            self._db.execute(insert(table).values(row | said))

    def due(self, now: Micros) -> list[DraftNotice]:
        """Return all notices for the contact whose notice waits longest, where one is due by *now*."""
        waiting = table.c.state == NoticeState.WAITING.value
        first = select(table.c.contact).where(waiting, table.c.next_at <= now)
        contact = self._db.scalar(first.order_by(table.c.next_at, table.c.id).limit(1))
        query = select(table).where(waiting, table.c.contact == contact).order_by(table.c.id)
        return [_notice(row) for row in self._db.execute(query)] if contact is not None else []

    def last_sent(self, contact: str) -> Micros | None:
        """Return when *contact* was last told of any draft."""
        sent = (table.c.contact == contact, table.c.state == NoticeState.SENT.value)
        found: Micros | None = self._db.scalar(select(func.max(table.c.done_at)).where(*sent))
        return found

    def postpone(self, notices: Sequence[DraftNotice], until: Micros) -> None:
        """Let *notices* wait until then."""
        self._db.execute(update(table).where(_among(notices)).values(next_at=until))

    def begin(self, notices: Sequence[DraftNotice], until: Micros) -> None:
        """Begin an attempt for *notices*; a process that ends meanwhile tries again *until* then."""
        more = {"next_at": until, "attempts": table.c.attempts + 1}
        self._db.execute(update(table).where(_among(notices)).values(more))

    def end(
        self, notices: Sequence[DraftNotice], state: NoticeState, *, result: str, now: Micros
    ) -> None:
        """Store how *notices* ended."""
        values = {"state": state.value, "result": result, "done_at": now}
        self._db.execute(update(table).where(_among(notices)).values(values))


def delete_notices(connection: Connection, drafts: Collection[str]) -> None:
    """Delete the notices about *drafts*, which are deleted themselves."""
    connection.execute(delete(table).where(table.c.draft.in_(drafts)))


def _among(notices: Sequence[DraftNotice]) -> Any:
    return table.c.id.in_([each.id for each in notices])


def _row(draft: str, kind: DraftNoticeKind, *, by: str, note: str, at: Micros) -> dict[str, Any]:
    return {
        "draft": draft,
        "kind": kind.value,
        "by_name": by,
        "note": note,
        "at": at,
        "contact": None,
        "state": NoticeState.NEW.value,
        "attempts": 0,
        "next_at": at,
        "done_at": None,
        "result": "",
    }


def _notice(row: Row[*tuple[Any, ...]]) -> DraftNotice:
    return DraftNotice(
        row.id,
        row.draft,
        DraftNoticeKind(row.kind),
        row.by_name,
        row.note,
        row.at,
        row.contact or "",
        row.attempts,
    )
