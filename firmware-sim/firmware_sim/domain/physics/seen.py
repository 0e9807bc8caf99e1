"""The air at one place below a ceiling: the layer there, and the jets of the fires in its room."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from firmware_sim.domain.physics.air import HEAT_CAPACITY
from firmware_sim.domain.physics.building import OUTPUT_STEP_S, AirHistory, FireSource
from firmware_sim.domain.physics.ceiling_jet import excess_temperature, velocity
from firmware_sim.domain.physics.elements import STILL_M_S
from firmware_sim.domain.physics.layer import Room
from firmware_sim.domain.physics.transport import FRONT_M_S, jet_lag, plume_lag

_LEAST_KW = 1e-3
_FULL_M = 0.2
"""A layer so deep, or deeper, covers a detector at the ceiling."""


@dataclass(frozen=True, slots=True)
class DetectorPlace:
    """The place of a detector below the ceiling of *room*, in meters from its corner."""

    room: Room
    x_m: float
    y_m: float


class AirAtPlace(NamedTuple):
    """Air at a place: degC, m/s, m2 of light taken by each kg, mass fraction of CO."""

    celsius: float
    velocity: float
    light_m2_kg: float
    co: float


def air_at(
    place: DetectorPlace, fires: Sequence[FireSource], history: AirHistory
) -> Iterator[AirAtPlace]:
    """The air at *place* in each note of *history*.

    The plume draws fresh air below the layer and smoke within it, so the gas that strikes the ceiling
    is the jet of Alpert's correlation plus the layer, weighed by the share of the plume's air that came
    from it: ``1 - (z/H)^(5/3)``, since a plume's mass grows with ``z^(5/3)`` (after Evans and Cooper,
    who let the plume rise anew from the layer). In a room without a fire it is the layer alone.
    """
    here = [
        (fire, heat)
        for fire, heat in zip(fires, history.heat_kw, strict=True)
        if fire.room == place.room.name
    ]
    jets = [_Jet(place, fire, heat) for fire, heat in here]
    room = history.rooms[place.room.name]
    late = 0 if jets else round(math.hypot(place.room.width_m, place.room.depth_m) / 2 / FRONT_M_S)
    for note in range(len(room.rise_k)):
        seen = max(0, note - late)
        share = _share(place.room, [fire for fire, _ in here], room.interface_m[seen])
        parts = [jet.at(note) for jet in jets]
        yield AirAtPlace(
            celsius=place.room.celsius + share * room.rise_k[seen] + sum(part.celsius for part in parts),
            velocity=max([STILL_M_S, *(part.velocity for part in parts)]),
            light_m2_kg=share * room.light_m2_kg[seen] + sum(part.light_m2_kg for part in parts),
            co=share * room.co[seen] + sum(part.co for part in parts),
        )


def _share(room: Room, fires: Sequence[FireSource], interface_m: float) -> float:
    """Return the share of the layer in the air below the ceiling, 0 to 1."""
    if not fires:
        return min(1.0, (room.height_m - interface_m) / _FULL_M)
    base = min(fire.base_m for fire in fires)
    clear = min(1.0, max(0.0, interface_m - base) / (room.height_m - base))
    return float(1.0 - clear ** (5 / 3))


class _Jet:
    """The ceiling jet of one fire at one place, as late as it travels."""

    def __init__(self, place: DetectorPlace, fire: FireSource, heat_kw: Sequence[float]) -> None:
        self._fire = fire
        self._heat_kw = heat_kw
        self._height_m = place.room.height_m - fire.base_m
        self._radius_m = math.hypot(place.x_m - fire.x_m, place.y_m - fire.y_m)
        self._arrivals = _overtaking([self._arrival(note, heat) for note, heat in enumerate(heat_kw)])
        self._latest = -1

    def at(self, note: int) -> AirAtPlace:
        """Return its contribution to the air in *note*; call with rising notes."""
        t = note * OUTPUT_STEP_S
        while self._latest + 1 <= note and self._arrivals[self._latest + 1] <= t:
            self._latest += 1
        heat = self._heat_kw[self._latest] if self._latest >= 0 else 0.0
        if heat < _LEAST_KW:
            return AirAtPlace(0.0, 0.0, 0.0, 0.0)
        return self._of(heat)

    def _of(self, heat_kw: float) -> AirAtPlace:
        """The jet of *heat_kw*; smoke and CO are to heat as at the source (Heskestad, Delichatsios)."""
        fire = self._fire
        strong = heat_kw * fire.walls
        rise = excess_temperature(strong, height_m=self._height_m, radius_m=self._radius_m)
        each_kj = 1.0 / (fire.yields.heat_kj * (1.0 - fire.yields.radiated)) * HEAT_CAPACITY * rise
        return AirAtPlace(
            celsius=rise,
            velocity=velocity(strong, height_m=self._height_m, radius_m=self._radius_m),
            light_m2_kg=each_kj * fire.yields.soot_g * fire.yields.extinction_m2_g,
            co=each_kj * fire.yields.co_g / 1000.0,
        )

    def _arrival(self, note: int, heat_kw: float) -> float:
        """Return the arrival, in seconds of the history, of the heat released in *note*."""
        heat = max(heat_kw, _LEAST_KW)
        lag = plume_lag(heat, height_m=self._height_m)
        lag += jet_lag(heat, height_m=self._height_m, radius_m=max(0.01, self._radius_m))
        return note * OUTPUT_STEP_S + lag


def _overtaking(arrivals: Sequence[float]) -> list[float]:
    """*arrivals*, where what a fire releases later, and hotter, overtakes what it released before."""
    earliest = list(accumulate(reversed(arrivals), min))
    return earliest[::-1]
