"""What a signal leads to: a suspicion, a confirmed fire, a fire that spreads, or a line in the log."""

from collections.abc import Iterable

import msgspec

from alerting.domain.confirmation.judge import judge, wait
from alerting.domain.confirmation.scene import Scene
from alerting.domain.decisions.confirmed import confirmed, decided
from alerting.domain.decisions.notify import (
    POINT_AGAIN,
    Decision,
    also,
    cause_of,
    deliver,
    named,
    policy_of,
    window_deadline,
)
from alerting.domain.decisions.stages import spread_stages
from alerting.domain.decisions.timeline import recorded
from alerting.domain.model.effects import Effect, Entry, Mark, Notice, Told
from alerting.domain.model.events import Detector, SignalHeard
from alerting.domain.model.fire import Incident, Phase, PointInFire, incident_id, point_key
from alerting.domain.model.reasons import CONFIRMING, Why
from alerting.domain.model.rule import TELLS_AT_ONCE
from contract.messages import Edge, Kind
from contract.times import Micros

ANOTHER_POINT = "another_point_in_fire"
"""Why a fire spreads: a point joined it that was not part of it before."""

_BY_HAND = frozenset({Detector.MANUAL, Detector.FLOW})
"""Detectors that make a fire sure, or say that water flows: always news."""

RAISES_KEPT = 16
"""How many of a point's latest fire signals are compared with those of others: a point that flaps
must not make its incident grow without end."""


def signal_heard(incident: Incident | None, event: SignalHeard, now: Micros) -> Decision:
    """Every signal is recorded; a fire signal opens, joins or confirms an incident."""
    effects = recorded(event.heard)
    if event.heard.signal.kind is not Kind.FIRE:
        return incident, effects
    if event.heard.signal.edge is Edge.RAISED:
        after, more = _raised(incident, event, now)
    else:
        after, more = _restored(incident, event)
    return after, effects + more


def _raised(incident: Incident | None, event: SignalHeard, now: Micros) -> Decision:
    opened = incident or _opened(event, now)
    known = opened.points.get(_key(event))
    point = _again(known, event) if known else _joining(event)
    joined = _having(opened, point)
    why = judge(point, Scene(tuple(joined.points.values()), now, joined.acknowledged_at))
    if joined.confirmed_at is not None:
        return _joined_a_fire(joined, point, event=event, now=now, news=_news(known, event))
    joined = joined.having(site=event.site)
    if why in CONFIRMING:
        return confirmed(joined, why, cause=cause_of(event.heard), now=now, alone=point.alone)
    return _suspected(joined, point, why=why, event=event, now=now, is_new=incident is None)


def _key(event: SignalHeard) -> str:
    return point_key(event.heard.gateway, event.heard.signal.name)


def _having(incident: Incident, point: PointInFire) -> Incident:
    """The incident with *point* as the one that was heard last."""
    others = {key: each for key, each in incident.points.items() if key != point.key}
    return incident.having(points={**others, point.key: point})


def _news(known: PointInFire | None, event: SignalHeard) -> str | None:
    """Why a fire is told of this raise; *known* is the point so far. None if it is nothing new."""
    if known is None:
        return ANOTHER_POINT
    return POINT_AGAIN if _is_back(known, event) else None


def _is_back(point: PointInFire, event: SignalHeard) -> bool:
    """Whether a point that was restored, or stood from before, raises fire: as new as another point."""
    return (point.carried or not point.standing) and not _is_older(event, point)


def _opened(event: SignalHeard, now: Micros) -> Incident:
    """A new incident, with the points that still stand from the last one as partners to confirm with."""
    heard = event.heard
    cause = (event.site.id, heard.gateway, heard.epoch, heard.signal.seq)
    number = incident_id(now, *cause, *((event.drill,) if event.drill else ()))
    return Incident(
        id=number,
        site=event.site,
        phase=Phase.SUSPECTED,
        reason=Why.FIRST_POINT_WAITING,
        opened_at=now,
        points=_carried(point for point in event.standing if point.key != _key(event)),
        part=event.part,
        exercise=event.drill,
    )


def _carried(standing: Iterable[PointInFire]) -> dict[str, PointInFire]:
    """Points that were told of in an earlier incident, by their keys."""
    return {
        each.key: msgspec.structs.replace(each, due=None, reported=True, carried=True)
        for each in standing
    }


