"""The events of a scenario: scripted smoke, nuisances, hands, faults, storms."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field

from firmware_sim.domain.detectors import FaultMode
from firmware_sim.domain.nuisances import Nuisance
from firmware_sim.scenario.io_config import Address
from runtime.settings import Name, Part

T = TypeVar("T")


# Not Field(min_length=1): that reports a table as empty whose only entry has an error.
def not_empty(table: tuple[T, ...]) -> tuple[T, ...]:
    """Return *table*; raises ValueError if it has no entry."""
    if not table:
        raise ValueError("name at least one")
    return table


class _PointEvent(Part):
    at_s: float = Field(ge=0, allow_inf_nan=False)
    points: Annotated[tuple[Address, ...], AfterValidator(not_empty)]


class _LastingPointEvent(_PointEvent):
    until_s: float | None = Field(None, ge=0, allow_inf_nan=False)


class FireEvent(_LastingPointEvent):
    """A scripted fire, without physics, that reaches *points* one after the other, *reach_s* apart.

    At each it grows to its peak (dB/m, degC) in *growth_s*; after *until_s* it dies down.
    """

    kind: Literal["fire"]
    reach_s: float = Field(0.0, ge=0, allow_inf_nan=False)
    growth_s: float = Field(60.0, gt=0, allow_inf_nan=False)
    peak_smoke: float = Field(2.0, gt=0, le=50, allow_inf_nan=False)
    peak_temperature: float = Field(90.0, gt=0, le=1400, allow_inf_nan=False)
    decay_s: float = Field(30.0, gt=0, allow_inf_nan=False)


class CookingEvent(_PointEvent):
    """A nuisance: smoke above the alarm level for some seconds, then clear again."""

    kind: Literal["cooking"]
    rise_s: float = Field(10.0, gt=0, allow_inf_nan=False)
    lasts_s: float = Field(20.0, gt=0, allow_inf_nan=False)
    peak_smoke: float = Field(0.6, gt=0, le=50, allow_inf_nan=False)
    peak_temperature: float = Field(32.0, gt=0, le=1400, allow_inf_nan=False)
    decay_s: float = Field(15.0, gt=0, allow_inf_nan=False)


class NuisanceEvent(_PointEvent):
    """Another nuisance, until *until_s*; *strength* 1 is usual."""

    kind: Literal[
        Nuisance.STEAM,
        Nuisance.CIGARETTE,
        Nuisance.WELDING,
        Nuisance.DUST,
        Nuisance.INSECTS,
        Nuisance.SUN,
        Nuisance.HEATER,
    ]
    until_s: float = Field(ge=0, allow_inf_nan=False)
    strength: float = Field(1.0, gt=0, le=20, allow_inf_nan=False)


class PressEvent(_LastingPointEvent):
    """Manual call points are pressed; they stay pressed until *until_s* or a restore."""

    kind: Literal["press"]


class FaultEvent(_LastingPointEvent):
    """Detectors fail: they report it, fall silent, or show wrong values.

    ``stuck`` shows one value for ever, ``railed`` the top and ``dead`` the bottom of its range,
    ``battery`` reports a battery nearly flat.
    """

    kind: Literal["fault"]
    how: Literal[
        FaultMode.REPORTED,
        FaultMode.SILENT,
        FaultMode.STUCK,
        FaultMode.RAILED,
        FaultMode.DEAD,
        FaultMode.BATTERY,
    ] = FaultMode.REPORTED


class DirtEvent(_LastingPointEvent):
    """The chamber of a smoke detector gets dirty: its value rises by *per_day* dB/m each day."""

    kind: Literal["dirt"]
    per_day: float = Field(0.001, gt=0, le=10, allow_inf_nan=False)


class SpikesEvent(_LastingPointEvent):
    """A bad contact: single samples are wrong by *size*, about one in each *every_s*."""

    kind: Literal["spikes"]
    size: float = Field(allow_inf_nan=False)
    every_s: float = Field(60.0, gt=0, allow_inf_nan=False)


class NoiseEvent(_LastingPointEvent):
    """A failing amplifier: every sample is off by a normal deviate of *size*."""

    kind: Literal["noise"]
    size: float = Field(gt=0, allow_inf_nan=False)


class TamperEvent(_LastingPointEvent):
    """Detectors are opened."""

    kind: Literal["tamper"]


class RestoreEvent(_PointEvent):
    """Call points are reset, detectors repaired and closed; a fire burns on."""

    kind: Literal["restore"]


class StormEvent(Part):
    """Lightning that disturbs *lines*: a *share* of the sentences on them is damaged."""

    kind: Literal["storm"]
    at_s: float = Field(ge=0, allow_inf_nan=False)
    until_s: float = Field(ge=0, allow_inf_nan=False)
    lines: Annotated[tuple[Name, ...], AfterValidator(not_empty)]
    share: float = Field(0.5, gt=0, le=1, allow_inf_nan=False)


PointEvent = (
    FireEvent
    | CookingEvent
    | NuisanceEvent
    | PressEvent
    | FaultEvent
    | DirtEvent
    | SpikesEvent
    | NoiseEvent
    | TamperEvent
    | RestoreEvent
)
"""An event at points."""

ScenarioEvent = Annotated[PointEvent | StormEvent, Field(discriminator="kind")]
"""Any event."""

RestorableEvent = FaultEvent | DirtEvent | SpikesEvent | NoiseEvent | TamperEvent | PressEvent
"""An event that a restore ends."""
