"""Decides on a fire signal: a suspicion, a confirmed fire, a spread, or an entry of the timeline."""

from collections.abc import Iterable

import msgspec

from alerting.domain.confirmation.judge import judge, wait
from alerting.domain.confirmation.scene import Scene
from alerting.domain.decisions.confirmed import confirmed
from alerting.domain.decisions.notify import (
    POINT_AGAIN,
    Decision,
    cause_of,
    notifications,
    point_data,
    policy_of,
    window_deadline,
    with_recipients,
)
from alerting.domain.decisions.spreads import ANOTHER_POINT, note_spread
from alerting.domain.decisions.stages import spread_stages
from alerting.domain.decisions.timeline import record_signal
from alerting.domain.decisions.unconfirmed import notify_unconfirmed
from alerting.domain.model.effects import Effect, SiteNotice, TimelineEntry, TimelineEvent
from alerting.domain.model.events import FireSignalStored
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.point_in_fire import PointInFire, point_key
from alerting.domain.model.points_in_fire import PointsInFire, notified
from alerting.domain.model.reasons import CONFIRMING, ConfirmationReason, DecisionReason
from alerting.domain.model.rule import is_notified_at_once
from contract.incident_ids import incident_id
from contract.messages import Edge, Kind
from contract.times import Micros
from registry.model.templates import NotificationKind

RAISES_KEPT = 16
"""Number of a point's latest fire signals that are compared with those of others: a point that flaps
must not make its incident grow without end."""


def fire_signal_stored(incident: FireIncident | None, event: FireSignalStored, now: Micros) -> Decision:
    """Record a stored signal; a fire signal opens, joins or confirms an incident."""
    effects = record_signal(event.stored)
    if event.stored.signal.kind is not Kind.FIRE:
        return incident, effects
    if event.stored.is_unverified:
        after, more = _unverified(incident, event, now)
    elif event.stored.signal.edge is Edge.RAISED:
        after, more = _raised(incident, event, now)
    else:
        after, more = _restored(incident, event)
    return after, effects + more


def _raised(incident: FireIncident | None, event: FireSignalStored, now: Micros) -> Decision:
    opened = incident or _opened(event, now)
    known = opened.points.get(_key(event))
    point = _again(known, event) if known else _joining(event)
    if opened.confirmed_at is not None:
        news = _reason_to_notify(known, event)
        return _joined_a_fire(opened, notified(point), now=now, news=news)
    joined = opened.having(point)
    why = judge(point, Scene(joined.points, now, joined.acknowledged_at))
    joined = joined.replaced(site=event.site.opened_as(joined.site))
    if why in CONFIRMING:
        return confirmed(
            joined,
            why,
            cause=cause_of(event.stored),
            now=now,
            unavailable_partners=point.unavailable_partners,
        )
    return _suspected(joined, point, why=why, event=event, now=now, is_new=incident is None)


def _unverified(incident: FireIncident | None, event: FireSignalStored, now: Micros) -> Decision:
    """Notify of a fire that its gateway did not sign, as a suspicion that nothing can confirm.

    People are notified of the first one, and of each further zone of the registry: not of what a forger
    can make up without end.
    """
    opened = incident or _opened(event, now)
    point = notified(_joining(event))
    joined = opened.having(point).replaced(site=event.site.opened_as(opened.site))
    is_new_zone = point.zone is not None and point.zone not in opened.points.zones
    reason = event.stored.signal.reason
    if incident is not None and not is_new_zone:
        return joined, [TimelineEntry(TimelineEvent.POINT, reason, point_data(point))]
    return notify_unconfirmed(joined, [point], now, reason=reason)


def _key(event: FireSignalStored) -> str:
    return point_key(event.stored.gateway, event.stored.signal.name)


def _reason_to_notify(known: PointInFire | None, event: FireSignalStored) -> str | None:
    """Return the reason to notify of this raise; *known* is the point so far. None if nothing is new."""
    if known is None:
        return ANOTHER_POINT
    return POINT_AGAIN if _is_back(known, event) else None


def _is_back(point: PointInFire, event: FireSignalStored) -> bool:
    """Return whether a restored or carried point raises fire again, which is as new as another point."""
    return (point.carried or not point.standing) and not event.stored.order.precedes(point.order)


def _opened(event: FireSignalStored, now: Micros) -> FireIncident:
    """Return a new incident, with the points that still stand from the last one as partners."""
    stored = event.stored
    cause = (event.site.id, stored.gateway, stored.epoch, stored.signal.seq)
    number = incident_id(now, *cause, *((event.drill,) if event.drill else ()))
    return FireIncident(
        id=number,
        site=event.site,
        phase=Phase.SUSPECTED,
        reason=ConfirmationReason.FIRST_POINT_WAITING,
        opened_at=now,
        points=_carried(point for point in event.standing if point.key != _key(event)),
        part=event.part,
        exercise=event.drill,
    )


