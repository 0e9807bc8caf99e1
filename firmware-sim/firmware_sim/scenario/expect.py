"""The expectation of a scenario: the outcome that a gateway and a center must reach."""

from pydantic import Field

from firmware_sim.scenario.io_config import Address
from runtime.settings import Part


class Expectation(Part):
    """The signals that a gateway and a center must raise; times in the scenario's seconds.

    Each name in *alarm*, *fault* and *attention* has the time by which it is raised. *attention* is a
    fault or a supervisory signal: somebody has to look at it. Points in *may_alarm* or *may_fault* may
    raise one; nothing else raises a fire or a fault, and no fire is raised before *not_before_s*.
    Without *confirmed_by_s* no fire is ever confirmed.
    """

    confirmed_by_s: float | None = Field(None, ge=0)
    not_before_s: float = Field(0.0, ge=0)
    alarm: dict[Address, float] = Field(default_factory=dict)
    fault: dict[Address, float] = Field(default_factory=dict)
    attention: dict[Address, float] = Field(default_factory=dict)
    may_alarm: tuple[Address, ...] = ()
    may_fault: tuple[Address, ...] = ()

    def names(self) -> dict[str, list[str]]:
        """The points and lines that each key names."""
        return {
            "alarm": list(self.alarm),
            "fault": list(self.fault),
            "attention": list(self.attention),
            "may_alarm": list(self.may_alarm),
            "may_fault": list(self.may_fault),
        }
