"""What becomes of an incident when something happens: state and event in, state and effects out."""

from collections.abc import Iterable
from typing import Any, assert_never

import msgspec

from alerting.domain.confirmation import CONFIRMING, Why, judge
from alerting.domain.effects import (
    CancelDeadline,
    Cause,
    Deliver,
    Effect,
    Entry,
    Mark,
    Notice,
    Refusal,
    Refuse,
    SetDeadline,
    Told,
)
from alerting.domain.escalation import WINDOW, cancelled, stage_deadlines, stage_of
from alerting.domain.events import (
    Acknowledge,
    Clock,
    Close,
    DeadlineDue,
    DeliveryFailed,
    DeliverySucceeded,
    Event,
    Heard,
    SignalHeard,
)
from alerting.domain.incident import Incident, Outcome, Phase, PointInFire, incident_id
from contract.messages import Edge, Kind
from contract.times import Micros

RAISES_KEPT = 16
"""How many of a point's latest fire signals are compared with those of others: a point that flaps
must not make its incident grow without end."""

Decision = tuple[Incident | None, list[Effect]]


def decide(incident: Incident | None, event: Event, now: Micros) -> Decision:
    """What becomes of *incident*, the open one of the premises if there is one, after *event*."""
    if isinstance(event, SignalHeard):
        return _signal(incident, event, now)
    if incident is None:
        return None, []
    match event:
        case DeadlineDue(key):
            after = (
                _window_over(incident, now)
                if key == WINDOW
                else _stage_due(incident, stage_of(key), now)
            )
        case Acknowledge(by):
            after = _acknowledge(incident, by, now)
        case Close(by, outcome):
            after = _close(incident, by, outcome=outcome, now=now)
        case DeliverySucceeded():
            after = incident, _delivered(event)
        case DeliveryFailed():
            after = incident, _not_delivered(event)
        case _:
            assert_never(event)
    return after


# -- signals ---------------------------------------------------------------------------------------


def _signal(incident: Incident | None, event: SignalHeard, now: Micros) -> Decision:
    effects = _recorded(event.heard)
    if event.heard.signal.kind is not Kind.FIRE:
        return incident, effects
    if event.heard.signal.edge is Edge.RAISED:
        after, more = _raised(incident, event, now)
    else:
        after, more = _restored(incident, event)
    return after, effects + more


def _recorded(heard: Heard) -> list[Effect]:
    signal = heard.signal
    data: dict[str, Any] = {
        "gateway": heard.gateway,
        "epoch": heard.epoch,
        "received_at": heard.received_at,
        **msgspec.to_builtins(signal),
    }
    entries: list[Effect] = [Entry(Mark.SIGNAL, signal.reason, data)]
    if heard.clock is not Clock.GATEWAY:
        times = {"changed_at": signal.changed_at, "taken_as": heard.happened_at}
        entries.append(Entry(Mark.CLOCK, heard.clock.value, {"gateway": heard.gateway, **times}))
    return entries


def _raised(incident: Incident | None, event: SignalHeard, now: Micros) -> Decision:
    opened = incident or _opened(event, now)
    known = opened.points.get(event.subject.key)
    point = _again(known, event) if known else _joining(event)
    why = judge(point, event.subject, opened.points.values())
    joined = opened.having(points={**opened.points, point.key: point})
    if joined.confirmed_at is not None:
        return _joined_a_fire(joined, point, event=event, now=now, is_new=known is None)
    joined = joined.having(site=event.site)
    if why in CONFIRMING:
        return _confirmed(joined, why, cause=_cause(event.heard), now=now)
    return _suspected(joined, point, why=why, event=event)


def _opened(event: SignalHeard, now: Micros) -> Incident:
    heard = event.heard
    number = incident_id(now, event.site.id, heard.gateway, heard.epoch, heard.signal.seq)
    return Incident(
        id=number,
        site=event.site,
        phase=Phase.SUSPECTED,
        reason=Why.FIRST_POINT_WAITING,
        opened_at=now,
        points={},
    )


def _joining(event: SignalHeard) -> PointInFire:
    heard, subject, signal = event.heard, event.subject, event.heard.signal
    return PointInFire(
        key=subject.key,
        gateway=heard.gateway,
        name=signal.name,
        zone=subject.zone,
        zone_name=subject.zone_name,
        place=subject.place,
        detector=subject.detector,
        quantity=signal.quantity,
        value=signal.value,
        epoch=heard.epoch,
        seq=signal.seq,
        changed_at=signal.changed_at,
        raised=(heard.happened_at,),
        window=subject.window,
        due=_due(event),
        restored_at=heard.restored_at,
    )


