"""The milestones of the demonstration's story, and those that are still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract.http.signals import SignalRecord
from registry.model.registry import Registry
from tocsin.demo.notifications import Arrival, Verdict, due_notifications, is_fault_notification
from tocsin.demo.plan import MARKET, SHOPHOUSE

CLEAR_DB_M = 0.1
"""Smoke below which nobody smells anything, in dB/m."""


@dataclass(frozen=True, slots=True)
class Story:
    """Observations by which the story is judged, and the *verdict* on its notifications.

    *status* is what each gateway says of itself, by its premises.
    """

    registry: Registry
    signals: Sequence[SignalRecord]
    status: Mapping[str, Mapping[str, Any]]
    arrivals: Sequence[Arrival]
    verdict: Verdict


def missing_milestones(story: Story) -> list[str]:
    """Return the milestones that the story has not reached, in its order; none when it is complete."""
    stages = {each.stage for each in due_notifications(story.registry, MARKET)}
    reached = {
        "the technician was notified of the soiled detector at the market": _fault_was_notified(story),
        "a detector of the shophouse signalled the cooking": _cooking_was_signalled(story),
        "the fire at the market was confirmed": _fire_was(story, "confirmed"),
        f"people of all {len(stages)} stages were notified": story.verdict.stages >= len(stages),
        "the duty officer acknowledged the fire": _fire_was(story, "acknowledged"),
        "the air of the shophouse is clear again": _air_is_clear(story),
    }
    return [milestone for milestone, is_reached in reached.items() if not is_reached]


def _fire_was(story: Story, event: str) -> bool:
    return any(
        (each.relay.event, each.relay.kind, each.relay.premises.id) == (event, "fire", MARKET)
        for each in story.arrivals
    )


def _cooking_was_signalled(story: Story) -> bool:
    return any(
        (each.premises, each.kind, each.edge) == (SHOPHOUSE, "fire", "raised") for each in story.signals
    )


def _air_is_clear(story: Story) -> bool:
    points = story.status.get(SHOPHOUSE, {}).get("points", ())
    smoke = [each["values"].get("smoke", 0.0) for each in points]
    return _cooking_was_signalled(story) and all(value < CLEAR_DB_M for value in smoke)


def _fault_was_notified(story: Story) -> bool:
    return any(
        each.relay.premises.id == MARKET and is_fault_notification(story.registry, each)
        for each in story.arrivals
    )
