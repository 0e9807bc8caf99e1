"""Reads and writes duties, within one transaction of the caller."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from datetime import date

from sqlalchemy import Connection, delete, exists, insert, select, update

from contract.times import Micros
from duties.domain.days import day_number, numbered_day
from duties.domain.declared import EarlierDeclaration, declared_events
from duties.domain.due import DutyItem
from duties.domain.events import (
    CountedEvent,
    DutyEvent,
    DutySource,
    DutyStanding,
    NewDutyEvent,
    standing_of,
)
from duties.domain.plan import PremisesPlan
from duties.rows import counted_event, event_of, item_row, premises_row, standing_in
from duties.tables import duty_events, duty_items, duty_points, duty_premises, duty_progress
from runtime.prepared import DriverConnection


class DutyStore:
    """The duties in the database of *connection*."""

    def __init__(self, connection: Connection | DriverConnection) -> None:
        self._db = connection.connection if isinstance(connection, DriverConnection) else connection

    # -- events

    def record(self, event: NewDutyEvent, plan: PremisesPlan, now: Micros) -> int | None:
        """Store *event* and what its duty comes to; return its number, None if it is stored already."""
        if event.source_id is not None and self._is_entered(event):
            return None
        number = self._add(event, now)
        self.follow_events(plan, event.duty)
        return number

    def _add(self, event: NewDutyEvent, now: Micros) -> int:
        values = {name: getattr(event, name) for name in _PLAIN} | {
            "done_on": day_number(event.done_on),
            "good_until": None if event.good_until is None else day_number(event.good_until),
            "outcome": event.outcome.value,
            "source": event.source.value,
            "recorded_at": now,
        }
        added = self._db.execute(insert(duty_events).values(values).returning(duty_events.c.id))
        return int(added.scalar_one())

    def _is_entered(self, event: NewDutyEvent) -> bool:
        query = select(duty_events.c.id).where(
            duty_events.c.premises == event.premises,
            duty_events.c.duty == event.duty,
            duty_events.c.source_id == event.source_id,
        )
        return self._db.execute(query).first() is not None

    def events(self, premises: str, duty: str | None = None) -> list[DutyEvent]:
        """Return all events of *premises*, or of one *duty*, as they were recorded."""
        query = select(duty_events).where(duty_events.c.premises == premises)
        if duty is not None:
            query = query.where(duty_events.c.duty == duty)
        return [event_of(row) for row in self._db.execute(query.order_by(duty_events.c.id))]

    def event(self, number: int) -> DutyEvent | None:
        """Return the event *number*."""
        row = self._db.execute(select(duty_events).where(duty_events.c.id == number)).first()
        return None if row is None else event_of(row)

    def correction_of(self, number: int) -> int | None:
        """Return the event that corrects *number*; None where none does."""
        query = select(duty_events.c.id).where(duty_events.c.corrects == number)
        found: int | None = self._db.scalar(query)
        return found

    # -- what events come to

    def follow_events(self, plan: PremisesPlan, duty: str) -> None:
        """Store anew what the events of *duty* come to."""
        standing = standing_of(self.events(plan.premises, duty))
        self._forget_items(plan.premises, [duty])
        self._add_items([plan.item(duty, standing)] if duty in plan.rules.by_duty else [])

    def follow_plans(
        self, plans: Collection[PremisesPlan], *, version: int, today: date, now: Micros
    ) -> int:
        """Store the duties of those *plans* that are not stored as they are now; return how many."""
        changed = self.changed(plans)
        if changed:
            anew = self._enter_declared(changed, version=version, today=today, now=now)
            standings = self._standings_of(changed, anew)
            names = [each.premises for each in changed]
            self._forget_all(names)
            self._add_items(item for each in changed for item in each.items(standings[each.premises]))
            self._db.execute(insert(duty_premises), [premises_row(each) for each in changed])
        return len(changed)

    def changed(self, plans: Collection[PremisesPlan]) -> list[PremisesPlan]:
        """Return those of *plans* that are not stored as they are now."""
        stored = self._made_from([each.premises for each in plans])
        return [each for each in plans if stored.get(each.premises) != each.digest]

    def _enter_declared(
        self, plans: Collection[PremisesPlan], *, version: int, today: date, now: Micros
    ) -> set[tuple[str, str]]:
        """Store what the registry says anew; return the premises and duties with new events."""
        known, anew = self._of_registry([each.premises for each in plans]), set[tuple[str, str]]()
        for plan in plans:
            before = known.get(plan.premises, {})
            for event in declared_events(plan, before, version=version, today=today):
                if not self._is_entered(event):
                    self._add(event, now)
                anew.add((plan.premises, event.duty))
        return anew

    def premises_beside(self, kept: Collection[str]) -> list[str]:
        """Return the premises with stored duties that are not among those *kept*."""
        there = set(self._db.execute(select(duty_premises.c.premises)).scalars())
        return sorted(there.difference(kept))

    def forget_premises(self, names: Iterable[str]) -> None:
        """Forget the duties of the premises *names*; their events stay."""
        gone = list(names)
        for first in range(0, len(gone), NAMES_AT_ONCE):
            self._forget_all(gone[first : first + NAMES_AT_ONCE])

    def _forget_all(self, names: list[str]) -> None:
        for table in (duty_items, duty_premises):
            self._db.execute(delete(table).where(table.c.premises.in_(names)))

    def standings(self, premises: str, until: date | None = None) -> dict[str, DutyStanding]:
        """Return what the events of each duty of *premises* come to, of those done by *until*."""
        found: dict[str, list[DutyEvent]] = defaultdict(list)
        for each in self.events(premises):
            if until is None or each.done_on <= until:
                found[each.duty].append(each)
        return {duty: standing_of(events) for duty, events in found.items()}

    def standings_of(self, plan: PremisesPlan) -> dict[str, DutyStanding]:
        """Return the standing of each duty: as it is stored, from its events where it is not."""
        return self._standings_of([plan], ())[plan.premises]

    def _standings_of(
        self, plans: Collection[PremisesPlan], anew: Collection[tuple[str, str]]
    ) -> dict[str, dict[str, DutyStanding]]:
        """Return the standings of each of *plans*; those of *anew* from their events in any case."""
        names, found = [each.premises for each in plans], defaultdict[str, dict[str, DutyStanding]](dict)
        for row in self._db.execute(select(duty_items).where(duty_items.c.premises.in_(names))):
            found[row.premises][row.duty] = standing_in(row)
        unknown = {
            (each.premises, duty)
            for each in plans
            for duty in each.rules.by_duty
            if (each.premises, duty) in anew or duty not in found[each.premises]
        }
        for (premises, duty), events in self._counted(unknown).items():
            found[premises][duty] = standing_of(events)
        return found

    def _counted(self, wanted: Set[tuple[str, str]]) -> dict[tuple[str, str], list[CountedEvent]]:
        """Return the events of each of the premises and duties *wanted*."""
        found: dict[tuple[str, str], list[CountedEvent]] = {each: [] for each in wanted}
        query = select(*_COUNTED).where(duty_events.c.premises.in_({each for each, _ in wanted}))
        for row in self._db.execute(query) if wanted else ():
            if (events := found.get((row[1], row[2]))) is not None:
                events.append(counted_event(row))
        return found

    def standing(self, premises: str, duty: str) -> DutyStanding | None:
        """Return what the events of *duty* come to, as it is stored; None where it is no duty here."""
        row = self._db.execute(
            select(duty_items).where(duty_items.c.premises == premises, duty_items.c.duty == duty)
        ).first()
        return None if row is None else standing_in(row)

    def _of_registry(self, premises: list[str]) -> dict[str, dict[str, EarlierDeclaration]]:
        """Return the latest event of each duty of *premises* that a field of the registry led to."""
        later = duty_events.alias("later")
        corrected = exists(select(later.c.id).where(later.c.corrects == duty_events.c.id))
        query = (
            select(duty_events, corrected.label("is_corrected"))
            .where(duty_events.c.premises.in_(premises))
            .where(duty_events.c.source == DutySource.REGISTRY.value)
        )
        found = defaultdict[str, dict[str, EarlierDeclaration]](dict)
        for row in self._db.execute(query.order_by(duty_events.c.id)):
            found[row.premises][row.duty] = EarlierDeclaration(event_of(row), bool(row.is_corrected))
        return found

    def _made_from(self, premises: Iterable[str]) -> dict[str, str]:
        columns = duty_premises.c.premises, duty_premises.c.made_from
        query = select(*columns).where(duty_premises.c.premises.in_(list(premises)))
        return {row.premises: row.made_from for row in self._db.execute(query)}

    def _forget_items(self, premises: str, duties: Collection[str] | None = None) -> None:
        statement = delete(duty_items).where(duty_items.c.premises == premises)
        if duties is not None:
            statement = statement.where(duty_items.c.duty.in_(duties))
        self._db.execute(statement)

    def _add_items(self, items: Iterable[object]) -> None:
        rows = [item_row(each) for each in items if isinstance(each, DutyItem)]
        if rows:
            self._db.execute(insert(duty_items), rows)

    # -- points

    def proven(self, premises: str) -> dict[str, date]:
        """Return the last day on which live data proved each point of *premises*."""
        columns = duty_points.c.point, duty_points.c.proven_on
        query = select(*columns).where(duty_points.c.premises == premises)
        return {row.point: numbered_day(row.proven_on) for row in self._db.execute(query)}

    def prove_points(self, premises: str, days: Mapping[str, tuple[date, str]]) -> bool:
        """Store that live data proved points on *days*, each in an incident; return True for news."""
        before = self.proven(premises)
        news = {point: found for point, found in days.items() if before.get(point, date.min) < found[0]}
        for point, (day, incident) in news.items():
            key = {"premises": premises, "point": point}
            said = {"proven_on": day_number(day), "incident": incident}
            if point in before:
                of_point = duty_points.c.premises == premises, duty_points.c.point == point
                self._db.execute(update(duty_points).where(*of_point).values(said))
            else:
                self._db.execute(insert(duty_points).values(key | said))
        return bool(news)

    # -- progress

    def reached(self, name: str) -> int:
        """Return how far the work *name* came; 0 before its beginning."""
        query = select(duty_progress.c.reached).where(duty_progress.c.name == name)
        return int(self._db.scalar(query) or 0)

    def set_reached(self, name: str, reached: int) -> None:
        """Store how far the work *name* came."""
        self._db.execute(delete(duty_progress).where(duty_progress.c.name == name))
        self._db.execute(insert(duty_progress).values(name=name, reached=reached))


def is_evidence(connection: Connection, *, premises: str, file: str) -> bool:
    """Return whether an event of *premises* names *file*."""
    named = duty_events.c.premises == premises, duty_events.c.file == file
    return connection.execute(select(duty_events.c.id).where(*named).limit(1)).first() is not None


_COUNTED = tuple(
    duty_events.c[each]
    for each in ("id", "premises", "duty", "done_on", "outcome", "good_until", "corrects")
)
"""The columns that ``counted_event`` reads, in their order."""

NAMES_AT_ONCE = 500
"""Premises that one statement forgets."""

_PLAIN = ("premises", "duty", "by", "account", "role", "note", "file", "source_id", "corrects")
