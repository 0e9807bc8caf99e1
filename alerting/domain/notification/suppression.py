"""What may hold a message back, and until when. Nothing here can be given what tells of a fire.

Each suppressor takes a ``Holdable``, and there is none of a fire: that is checked when one is made, and
by the types before that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerting.domain.model.effects import TROUBLE_TOLD, Deliver
from alerting.domain.model.incident import CaseKind
from alerting.domain.model.override import Measure
from alerting.domain.model.trouble import Condition, Trouble
from alerting.domain.notification.center import CENTER
from alerting.domain.notification.network import NETWORK
from alerting.domain.watch.standing_alarm import is_standing_alarm
from contract.messages import Scope
from contract.times import SECOND, Micros, from_micros, to_micros
from registry.people import COMMAND_CENTER, LOCAL_TIME, Contact, QuietHours

RATE = 10
"""Messages of what can wait that one person is told within ``RATE_WITHIN``; the next one waits."""

RATE_WITHIN = 600 * SECOND


class NotHoldable(TypeError):
    """What tells of a fire was to be held back: a mistake in the program."""


@dataclass(frozen=True, slots=True)
class Holdable:
    """A message that can wait; raises NotHoldable where *deliver* tells of a fire."""

    deliver: Deliver

    def __post_init__(self) -> None:
        case = self.deliver.incident
        can_wait = self.deliver.told in TROUBLE_TOLD and isinstance(case, Trouble | Measure)
        if not can_wait or is_standing_alarm(case):
            raise NotHoldable(self.deliver.id)


def holdable(deliver: Deliver) -> Holdable | None:
    """*deliver* as a message that can wait, if it is one."""
    if deliver.told not in TROUBLE_TOLD or is_standing_alarm(deliver.incident):
        return None
    return Holdable(deliver)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is the case for one *person* at *now*.

    *measures* are those of the premises, *zones* the zone of each of its points, *told* when the person
    was told of what can wait, lately, or is to be.
    """

    now: Micros
    person: Contact
    measures: tuple[Measure, ...]
    zones: Mapping[str, str]
    told: tuple[Micros, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Held back by what is called *by*, until *until*."""

    by: str
    until: Micros


def silence(message: Holdable, around: Circumstances) -> Held | None:
    """A person silenced all that it tells of."""
    return _by_measure(CaseKind.SILENCE, message, around)


def maintenance(message: Holdable, around: Circumstances) -> Held | None:
    """All that it tells of is being worked on."""
    return _by_measure(CaseKind.MAINTENANCE, message, around)


def quiet_hours(message: Holdable, around: Circumstances) -> Held | None:
    """The person is not told of what can wait at this hour."""
    if isinstance(message.deliver.incident, Measure):
        return None
    until = quiet_until(around.person, around.now)
    return None if until is None else Held("quiet_hours", until)


def quiet_until(person: Contact, now: Micros) -> Micros | None:
    """When the quiet hours of *person* end; None where it is not quiet *now*."""
    if person.quiet is None:
        return None
    until = _end_of(person.quiet, from_micros(now).astimezone(ZoneInfo(LOCAL_TIME)))
    return None if until is None else to_micros(until)


def rate_limit(message: Holdable, around: Circumstances) -> Held | None:
    """The person was told so much lately that the next message waits its turn."""
    if around.person.id == COMMAND_CENTER:
        return None  # a desk is staffed to be told
    since = around.now - RATE_WITHIN
    lately = sorted(moment for moment in around.told if moment > since)
    if len(lately) < RATE or isinstance(message.deliver.incident, Measure):
        return None
    return Held("rate_limit", lately[-RATE] + RATE_WITHIN)


SUPPRESSORS: tuple[Callable[[Holdable, Circumstances], Held | None], ...] = (
    silence,
    maintenance,
    quiet_hours,
    rate_limit,
)
"""All that may hold a message back. (Grouping is for troubles alone: ``troubles.GROUP``.)"""


def held(deliver: Deliver, around: Circumstances) -> Held | None:
    """What holds *deliver* back for the longest; None where it is told at once, as every fire is."""
    message = holdable(deliver)
    if message is None or deliver.incident.site.id in {CENTER, NETWORK}:
        return None  # what is wrong with the center itself does not wait behind what is wrong elsewhere
    found = [why for each in SUPPRESSORS if (why := each(message, around)) is not None]
    return max(found, key=lambda each: each.until, default=None)


def _by_measure(kind: CaseKind, message: Holdable, around: Circumstances) -> Held | None:
    trouble = message.deliver.incident
    if not isinstance(trouble, Trouble):
        return None
    for measure in around.measures:
        conditions = trouble.standing or tuple(trouble.conditions.values())
        of_kind = measure.kind is kind and measure.holds_at(around.now)
        if of_kind and all(_is_covered(each, measure, around.zones) for each in conditions):
            return Held(f"{kind.value}:{measure.id}", measure.ends)
    return None


def _is_covered(condition: Condition, measure: Measure, zones: Mapping[str, str]) -> bool:
    """What is not about a point belongs to the premises as a whole."""
    if condition.scope != Scope.POINT:
        return measure.is_for_all
    return measure.covers(condition.name, zones.get(condition.name))


def _end_of(quiet: QuietHours, local: datetime) -> datetime | None:
    """When the quiet hours end in which *local* lies; None where it lies in none."""
    for day in (-1, 0):
        date = local.date() + timedelta(days=day)
        begin = datetime.combine(date, quiet.begin, tzinfo=local.tzinfo)
        end = datetime.combine(date, quiet.end, tzinfo=local.tzinfo)
        end = end if end > begin else end + timedelta(days=1)
        if begin <= local < end:
            return end
    return None
