"""Analog values of GB/T 26875.3 as readings: a quantity of a component, in one unit.

Source of types, units and steps: the table of analog values in the public repository
ActorLancer/GB-T-26875.3.2011-rs. Its step of 1 m/s for the speed of air is taken as it stands. Pressure
has two types there; here it is one quantity.
"""

from dataclasses import dataclass

from receiver.domain.gbt_times import TAG_BYTES, read_tag

ANALOG_BYTES = 10
"""Bytes of an object without its time."""

_MOST_AGE_S = 7 * 86_400.0
"""A value that is older by its transmitter's clock has the time of its arrival: its clock was set."""


_UNKNOWN = "analog-"


@dataclass(frozen=True, slots=True)
class AnalogType:
    """A type of analog values: *step* of *unit* is the 1 of what is sent."""

    quantity: str
    unit: str
    step: float


ANALOG_TYPES = {
    1: AnalogType("events", "events", 1.0),
    2: AnalogType("height", "m", 0.01),
    3: AnalogType("temperature", "degC", 0.1),
    4: AnalogType("pressure", "kPa", 100.0),
    5: AnalogType("pressure", "kPa", 0.1),
    6: AnalogType("gas", "%LEL", 0.1),
    7: AnalogType("duration", "s", 1.0),
    8: AnalogType("voltage", "V", 0.1),
    9: AnalogType("current", "A", 0.1),
    10: AnalogType("flow", "L/s", 0.1),
    11: AnalogType("airflow", "m3/min", 0.1),
    12: AnalogType("airspeed", "m/s", 1.0),
}
"""The types of the standard; 13 to 127 are reserved in it, 128 to 255 are its user's own."""


@dataclass(frozen=True, slots=True)
class GbtReading:
    """A value of the component at one of *addresses*; *sampled* is its time as a tag, empty if none."""

    addresses: tuple[str, ...]
    quantity: str
    value: float
    sampled: bytes

    @property
    def is_of_standard(self) -> bool:
        """Whether its type is one of the standard, so that its unit is known."""
        return not self.quantity.startswith(_UNKNOWN)

    def age_s(self, sent: bytes) -> float:
        """Return how old it was when its frame was *sent*, both by the transmitter's clock.

        0 where that says nothing: its clock may be off, and nothing is judged by it.
        """
        if len(self.sampled) != TAG_BYTES:
            return 0.0
        sampled_at, sent_at = read_tag(self.sampled, 0.0), read_tag(sent, 0.0)
        if sampled_at is None or sent_at is None:
            return 0.0
        age = sent_at - sampled_at
        return age if 0.0 <= age <= _MOST_AGE_S else 0.0


def analog_value(kind: int, raw: int) -> tuple[str, float]:
    """Return quantity and value of *raw*, of the type *kind*; of an unknown type the number as sent."""
    known = ANALOG_TYPES.get(kind)
    if known is None:
        return f"{_UNKNOWN}{kind}", float(raw)
    # Decimal steps: 235 tenths are 23.5, and not 23.500000000000004.
    return known.quantity, round(raw * known.step, 2)
