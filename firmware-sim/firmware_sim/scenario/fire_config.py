"""The tables of a scenario about fire: rooms, the doors between them, and fires.

The bounds of the figures stand in validation.py, so that all errors are reported at once.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from firmware_sim.domain.physics.building import OUTSIDE
from firmware_sim.domain.physics.fuels import Fuel
from firmware_sim.domain.physics.growth import Growth
from firmware_sim.scenario.io_config import Finite, Position
from runtime.settings import Name, Part


class Surface(StrEnum):
    """Material of ceiling and walls."""

    GYPSUM = "gypsum"
    BRICK = "brick"
    CONCRETE = "concrete"


# k rho c in (kW/(m2 K))2 s. Gypsum board 0.12 (k 0.17 W/(m K), 790 kg/m3, 0.9 kJ/(kg K)); brick and
# concrete from Karlsson and Quintiere, "Enclosure Fire Dynamics", table 6.1.
INERTIA = {Surface.GYPSUM: 0.12, Surface.BRICK: 1.7, Surface.CONCRETE: 2.0}


class RoomConfig(Part):
    """A room: *width_m* along x, *depth_m* along y, and the height of its ceiling.

    *air_changes* is how often in an hour its air is renewed whatever burns.
    """

    name: Name
    width_m: Finite
    depth_m: Finite
    height_m: Finite
    celsius: Finite = 24.0
    surface: Surface = Surface.GYPSUM
    air_changes: Finite = 1.0


class DoorConfig(Part):
    """An opening from the floor between two rooms, or from a room to "outside", while it is open."""

    between: tuple[Name, Name]
    width_m: Finite = 0.9
    height_m: Finite = 2.0
    opens_s: Finite = 0.0
    closes_s: Finite | None = None

    @property
    def rooms(self) -> list[str]:
        """The rooms that it joins."""
        return [name for name in self.between if name != OUTSIDE]


Pair = Annotated[tuple[Finite, Finite], Field(description="seconds after ignition, kW")]


class FireConfig(Part):
    """A fire at *at* in *room*, its base *base_m* above the floor, from *at_s* on.

    It grows by *growth* to *peak_kw*, or follows *curve*, or smolders: then its burning rate rises to
    *smolder_g_s* within *rise_s*. It is put out at *until_s*, and burns out when *energy_mj* is spent.
    """

    room: Name
    at: Position
    at_s: Finite
    base_m: Finite = 0.3
    fuel: Fuel = Fuel.WOOD
    growth: Growth | None = None
    peak_kw: Finite = 1000.0
    curve: tuple[Pair, ...] = ()
    smolder_g_s: Finite | None = None
    rise_s: Finite = 1800.0
    until_s: Finite | None = None
    decay_s: Finite = 60.0
    energy_mj: Finite | None = None
