"""The part of a scenario that says what must come of it: the right outcome, whoever judges."""

from pydantic import Field

from runtime.settings import Name, Part


class Expect(Part):
    """What a gateway and a center owe to a scenario; times in its seconds.

    Each name in *alarm*, *fault* and *attention* has the time by which it is raised. *attention* is a
    fault or a supervisory signal: somebody has to look at it. What is in *may_alarm* or *may_fault* is
    free to; nothing else raises a fire or a fault, and nothing before *not_before_s* raises a fire.
    Without *confirmed_by_s* no fire is ever confirmed.
    """

    confirmed_by_s: float | None = Field(None, ge=0)
    not_before_s: float = Field(0.0, ge=0)
    alarm: dict[Name, float] = Field(default_factory=dict)
    fault: dict[Name, float] = Field(default_factory=dict)
    attention: dict[Name, float] = Field(default_factory=dict)
    may_alarm: tuple[Name, ...] = ()
    may_fault: tuple[Name, ...] = ()

    def names(self) -> dict[str, list[str]]:
        """The points and lines that each key names."""
        return {
            "alarm": list(self.alarm),
            "fault": list(self.fault),
            "attention": list(self.attention),
            "may_alarm": list(self.may_alarm),
            "may_fault": list(self.may_fault),
        }
