"""The state of a detector that decides its alarms itself."""

from dataclasses import dataclass
from enum import StrEnum

from contract.quantities import COMMON_ALARM


@dataclass(frozen=True, slots=True)
class DetectorState:
    """The state that such a detector published; None where it did not say.

    *smoke*, *heat*, *co*, *gas* and *manual* are alarms, *common* that of a panel which does not say of
    which point; *water_leak* and *supervisory* are supervised
    conditions, *prealarm* is the warning of a detector that judges by itself. *faults* are
    the troubles that it told of, each with the field that told and whether it holds: they are
    independent of each other, so that a field that says "no" never ends what another one says.
    *measured_at* is when the detector measured, in microseconds since 1970, where the message says.
    """

    smoke: bool | None = None
    test: bool | None = None
    tamper: bool | None = None
    # Percent.
    battery: float | None = None
    battery_low: bool | None = None
    heat: bool | None = None
    co: bool | None = None
    gas: bool | None = None
    water_leak: bool | None = None
    manual: bool | None = None
    common: bool | None = None
    prealarm: bool | None = None
    supervisory: bool | None = None
    disabled: bool | None = None
    faults: tuple[tuple[str, bool], ...] = ()
    measured_at: int | None = None
    # What it measured besides: quantities of contract/quantities.py, in their unit.
    values: tuple[tuple[str, float], ...] = ()

    @property
    def alarms(self) -> dict[str, bool]:
        """The alarm levels in the message, each by the quantity that it is judged and stored as."""
        levels = {
            "alarm": self.smoke,
            "heatalarm": self.heat,
            "coalarm": self.co,
            "gasalarm": self.gas,
            "manual": self.manual,
            COMMON_ALARM: self.common,
        }
        return {quantity: level for quantity, level in levels.items() if level is not None}

    @property
    def is_alarm(self) -> bool:
        """Whether any of its alarm levels is true."""
        return any(self.alarms.values())


class StateAge(StrEnum):
    """The age of a state."""

    LIVE = "live"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
