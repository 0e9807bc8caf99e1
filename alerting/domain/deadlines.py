"""What a deadline leads to: what stands is told, what is restored is cleared."""

import msgspec

from alerting.domain.confirmation import Why, standing_together
from alerting.domain.confirmed import confirmed
from alerting.domain.effects import CancelDeadline, Effect, Entry, Mark, Notice, Told
from alerting.domain.escalation import WINDOW
from alerting.domain.incident import Incident, Outcome, Phase, PointInFire
from alerting.domain.telling import Decision, also, cause_of_point, deliver, policy_of, window_deadline
from contract.times import Micros


def window_over(incident: Incident, now: Micros) -> Decision:
    """Some point's wait is over: what still stands is told, and a suspicion of nothing is closed.

    Two points that stand in fire and may confirm each other are a confirmed fire.
    """
    over = [p for p in incident.points.values() if p.due is not None and p.due <= now]
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None or not over:
        return incident, []
    if (pair := standing_together(over, incident.points.values())) is not None:
        cause = cause_of_point(max(pair, key=lambda point: point.raised[-1]))
        return confirmed(incident, Why.SECOND_POINT_WHILE_FIRST_STANDS, cause=cause, now=now)
    standing = [point for point in over if point.standing]
    undue = {
        p.key: msgspec.structs.replace(p, due=None, reported=p.reported or p.standing) for p in over
    }
    waited = incident.having(points={**incident.points, **undue})
    further = window_deadline(waited)
    if standing:
        after, effects = _unconfirmed(waited, standing, now)
        return after, effects + further
    if any(point.due is not None for point in waited.points.values()) or not _may_clear(waited):
        return waited, [Entry(Mark.POINT, "restored_in_window"), *further]
    return _cleared(waited, now)


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


def stage_due(incident: Incident, stage: int, now: Micros) -> Decision:
    """A stage of the policy came due: its people are told, unless somebody took the fire."""
    if incident.phase is not Phase.CONFIRMED or stage >= len(incident.site.stages):
        return incident, []
    reason, notify = "not_acknowledged", incident.site.stages[stage].notify
    after = incident.having(told=also(incident.told, notify))
    return after, [
        Entry(Mark.ESCALATED, reason, {"stage": stage, "notify": list(notify)}),
        *deliver(after, notify, told=Told.ESCALATED, reason=reason, now=now, stage=stage),
        Notice("escalated"),
    ]
