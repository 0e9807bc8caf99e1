"""Writes the messages about a test, for whoever tests detectors."""

from alerting.domain.decisions.overrides import standing_points
from alerting.domain.model.effects import Notify
from alerting.domain.model.override import Override, OverridePhase
from alerting.domain.wording.names import Names
from alerting.domain.wording.troubles import place

NAMED = 5
"""Number of points that a sentence names; the message itself lists all of them."""


def override_text(notification: Notify, override: Override, names: Names) -> str:
    """Return the text about a test."""
    words, where = names.words, place(override, names.words)
    lead, still = _lead(notification, override, names), _list(standing_points(override), names)
    if still:
        return words.text("test.still_in_alarm_at", lead=lead, points=still, place=where)
    return words.text("test.at", lead=lead, place=where)


def _lead(notification: Notify, override: Override, names: Names) -> str:
    tried = tuple(dict.fromkeys(each.name for each in override.signals[::-1]))
    if override.phase is OverridePhase.CLOSED:
        return names.words.counted("test.over", len(tried))
    if notification.reason == "test_ends_soon":
        return names.words.text("test.ends_soon")
    return names.words.text("test.points", points=_list(tried, names) or "-")


def _list(points: tuple[str, ...] | list[str], names: Names) -> str:
    return ", ".join(names.point(each) for each in points[:NAMED])
