"""How long everything took in an incident: what a drill is held for, and a real fire is judged by."""

from collections.abc import Iterable, Mapping
from typing import Any

from alerting.domain.model.effects import TimelineEvent
from contract.times import SECOND, Micros

MILESTONES: dict[TimelineEvent, tuple[str, str]] = {
    TimelineEvent.SUSPECTED: ("nghi cháy", "suspected"),
    TimelineEvent.CONFIRMED: ("xác nhận", "confirmed"),
    TimelineEvent.UNCONFIRMED: ("báo chưa xác nhận", "told as unconfirmed"),
    TimelineEvent.DELIVERED: ("có người nhận được tin", "somebody reached"),
    TimelineEvent.SEEN: ("có người xem", "seen"),
    TimelineEvent.ACKNOWLEDGED: ("tiếp nhận", "taken"),
    TimelineEvent.DISPATCHED: ("điều động", "dispatched"),
    TimelineEvent.ON_SCENE: ("đến hiện trường", "on scene"),
    TimelineEvent.UNDER_CONTROL: ("khống chế", "under control"),
    TimelineEvent.CLOSED: ("kết thúc", "closed"),
}
"""What is timed, with its words in Vietnamese and in English."""


def milestones(opened_at: Micros, entries: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Seconds from *opened_at* to the first of each milestone among the timeline's *entries*.

    In the order in which they are meant to follow one another; one that was not reached is left out.
    """
    first: dict[str, Micros] = {}
    for entry in entries:
        first.setdefault(entry["event"], entry["at"])
    return {
        mark.value: (first[mark.value] - opened_at) / SECOND
        for mark in MILESTONES
        if mark.value in first
    }
