"""Suppressors: what may hold a message back, and until when. None accepts a message about a fire.

Each suppressor takes a ``Deferrable``, which cannot be made of a fire's message: its constructor refuses
that, and the types do before it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerting.domain.model.condition import Condition
from alerting.domain.model.effects import DEFERRABLE, Notify
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import Override
from alerting.domain.model.reasons import DecisionReason
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.center import CENTER
from alerting.domain.notification.network import NETWORK
from alerting.domain.watch.standing_alarm import is_standing_alarm
from contract.messages import Scope
from contract.times import SECOND, Micros, from_micros, to_micros
from registry.model.contacts import Contact, QuietHours
from registry.model.local_time import LOCAL_TIME
from registry.model.policies import COMMAND_CENTER

RATE = 10
"""Deferrable messages of one premises to one person within ``RATE_WITHIN``; the next one waits. Those of
another premises do not count: one that floods must not silence the others."""

RATE_WITHIN = 600 * SECOND


class NotDeferrable(TypeError):
    """A message about a fire was to be suppressed: a mistake in the program."""


@dataclass(frozen=True, slots=True)
class Deferrable:
    """A message that can wait; raises NotDeferrable where *notification* is about a fire."""

    notification: Notify

    def __post_init__(self) -> None:
        incident = self.notification.incident
        can_wait = self.notification.kind in DEFERRABLE and isinstance(incident, Trouble | Override)
        if not can_wait or is_standing_alarm(incident):
            raise NotDeferrable(self.notification.id)


def deferrable(notification: Notify) -> Deferrable | None:
    """Return *notification* as a message that can wait, if it is one."""
    if notification.kind not in DEFERRABLE or is_standing_alarm(notification.incident):
        return None
    return Deferrable(notification)


@dataclass(frozen=True, slots=True)
class SuppressionContext:
    """The circumstances of one *person* at *now*.

    *overrides* are those of the premises, *zones* the zone of each of its points, *notified_at* the
    times of the person's recent and planned deferrable messages of the premises.
    """

    now: Micros
    person: Contact
    overrides: tuple[Override, ...]
    zones: Mapping[str, str]
    notified_at: tuple[Micros, ...]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Suppressed until *until*, by what is called *reason*."""

    reason: str
    until: Micros


def silence(message: Deferrable, context: SuppressionContext) -> Suppressed | None:
    """Suppress what a person silenced."""
    return _by_override(IncidentKind.SILENCE, message, context)


def maintenance(message: Deferrable, context: SuppressionContext) -> Suppressed | None:
    """Suppress what is under maintenance."""
    return _by_override(IncidentKind.MAINTENANCE, message, context)


def quiet_hours(message: Deferrable, context: SuppressionContext) -> Suppressed | None:
    """Suppress until the person's quiet hours end."""
    if isinstance(message.notification.incident, Override):
        return None
    until = quiet_until(context.person, context.now)
    return None if until is None else Suppressed(DecisionReason.QUIET_HOURS.value, until)


def quiet_until(person: Contact, now: Micros) -> Micros | None:
    """Return when the quiet hours of *person* end; None where it is not quiet *now*."""
    if person.quiet is None:
        return None
    until = _end_of(person.quiet, from_micros(now).astimezone(ZoneInfo(LOCAL_TIME)))
    return None if until is None else to_micros(until)


def rate_limit(message: Deferrable, context: SuppressionContext) -> Suppressed | None:
    """Suppress what exceeds the person's rate of messages of one premises."""
    if context.person.id == COMMAND_CENTER:
        return None  # a desk is staffed to be told
    since = context.now - RATE_WITHIN
    lately = sorted(moment for moment in context.notified_at if moment > since)
    if len(lately) < RATE or isinstance(message.notification.incident, Override):
        return None
    return Suppressed(DecisionReason.RATE_LIMIT.value, lately[-RATE] + RATE_WITHIN)


SUPPRESSORS: tuple[Callable[[Deferrable, SuppressionContext], Suppressed | None], ...] = (
    silence,
    maintenance,
    quiet_hours,
    rate_limit,
)
"""All suppressors. (Grouping is for troubles alone: ``troubles.GROUP``.)"""


def suppressed(notification: Notify, context: SuppressionContext) -> Suppressed | None:
    """Return the longest suppression of *notification*; None to send it at once, as of any fire."""
    message = deferrable(notification)
    if message is None or notification.incident.site.id in {CENTER, NETWORK}:
        return None  # what is wrong with the center itself does not wait behind what is wrong elsewhere
    found = [why for each in SUPPRESSORS if (why := each(message, context)) is not None]
    return max(found, key=lambda each: each.until, default=None)


def _by_override(
    kind: IncidentKind, message: Deferrable, context: SuppressionContext
) -> Suppressed | None:
    trouble = message.notification.incident
    if not isinstance(trouble, Trouble):
        return None
    for override in context.overrides:
        conditions = trouble.standing or tuple(trouble.conditions.values())
        of_kind = override.kind is kind and override.holds_at(context.now)
        if of_kind and all(_is_covered(each, override, context.zones) for each in conditions):
            return Suppressed(f"{kind.value}:{override.id}", override.ends)
    return None


def _is_covered(condition: Condition, override: Override, zones: Mapping[str, str]) -> bool:
    """Return whether the override covers *condition*; one without a point is the whole premises'."""
    if condition.scope != Scope.POINT:
        return override.is_for_all
    return override.covers(condition.name, zones.get(condition.name))


def _end_of(quiet: QuietHours, local: datetime) -> datetime | None:
    """Return when the quiet hours that contain *local* end; None where it lies in none."""
    for day in (-1, 0):
        date = local.date() + timedelta(days=day)
        begin = datetime.combine(date, quiet.begin, tzinfo=local.tzinfo)
        end = datetime.combine(date, quiet.end, tzinfo=local.tzinfo)
        end = end if end > begin else end + timedelta(days=1)
        if begin <= local < end:
            return end
    return None
