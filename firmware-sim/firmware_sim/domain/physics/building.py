"""Rooms, doors and fires put together: what the air of each room does, second after second."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from firmware_sim.domain.physics.air import OXYGEN
from firmware_sim.domain.physics.doors import exchange, outflow
from firmware_sim.domain.physics.fuels import Yields
from firmware_sim.domain.physics.growth import HeatRelease
from firmware_sim.domain.physics.layer import Layer, Parcel, Room
from firmware_sim.domain.physics.plume import entrained

STEP_S = 0.5
"""Step of the calculation."""

NOTE_S = 1.0
"""A history has a note for each so many seconds."""

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
"""A layer below both has no more to tell: 1e-3 m2/kg is 0.005 dB/m."""

OUTSIDE = "outside"
"""What a door leads to that leads out of the building."""


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
        """Where it leads from *room*, if it is open at *t*."""
        if not self.opens_s <= t < self.closes_s or room not in {self.first, self.second}:
            return None
        return self.second if room == self.first else self.first


@dataclass(frozen=True, slots=True)
class Burning:
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
class RoomHistory:
    """Of one room, a note each NOTE_S: the layer's rise in K, lower edge in m, and contents of a kg."""

    rise_k: list[float] = field(default_factory=list)
    interface_m: list[float] = field(default_factory=list)
    light_m2_kg: list[float] = field(default_factory=list)
    co: list[float] = field(default_factory=list)
    oxygen: list[float] = field(default_factory=list)

    def note(self, layer: Layer) -> None:
        """Write down how *layer* is now."""
        self.rise_k.append(layer.rise_k)
        self.interface_m.append(layer.interface_m)
        self.light_m2_kg.append(layer.of_each_kg(layer.gas.light))
        self.co.append(layer.of_each_kg(layer.gas.co))
        self.oxygen.append(layer.oxygen)


@dataclass(frozen=True, slots=True)
class History:
    """All that happened, from *begins_s* on: the air of each room, and the heat of each fire in kW."""

    begins_s: float
    rooms: dict[str, RoomHistory]
    heat_kw: list[list[float]]


def happen(
    rooms: Sequence[Room], doors: Sequence[Door], fires: Sequence[Burning], *, ends_s: float
) -> History:
    """What happens from the first ignition until *ends_s*, or until all is calm again.

    A model of two zones: each room has a hot layer, well mixed, above air as it was before. Mass, heat,
    smoke and carbon monoxide are balanced; the plume fills the layer, doors drain it into the next
    room, ceiling and walls cool it, and a fire that has used up its oxygen weakens.
    """
    building = _Building(rooms, doors, fires)
    begins = min(fire.at_s for fire in fires)
    history = History(begins, {room.name: RoomHistory() for room in rooms}, [[] for _ in fires])
    step, each_note = 0, round(NOTE_S / STEP_S)
    last_ignition = max(fire.at_s for fire in fires)
    while (t := begins + step * STEP_S) <= ends_s:
        heats = building.step(t)
        if step % each_note == 0:
            for name, layer in building.layers.items():
                history.rooms[name].note(layer)
            for noted, heat in zip(history.heat_kw, heats, strict=True):
                noted.append(heat)
        if t > last_ignition + 60.0 and not any(heat > 0.1 for heat in heats) and building.is_calm():
            break
        step += 1
    return history


class _Building:
    """The layers of all rooms, stepped together."""

    def __init__(self, rooms: Sequence[Room], doors: Sequence[Door], fires: Sequence[Burning]) -> None:
        self.layers = {room.name: Layer(room) for room in rooms}
        self._doors = doors
        self._fires = fires

    def is_calm(self) -> bool:
        """Whether no room has anything left of a fire."""
        return all(
            layer.rise_k < _CALM_K and layer.of_each_kg(layer.gas.light) < _CALM_M2_KG
            for layer in self.layers.values()
        )

    def step(self, t: float) -> list[float]:
        """Let STEP_S pass; answers the heat of each fire in kW."""
        heats = [self._burn(fire, t) for fire in self._fires]
        for door in self._doors:
            self._pass(door, t)
        for layer in self.layers.values():
            layer.settle(STEP_S)
        return heats

    def _burn(self, fire: Burning, t: float) -> float:
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
            Parcel(
                mass=(air + fuel_kg_s) * STEP_S,
                heat=convected * STEP_S,
                light=1000.0 * fuel_kg_s * fire.yields.soot_g * fire.yields.extinction_m2_g * STEP_S,
                co=fuel_kg_s * fire.yields.co_g * STEP_S,
                oxygen_gone=heat / HEAT_OF_OXYGEN * STEP_S,
            )
        )
        return heat

    def _pass(self, door: Door, t: float) -> None:
        for name in (door.first, door.second):
            there = door.leads_from(name, t)
            if name in self.layers and there is not None:
                self._flow(self.layers[name], self.layers.get(there), door)

    def _flow(self, here: Layer, there: Layer | None, door: Door) -> None:
        """Let smoke go through *door* from *here*, where it hangs lower or is hotter."""
        cold_k = 273.15 + here.room.celsius
        lintel = door.height_m
        if there is not None and here.interface_m < there.interface_m < door.height_m:
            lintel = there.interface_m + (door.height_m - there.interface_m) / 2
        mass = outflow(
            width_m=door.width_m,
            height_m=lintel,
            interface_m=here.interface_m,
            hot_k=here.kelvin,
            cold_k=cold_k,
        )
        if there is not None and here.interface_m >= there.interface_m:
            mass = 0.0
        moved = here.gas.take(min(mass * STEP_S, here.gas.mass / 4))
        if there is None:
            return
        moved.mass *= 1.0 + DOOR_ENTRAINMENT
        there.gas.add(moved)
        both = door.height_m - max(here.interface_m, there.interface_m)
        swapped = STEP_S * exchange(
            width_m=door.width_m, depth_m=both, hot_k=here.kelvin, cold_k=there.kelvin
        )
        swapped = min(swapped, here.gas.mass / 4, there.gas.mass / 4)
        back = there.gas.take(swapped)
        there.gas.add(here.gas.take(swapped))
        here.gas.add(back)


def _vigor(layer: Layer, clear_m: float) -> float:
    """Which part of its heat a fire can release in the air that it finds, 0 to 1."""
    fresh = min(1.0, max(0.0, clear_m / _FRESH_M))
    oxygen = layer.oxygen + fresh * max(0.0, OXYGEN - layer.oxygen)
    return min(1.0, max(0.0, (oxygen - OXYGEN_TO_GLOW) / (OXYGEN_TO_BURN - OXYGEN_TO_GLOW)))
