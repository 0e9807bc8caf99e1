"""Quantities, their units, and the range of possible values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity. *low* and *high* bound what any working sensor can report, in *unit*."""

    name: str
    unit: str
    low: float
    high: float


COMMON_ALARM = "commonalarm"
"""A panel reports a fire and does not say of which point: it may be any point of its gateway."""

# The bounds are those of the instruments, not of comfort: a bare thermocouple in a furnished burn
# reads over 1200 degC, and an obscured light path beyond 20 dB/m is darkness.
QUANTITIES = {
    each.name: each
    for each in (
        Quantity("smoke", "dB/m", -1.0, 50.0),
        Quantity("temperature", "degC", -60.0, 1400.0),
        Quantity("co", "ppm", -20.0, 20_000.0),
        Quantity("manual", "0/1", 0.0, 1.0),
        Quantity("alarm", "0/1", 0.0, 1.0),
        Quantity("heatalarm", "0/1", 0.0, 1.0),
        Quantity("coalarm", "0/1", 0.0, 1.0),
        Quantity("gasalarm", "0/1", 0.0, 1.0),
        Quantity(COMMON_ALARM, "0/1", 0.0, 1.0),
        Quantity("battery", "%", 0.0, 100.0),
    )
}