def _joining(event: SignalHeard) -> PointInFire:
    heard, subject, signal = event.heard, event.subject, event.heard.signal
    return PointInFire(
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
        due=_due(event),
        rule=subject.rule,
        alone=subject.alone,
        waits_from=heard.happened_at,
        quantities=(signal.quantity,) if signal.quantity else (),
        restored_at=heard.restored_at,
        happened_at=heard.happened_at,
        committed_at=signal.committed_at,
    )


def _again(point: PointInFire, event: SignalHeard) -> PointInFire:
    """A point that raises fire once more: its wait is not made longer by that.

    One that was restored since somebody was told of it waits and is told anew.
    """
    happened_at = event.heard.happened_at
    raised = tuple(sorted((*point.raised, happened_at)))[-RAISES_KEPT:]
    is_back = _is_back(point, event)
    reported = point.reported and not is_back
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
    if _is_older(event, point):
        return msgspec.structs.replace(point, **known)
    return msgspec.structs.replace(_joining(event), **known, reported=reported)


def _is_older(event: SignalHeard, point: PointInFire) -> bool:
    """Whether the signal was overtaken by a later one of the same point.

    Numbers tell that within an epoch; between epochs only the times do, and equal ones are not older.
    """
    heard = event.heard
    if heard.epoch == point.epoch:
        return heard.signal.seq < point.seq
    return (heard.happened_at, heard.signal.committed_at) < (point.happened_at, point.committed_at)


def _stood(point: PointInFire, until: Micros) -> Micros:
    """For how long the point stood *until* it was restored, since it raised fire last."""
    began = max((each for each in (point.waits_from, *point.returns) if each <= until), default=until)
    return until - began


def _due(event: SignalHeard) -> Micros:
    """When the point's wait ends: its window, or a grace where it was long over at the receipt."""
    heard, waits = event.heard, wait(event.subject.rule)
    earliest = heard.received_at + min(event.late_grace, waits)
    return max(heard.happened_at + waits, earliest)


def _suspected(
    incident: Incident, point: PointInFire, *, why: Why, event: SignalHeard, now: Micros, is_new: bool
) -> Decision:
    effects: list[Effect] = [Entry(Mark.SUSPECTED, why.value, {**named(point), **policy_of(incident)})]
    if is_new:
        effects.append(Notice(why.value))
    told = incident
    if isinstance(point.rule, TELLS_AT_ONCE) and not incident.suspicion_told:
        notify = incident.site.stages[0].notify
        told = incident.having(suspicion_told=True, told=also(incident.told, notify))
        cause = cause_of(event.heard)
        effects += deliver(told, notify, told=Told.SUSPECTED, reason=why.value, now=now, cause=cause)
    return told, effects + window_deadline(told)


def _joined_a_fire(
    incident: Incident, point: PointInFire, *, event: SignalHeard, now: Micros, news: str | None
) -> Decision:
    points = {**incident.points, **decided([point])}
    if news is None:
        return incident.having(points=points), [Entry(Mark.POINT, "same_point_again", named(point))]
    wider = incident.having(points=points, spreads=incident.spreads + 1)
    cause, turn = cause_of(event.heard), wider.spreads
    after, stages = spread_stages(wider, now)
    return after, [
        Entry(Mark.SPREAD, news, named(point)),
        *deliver(
            wider,
            wider.told,
            told=Told.SPREAD,
            reason=news,
            now=now,
            cause=cause,
            turn=turn,
            minor=_is_minor(incident, point),
        ),
        *stages,
    ]


def _is_minor(incident: Incident, point: PointInFire) -> bool:
    """Return whether *point* says no more than another detector of a zone that burns already."""
    burning = {each.zone for each in incident.points.values() if each.key != point.key}
    return point.detector not in _BY_HAND and point.zone is not None and point.zone in burning


def _restored(incident: Incident | None, event: SignalHeard) -> Decision:
    """A point is restored: that is recorded, and never ends a confirmed fire."""
    point = incident.points.get(_key(event)) if incident else None
    if incident is None or point is None or _is_older(event, point):
        return incident, []
    heard = event.heard
    restored = msgspec.structs.replace(
        point,
        restored_at=heard.happened_at,
        stood=point.stood + (_stood(point, heard.happened_at) if point.standing else 0),
        epoch=heard.epoch,
        seq=heard.signal.seq,
        happened_at=heard.happened_at,
        committed_at=heard.signal.committed_at,
    )
    after = incident.having(points={**incident.points, point.key: restored})
    return after, [Entry(Mark.POINT, "restored", named(point))]
