"""The whole registry as one frozen value, and its tables by name."""

from registry.model.areas import Area, Membership, Succession
from registry.model.contacts import Contact
from registry.model.duty_rules import DutyRule
from registry.model.facilities import AccessRoad, Building, Document, FireSystem, Floor, Position
from registry.model.places import Gateway, Point, Premises, Zone
from registry.model.policies import Policy
from registry.model.procedures import ProcedureStep
from registry.model.resources import AreaCoverage, Means, Unit, WaterSource
from registry.model.rosters import Roster
from registry.model.rows import RegistryValue, Row
from registry.model.templates import MessageTemplate


class Registry(RegistryValue):
    """The whole registry; whether its parts fit together is for ``registry.domain.validation``."""

    areas: tuple[Area, ...] = ()
    successions: tuple[Succession, ...] = ()
    premises: tuple[Premises, ...] = ()
    zones: tuple[Zone, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    points: tuple[Point, ...] = ()
    buildings: tuple[Building, ...] = ()
    floors: tuple[Floor, ...] = ()
    positions: tuple[Position, ...] = ()
    roads: tuple[AccessRoad, ...] = ()
    systems: tuple[FireSystem, ...] = ()
    documents: tuple[Document, ...] = ()
    memberships: tuple[Membership, ...] = ()
    water: tuple[WaterSource, ...] = ()
    units: tuple[Unit, ...] = ()
    coverages: tuple[AreaCoverage, ...] = ()
    means: tuple[Means, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rosters: tuple[Roster, ...] = ()
    policies: tuple[Policy, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()
    duty_rules: tuple[DutyRule, ...] = ()
    procedures: tuple[ProcedureStep, ...] = ()


TABLES: dict[str, type[Row]] = {
    "areas": Area,
    "successions": Succession,
    "premises": Premises,
    "zones": Zone,
    "gateways": Gateway,
    "points": Point,
    "buildings": Building,
    "floors": Floor,
    "positions": Position,
    "roads": AccessRoad,
    "systems": FireSystem,
    "documents": Document,
    "memberships": Membership,
    "water": WaterSource,
    "units": Unit,
    "coverages": AreaCoverage,
    "means": Means,
    "contacts": Contact,
    "rosters": Roster,
    "policies": Policy,
    "templates": MessageTemplate,
    "duty_rules": DutyRule,
    "procedures": ProcedureStep,
}
"""The tables of a registry file, and the class of their rows."""
