"""Writes the messages about a test, for whoever tests detectors, and about any order, for the others."""

from collections.abc import Mapping

from alerting.domain.decisions.overrides import standing_points
from alerting.domain.model.effects import Notify
from alerting.domain.model.override import Override, OverridePhase
from alerting.domain.model.reasons import DecisionReason
from alerting.domain.wording.families import CASES, ORDERS
from alerting.domain.wording.local_times import time_of_day
from alerting.domain.wording.names import Names
from alerting.domain.wording.troubles import place
from registry.model.templates import NotificationKind

NAMED = 5
"""Number of points that a sentence names; the message itself lists all of them."""

NAMED_OF_ORDER = 2
"""Number of zones and points that the message about an order names: the time must fit in, too."""

_STATES: Mapping[str, str] = {
    DecisionReason.APPROVAL_ASKED: "override.asked",
    DecisionReason.NOT_APPROVED: "override.not_approved",
    DecisionReason.HOLDS_STILL: "override.still",
    DecisionReason.WITHDRAWN: "override.withdrawn",
    DecisionReason.REFUSED: "override.refused",
}
"""Texts of an order by the reason of the message; those of any other stand for themselves."""


def override_text(notification: Notify, override: Override, names: Names) -> str:
    """Return the text about an override: of its order, or of the signals of its points."""
    if notification.kind is NotificationKind.OVERRIDE:
        return _of_order(notification, override, names)
    words, where = names.words, place(override, names.words)
    lead, still = _lead(notification, override, names), _list(standing_points(override), names)
    if still:
        return words.text("test.still_in_alarm_at", lead=lead, points=still, place=where)
    return words.text("test.at", lead=lead, place=where)


def _of_order(notification: Notify, override: Override, names: Names) -> str:
    over = "override.over" if override.phase is OverridePhase.CLOSED else "override.ordered"
    key, now = _STATES.get(notification.reason, over), notification.at
    return names.words.text(
        key,
        order=_order(override, names, notification),
        persons=_persons(override, names),
        deadline=time_of_day(override.approve_until, now),
    )


def _order(override: Override, names: Names, notification: Notify) -> str:
    return names.words.text(
        "override.order",
        what=names.words.name(ORDERS if override.is_open else CASES, override.kind),
        place=place(override, names.words),
        where=_where(override, names),
        begins=time_of_day(override.begins, notification.at),
        ends=time_of_day(override.held_until, notification.at),
    )


def _persons(override: Override, names: Names) -> str:
    by, approved_by = override.by, override.approved_by
    if approved_by is None:
        return names.words.text("override.by", by=by)
    return names.words.text("override.by_two", by=by, approved_by=approved_by)


def _where(override: Override, names: Names) -> str:
    if override.is_for_all:
        return names.words.text("override.all")
    parts = [*map(names.zone, override.zones), *map(names.point, override.points)]
    named, more = ", ".join(parts[:NAMED_OF_ORDER]), len(parts) - NAMED_OF_ORDER
    return names.words.counted("override.and_more", more, names=named) if more > 0 else named


def _lead(notification: Notify, override: Override, names: Names) -> str:
    tried = tuple(dict.fromkeys(each.name for each in override.signals[::-1]))
    if override.phase is OverridePhase.CLOSED:
        return names.words.counted("test.over", len(tried))
    if notification.reason == "test_ends_soon":
        return names.words.text("test.ends_soon")
    return names.words.text("test.points", points=_list(tried, names) or "-")


def _list(points: tuple[str, ...] | list[str], names: Names) -> str:
    return ", ".join(names.point(each) for each in points[:NAMED])
