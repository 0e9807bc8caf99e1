"""The whole registry as one frozen value, and its tables by name."""

from registry.model.contacts import Contact
from registry.model.places import Area, Gateway, Point, Premises, Zone
from registry.model.policies import Policy
from registry.model.rosters import Roster
from registry.model.rows import RegistryValue, Row
from registry.model.templates import MessageTemplate


class Registry(RegistryValue):
    """The whole registry; whether its parts fit together is for ``registry.domain.validation``."""

    areas: tuple[Area, ...] = ()
    premises: tuple[Premises, ...] = ()
    zones: tuple[Zone, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    points: tuple[Point, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rosters: tuple[Roster, ...] = ()
    policies: tuple[Policy, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()


TABLES: dict[str, type[Row]] = {
    "areas": Area,
    "premises": Premises,
    "zones": Zone,
    "gateways": Gateway,
    "points": Point,
    "contacts": Contact,
    "rosters": Roster,
    "policies": Policy,
    "templates": MessageTemplate,
}
"""The tables of a registry file, and the class of their rows."""
