"""The hot layer below a room's ceiling: it fills from the plume, and cools on ceiling and walls."""

import math
from dataclasses import dataclass

from firmware_sim.domain.physics.air import AIR_MASS_KELVIN, HEAT_CAPACITY, OXYGEN

LOWEST_M = 0.05
"""The layer comes no nearer to the floor: then it is the whole room."""

EMISSIVITY = 0.5
"""Of a smoke layer; fitted to recorded burns (docs/simulation.md)."""

_STEFAN_BOLTZMANN = 5.67e-11
"""kW/(m2 K4)."""

_CONVECTION = 1.52e-3
"""kW/(m2 K^(4/3)): turbulent free convection below a plate, 1.52 dT^(1/3) W/(m2 K) (McAdams)."""

_NOTHING_KG = 1e-9


@dataclass(frozen=True, slots=True)
class Room:
    """A room, in meters. *inertia* is k rho c of its surfaces in (kW/(m2 K))2 s.

    *air_changes* is how often in an hour its air is renewed whatever burns; *celsius* its air before.
    """

    name: str
    width_m: float
    depth_m: float
    height_m: float
    celsius: float = 24.0
    inertia: float = 0.12
    air_changes: float = 1.0

    @property
    def floor_m2(self) -> float:
        """Area of the floor."""
        return self.width_m * self.depth_m


@dataclass(slots=True)
class GasParcel:
    """Some gas in kg, and its kJ above ambient, m2 of light taken, kg of CO, kg of oxygen gone."""

    mass: float = 0.0
    heat: float = 0.0
    light: float = 0.0
    co: float = 0.0
    oxygen_gone: float = 0.0

    def add(self, other: "GasParcel") -> None:
        """Take *other* in."""
        self.mass += other.mass
        self.heat += other.heat
        self.light += other.light
        self.co += other.co
        self.oxygen_gone += other.oxygen_gone

    def remove(self, mass: float) -> "GasParcel":
        """Give *mass* of it away, with its part of all that it carries."""
        share = min(1.0, mass / self.mass) if self.mass > _NOTHING_KG else 0.0
        taken = GasParcel(*(share * each for each in self._all()))
        self.mass, self.heat, self.light, self.co, self.oxygen_gone = (
            (1.0 - share) * each for each in self._all()
        )
        return taken

    def fade(self, share: float) -> None:
        """Exchange *share* of what it carries for fresh air."""
        self.heat, self.light, self.co, self.oxygen_gone = (
            (1.0 - share) * each for each in self._all()[1:]
        )

    def _all(self) -> tuple[float, float, float, float, float]:
        return self.mass, self.heat, self.light, self.co, self.oxygen_gone


class Layer:
    """The hot layer of one room."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.gas = GasParcel()
        self._warm_s = 0.0

    @property
    def rise_k(self) -> float:
        """Its temperature above that of the room before the fire, in K."""
        gas = self.gas
        return gas.heat / (gas.mass * HEAT_CAPACITY) if gas.mass > _NOTHING_KG else 0.0

    @property
    def kelvin(self) -> float:
        """Its temperature."""
        return 273.15 + self.room.celsius + self.rise_k

    @property
    def interface_m(self) -> float:
        """Height of its lower edge above the floor."""
        volume = self.gas.mass * self.kelvin / AIR_MASS_KELVIN
        return max(LOWEST_M, self.room.height_m - volume / self.room.floor_m2)

    @property
    def oxygen(self) -> float:
        """Mass fraction of oxygen in it."""
        gas = self.gas
        return OXYGEN - (gas.oxygen_gone / gas.mass if gas.mass > _NOTHING_KG else 0.0)

    def of_each_kg(self, carried: float) -> float:
        """*carried* by the whole layer, for each kg of it."""
        return carried / self.gas.mass if self.gas.mass > _NOTHING_KG else 0.0

    def settle(self, dt: float) -> None:
        """Let *dt* seconds cool it, renew its air, and press out what the room has no space for."""
        self._cool(dt)
        self.gas.fade(-math.expm1(-dt * self.room.air_changes / 3600.0))
        room = self.room
        fits = AIR_MASS_KELVIN / self.kelvin * room.floor_m2 * (room.height_m - LOWEST_M)
        if self.gas.mass > fits:
            self.gas.remove(self.gas.mass - fits)

    def _cool(self, dt: float) -> None:
        """Give heat to ceiling and walls, which take less of it the longer they are warm.

        The surface is a film of air before a thick solid: ``1/h = 1/hf + sqrt(t / k rho c)``, the
        second as in the method of McCaffrey, Quintiere and Harkleroad, Fire Technology 17 (1981) 98.
        Through the film heat goes by convection and by radiation, both more if it is hotter.
        """
        if self.rise_k <= 0.0:
            return
        self._warm_s += dt
        room = self.room
        walls = 2.0 * (room.width_m + room.depth_m) * (room.height_m - self.interface_m)
        solid = math.sqrt(room.inertia / self._warm_s)
        conductance = 1.0 / (1.0 / self._film() + 1.0 / solid) * (room.floor_m2 + walls)
        self.gas.heat *= math.exp(-dt * conductance / (self.gas.mass * HEAT_CAPACITY))

    def _film(self) -> float:
        """Heat that leaves each m2 of the layer for each K, in kW/(m2 K)."""
        hot, cold = self.kelvin, self.kelvin - self.rise_k
        radiated = EMISSIVITY * _STEFAN_BOLTZMANN * (hot**2 + cold**2) * (hot + cold)
        return float(_CONVECTION * self.rise_k ** (1 / 3) + radiated)
