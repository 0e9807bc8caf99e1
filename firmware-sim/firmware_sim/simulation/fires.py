"""Precomputed effect of the fires of a scenario on the air at each of its points."""

import math
from collections.abc import Iterator

from firmware_sim.domain.curves import Change, SampledCurve
from firmware_sim.domain.physics import building
from firmware_sim.domain.physics.building import OUTPUT_STEP_S, AirHistory, simulate_air
from firmware_sim.domain.physics.elements import STILL_M_S, GasCell, HeatElement, SmokeChamber
from firmware_sim.domain.physics.fuels import FLAMING, SMOLDERING, Yields
from firmware_sim.domain.physics.growth import ALPHA, Given, HeatRelease, Smolder, TSquared, WindingDown
from firmware_sim.domain.physics.layer import Room
from firmware_sim.domain.physics.seen import AirAtPlace, DetectorPlace, air_at
from firmware_sim.domain.physics.smoke import co_ppm, optical_density
from firmware_sim.scenario.fire_config import INERTIA, FireConfig, RoomConfig
from firmware_sim.scenario.io_config import PointConfig
from firmware_sim.scenario.scenario import Scenario

LONGEST_S = 4 * 3600.0
"""A scenario without end is calculated for so long after its last ignition; then it stays as it is."""

CALM_NOTES = 1200
"""Notes for which sensors go on after the air is calm: an element of RTI 100 cools by e in 320 s."""

NEAR_WALL_M = 0.6
"""A fire whose middle is nearer to a wall than this draws less air from there."""

# How much stronger the plume beside a wall and in a corner is than one in the open. Mirror images say 2
# and 4 (Alpert); with the burners of the recorded burns, which stood beside the walls and not in them,
# 1.3 and 2 fit best (docs/simulation.md).
BESIDE_WALL = 1.3
IN_CORNER = 2.0


class Fires:
    """The fires of one scenario, and their effect at each point."""

    def __init__(self, scenario: Scenario) -> None:
        self._rooms = {room.name: _room(room) for room in scenario.rooms}
        self._fires = [_fire_source(fire, self._rooms[fire.room]) for fire in scenario.fires]
        self._history = self._simulated(scenario) if self._fires else None

    @property
    def history(self) -> AirHistory | None:
        """The history of all rooms; None without a fire."""
        return self._history

    def changes(self, point: PointConfig) -> dict[str, Change]:
        """Return the change of each quantity at *point* by the fires, in the units of recordings."""
        room = self._rooms.get(point.room or "")
        if self._history is None or room is None or not self._is_reached(room):
            return {}
        lagging = _SensorLag(point, room)
        seen = [lagging.step(air) for air in self.air(point)]
        if self._history.calm:
            fresh = AirAtPlace(room.celsius, STILL_M_S, 0.0, 0.0)
            seen += [lagging.step(fresh) for _ in range(CALM_NOTES)] + [(0.0, 0.0, 0.0)]
        return {
            quantity: SampledCurve(self._history.begins_s, OUTPUT_STEP_S, values)
            for quantity, values in zip(_SensorLag.QUANTITIES, zip(*seen, strict=True), strict=True)
        }

    def air(self, point: PointConfig) -> Iterator[AirAtPlace]:
        """Yield the air at *point*, by OUTPUT_STEP_S from the first ignition; nothing without a fire."""
        room = self._rooms.get(point.room or "")
        if self._history is not None and room is not None and point.at is not None:
            yield from air_at(DetectorPlace(room, *point.at), self._fires, self._history)

    def _is_reached(self, room: Room) -> bool:
        """Return True if heat of a fire ever comes into *room*."""
        if self._history is None:
            return False
        notes = self._history.rooms[room.name]
        burns_here = any(fire.room == room.name for fire in self._fires)
        return burns_here or max(notes.rise_k) > 0.0

    def _simulated(self, scenario: Scenario) -> AirHistory:
        doors = [
            building.Door(
                door.between[0],
                door.between[1],
                door.width_m,
                door.height_m,
                door.opens_s,
                math.inf if door.closes_s is None else door.closes_s,
            )
            for door in scenario.doors
        ]
        last = max(fire.at_s for fire in scenario.fires)
        ends = last + LONGEST_S if scenario.duration_s is None else scenario.duration_s
        return simulate_air(list(self._rooms.values()), doors, self._fires, ends_s=ends)


class _SensorLag:
    """The sensors of a point, which lag behind the air."""

    QUANTITIES = ("smoke", "temperature", "co")

    def __init__(self, point: PointConfig, room: Room) -> None:
        self._celsius = room.celsius
        self._heat = HeatElement(point.rti, room.celsius)
        self._smoke = SmokeChamber()
        self._co = GasCell()

    def step(self, air: AirAtPlace) -> tuple[float, float, float]:
        """Return the rise of each sensor above its clean, cool value after OUTPUT_STEP_S in *air*."""
        kelvin = 273.15 + air.celsius
        density = optical_density(air.light_m2_kg, kelvin=kelvin)
        return (
            self._smoke.step(density, velocity=air.velocity, dt=OUTPUT_STEP_S),
            self._heat.step(air.celsius, velocity=air.velocity, dt=OUTPUT_STEP_S) - self._celsius,
            self._co.step(co_ppm(air.co), dt=OUTPUT_STEP_S),
        )


def _room(room: RoomConfig) -> Room:
    return Room(
        name=room.name,
        width_m=room.width_m,
        depth_m=room.depth_m,
        height_m=room.height_m,
        celsius=room.celsius,
        inertia=INERTIA[room.surface],
        air_changes=room.air_changes,
    )


def _fire_source(fire: FireConfig, room: Room) -> building.FireSource:
    return building.FireSource(
        room=fire.room,
        x_m=fire.at[0],
        y_m=fire.at[1],
        base_m=fire.base_m,
        at_s=fire.at_s,
        release=_release(fire),
        yields=_yields(fire),
        walls=_walls(fire, room),
    )


def _walls(fire: FireConfig, room: Room) -> float:
    x, y = fire.at
    near = [min(x, room.width_m - x) < NEAR_WALL_M, min(y, room.depth_m - y) < NEAR_WALL_M]
    return (1.0, BESIDE_WALL, IN_CORNER)[sum(near)]


def _yields(fire: FireConfig) -> Yields:
    return SMOLDERING[fire.fuel] if fire.smolder_g_s is not None else FLAMING[fire.fuel]


def _release(fire: FireConfig) -> HeatRelease:
    ends = math.inf if fire.until_s is None else fire.until_s - fire.at_s
    return WindingDown(_growth(fire), ends_s=ends, decay_s=fire.decay_s, energy_mj=fire.energy_mj)


def _growth(fire: FireConfig) -> HeatRelease:
    if fire.smolder_g_s is not None:
        return Smolder(fire.smolder_g_s, fire.rise_s, _yields(fire).heat_kj)
    if fire.growth is not None:
        return TSquared(ALPHA[fire.growth], fire.peak_kw)
    return Given(fire.curve)


def heat_of(history: AirHistory) -> Iterator[tuple[float, float]]:
    """The heat of all fires of *history* together: seconds of the scenario, kW."""
    for note, each in enumerate(zip(*history.heat_kw, strict=True)):
        yield history.begins_s + note * OUTPUT_STEP_S, sum(each)
