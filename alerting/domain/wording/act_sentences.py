"""Chooses the sentence of an act at a desk, where its entry says more than its event alone.

``alerting.domain.wording.explanation`` fills it in.
"""

from collections.abc import Mapping
from typing import Any

from alerting.domain.decisions.desk_acts import ACCEPTED, DECLINED, SKIPPED
from alerting.domain.decisions.operators import REINFORCED
from alerting.domain.model.effects import TimelineEvent
from alerting.domain.model.force import WITHOUT_UNIT

_OF_REASON = {
    (TimelineEvent.HAND_OVER, ACCEPTED): "event.hand_over_accepted",
    (TimelineEvent.HAND_OVER, DECLINED): "event.hand_over_declined",
    (TimelineEvent.PROCEDURE, SKIPPED): "event.procedure_skipped",
    (TimelineEvent.DISPATCHED, REINFORCED): "event.reinforced",
}
_WITH_FORCES = {
    TimelineEvent.DISPATCHED: "event.dispatched_forces",
    TimelineEvent.ON_SCENE: "event.on_scene_forces",
}


def act_sentence(event: str, reason: str, data: Mapping[str, Any]) -> str | None:
    """Return the text of an act by its *reason* and *data*; None where that of its *event* will do."""
    if event not in set(TimelineEvent):
        return None
    known = TimelineEvent(event)
    if (key := _OF_REASON.get((known, reason))) is not None:
        return key
    if "forces" in data:
        return _WITH_FORCES.get(known)
    if known is TimelineEvent.DISPATCHED and data.get(WITHOUT_UNIT):
        return "event.dispatched_without_unit"
    if known is TimelineEvent.CALL and data.get("answered"):
        return "event.call_said" if data.get("said") else "event.call_answered"
    return None
