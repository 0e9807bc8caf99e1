"""Points that stand in fire while no open incident has them: found, told, and counted."""

from collections.abc import Iterable, Sequence

from alerting.domain.model.events import TroubleFound
from alerting.domain.model.incident import Incident, IncidentKind, PremisesSnapshot
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Condition
from alerting.domain.notification.policy import POLICY_OF, trouble_policy_of
from alerting.domain.watch import standing_alarm
from alerting.domain.watch.standing_alarm import UnattendedPoint, attended_points, is_standing_alarm
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.store import Store
from contract.messages import Edge
from contract.times import Micros
from registry.domain.index import Index, Unregistered


def follow_unattended(work: UnitOfWork, index: Index) -> None:
    """Begin and end the standing alarms of those premises at which something changed."""
    for premises in sorted(work.unattended):
        work.load({premises})
        stands = _stands(work.store, premises)
        found = standing_alarm.standing_alarm_changes(
            stands,
            attended=attended_points(work.fires(premises)),
            on_test=_on_test(stands, work.overrides(premises), index, premises=premises, now=work.now),
            told=[
                each
                for case in work.troubles(premises)
                if is_standing_alarm(case)
                for each in case.standing
            ],
            now=work.now,
        )
        told = trouble_policy_of(index, premises, POLICY_OF[IncidentKind.FAULT])
        site = standing_alarm.standing_alarm_policy(told)
        for edge in Edge:
            _find(work, site, [condition for condition, its in found if its is edge], edge)


def _find(work: UnitOfWork, site: PremisesSnapshot, conditions: Sequence[Condition], edge: Edge) -> None:
    """Tell of all *conditions* together: one message names all points that a closing left in alarm."""
    if conditions:
        first, *more = conditions
        found = TroubleFound(first, site, edge, part=standing_alarm.PART, more=tuple(more))
        work.find(found)


def count_unattended(store: Store, index: Index, *, premises: str, gateway: str, now: Micros) -> int:
    """Return how many points of a gateway stand in fire that nothing open is about."""
    stands = [each for each in _stands(store, premises) if each.gateway == gateway]
    if not stands:
        return 0
    cases = store.open_cases(premises)
    attended = attended_points(cases) | _on_test(stands, cases, index, premises=premises, now=now)
    return len({each.key for each in stands} - attended)


def _stands(store: Store, premises: str) -> list[UnattendedPoint]:
    return [
        UnattendedPoint(each.gateway, each.name, each.since) for each in store.conditions.fires(premises)
    ]


def _on_test(
    stands: Iterable[UnattendedPoint],
    cases: Sequence[Incident],
    index: Index,
    *,
    premises: str,
    now: Micros,
) -> set[str]:
    """The keys of the points whose fires are a test by now, which a tester is told of."""
    tests = [
        each
        for each in cases
        if isinstance(each, Override) and each.kind is IncidentKind.TEST and each.holds_at(now)
    ]
    found: set[str] = set()
    for stand in stands if tests else ():
        point = index.point(premises, stand.name)
        if isinstance(point, Unregistered):
            zone = None
        elif point.gateway == stand.gateway:
            zone = point.zone
        else:
            continue  # another point, which nobody registered and nobody put on test
        if any(test.covers(stand.name, zone) for test in tests):
            found.add(stand.key)
    return found
