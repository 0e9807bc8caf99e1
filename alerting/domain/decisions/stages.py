"""Decides on a due stage of a confirmed fire, and on the repeats after the last one."""

from alerting.domain.decisions.escalation import REPEAT, stage_key
from alerting.domain.decisions.notify import Decision, notifications, with_recipients
from alerting.domain.model.answering import Calls, waits_until
from alerting.domain.model.effects import Effect, SetDeadline, SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import STILL_NOT_ACKNOWLEDGED, Stage
from alerting.domain.model.reasons import DecisionReason, SkipReason
from contract.times import Micros
from registry.model.policies import COMMAND_CENTER, StageCondition
from registry.model.templates import NotificationKind

NOBODY_REACHED = DecisionReason.NOBODY_REACHED.value
"""The reason to notify the command center by the built-in policy: nobody has received anything yet."""


def stage_due(
    incident: FireIncident, stage: int, *, reached: bool, calls: Calls | None = None, now: Micros
) -> Decision:
    """Notify the people of a due stage, unless somebody took the fire.

    *reached* is true if anybody has received more of it than the suspicion; *calls* are the call
    records: the next of the premises' people waits for the answer of the one before.
    """
    if incident.phase is not Phase.CONFIRMED or stage >= len(incident.site.stages):
        return incident, []
    planned = incident.site.stages[stage]
    why = why_skipped(planned, incident, reached=reached)
    if why is None:
        due = (incident.confirmed_at or now) + planned.after
        latest, by_plan = due + planned.bound, due - planned.answer
        until = waits_until(planned, calls, latest=latest, now=now, by_plan=by_plan)
        if until is not None:
            return incident, [SetDeadline(stage_key(stage), until)]
        return notify_stage(incident, stage, now)
    passed = incident.replaced(skipped_stages=(*incident.skipped_stages, stage))
    return passed, [
        TimelineEntry(
            TimelineEvent.STAGE_SKIPPED, why.value, {"stage": stage, "notify": list(planned.notify)}
        )
    ]


def spread_stages(incident: FireIncident, now: Micros) -> tuple[FireIncident, list[Effect]]:
    """Notify the stages that were due before the fire spread, and waited for that."""
    after, effects = incident, list[Effect]()
    if incident.phase is not Phase.CONFIRMED or not _is_spreading(incident):
        return after, effects
    for stage in incident.skipped_stages:
        if incident.site.stages[stage].when is StageCondition.SPREADING:
            left = tuple(each for each in after.skipped_stages if each != stage)
            after, more = notify_stage(after.replaced(skipped_stages=left), stage, now)
            effects += more
    return after, effects


def repeat_due(incident: FireIncident, now: Micros) -> Decision:
    """Notify the last stage and the command center again, because nobody took the fire for so long.

    Without end: an escalation that gives up leaves a fire to itself.
    """
    if incident.phase is not Phase.CONFIRMED:
        return incident, []
    last, turn = len(incident.site.stages) - 1, incident.escalations + 1
    reason, notify = STILL_NOT_ACKNOWLEDGED, with_recipients(incident.site.repeat_to, [COMMAND_CENTER])
    after = incident.replaced(escalations=turn, notified=with_recipients(incident.notified, notify))
    return after, [
        TimelineEntry(
            TimelineEvent.ESCALATED, reason, {"stage": last, "turn": turn, "notify": list(notify)}
        ),
        *notifications(
            after, notify, kind=NotificationKind.ESCALATED, reason=reason, now=now, stage=last, turn=turn
        ),
        SetDeadline(REPEAT, now + incident.site.repeat),
    ]


def nobody_reached(incident: FireIncident, *, reached: bool, now: Micros) -> Decision:
    """Notify the command center without the policy, all of whose first notices have failed so far."""
    if incident.phase is not Phase.CONFIRMED or reached:
        return incident, []
    turn, notify = incident.escalations + 1, (COMMAND_CENTER,)
    after = incident.replaced(escalations=turn, notified=with_recipients(incident.notified, notify))
    return after, [
        TimelineEntry(TimelineEvent.ESCALATED, NOBODY_REACHED, {"stage": 0, "notify": list(notify)}),
        *notifications(
            after, notify, kind=NotificationKind.ESCALATED, reason=NOBODY_REACHED, now=now, turn=turn
        ),
    ]


def why_skipped(stage: Stage, incident: FireIncident, *, reached: bool) -> SkipReason | None:
    """Return why a due *stage* notifies nobody; None where it does."""
    if incident.is_seen_by(stage.unless_seen_by):
        return SkipReason.ANSWERED
    if stage.when is StageCondition.SPREADING and not _is_spreading(incident):
        return SkipReason.NOT_SPREADING
    if stage.when is StageCondition.NOBODY_REACHED and reached:
        return SkipReason.SOMEBODY_REACHED
    return None


def _is_spreading(incident: FireIncident) -> bool:
    """Return whether points of more than one zone are in fire."""
    return len(incident.points.zones) > 1


def notify_stage(
    incident: FireIncident,
    stage: int,
    now: Micros,
    *,
    reason: str | None = None,
    planned_for: Micros | None = None,
) -> tuple[FireIncident, list[Effect]]:
    """Notify *stage*, for the *reason* of the policy or another one; *planned_for* is its time by the
    policy where it goes out early.
    """
    planned, turn = incident.site.stages[stage], incident.escalations + 1
    why, notify = reason or planned.reason, planned.notify
    early = {} if planned_for is None else {"planned_for": planned_for}
    after = incident.replaced(escalations=turn, notified=with_recipients(incident.notified, notify))
    return after, [
        TimelineEntry(TimelineEvent.ESCALATED, why, {"stage": stage, "notify": list(notify), **early}),
        *notifications(
            after,
            notify,
            kind=NotificationKind.ESCALATED,
            reason=why,
            now=now,
            stage=stage,
            turn=turn,
            channels=planned.channels,
        ),
        SiteNotice("escalated"),
    ]
