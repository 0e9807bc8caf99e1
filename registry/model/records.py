"""One premises with all its rows: the unit in which a registry is stored, compared and looked up."""

from registry.model.areas import Membership
from registry.model.facilities import AccessRoad, Building, Document, FireSystem, Floor, Position
from registry.model.places import Gateway, Point, Premises, Zone
from registry.model.rows import RegistryValue


class PremisesRecord(RegistryValue):
    """The row of one premises, and the rows of all tables that belong to it.

    *premises* is missing where only other rows name it, which an import refuses.
    """

    premises: Premises | None = None
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

    @property
    def rows(self) -> int:
        """The number of rows."""
        return 1 + sum(len(getattr(self, table)) for table in LOCAL_TABLES)


LOCAL_TABLES = (
    "zones",
    "gateways",
    "points",
    "buildings",
    "floors",
    "positions",
    "roads",
    "systems",
    "documents",
    "memberships",
)
"""The tables whose rows belong to premises."""

OF_PREMISES = ("premises", *LOCAL_TABLES)
"""The tables that a record holds; all others are shared by all premises."""
