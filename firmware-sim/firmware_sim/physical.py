"""What the fires of a scenario do to the air at each of its points, calculated beforehand."""

import math
from collections.abc import Iterator

from firmware_sim.burning import INERTIA, Burning
from firmware_sim.burning import Room as RoomPart
from firmware_sim.domain.curves import Change, Sampled
from firmware_sim.domain.physics import building
from firmware_sim.domain.physics.building import NOTE_S, History, happen
from firmware_sim.domain.physics.elements import STILL_M_S, GasCell, HeatElement, SmokeChamber
from firmware_sim.domain.physics.fuels import FLAMING, SMOLDERING, Yields
from firmware_sim.domain.physics.growth import ALPHA, Given, HeatRelease, Smolder, TSquared, WindingDown
from firmware_sim.domain.physics.layer import Room
from firmware_sim.domain.physics.seen import Air, Place, air_at
from firmware_sim.domain.physics.smoke import co_ppm, optical_density
from firmware_sim.scenario import Scenario
from firmware_sim.wiring import Point

LONGEST_S = 4 * 3600.0
"""A scenario without end is calculated for so long after its last ignition; then it stays as it is."""

CALMING = 1200
"""Notes for which sensors go on after the air is calm: an element of RTI 100 cools by e in 320 s."""

NEAR_WALL_M = 0.6
"""A fire whose middle is nearer to a wall than this draws less air from there."""

# How much stronger the plume beside a wall and in a corner is than one in the open. Mirror images say 2
# and 4 (Alpert); with the burners of the recorded burns, which stood beside the walls and not in them,
# 1.3 and 2 fit best (docs/simulation.md).
BESIDE_WALL = 1.3
IN_CORNER = 2.0


class Fires:
    """The fires of one scenario, and what each point sees of them."""

    def __init__(self, scenario: Scenario) -> None:
        self._rooms = {room.name: _room(room) for room in scenario.rooms}
        self._fires = [_burning(fire, self._rooms[fire.room]) for fire in scenario.fires]
        self._history = self._happened(scenario) if self._fires else None

    @property
    def history(self) -> History | None:
        """What happens in all rooms; None if nothing burns."""
        return self._history

    def changes(self, point: Point) -> dict[str, Change]:
        """What *point* sees of the fires, by quantity, in the units of recordings."""
        room = self._rooms.get(point.room or "")
        if self._history is None or room is None or not self._reach(room):
            return {}
        lagging = _Lagging(point, room)
        seen = [lagging.take(air) for air in self.air(point)]
        if self._history.calm:
            fresh = Air(room.celsius, STILL_M_S, 0.0, 0.0)
            seen += [lagging.take(fresh) for _ in range(CALMING)] + [(0.0, 0.0, 0.0)]
        return {
            quantity: Sampled(self._history.begins_s, NOTE_S, values)
            for quantity, values in zip(_Lagging.QUANTITIES, zip(*seen, strict=True), strict=True)
        }

    def air(self, point: Point) -> Iterator[Air]:
        """The air at *point*, each NOTE_S from the first ignition on; none if nothing ever burns."""
        room = self._rooms.get(point.room or "")
        if self._history is not None and room is not None and point.at is not None:
            yield from air_at(Place(room, *point.at), self._fires, self._history)

    def _reach(self, room: Room) -> bool:
        """Whether anything of the fires ever comes into *room*."""
        if self._history is None:
            return False
        notes = self._history.rooms[room.name]
        burns_here = any(fire.room == room.name for fire in self._fires)
        return burns_here or max(notes.rise_k) > 0.0

    def _happened(self, scenario: Scenario) -> History:
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
        return happen(list(self._rooms.values()), doors, self._fires, ends_s=ends)


class _Lagging:
    """The sensors of a point, which lag behind the air."""

    QUANTITIES = ("smoke", "temperature", "co")

    def __init__(self, point: Point, room: Room) -> None:
        self._celsius = room.celsius
        self._heat = HeatElement(point.rti, room.celsius)
        self._smoke = SmokeChamber()
        self._co = GasCell()

    def take(self, air: Air) -> tuple[float, float, float]:
        """What each sensor shows above its clean, cool value after NOTE_S in *air*."""
        kelvin = 273.15 + air.celsius
        density = optical_density(air.light_m2_kg, kelvin=kelvin)
        return (
            self._smoke.take(density, velocity=air.velocity, dt=NOTE_S),
            self._heat.take(air.celsius, velocity=air.velocity, dt=NOTE_S) - self._celsius,
            self._co.take(co_ppm(air.co), dt=NOTE_S),
        )


def _room(room: RoomPart) -> Room:
    return Room(
        name=room.name,
        width_m=room.width_m,
        depth_m=room.depth_m,
        height_m=room.height_m,
        celsius=room.celsius,
        inertia=INERTIA[room.surface],
        air_changes=room.air_changes,
    )


def _burning(fire: Burning, room: Room) -> building.Burning:
    return building.Burning(
        room=fire.room,
        x_m=fire.at[0],
        y_m=fire.at[1],
        base_m=fire.base_m,
        at_s=fire.at_s,
        release=_release(fire),
        yields=_yields(fire),
        walls=_walls(fire, room),
    )


def _walls(fire: Burning, room: Room) -> float:
    x, y = fire.at
    near = [min(x, room.width_m - x) < NEAR_WALL_M, min(y, room.depth_m - y) < NEAR_WALL_M]
    return (1.0, BESIDE_WALL, IN_CORNER)[sum(near)]


def _yields(fire: Burning) -> Yields:
    return SMOLDERING[fire.fuel] if fire.smolder_g_s is not None else FLAMING[fire.fuel]


def _release(fire: Burning) -> HeatRelease:
    ends = math.inf if fire.until_s is None else fire.until_s - fire.at_s
    return WindingDown(_grows(fire), ends_s=ends, decay_s=fire.decay_s, energy_mj=fire.energy_mj)


def _grows(fire: Burning) -> HeatRelease:
    if fire.smolder_g_s is not None:
        return Smolder(fire.smolder_g_s, fire.rise_s, _yields(fire).heat_kj)
    if fire.growth is not None:
        return TSquared(ALPHA[fire.growth], fire.peak_kw)
    return Given(fire.curve)


def heat_of(history: History) -> Iterator[tuple[float, float]]:
    """The heat of all fires of *history* together: seconds of the scenario, kW."""
    for note, each in enumerate(zip(*history.heat_kw, strict=True)):
        yield history.begins_s + note * NOTE_S, sum(each)
