"""One premises with all its rows: the unit in which a registry is stored, compared and looked up."""

from registry.model.places import Gateway, Point, Premises, Zone
from registry.model.rows import RegistryValue


class PremisesRecord(RegistryValue):
    """The row of one premises, and its zones, gateways and points.

    *premises* is missing where only other rows name it, which an import refuses.
    """

    premises: Premises | None = None
    zones: tuple[Zone, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def rows(self) -> int:
        """The number of rows."""
        return 1 + len(self.zones) + len(self.gateways) + len(self.points)


LOCAL_TABLES = ("zones", "gateways", "points")
"""The tables whose rows belong to premises."""

OF_PREMISES = ("premises", *LOCAL_TABLES)
"""The tables that a record holds; all others are shared by all premises."""
