"""What a deadline leads to: what stands is told, what is restored is cleared."""

import msgspec

from alerting.domain.confirmed import confirmed
from alerting.domain.effects import CancelDeadline, Effect, Entry, Mark, Notice, SetDeadline, Told
from alerting.domain.escalation import PROGRESS, REPEAT, WINDOW, stage_deadlines, stage_of
from alerting.domain.incident import (
    STILL_NOT_ACKNOWLEDGED,
    Incident,
    Outcome,
    Phase,
    PointInFire,
)
from alerting.domain.rules.judging import at_the_end, next_look
from alerting.domain.rules.scene import Scene
from alerting.domain.telling import Decision, also, cause_of_point, deliver, policy_of, window_deadline
from alerting.domain.why import Why
from contract.times import Micros
from registry.people import COMMAND_CENTER


def window_over(incident: Incident, now: Micros) -> Decision:
    """Some point's wait is over: what still stands is told, and a suspicion of nothing is closed.

    What the rule of a point says of the end of its wait may also make it a confirmed fire.
    """
    over = [p for p in incident.points.values() if p.due is not None and p.due <= now]
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None or not over:
        return incident, []
    scene = Scene(tuple(incident.points.values()), now, incident.acknowledged_at)
    for point in sorted(over, key=lambda each: each.raised[-1], reverse=True):
        if (why := at_the_end(point, scene)) is not None:
            return confirmed(incident, why, cause=cause_of_point(point), now=now)
    waited = incident.having(points={**incident.points, **{p.key: _waited(p, scene) for p in over}})
    standing = [p for p in over if p.standing and waited.points[p.key].due is None]
    further = window_deadline(waited)
    if standing:
        after, effects = _unconfirmed(waited, standing, now)
        return after, effects + further
    if any(point.due is not None for point in waited.points.values()) or not _may_clear(waited):
        return waited, [Entry(Mark.POINT, "restored_in_window"), *further]
    return _cleared(waited, now)


def _waited(point: PointInFire, scene: Scene) -> PointInFire:
    """The point after its wait: it is looked at again, or is told, or was restored."""
    look = next_look(point, scene)
    told = point.reported or (point.standing and look is None)
    return msgspec.structs.replace(point, due=look, reported=told)


def partners_lost(incident: Incident, alone: dict[str, tuple[str, ...]], now: Micros) -> Decision:
    """What should have confirmed a point cannot speak any more: nothing is left to wait for."""
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None:
        return incident, []
    points = {
        key: msgspec.structs.replace(point, alone=alone.get(key, point.alone))
        for key, point in incident.points.items()
    }
    known = incident.having(points=points)
    lonely = [point for point in points.values() if point.alone and point.standing and not point.carried]
    if not lonely:
        return known, []
    last = max(lonely, key=lambda point: point.raised[-1])
    cause, why = cause_of_point(last), Why.PARTNER_UNAVAILABLE
    return confirmed(known, why, cause=cause, now=now, alone=last.alone)


def gateway_lost(incident: Incident, gateway: str, *, reason: str, now: Micros) -> Decision:
    """A gateway fell silent: what its points suspect is told at once, and waits for no window.

    Neither a second point of it nor a restoration could be heard any more.
    """
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None:
        return incident, []
    waiting = [
        point
        for point in incident.points.values()
        if point.gateway == gateway and point.due is not None and point.standing
    ]
    if not waiting:
        return incident, []
    told = {p.key: msgspec.structs.replace(p, due=None, reported=True) for p in waiting}
    after, effects = _unconfirmed(
        incident.having(points={**incident.points, **told}), waiting, now, reason=reason
    )
    return after, effects + window_deadline(after)


def _may_clear(incident: Incident) -> bool:
    """A suspicion that somebody took, or was told of, is ended by a person."""
    return incident.phase is Phase.SUSPECTED and incident.unconfirmed == 0


def _unconfirmed(
    incident: Incident, standing: list[PointInFire], now: Micros, *, reason: str = "window_over"
) -> tuple[Incident, list[Effect]]:
    notify = incident.site.stages[0].notify
    turn = incident.unconfirmed + 1
    after = incident.having(unconfirmed=turn, told=also(incident.told, notify))
    if after.phase is Phase.SUSPECTED:
        after = after.having(reason="unconfirmed")
    names = {"names": [point.name for point in standing], **policy_of(after)}
    return after, [
        Entry(Mark.UNCONFIRMED, reason, names),
        *deliver(after, notify, told=Told.UNCONFIRMED, reason=reason, now=now, turn=turn),
        Notice("unconfirmed"),
    ]


def _cleared(incident: Incident, now: Micros) -> Decision:
    reason = "all_points_restored"
    closed = incident.moved(Phase.CLOSED, reason=reason, outcome=Outcome.CLEARED, closed_at=now)
    entry = Entry(Mark.CLOSED, reason, {"outcome": Outcome.CLEARED.value})
    return closed, [CancelDeadline(WINDOW), entry, Notice(reason)]


def deadline_due(incident: Incident, key: str, now: Micros) -> Decision:
    """The deadline *key* came."""
    if key == WINDOW:
        return window_over(incident, now)
    if key == PROGRESS:
        return no_progress(incident, now)
    return repeat_due(incident, now) if key == REPEAT else stage_due(incident, stage_of(key), now)


def stage_due(incident: Incident, stage: int, now: Micros) -> Decision:
    """A stage of the policy came due: its people are told, unless somebody took the fire."""
    if incident.phase is not Phase.CONFIRMED or stage >= len(incident.site.stages):
        return incident, []
    reason, notify = incident.site.stages[stage].reason, incident.site.stages[stage].notify
    turn = incident.escalations + 1
    after = incident.having(escalations=turn, told=also(incident.told, notify))
    return after, [
        Entry(Mark.ESCALATED, reason, {"stage": stage, "notify": list(notify)}),
        *deliver(after, notify, told=Told.ESCALATED, reason=reason, now=now, stage=stage, turn=turn),
        Notice("escalated"),
    ]


def repeat_due(incident: Incident, now: Micros) -> Decision:
    """Nobody took the fire for so long: the last stage and the command center are told again.

    Without end: an escalation that gives up leaves a fire to itself.
    """
    if incident.phase is not Phase.CONFIRMED:
        return incident, []
    last, turn = len(incident.site.stages) - 1, incident.escalations + 1
    reason, notify = STILL_NOT_ACKNOWLEDGED, also(incident.site.stages[-1].notify, [COMMAND_CENTER])
    after = incident.having(escalations=turn, told=also(incident.told, notify))
    return after, [
        Entry(Mark.ESCALATED, reason, {"stage": last, "turn": turn, "notify": list(notify)}),
        *deliver(after, notify, told=Told.ESCALATED, reason=reason, now=now, stage=last, turn=turn),
        SetDeadline(REPEAT, now + incident.site.repeat),
    ]


def no_progress(incident: Incident, now: Micros) -> Decision:
    """Who took the fire did not go on with it: it belongs to nobody again, and is escalated anew."""
    if incident.phase not in {Phase.ACKNOWLEDGED, Phase.DISPATCHED} or incident.confirmed_at is None:
        return incident, []
    reason, turn, owner = "no_progress", incident.progress + 1, incident.owner
    after = incident.moved(
        Phase.CONFIRMED, reason=reason, owner=None, acknowledged_at=None, progress=turn
    )
    return after, [
        Entry(Mark.REOPENED, reason, {"owner": owner, "after": incident.phase.value}),
        *deliver(after, after.told, told=Told.REOPENED, reason=reason, now=now, turn=turn),
        *stage_deadlines(after, now),
        Notice(reason, owner),
    ]
