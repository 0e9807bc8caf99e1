"""What becomes of a measure: it begins and ends; what a point on test says goes to the tester."""

from dataclasses import asdict, dataclass

from alerting.domain.decisions.notify import also, deliver
from alerting.domain.decisions.timeline import recorded
from alerting.domain.model.effects import CancelDeadline, Effect, Entry, Mark, SetDeadline, Told
from alerting.domain.model.events import Heard
from alerting.domain.model.fire import incident_id
from alerting.domain.model.incident import CaseKind, Outcome, Site
from alerting.domain.model.override import WARN_BEFORE, Measure, MeasurePhase, Tried
from contract.messages import Edge, Kind
from contract.times import Micros

END = "end"
"""The key of the deadline at which a measure ends, also where nobody ends it."""

WARN = "warn"
"""The key of the deadline at which the tester is told what still stands."""

TRIED_KEPT = 500
"""Signals of a test that are kept in its state; the ledger has all of them."""

Decision = tuple[Measure, list[Effect]]


@dataclass(frozen=True, slots=True)
class Order:
    """What a person orders; the fields are those of ``Measure``."""

    by: str
    begins: Micros
    ends: Micros
    zones: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tester: str | None = None
    note: str = ""


def order(site: Site, kind: CaseKind, ordered: Order, *, now: Micros) -> Decision:
    """The measure that begins by what was *ordered*."""
    number = incident_id(now, site.id, kind.value, ordered)
    measure = Measure(
        id=number,
        site=site,
        kind=kind,
        phase=MeasurePhase.ORDERED,
        reason="ordered",
        opened_at=now,
        part=number,
        **asdict(ordered),
    )
    data = {"by": ordered.by, "note": ordered.note, "until": ordered.ends}
    where = {"zones": list(ordered.zones), "points": list(ordered.points)}
    effects: list[Effect] = [
        Entry(Mark.MEASURE, kind.value, data | where),
        SetDeadline(END, ordered.ends),
    ]
    if kind is CaseKind.TEST and ordered.ends - WARN_BEFORE > now:
        effects.append(SetDeadline(WARN, ordered.ends - WARN_BEFORE))
    return measure, effects


def tried(measure: Measure, heard: Heard, now: Micros) -> Decision:
    """A point on test said something: the tester and the log learn that, and nobody else."""
    signal = heard.signal
    one = Tried(signal.name, signal.kind.value, signal.edge.value, heard.happened_at)
    after = measure.having(tried=(*measure.tried, one)[-TRIED_KEPT:])
    after, effects = _tell(after, "point_on_test", now)
    entry = Entry(Mark.TESTED, signal.reason, {"name": signal.name, "kind": signal.kind.value})
    return after, [*recorded(heard), entry, *effects]


def warn(measure: Measure, now: Micros) -> Decision:
    """The test is about to end: what still stands will be a fire then."""
    if measure.phase is MeasurePhase.CLOSED or not standing(measure):
        return measure, []
    return _tell(measure, "test_ends_soon", now)


def end(measure: Measure, *, by: str | None, now: Micros) -> Decision:
    """*by*, or time, ends it; a second time changes nothing."""
    if measure.phase is MeasurePhase.CLOSED:
        return measure, []
    reason = "expired" if by is None else "ended_by_operator"
    outcome = {CaseKind.TEST: Outcome.TEST, CaseKind.DRILL: Outcome.DRILL}.get(measure.kind)
    closed = measure.having(
        phase=MeasurePhase.CLOSED, reason=reason, closed_at=now, closed_by=by, outcome=outcome
    )
    after, effects = _tell(closed, reason, now)
    who = {} if by is None else {"by": by}
    said = Entry(Mark.CLOSED, reason, {"outcome": measure.kind.value, **who})
    return after, [said, CancelDeadline(END), CancelDeadline(WARN), *effects]


def standing(measure: Measure) -> tuple[str, ...]:
    """The points on test that raised fire, and were not restored."""
    last = {each.name: each.edge for each in measure.tried if each.kind == Kind.FIRE}
    return tuple(name for name, edge in last.items() if edge == Edge.RAISED)


def _tell(measure: Measure, reason: str, now: Micros) -> Decision:
    if measure.tester is None:
        return measure, []
    turn, notify = measure.turn + 1, (measure.tester,)
    after = measure.having(turn=turn, told=also(measure.told, notify))
    return after, deliver(after, notify, told=Told.TEST, reason=reason, now=now, turn=turn)
