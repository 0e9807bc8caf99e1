"""Notifies that a fire spreads: the first times at once, then at growing intervals, all news in one."""

from alerting.domain.decisions.escalation import SPREAD
from alerting.domain.decisions.notify import Decision, cause_of_point, notifications
from alerting.domain.model.effects import CancelDeadline, Effect, SetDeadline
from alerting.domain.model.fire import FireIncident, Phase, SpreadNews
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import DecisionReason
from contract.times import SECOND, Micros
from registry.model.places import PointKind
from registry.model.templates import NotificationKind
from runtime.backoff import Backoff

ANOTHER_POINT = DecisionReason.ANOTHER_POINT_IN_FIRE.value
"""The reason of a spread: a point joined the fire that was not part of it before."""

AT_ONCE = 5
"""Spreads of one fire that are notified at once: a fire in a house has no more of them."""

FIRST_INTERVAL = 10 * SECOND
"""Microseconds between the messages after them at first, doubled with each of them."""

LONGEST_INTERVAL = 300 * SECOND
"""The longest interval: a fire of ten thousand points is told of in a dozen messages an hour."""

_PROVES = frozenset({PointKind.MANUAL, PointKind.FLOW})
"""Points that prove a fire, or report that water flows: always news."""

Change = tuple[FireIncident, list[Effect]]


def note_spread(incident: FireIncident, point: PointInFire, *, reason: str, now: Micros) -> Change:
    """Notify that *point* of the spreading *incident* is news, now or with what follows it."""
    is_minor = is_within_zone(incident, point)
    known = incident.news
    news = (known or SpreadNews()).having(point, reason=reason, minor=is_minor)
    wider = incident.replaced(spreads=incident.spreads + 1, news=news)
    due = _next_message(incident)
    if now >= due or (reason == ANOTHER_POINT and _is_important(wider, point)):
        return _notify(wider, now)
    return wider, [SetDeadline(SPREAD, due)] if known is None else []


def spread_due(incident: FireIncident, now: Micros) -> Decision:
    """Notify of all points that joined since the last message of the spread."""
    if incident.phase is Phase.CLOSED or incident.news is None:
        return incident, []
    return _notify(incident, now)


def is_within_zone(incident: FireIncident, point: PointInFire) -> bool:
    """Return whether *point* adds no more than another detector of a zone that burns already."""
    if point.detector in _PROVES or point.zone is None:
        return False
    return incident.points.zones[point.zone] > 1


def _is_important(incident: FireIncident, point: PointInFire) -> bool:
    """Return whether a registered call point or flow switch joined, or the first point of a zone.

    There are as many of them as the registry has, whatever a gateway sends.
    """
    return point.detector is not None and not is_within_zone(incident, point)


def _next_message(incident: FireIncident) -> Micros:
    further = incident.spread_messages - AT_ONCE + 1
    if further <= 0:
        return 0
    return incident.spread_at + int(Backoff(FIRST_INTERVAL, LONGEST_INTERVAL).delay(further))


def _notify(incident: FireIncident, now: Micros) -> Change:
    news = incident.news or SpreadNews()
    told = incident.replaced(spread_messages=incident.spread_messages + 1, spread_at=now)
    latest = incident.points.get(news.latest[-1]) if news.latest else None
    return told.replaced(news=None), [
        CancelDeadline(SPREAD),
        *notifications(
            told,
            told.notified,
            kind=NotificationKind.SPREAD,
            reason=news.reason,
            now=now,
            cause=None if latest is None else cause_of_point(latest),
            turn=told.spreads,
            minor=news.minor,
        ),
    ]