def _carried(standing: Iterable[PointInFire]) -> PointsInFire:
    """Return the points notified in an earlier incident."""
    return PointsInFire.of(
        msgspec.structs.replace(each, due=None, notified=True, carried=True) for each in standing
    )


def _joining(event: FireSignalStored) -> PointInFire:
    stored, subject, signal = event.stored, event.subject, event.stored.signal
    return PointInFire(
        gateway=stored.gateway,
        name=signal.name,
        zone=subject.zone,
        zone_name=subject.zone_name,
        place=subject.place,
        detector=subject.detector,
        quantity=signal.quantity,
        value=signal.value,
        epoch=stored.epoch,
        seq=signal.seq,
        changed_at=signal.changed_at,
        raised=(stored.happened_at,),
        due=_due(event),
        rule=subject.rule,
        unavailable_partners=subject.unavailable_partners,
        waits_from=stored.happened_at,
        quantities=(signal.quantity,) if signal.quantity else (),
        restored_at=stored.restored_at,
        happened_at=stored.happened_at,
        committed_at=signal.committed_at,
    )


def _again(point: PointInFire, event: FireSignalStored) -> PointInFire:
    """Return a point that raises fire once more, which does not make its wait longer.

    A point that was restored since its notification waits and is notified anew.
    """
    happened_at = event.stored.happened_at
    raised = tuple(sorted((*point.raised, happened_at)))[-RAISES_KEPT:]
    is_back = _is_back(point, event)
    reported = point.notified and not is_back
    due, waits_from, stood = point.due, point.waits_from, point.stood
    if due is None and not reported:
        due, waits_from, stood = _due(event), happened_at, 0
    elif due is not None and is_back:
        due = min(due, _due(event))
    known = {
        "raised": raised,
        "due": due,
        "waits_from": waits_from,
        "stood": stood,
        "returns": (*point.returns, happened_at)[-RAISES_KEPT:] if is_back else point.returns,
        "quantities": tuple(dict.fromkeys((*point.quantities, *_joining(event).quantities))),
    }
    if event.stored.order.precedes(point.order):
        return msgspec.structs.replace(point, **known)
    return msgspec.structs.replace(_joining(event), **known, notified=reported)


def _stood(point: PointInFire, until: Micros) -> Micros:
    """Return how long the point stood *until* its restoration, since it raised fire last."""
    began = max((each for each in (point.waits_from, *point.returns) if each <= until), default=until)
    return until - began


def _due(event: FireSignalStored) -> Micros:
    """Return the end of the point's wait: its window, or a grace where that was over at the receipt."""
    stored, waits = event.stored, wait(event.subject.rule)
    earliest = stored.received_at + min(event.late_grace, waits)
    return max(stored.happened_at + waits, earliest)


def _suspected(
    incident: FireIncident,
    point: PointInFire,
    *,
    why: ConfirmationReason,
    event: FireSignalStored,
    now: Micros,
    is_new: bool,
) -> Decision:
    effects: list[Effect] = [
        TimelineEntry(TimelineEvent.SUSPECTED, why.value, {**point_data(point), **policy_of(incident)})
    ]
    if is_new:
        effects.append(SiteNotice(why.value))
    after = incident
    if is_notified_at_once(point.rule) and not incident.suspicion_notified:
        notify = incident.site.stages[0].notify
        after = incident.replaced(
            suspicion_notified=True, notified=with_recipients(incident.notified, notify)
        )
        cause = cause_of(event.stored)
        effects += notifications(
            after, notify, kind=NotificationKind.SUSPECTED, reason=why.value, now=now, cause=cause
        )
    return after, effects + window_deadline(after)


def _joined_a_fire(
    incident: FireIncident, point: PointInFire, *, now: Micros, news: str | None
) -> Decision:
    joined = incident.having(point)
    if news is None:
        return joined, [TimelineEntry(TimelineEvent.POINT, "same_point_again", point_data(point))]
    told, effects = note_spread(joined, point, reason=news, now=now)
    after, stages = spread_stages(told, now)
    return after, [TimelineEntry(TimelineEvent.SPREAD, news, point_data(point)), *effects, *stages]


def _restored(incident: FireIncident | None, event: FireSignalStored) -> Decision:
    """Record the restoration of a point, which never closes a confirmed fire."""
    point = incident.points.get(_key(event)) if incident else None
    if incident is None or point is None or event.stored.order.precedes(point.order):
        return incident, []
    stored = event.stored
    restored = msgspec.structs.replace(
        point,
        restored_at=stored.happened_at,
        stood=point.stood + (_stood(point, stored.happened_at) if point.standing else 0),
        epoch=stored.epoch,
        seq=stored.signal.seq,
        happened_at=stored.happened_at,
        committed_at=stored.signal.committed_at,
    )
    after = incident.replaced(points=incident.points.having(restored))
    return after, [TimelineEntry(TimelineEvent.POINT, DecisionReason.RESTORED.value, point_data(point))]
