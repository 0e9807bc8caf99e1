"""The texts about duties, out of the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contract.http.duties import BoardState
from duties.domain.due import DutyState
from duties.domain.events import DutyOutcome
from registry.model.duty_rules import DutyKind
from words.catalogue import Words, family

DUTY_KINDS = family("duty.kind", DutyKind)
DUTY_STATES = family("duty.state", DutyState)
DUTY_OUTCOMES = family("duty.outcome", DutyOutcome)
BOARD_STATES = family("duty.board", BoardState)

MOST_LINES = 10
"""Duties that one reminder lists; it says how many more there are."""


@dataclass(frozen=True, slots=True)
class RemindedDuty:
    """A duty as a reminder names it: the *premises* and the *kind*, and the day on which it is due.

    *place* is the id of the premises.
    """

    premises: str
    kind: str
    due_on: date
    place: str = ""


def reminder_text(found: Sequence[RemindedDuty], day: date, words: Words) -> str:
    """Return the reminder of the duties *found*, as of *day*: it says first that it is no alarm."""
    lines = [words.counted("duty.reminder.lead", len(found))]
    lines += [_line(each, day, words) for each in found[:MOST_LINES]]
    if (more := len(found) - MOST_LINES) > 0:
        lines.append(words.counted("duty.reminder.more", more))
    return "\n".join(lines)


def short_reminder(found: Sequence[RemindedDuty], day: date, words: Words) -> str:
    """Return the reminder in one line, for a telephone."""
    overdue = sum(each.due_on < day for each in found)
    first = found[0].premises if found else ""
    return words.counted("duty.reminder.short", len(found), overdue=overdue, premises=first)


def _line(duty: RemindedDuty, day: date, words: Words) -> str:
    key = "duty.reminder.overdue" if duty.due_on < day else "duty.reminder.due"
    kind = words.name(DUTY_KINDS, duty.kind)
    return words.text(key, premises=duty.premises, duty=kind, day=shown_day(duty.due_on))


def shown_day(day: date) -> str:
    """Return *day* as people in Viet Nam write it."""
    return f"{day:%d/%m/%Y}"
