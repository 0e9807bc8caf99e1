"""Merges the deliveries of one incident that wait for one person into the latest, which tells it all."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec

from alerting.domain.model.effects import ADVANCES, DEFERRABLE
from alerting.store import statements
from alerting.store.statements import REPLACED
from contract.ids import IncidentId
from contract.times import Micros
from registry.model.templates import NotificationKind
from runtime.prepared import DriverConnection

_encode = msgspec.json.Encoder().encode


class Rank(IntEnum):
    """In which order messages go on a channel: a lower one first, and of equal ones the older."""

    FIRST_NOTICE = 0
    ESCALATION = 1
    SPREAD = 2
    ADVANCES = 3
    CAN_WAIT = 4


def is_urgent(rank_: int) -> bool:
    """Return whether messages of this rank go before all that only follow a fire."""
    return rank_ <= Rank.ESCALATION


def rank(kind: NotificationKind) -> Rank:
    """The rank of a message about *kind*."""
    if kind in DEFERRABLE:
        return Rank.CAN_WAIT
    if kind in ADVANCES:
        return Rank.ADVANCES
    return _RANKS.get(kind, Rank.FIRST_NOTICE)


_RANKS = {
    NotificationKind.ESCALATED: Rank.ESCALATION,
    NotificationKind.REOPENED: Rank.ESCALATION,
    NotificationKind.SPREAD: Rank.SPREAD,
}


@dataclass(frozen=True, slots=True)
class Merged:
    """A message to *destination* by *channel* tells what those of *events* would have told."""

    premises: str
    incident: IncidentId
    destination: str
    channel: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mergeable:
    """All *rows* that wait for one person of one incident, oldest first."""

    rows: Sequence[Any]

    @property
    def last(self) -> Any:
        """The one that tells of them all."""
        return self.rows[-1]

    @property
    def others(self) -> Sequence[Any]:
        """Those that it takes the place of."""
        return self.rows[:-1]

    @property
    def is_for_nobody(self) -> bool:
        """Whether only news for participants waits: this person was notified of everything else."""
        return all(row.only_with_earlier for row in self.rows)

    def merged(self) -> dict[str, Any]:
        """The changes by which the last one tells all; its place is that of the first."""
        changes: dict[str, Any] = {
            "rank": min(row.rank for row in self.rows),
            "since": min(row.since for row in self.rows),
            "only_with_earlier": False,
        }
        texts, body = json.loads(self.last.texts or "{}"), self._told_first()
        if "catch_up_text" in texts and any(row.rank <= Rank.SPREAD for row in self.others):
            body["text"] = texts["catch_up_text"]
            changes["texts"] = json.dumps(
                {"short": texts.get("catch_up_short_text")}, ensure_ascii=False
            )
        changes["body"] = _encode(json.loads(self.last.body) | body).decode()
        return changes

    def _told_first(self) -> dict[str, Any]:
        """Return what a program is told: the fire and why, if not told before; or that it is over."""
        firsts = [row for row in self.others if row.rank == Rank.FIRST_NOTICE]
        if not firsts or self.last.event == NotificationKind.CLOSED:
            return {}
        first = json.loads(firsts[-1].body)
        return {key: first[key] for key in ("event", "reason", "cause") if key in first}

    def account(self) -> Merged:
        """The line of the timeline about it."""
        events = tuple(row.event for row in self.others)
        premises = json.loads(self.last.body)["premises"]["id"]
        return Merged(premises, self.last.incident, self.last.destination, self.last.channel, events)


def waiting_with(connection: DriverConnection, row: Any, *, now: Micros, process: str) -> Mergeable:
    """All that waits together with *row*, which nobody else is telling."""
    about = {
        "incident_": row.incident,
        "destination_": row.destination,
        "channel_": row.channel,
        "now_": now,
        "process_": process,
    }
    return Mergeable(connection.execute(statements.MERGEABLE, about).all())


def replace(connection: DriverConnection, rows: Collection[Any], *, by: str | None, now: Micros) -> None:
    """Mark *rows* of one incident as replaced: the delivery *by* tells them, or nobody needs to."""
    ids, incident = [row.id for row in rows], next(iter(rows)).incident
    done = {"state": REPLACED, "done_at": now, "leased_by": None, "merged_into": by}
    connection.execute(statements.MERGE, {"ids_": ids, **done})
    connection.execute(statements.FOLLOW_MERGED, {"incident_": incident, "ids_": ids, "merged_into": by})
