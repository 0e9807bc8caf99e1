"""The air of all rooms, second by second, from rooms, doors and fires."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from firmware_sim.domain.physics.air import OXYGEN
from firmware_sim.domain.physics.doors import exchange, outflow
from firmware_sim.domain.physics.fuels import Yields
from firmware_sim.domain.physics.growth import HeatRelease
from firmware_sim.domain.physics.layer import GasParcel, Layer, Room
from firmware_sim.domain.physics.plume import entrained

STEP_S = 0.5
"""Step of the calculation."""

OUTPUT_STEP_S = 1.0
"""A history has a value for each so many seconds."""

# kJ of heat for each kg of oxygen, whatever burns: Huggett, Fire and Materials 4 (1980) 61.
HEAT_OF_OXYGEN = 13_100.0

# A fire in hot, spent air weakens below 11 % of oxygen by volume and dies at 7 %, as mass fractions. The
# gas burners of the recorded burns went out by themselves at 8 to 10 % (docs/simulation.md).
OXYGEN_TO_BURN = 0.122
OXYGEN_TO_GLOW = 0.078

_FRESH_M = 0.5
"""A flame that has so much clear air above its base burns in fresh air."""

# Air that a stream of smoke below a lintel takes along as it rises in the next room, as a share of it;
# fitted (docs/simulation.md).
DOOR_ENTRAINMENT = 0.5

_CALM_K = 0.3
_CALM_M2_KG = 1e-3
_CALM_CO = 1e-6
"""A layer below all three is clean: 1e-3 m2/kg is 0.005 dB/m, 1e-6 of CO is 1 ppm."""

_YOUNG_S = 60.0
_OUT_KW = 0.1
"""A fire that gives less, a while after it began, is out."""

OUTSIDE = "outside"
"""The name of the outside, to which a door may lead."""


@dataclass(frozen=True, slots=True)
class Door:
    """An opening from the floor up to *height_m* between two rooms, or a room and the outside."""

    first: str
    second: str
    width_m: float
    height_m: float
    opens_s: float = 0.0
    closes_s: float = float("inf")

    def leads_from(self, room: str, t: float) -> str | None:
        """Return the other side of the door, seen from *room*, if it is open at *t*."""
        if not self.opens_s <= t < self.closes_s or room not in {self.first, self.second}:
            return None
        return self.second if room == self.first else self.first


@dataclass(frozen=True, slots=True)
class FireSource:
    """Something that burns at (*x_m*, *y_m*) of *room*, its base *base_m* above the floor, from *at_s*.

    *walls* is how much stronger its plume is than one in the open, because walls stand in its way.
    """

    room: str
    x_m: float
    y_m: float
    base_m: float
    at_s: float
    release: HeatRelease
    yields: Yields
    walls: float = 1.0


@dataclass(slots=True)
class RoomSeries:
    """The layer of one room, at each OUTPUT_STEP_S: rise in K, lower edge in m, and contents of a kg."""

    rise_k: list[float] = field(default_factory=list)
    interface_m: list[float] = field(default_factory=list)
    light_m2_kg: list[float] = field(default_factory=list)
    co: list[float] = field(default_factory=list)
    oxygen: list[float] = field(default_factory=list)

    def add(self, layer: Layer) -> None:
        """Append the present state of *layer*."""
        self.rise_k.append(layer.rise_k)
        self.interface_m.append(layer.interface_m)
        self.light_m2_kg.append(layer.of_each_kg(layer.gas.light))
        self.co.append(layer.of_each_kg(layer.gas.co))
        self.oxygen.append(layer.oxygen)


@dataclass(frozen=True, slots=True)
class AirHistory:
    """The air of each room and the heat of each fire in kW, from *begins_s* on.

    *calm* if nothing was left of any fire at the end.
    """

    begins_s: float
    rooms: dict[str, RoomSeries]
    heat_kw: list[list[float]]
    calm: bool


def simulate_air(
    rooms: Sequence[Room], doors: Sequence[Door], fires: Sequence[FireSource], *, ends_s: float
) -> AirHistory:
    """Return the history from the first ignition until *ends_s*, or until all is calm again.

    A model of two zones: each room has a hot layer, well mixed, above air as it was before. Mass, heat,
    smoke and carbon monoxide are balanced; the plume fills the layer, doors drain it into the next
    room, ceiling and walls cool it, and a fire that has used up its oxygen weakens.
    """
    building = _Building(rooms, doors, fires)
    series = {room.name: RoomSeries() for room in rooms}
    heat_kw: list[list[float]] = [[] for _ in fires]
    begins, last = min(fire.at_s for fire in fires), max(fire.at_s for fire in fires)
    calm = False
    for second in count():
        t = begins + second * OUTPUT_STEP_S
        for name, layer in building.layers.items():
            series[name].add(layer)
        heats = building.pass_output_step(t)
        for noted, heat in zip(heat_kw, heats, strict=True):
            noted.append(heat)
        calm = t > last + _YOUNG_S and max(heats) < _OUT_KW and building.is_calm()
        if calm or t + OUTPUT_STEP_S > ends_s:
            break
    return AirHistory(begins, series, heat_kw, calm)


class _Building:
    """The layers of all rooms, stepped together."""

    def __init__(
        self, rooms: Sequence[Room], doors: Sequence[Door], fires: Sequence[FireSource]
    ) -> None:
        self.layers = {room.name: Layer(room) for room in rooms}
        self._doors = doors
        self._fires = fires

    def is_calm(self) -> bool:
        """Return True if no room has anything left of a fire."""
        return all(
            layer.rise_k < _CALM_K
            and layer.of_each_kg(layer.gas.light) < _CALM_M2_KG
            and layer.of_each_kg(layer.gas.co) < _CALM_CO
            for layer in self.layers.values()
        )

    def pass_output_step(self, t: float) -> list[float]:
        """Let OUTPUT_STEP_S pass from *t* on; return the heat of each fire at *t* in kW."""
        heats = self._step(t)
        for step in range(1, round(OUTPUT_STEP_S / STEP_S)):
            self._step(t + step * STEP_S)
        return heats

    def _step(self, t: float) -> list[float]:
        heats = [self._burn(fire, t) for fire in self._fires]
        for door in self._doors:
            self._pass_door(door, t)
        for layer in self.layers.values():
            layer.settle(STEP_S)
        return heats

    def _burn(self, fire: FireSource, t: float) -> float:
        """Let *fire* burn for a step, as far as it finds oxygen."""
        if t < fire.at_s:
            return 0.0
        layer = self.layers[fire.room]
        clear_m = layer.interface_m - fire.base_m
        heat = fire.release(t - fire.at_s) * _vigor(layer, clear_m)
        if heat <= 0.0:
            return 0.0
        convected = (1.0 - fire.yields.radiated) * heat
        fuel_kg_s = heat / (1000.0 * fire.yields.heat_kj)
        air = entrained(convected * fire.walls, height_m=clear_m) / fire.walls
        layer.gas.add(
            GasParcel(
                mass=(air + fuel_kg_s) * STEP_S,
                heat=convected * STEP_S,
                light=1000.0 * fuel_kg_s * fire.yields.soot_g * fire.yields.extinction_m2_g * STEP_S,
                co=fuel_kg_s * fire.yields.co_g * STEP_S,
                oxygen_gone=heat / HEAT_OF_OXYGEN * STEP_S,
            )
        )
        return heat

    def _pass_door(self, door: Door, t: float) -> None:
        for name in (door.first, door.second):
            there = door.leads_from(name, t)
            if name in self.layers and there is not None:
                self._flow(self.layers[name], self.layers.get(there), door)

    def _flow(self, here: Layer, there: Layer | None, door: Door) -> None:
        """Let smoke go through *door* from *here*, where it hangs lower or is hotter."""
        if there is None:
            here.gas.remove(self._spilled(here, door, lintel_m=door.height_m))
        elif here.interface_m < there.interface_m:
            self._spill_smoke(here, there, door)
            self._swap_smoke(here, there, door)
        else:
            self._swap_smoke(here, there, door)

    def _spill_smoke(self, here: Layer, there: Layer, door: Door) -> None:
        """Smoke rises from below the lintel into a room whose own smoke hangs higher."""
        hidden = max(0.0, door.height_m - there.interface_m)
        moved = here.gas.remove(self._spilled(here, door, lintel_m=door.height_m - hidden / 2))
        moved.mass *= 1.0 + DOOR_ENTRAINMENT
        there.gas.add(moved)

    def _spilled(self, here: Layer, door: Door, *, lintel_m: float) -> float:
        """Mass in kg that leaves *here* through *door* in a step: never more than a quarter of it."""
        flow = outflow(
            width_m=door.width_m,
            height_m=lintel_m,
            interface_m=here.interface_m,
            hot_k=here.kelvin,
            cold_k=273.15 + here.room.celsius,
        )
        return min(flow * STEP_S, here.gas.mass / 4)

    def _swap_smoke(self, here: Layer, there: Layer, door: Door) -> None:
        """Two rooms whose smoke hangs below the lintel exchange it, if this one's is hotter."""
        flow = exchange(
            width_m=door.width_m,
            depth_m=door.height_m - max(here.interface_m, there.interface_m),
            hot_k=here.kelvin,
            cold_k=there.kelvin,
        )
        mass = min(flow * STEP_S, here.gas.mass / 4, there.gas.mass / 4)
        back = there.gas.remove(mass)
        there.gas.add(here.gas.remove(mass))
        here.gas.add(back)


def _vigor(layer: Layer, clear_m: float) -> float:
    """Return the share of its heat that a fire can release in the air around it, 0 to 1."""
    fresh = min(1.0, max(0.0, clear_m / _FRESH_M))
    oxygen = layer.oxygen + fresh * max(0.0, OXYGEN - layer.oxygen)
    return min(1.0, max(0.0, (oxygen - OXYGEN_TO_GLOW) / (OXYGEN_TO_BURN - OXYGEN_TO_GLOW)))
