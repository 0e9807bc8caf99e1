"""Checks that all who are named can be notified: contacts, rosters, teams, the people of premises."""

from collections.abc import Iterable, Iterator
from datetime import date

from registry.domain.index import Index
from registry.domain.partial import unknown_people
from registry.domain.sourced import Sourced
from registry.model.areas import Area
from registry.model.contacts import Contact
from registry.model.places import Premises
from registry.model.policies import (
    AREA,
    CIRCLES,
    COMMAND_CENTER,
    PREMISES,
    Policy,
    PolicyStage,
    StageCondition,
)
from registry.model.rosters import Roster
from registry.model.rows import Row

NUMBERS_OF_PREMISES = 3
"""Fewest numbers to call at each premises, by the national practice of Viet Nam."""

_ADD_A_TEAM = "add one to [[areas]]"

RESERVED = CIRCLES | {COMMAND_CENTER}


def contact_problems(sourced: Sourced, known: dict[str, set[str]]) -> Iterator[str]:
    """Yield every error about contacts, one sentence each; *known* are the keys of each table."""
    people = _People(sourced, known)
    yield from people.taken_names()
    for table in ("policies", "rosters", "areas", "premises"):
        for where, row in sourced.rows(table):
            yield from people.of_row(where, row)
    for part in sourced.partial:
        yield from unknown_people(part, known, words=RESERVED)


class _People:
    def __init__(self, sourced: Sourced, known: dict[str, set[str]]) -> None:
        self._sourced = sourced
        self._known = known
        self._index = Index(sourced.registry)
        self._contacts = {each.id: each for each in sourced.registry.contacts}
        self._policies = {each.id: each for each in sourced.registry.policies}

    def of_row(self, where: str, row: Row) -> Iterator[str]:
        """Every mistake in *row*, which stands at *where*."""
        match row:
            case Policy():
                yield from self._of_policy(where, row)
            case Roster():
                yield from self._of_roster(where, row)
            case Premises():
                yield from self._of_premises(where, row)
            case Area():
                yield from self._contacts_all(f"{where}, team", row.team)
                yield from self._contacts_all(f"{where}, people", row.people)

    def taken_names(self) -> Iterator[str]:
        """Check that a name in a stage stands for one thing."""
        for table in ("contacts", "rosters"):
            for where, row in self._sourced.rows(table):
                if row.id in RESERVED:
                    yield f"{where}: {row.id!r} has a meaning of its own in stages; choose another id"
        for where, row in self._sourced.rows("rosters"):
            if row.id in self._known["contacts"]:
                yield f"{where}: a contact has this id too; give one of them another"

    def _of_policy(self, where: str, policy: Policy) -> Iterator[str]:
        """Check that each stage names somebody who can be notified by its channels."""
        for number, stage in enumerate(policy.stages, start=1):
            for name in stage.notify:
                if name not in RESERVED and name not in self._known["rosters"]:
                    yield from self._contact(f"{where}, stage {number}", name)
            yield from self._channels(f"{where}, stage {number}", stage)
        if policy.stages and policy.stages[0].when is not StageCondition.NOT_TAKEN:
            text = "a confirmed fire is sent at once, whatever else holds; remove when"
            yield f"{where}, stage 1: {text}"

    def _channels(self, where: str, stage: PolicyStage) -> Iterator[str]:
        for name in stage.notify:
            has = set(self._contacts[name].addresses) if name in self._contacts else set()
            if has and stage.channels and not has & set(stage.channels):
                wanted = ", ".join(stage.channels)
                yield f"{where}: {name!r} has none of the channels {wanted}; give it one of them"

    def _of_roster(self, where: str, roster: Roster) -> Iterator[str]:
        """Check that each shift names somebody; uncovered times are found by ``reachability``."""
        for number, shift in enumerate(roster.shifts, start=1):
            yield from self._on_duty(f"{where}, shift {number}", shift.who)
        for number, instead in enumerate(roster.exceptions, start=1):
            at = f"{where}, exception {number}"
            yield from self._on_duty(at, instead.who)
            if instead.end <= instead.begin:
                yield f"{at}: it ends before it begins; correct its end"

    def _on_duty(self, where: str, who: tuple[str, ...]) -> Iterator[str]:
        if not who:
            yield f"{where}: it names nobody; add a contact to who"
        yield from self._contacts_all(where, who)

    def _of_premises(self, where: str, row: Premises) -> Iterator[str]:
        """Check that premises have people, and their area a team, if a policy names them."""
        yield from self._contacts_all(f"{where}, people", row.people)
        named = {name for policy in self._followed(row) for s in policy.stages for name in s.notify}
        all_read = all(name in self._contacts for name in row.people)
        numbers = self._numbers(row.people)
        if all_read and PREMISES in named and len(numbers) < NUMBERS_OF_PREMISES:
            needs = (
                f"people have {len(numbers)} numbers and addresses of the {NUMBERS_OF_PREMISES} needed"
            )
            yield f"{where}: its policy notifies the premises, whose {needs}; add to them"
        if AREA in named and self._areas_read(row.area):
            yield from self._without_team(where, row)

    def _without_team(self, where: str, row: Premises) -> Iterator[str]:
        """Yield the first day, if any, on which the area of *row* has no team."""
        for day in self._index.area_history.days_since(row.area):
            if not self._index.area_team(row.id, day):
                when = "" if day == date.min else f" on {day}"
                yield f"{where}: its policy notifies the area, which has no team{when}; {_ADD_A_TEAM}"
                return

    def _areas_read(self, area: str | None) -> bool:
        """Return whether *area* and all that hold it could be read, so that a lack is a lack."""
        if any(table in {"areas", "successions", "memberships"} for table, _ in self._sourced.broken):
            return False
        parents = {each.id: each.parent for each in self._sourced.registry.areas}
        seen: set[str] = set()
        while area is not None and area not in seen:
            if area not in parents:
                return False
            seen.add(area)
            area = parents[area]
        return True

    def _followed(self, row: Premises) -> Iterator[Policy]:
        return (self._policies[name] for name in self._index.followed(row))

    def _numbers(self, people: Iterable[str]) -> set[str]:
        contacts = (self._contacts[name] for name in people if name in self._contacts)
        return {address for each in contacts for address in each.addresses.values()}

    def _contacts_all(self, where: str, names: Iterable[str]) -> Iterator[str]:
        """Check that all *names* are contacts that can be notified."""
        for name in names:
            yield from self._contact(where, name)

    def _contact(self, where: str, name: str) -> Iterator[str]:
        contact: Contact | None = self._contacts.get(name)
        if contact is not None and not contact.addresses:
            yield f"{where}: contact {name!r} has no channel; give it one or name somebody else"
        elif name not in self._known["contacts"] and name != COMMAND_CENTER:
            yield f"{where}: {name!r} is not in [[contacts]]; add it there or correct the name"