def _again(point: PointInFire, event: SignalHeard) -> PointInFire:
    """A point that raises fire once more: its wait is not made longer by that."""
    raised = (*point.raised, event.heard.happened_at)[-RAISES_KEPT:]
    due = point.due if point.due is not None or point.reported else _due(event)
    if _is_older(event, point):
        return msgspec.structs.replace(point, raised=raised, due=due)
    fresh = _joining(event)
    return msgspec.structs.replace(fresh, raised=raised, due=due, reported=point.reported)


def _is_older(event: SignalHeard, point: PointInFire) -> bool:
    """Whether the signal was overtaken by a later one of the same point."""
    return event.heard.epoch == point.epoch and event.heard.signal.seq < point.seq


def _due(event: SignalHeard) -> Micros:
    """When the point's wait ends: its window, or a grace where it was long over at the receipt."""
    heard, window = event.heard, event.subject.window
    earliest = heard.received_at + min(event.late_grace, window)
    return max(heard.happened_at + window, earliest)


def _suspected(incident: Incident, point: PointInFire, *, why: Why, event: SignalHeard) -> Decision:
    effects: list[Effect] = [Entry(Mark.SUSPECTED, why.value, {**_named(point), **_policy(incident)})]
    if len(incident.points) == 1 and len(point.raised) == 1:
        effects.append(Notice(why.value))
    return incident, effects + _window_deadline(incident)


def _window_deadline(incident: Incident) -> list[Effect]:
    dues = [point.due for point in incident.points.values() if point.due is not None]
    return [SetDeadline(WINDOW, min(dues))] if dues else [CancelDeadline(WINDOW)]


def _confirmed(incident: Incident, why: Why, *, cause: Cause, now: Micros) -> Decision:
    notify = incident.site.stages[0].notify
    fire = incident.moved(
        Phase.CONFIRMED,
        reason=why.value,
        confirmed_at=now,
        owner=None,
        acknowledged_at=None,
        points=_decided(incident.points.values()),
        told=_also(incident.told, notify),
    )
    return fire, [
        Entry(Mark.CONFIRMED, why.value, {"name": cause.name, **_policy(fire)}),
        CancelDeadline(WINDOW),
        *_deliver(fire, notify, told=Told.CONFIRMED, reason=why.value, now=now, cause=cause),
        *stage_deadlines(fire, now),
        Notice(why.value),
    ]


def _decided(points: Iterable[PointInFire]) -> dict[str, PointInFire]:
    return {each.key: msgspec.structs.replace(each, due=None, reported=True) for each in points}


def _joined_a_fire(
    incident: Incident, point: PointInFire, *, event: SignalHeard, now: Micros, is_new: bool
) -> Decision:
    points = {**incident.points, **_decided([point])}
    if not is_new:
        return incident.having(points=points), [Entry(Mark.POINT, "same_point_again", _named(point))]
    wider = incident.having(points=points, spreads=incident.spreads + 1)
    reason, cause = "another_point_in_fire", _cause(event.heard)
    return wider, [
        Entry(Mark.SPREAD, reason, _named(point)),
        *_deliver(
            wider, wider.told, told=Told.SPREAD, reason=reason, now=now, cause=cause, turn=wider.spreads
        ),
    ]


def _restored(incident: Incident | None, event: SignalHeard) -> Decision:
    """A point is restored: that is recorded, and never ends a confirmed fire."""
    point = incident.points.get(event.subject.key) if incident else None
    if incident is None or point is None or _is_older(event, point):
        return incident, []
    heard = event.heard
    restored = msgspec.structs.replace(
        point, restored_at=heard.happened_at, epoch=heard.epoch, seq=heard.signal.seq
    )
    after = incident.having(points={**incident.points, point.key: restored})
    return after, [Entry(Mark.POINT, "restored", _named(point))]


# -- deadlines -------------------------------------------------------------------------------------


def _window_over(incident: Incident, now: Micros) -> Decision:
    """Some point's wait is over: what still stands is told, and a suspicion of nothing is closed."""
    over = [p for p in incident.points.values() if p.due is not None and p.due <= now]
    if incident.phase is Phase.CLOSED or incident.confirmed_at is not None or not over:
        return incident, []
    standing = [point for point in over if point.standing]
    undue = {
        p.key: msgspec.structs.replace(p, due=None, reported=p.reported or p.standing) for p in over
    }
    waited = incident.having(points={**incident.points, **undue})
    further = _window_deadline(waited)
    if standing:
        after, effects = _unconfirmed(waited, standing, now)
        return after, effects + further
    if any(point.due is not None for point in waited.points.values()) or not _may_clear(waited):
        return waited, [Entry(Mark.POINT, "restored_in_window"), *further]
    return _cleared(waited, now)


def _may_clear(incident: Incident) -> bool:
    """A suspicion that somebody took, or was told of, is ended by a person."""
    return incident.phase is Phase.SUSPECTED and incident.unconfirmed == 0


