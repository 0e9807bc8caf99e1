"""The part of a scenario that befalls detectors: scripted smoke, nuisances, hands, faults, storms."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field

from firmware_sim.domain.detectors import Trouble
from firmware_sim.domain.nuisances import Nuisance
from runtime.settings import Name, Part

T = TypeVar("T")


# Not Field(min_length=1): that calls a table empty whose only entry has a mistake.
def not_empty(table: tuple[T, ...]) -> tuple[T, ...]:
    """*table*; raises ValueError if it has no entry."""
    if not table:
        raise ValueError("name at least one")
    return table


class _Event(Part):
    at_s: float = Field(ge=0, allow_inf_nan=False)
    points: Annotated[tuple[Name, ...], AfterValidator(not_empty)]


class _Lasting(_Event):
    until_s: float | None = Field(None, ge=0, allow_inf_nan=False)


class Fire(_Lasting):
    """A scripted fire, without physics, that reaches *points* one after the other, *reach_s* apart.

    At each it grows to its peak (dB/m, degC) in *growth_s*; after *until_s* it dies down.
    """

    kind: Literal["fire"]
    reach_s: float = Field(0.0, ge=0, allow_inf_nan=False)
    growth_s: float = Field(60.0, gt=0, allow_inf_nan=False)
    peak_smoke: float = Field(2.0, gt=0, le=50, allow_inf_nan=False)
    peak_temperature: float = Field(90.0, gt=0, le=1400, allow_inf_nan=False)
    decay_s: float = Field(30.0, gt=0, allow_inf_nan=False)


class Cooking(_Event):
    """A nuisance: smoke above the alarm level for some seconds, then clear again."""

    kind: Literal["cooking"]
    rise_s: float = Field(10.0, gt=0, allow_inf_nan=False)
    lasts_s: float = Field(20.0, gt=0, allow_inf_nan=False)
    peak_smoke: float = Field(0.6, gt=0, le=50, allow_inf_nan=False)
    peak_temperature: float = Field(32.0, gt=0, le=1400, allow_inf_nan=False)
    decay_s: float = Field(15.0, gt=0, allow_inf_nan=False)


class Disturbance(_Event):
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


class Press(_Lasting):
    """Somebody presses manual call points; they stay so until *until_s* or a restore."""

    kind: Literal["press"]


class Fault(_Lasting):
    """Detectors break: they say so, fall silent, or show what is not there.

    ``stuck`` shows one value for ever, ``railed`` the top and ``dead`` the bottom of its range,
    ``battery`` tells of a battery nearly flat.
    """

    kind: Literal["fault"]
    how: Literal[
        Trouble.REPORTED,
        Trouble.SILENT,
        Trouble.STUCK,
        Trouble.RAILED,
        Trouble.DEAD,
        Trouble.BATTERY,
    ] = Trouble.REPORTED


class Dirt(_Lasting):
    """The chamber of a smoke detector gets dirty: it sees *per_day* dB/m more each day."""

    kind: Literal["dirt"]
    per_day: float = Field(0.001, gt=0, le=10, allow_inf_nan=False)


class Spikes(_Lasting):
    """A bad contact: single samples are wrong by *size*, about one in each *every_s*."""

    kind: Literal["spikes"]
    size: float = Field(allow_inf_nan=False)
    every_s: float = Field(60.0, gt=0, allow_inf_nan=False)


class Noise(_Lasting):
    """A failing amplifier: every sample is off by a normal deviate of *size*."""

    kind: Literal["noise"]
    size: float = Field(gt=0, allow_inf_nan=False)


class Tamper(_Lasting):
    """Somebody opens detectors."""

    kind: Literal["tamper"]


class Restore(_Event):
    """Somebody resets call points, repairs detectors and closes them; a fire burns on."""

    kind: Literal["restore"]


class Storm(Part):
    """Lightning that upsets *lines*: a *share* of what their detectors say is damaged on the way."""

    kind: Literal["storm"]
    at_s: float = Field(ge=0, allow_inf_nan=False)
    until_s: float = Field(ge=0, allow_inf_nan=False)
    lines: Annotated[tuple[Name, ...], AfterValidator(not_empty)]
    share: float = Field(0.5, gt=0, le=1, allow_inf_nan=False)


AtPoints = Fire | Cooking | Disturbance | Press | Fault | Dirt | Spikes | Noise | Tamper | Restore
"""What happens to points."""

Event = Annotated[AtPoints | Storm, Field(discriminator="kind")]
"""Something that happens."""

Breakage = Fault | Dirt | Spikes | Noise | Tamper | Press
"""What a restore ends."""
