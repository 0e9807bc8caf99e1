"""Looks up the rows of a registry; one that is not registered has an answer of its own."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contract.ids import GatewayKey
from contract.times import Micros
from registry.domain.area_history import UnitOfDay, UnitReason
from registry.domain.local_days import local_day_at
from registry.domain.place_outline import PremisesLabel
from registry.domain.places import Places, PlacesAtHand
from registry.domain.rosters import on_duty
from registry.domain.shared_tables import SharedTables, shared_rows
from registry.model.areas import Area
from registry.model.contacts import Contact
from registry.model.places import Gateway, Point, Premises, Zone
from registry.model.policies import Policy
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from registry.model.rosters import Roster
from registry.model.templates import NotificationKind


@dataclass(frozen=True, slots=True)
class Unregistered:
    """The answer for a *what* that is not registered; the caller must act all the same."""

    what: str
    name: str


class Index:
    """One registry, indexed for lookups that take the same time however large it is.

    *places* holds the premises where *registry* has only what they share; *shared* has the latter where
    it is at hand.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        version: int = 0,
        places: Places | None = None,
        shared: SharedTables | None = None,
    ) -> None:
        tables = shared or shared_rows(registry)
        self.version = version
        self.shared = tables.registry
        self._places: Places = PlacesAtHand(registry) if places is None else places
        self._contacts: Mapping[str, Contact] = tables.rows["contacts"]
        self._rosters: Mapping[str, Roster] = tables.rows["rosters"]
        self._policies: Mapping[str, Policy] = tables.rows["policies"]
        templates = tables.registry.templates
        self._templates = {(each.event, each.language): each.text for each in templates}
        self.area_history = tables.area_history

    def has_same_rows(self, premises: str, other: "Index") -> bool:
        """Return whether *premises* have the same rows here as in *other*; none of them is decoded."""
        return bool(self._places.content(premises) == other._places.content(premises))

    def premises(self, name: str) -> Premises | Unregistered:
        """Return the premises *name*."""
        return self._row(name) or Unregistered("premises", name)

    def record(self, premises: str) -> PremisesRecord:
        """Return all rows of *premises*; an empty record where they are not registered."""
        return self._places.place(premises).record

    def zone(self, premises: str, name: str) -> Zone | Unregistered:
        """Return the zone *name* of *premises*."""
        return self._places.place(premises).zones.get(name) or Unregistered("zone", name)

    def point(self, premises: str, name: str) -> Point | Unregistered:
        """Return the point *name* of *premises*, whichever gateway reports it."""
        return self._places.place(premises).points.get(name) or Unregistered("point", name)

    def points_of(self, premises: str) -> dict[str, Point]:
        """Return the points of *premises*, by name."""
        return dict(self._places.place(premises).points)

    def zones_of_points(self, premises: str) -> dict[str, str]:
        """Return the zone of each point of *premises*."""
        return {name: each.zone for name, each in self._places.place(premises).points.items()}

    def gateway(self, premises: str, name: str) -> Gateway | Unregistered:
        """Return the gateway *name* of *premises*."""
        return self._places.place(premises).gateways.get(name) or Unregistered("gateway", name)

    def gateway_keys(self) -> Iterable[GatewayKey]:
        """Return the key of every gateway."""
        return self._places.gateway_keys()

    def people(self) -> frozenset[str]:
        """Return the contacts who are people of any premises."""
        return self._places.people()

    def areas_of_premises(self) -> Mapping[str, str | None]:
        """Return the area of every registered premises, None where they are in none."""
        return self._places.areas()

    def labels(self) -> Mapping[str, PremisesLabel]:
        """Return the name and the place of every registered premises."""
        return self._places.labels()

    def contacts(self) -> Iterable[Contact]:
        """Return all contacts."""
        return self._contacts.values()

    def contact(self, name: str) -> Contact | Unregistered:
        """Return the contact *name*."""
        return self._contacts.get(name) or Unregistered("contact", name)

    def on_duty(self, name: str, moment: datetime) -> tuple[str, ...] | None:
        """Return the contacts on duty by the roster *name* at *moment*; None if there is none."""
        roster = self._rosters.get(name)
        return None if roster is None else on_duty(roster, moment)

    def roster(self, name: str) -> Roster | Unregistered:
        """Return the roster *name*."""
        return self._rosters.get(name) or Unregistered("roster", name)

    def areas(self) -> Iterable[Area]:
        """Return all areas, of all days."""
        return self.area_history.areas.values()

    def unit_of(self, premises: str, day: date) -> UnitOfDay:
        """Return the area that *premises* belong to on *day*, or those that they may belong to."""
        named = self._places.memberships().get(premises, ())
        return self.area_history.unit_of(self._places.areas().get(premises), day, named)

    def premises_with_memberships(self) -> Collection[str]:
        """Return the premises whose areas memberships name."""
        return self._places.memberships().keys()

    def unit_of_incident(self, stored: str | None, premises: str, opened_at: Micros) -> UnitOfDay:
        """Return the area of an incident on the day when it opened.

        It is the one *stored* with it, or derived where none was: before areas had days, or where it
        could not be told then and can be now.
        """
        if stored is not None:
            return UnitOfDay((stored,), UnitReason.NAMED)
        return self.unit_of(premises, local_day_at(opened_at))

    def areas_above(self, premises: str, day: date) -> Iterator[str]:
        """Yield the areas that hold *premises* on *day*, the nearest first."""
        return self.area_history.upwards(self.unit_of(premises, day).areas, day)

    def area_team(self, premises: str, day: date) -> tuple[str, ...]:
        """Return the team on *day* of the nearest area of *premises* that has one.

        Where it cannot be told which area that is, the teams of all that it may be.
        """
        return self.area_history.team_of(self.unit_of(premises, day).areas, day)

    def template(self, event: str, language: str) -> str | None:
        """Return the text about *event* in *language*; None where the built-in one is used."""
        return self._templates.get((NotificationKind(event), language))

    def policy_named(self, name: str) -> Policy | Unregistered:
        """Return the policy *name*."""
        return self._policies.get(name) or Unregistered("policy", name)

    def policy(self, premises: str, about: str = "policy") -> Policy | Unregistered:
        """Return the policy of *premises* for fires, or for another key *about* of its row.

        Unregistered too where the premises name no such policy.
        """
        place = self._row(premises)
        name: str | None = getattr(place, about) if place else None
        return self._policies.get(name or "") or Unregistered("policy", name or "")

    def followed(self, place: Premises) -> Iterator[str]:
        """Yield the policies of *place* for all events, with the levels that follow them."""
        for about in ("policy", "unconfirmed_policy", "fault_policy", "supervisory_policy"):
            level, seen = self._policies.get(getattr(place, about) or ""), set[str]()
            while level is not None and level.id not in seen:
                seen.add(level.id)
                yield level.id
                level = self._policies.get(level.then or "")

    def is_alone(self, point: Point) -> bool:
        """Return whether no other detector that may confirm *point* hangs in its room."""
        place = self._places.place(point.premises)
        zone = place.zones.get(point.zone)
        return zone is not None and point.id in place.alone(zone)

    def partners(self, point: Point) -> tuple[Point, ...]:
        """Return the points that may confirm a fire of *point*: of its zone and of zones beside it."""
        place = self._places.place(point.premises)
        zone = place.zones.get(point.zone)
        zones = [point.zone, *(zone.confirmed_with if zone else ())]
        near = (each for name in zones for each in place.in_zone.get(name, ()))
        return tuple(each for each in near if each.id != point.id)

    def _row(self, premises: str) -> Premises | None:
        return self._places.place(premises).premises