def _unconfirmed(
    incident: Incident, standing: list[PointInFire], now: Micros
) -> tuple[Incident, list[Effect]]:
    reason, notify = "window_over", incident.site.stages[0].notify
    turn = incident.unconfirmed + 1
    after = incident.having(unconfirmed=turn, told=_also(incident.told, notify))
    if after.phase is Phase.SUSPECTED:
        after = after.having(reason="unconfirmed")
    names = {"names": [point.name for point in standing], **_policy(after)}
    return after, [
        Entry(Mark.UNCONFIRMED, reason, names),
        *_deliver(after, notify, told=Told.UNCONFIRMED, reason=reason, now=now, turn=turn),
        Notice("unconfirmed"),
    ]


def _cleared(incident: Incident, now: Micros) -> Decision:
    reason = "all_points_restored"
    closed = incident.moved(Phase.CLOSED, reason=reason, outcome=Outcome.CLEARED, closed_at=now)
    entry = Entry(Mark.CLOSED, reason, {"outcome": Outcome.CLEARED.value})
    return closed, [CancelDeadline(WINDOW), entry, Notice(reason)]


def _stage_due(incident: Incident, stage: int, now: Micros) -> Decision:
    if incident.phase is not Phase.CONFIRMED or stage >= len(incident.site.stages):
        return incident, []
    reason, notify = "not_acknowledged", incident.site.stages[stage].notify
    after = incident.having(told=_also(incident.told, notify))
    return after, [
        Entry(Mark.ESCALATED, reason, {"stage": stage, "notify": list(notify)}),
        *_deliver(after, notify, told=Told.ESCALATED, reason=reason, now=now, stage=stage),
        Notice("escalated"),
    ]


# -- people ----------------------------------------------------------------------------------------


def _acknowledge(incident: Incident, by: str, now: Micros) -> Decision:
    if incident.phase is Phase.CLOSED:
        return incident, [Refuse(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    if incident.phase is Phase.ACKNOWLEDGED:
        taken = incident.owner or ""
        return incident, [] if taken == by else [Refuse(Refusal.OWNED_BY_ANOTHER, taken)]
    reason, turn = "acknowledged_by_operator", incident.acknowledgements + 1
    after = incident.moved(
        Phase.ACKNOWLEDGED, reason=reason, owner=by, acknowledged_at=now, acknowledgements=turn
    )
    return after, [
        Entry(Mark.ACKNOWLEDGED, reason, {"by": by}),
        *cancelled(after),
        *_deliver(after, after.told, told=Told.ACKNOWLEDGED, reason=reason, now=now, turn=turn),
        Notice(reason, by),
    ]


def _close(incident: Incident, by: str, *, outcome: Outcome, now: Micros) -> Decision:
    if incident.phase is Phase.CLOSED:
        same = incident.closed_by == by and incident.outcome is outcome
        return incident, [] if same else [Refuse(Refusal.ALREADY_CLOSED, incident.closed_by or "")]
    reason = "closed_by_operator"
    after = incident.moved(Phase.CLOSED, reason=reason, outcome=outcome, closed_by=by, closed_at=now)
    return after, [
        Entry(Mark.CLOSED, reason, {"by": by, "outcome": outcome.value}),
        CancelDeadline(WINDOW),
        *cancelled(after),
        *_deliver(after, after.told, told=Told.CLOSED, reason=reason, now=now),
        Notice(reason, by),
    ]


# -- deliveries ------------------------------------------------------------------------------------


def _delivered(event: DeliverySucceeded) -> list[Effect]:
    data = {"delivery": event.delivery, "destination": event.destination, "attempt": event.attempt}
    entry = Entry(Mark.DELIVERED, event.told, data)
    return [entry, Notice(f"relayed_{event.told}", event.destination)]


def _not_delivered(event: DeliveryFailed) -> list[Effect]:
    """Every attempt is in the ledger; the timeline shows the 1st, 2nd, 4th, 8th and so on."""
    if event.attempt & (event.attempt - 1):
        return []
    data = {"delivery": event.delivery, "destination": event.destination, "attempt": event.attempt}
    return [Entry(Mark.DELIVERY_FAILED, event.reason, data)]


def _deliver(
    incident: Incident,
    notify: Iterable[str],
    *,
    told: Told,
    reason: str,
    now: Micros,
    stage: int = 0,
    turn: int = 1,
    cause: Cause | None = None,
) -> list[Effect]:
    return [
        Deliver(told, stage, destination, reason, incident, now, turn, cause)
        for destination in dict.fromkeys(notify)
    ]


def _also(told: tuple[str, ...], notify: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*told, *notify)))


def _cause(heard: Heard) -> Cause:
    signal = heard.signal
    return Cause(heard.gateway, heard.epoch, signal.seq, signal.name, signal.changed_at)


def _named(point: PointInFire) -> dict[str, Any]:
    return {"gateway": point.gateway, "name": point.name, "zone": point.zone}


def _policy(incident: Incident) -> dict[str, Any]:
    return {"policy": incident.site.reason}
