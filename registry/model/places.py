"""Premises, zones, gateways and points: the places that a fire alarm names."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from registry.model.facilities import Facility, Latitude, Longitude
from registry.model.rows import Label, LocalRow, Row
from registry.model.rules import DEFAULT_RULES, FIGURES, RuleKind
from runtime.names import Name


class PointKind(StrEnum):
    """The kind of a point."""

    SMOKE = "smoke"
    HEAT = "heat"
    CO = "co"
    MULTI = "multi"
    MANUAL = "manual"
    LEVEL = "level"
    FLOW = "flow"


class Premises(Row):
    """A supervised place; without a *policy* its fires go to the command center alone.

    *area* holds it in the days of that area; on other days its successors and predecessors do, and rows
    of the table ``memberships`` say where these leave a choice.

    *people* are those who command there before the police arrive, in this order: its head, the leader
    of its fire team, a delegate. Unconfirmed fires, faults and supervisory signals have policies of
    their own; without one the first stage of *policy* is notified of an unconfirmed fire, and the
    command center of the rest. *facility* is what a commander needs to know, by form PC01.
    """

    name: Label
    address: str = Field("", max_length=500)
    area: Name | None = None
    people: tuple[Name, ...] = ()
    policy: Name | None = None
    unconfirmed_policy: Name | None = None
    fault_policy: Name | None = None
    supervisory_policy: Name | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    facility: Facility | None = None


class Zone(LocalRow):
    """A part of premises whose points confirm one another, by *rule* and by those figures it has.

    Without a rule it is type B; but a detector with no other in its room, whom nothing could confirm
    behind a closed door, is verified. *confirmed_with* names other zones of the premises whose points
    confirm them too. A *building* of its own has incidents of its own.
    """

    name: Label
    building: Name | None = None
    rule: RuleKind | None = None
    confirmed_with: tuple[Name, ...] = ()
    window_s: float | None = Field(None, ge=1.0, le=600.0)
    hold_s: float | None = Field(None, ge=1.0, le=3_600.0)
    retard_s: float | None = Field(None, ge=1.0, le=60.0)
    confirm_s: float | None = Field(None, ge=60.0, le=600.0)
    # VDE 0833-2 allows 30 s.
    acknowledge_s: float | None = Field(None, ge=1.0, le=30.0)
    investigate_s: float | None = Field(None, ge=1.0, le=180.0)

    @property
    def rules(self) -> tuple[RuleKind, ...]:
        """The rules by which its points may be confirmed; the first one is for points with partners."""
        return DEFAULT_RULES if self.rule is None else (self.rule,)

    def figure(self, name: str, rule: RuleKind | None = None) -> float:
        """Return the figure *name* of *rule*, or of the first rule; a window never outlasts its hold."""
        usual = FIGURES[rule or self.rules[0]][name]
        given: float | None = getattr(self, name)
        if name == "hold_s":
            return max(self.figure("window_s", rule), usual if given is None else given)
        return usual if given is None else given


class Gateway(LocalRow):
    """A transceiver on site."""

    name: Label


class Point(LocalRow):
    """A detector, call point or panel input; *place* describes its position for a person.

    *room* is its room, which a door may close; without one, *place* counts as the room. *address* is the
    one on its line, *supervision* the class in which its maker says how it is watched.
    """

    zone: Name
    gateway: Name
    kind: PointKind
    place: str = Field("", max_length=200)
    room: Label | None = None
    make: str = Field("", max_length=100)
    model: str = Field("", max_length=100)
    serial: str = Field("", max_length=100)
    address: str = Field("", max_length=100)
    installed_on: date | None = None
    tested_on: date | None = None
    supervision: str = Field("", max_length=50)
