"""The reminders that wait, within one transaction of the caller: one for each person and day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from contract.times import Micros
from duties.domain.days import day_number, numbered_day
from duties.domain.wording import RemindedDuty
from duties.store import DutyStore
from duties.tables import duty_reminders as table


class ReminderState(StrEnum):
    """The state of a reminder."""

    WAITING = "waiting"
    SENT = "sent"
    REPLACED = "replaced"
    """A later day's takes its place, or it found nobody in time."""


@dataclass(frozen=True, slots=True)
class WaitingReminder:
    """The *duties* that *person* is reminded of on *day*, after so many *attempts* that failed."""

    person: str
    day: date
    duties: tuple[RemindedDuty, ...]
    attempts: int
    next_at: Micros


class ReminderRows:
    """The reminders in the database of *connection*."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, day: date, found: Mapping[str, Sequence[RemindedDuty]], now: Micros) -> None:
        """Store what each person is reminded of on *day*; what waits of earlier days is replaced."""
        number = day_number(day)
        earlier = table.c.state == ReminderState.WAITING.value, table.c.day < number
        self._db.execute(update(table).where(*earlier).values(state=ReminderState.REPLACED.value))
        known = set(self._db.execute(select(table.c.person).where(table.c.day == number)).scalars())
        rows = [_row(each, number, duties, now) for each, duties in found.items() if each not in known]
        if rows:
            self._db.execute(insert(table), rows)

    def forward(self, day: date, found: Mapping[str, Sequence[RemindedDuty]], now: Micros) -> None:
        """Remind others on *day* of what nobody could be reminded of; who was reminded then is not."""
        for person, duties in found.items():
            of_day = table.c.person == person, table.c.day == day_number(day)
            known = self._db.execute(select(table).where(*of_day)).one_or_none()
            if known is None:
                self._db.execute(insert(table), [_row(person, day_number(day), duties, now)])
            elif known.state == ReminderState.WAITING.value:
                both = dict.fromkeys((*_reminder(known).duties, *duties))
                self._db.execute(update(table).where(*of_day).values(items=_items(tuple(both))))

    def due(self, now: Micros, limit: int) -> list[WaitingReminder]:
        """Return up to *limit* reminders that may be sent by *now*."""
        query = select(table).where(table.c.state == ReminderState.WAITING.value, table.c.next_at <= now)
        return [_reminder(row) for row in self._db.execute(query.order_by(table.c.next_at).limit(limit))]

    def lease(self, reminder: WaitingReminder, until: Micros) -> bool:
        """Begin an attempt, which is over *until* then; return False where another process has it."""
        values = {"next_at": until, "attempts": reminder.attempts + 1}
        done = self._db.execute(
            update(table).where(*_is(reminder), table.c.next_at == reminder.next_at).values(values)
        )
        return done.rowcount == 1

    def postpone(self, reminder: WaitingReminder, until: Micros) -> None:
        """Let *reminder* wait until then."""
        self._db.execute(update(table).where(*_is(reminder)).values(next_at=until))

    def end(self, reminder: WaitingReminder, state: ReminderState, *, result: str, now: Micros) -> None:
        """Store how *reminder* ended."""
        values = {"state": state.value, "result": result, "done_at": now}
        self._db.execute(update(table).where(*_is(reminder)).values(values))


def plan_day(
    connection: Connection,
    day: date,
    found: Mapping[str, Sequence[RemindedDuty]],
    *,
    now: Micros,
    name: str,
) -> None:
    """Store what each person is reminded of on *day*, and that the work *name* has planned it."""
    ReminderRows(connection).add(day, found, now)
    DutyStore(connection).set_reached(name, day_number(day))


def pass_on(
    connection: Connection,
    reminder: WaitingReminder,
    later: Mapping[str, Sequence[RemindedDuty]],
    *,
    now: Micros,
) -> None:
    """End *reminder*, which reached nobody, and remind those who come *later* of what it says."""
    rows = ReminderRows(connection)
    rows.end(reminder, ReminderState.REPLACED, result="nobody reached", now=now)
    rows.forward(reminder.day, later, now)


def _is(reminder: WaitingReminder) -> tuple[Any, ...]:
    return table.c.person == reminder.person, table.c.day == day_number(reminder.day)


def _row(person: str, day: int, duties: Sequence[RemindedDuty], now: Micros) -> dict[str, Any]:
    return {
        "person": person,
        "day": day,
        "state": ReminderState.WAITING.value,
        "items": _items(duties),
        "channel": "",
        "attempts": 0,
        "next_at": now,
        "done_at": None,
        "result": "",
    }


def _items(duties: Sequence[RemindedDuty]) -> str:
    found = [[each.premises, each.kind, day_number(each.due_on), each.place] for each in duties]
    return json.dumps(found, ensure_ascii=False)


def _reminder(row: Any) -> WaitingReminder:
    duties = [
        RemindedDuty(name, kind, numbered_day(due), *place)  # without the place in older rows
        for name, kind, due, *place in json.loads(row.items)
    ]
    day = numbered_day(row.day)
    return WaitingReminder(row.person, day, tuple(duties), row.attempts, row.next_at)
