"""The troubles of one premises: faults, or supervisory signals, merged into one incident."""

from alerting.domain.model.condition import Condition
from alerting.domain.model.incident import Incident
from alerting.domain.model.trouble_conditions import TroubleConditions
from contract import incidents as wire
from contract.messages import Kind

DISABLEMENT = "disablement"
"""The part of supervisory troubles that hold back a fire: it waits for no other."""


def part_of(kind: Kind) -> str:
    """Return the part of the premises' troubles that a signal of *kind* belongs to."""
    return DISABLEMENT if kind is Kind.DISABLED else ""


TroublePhase = wire.TroublePhase
"""The phase of a trouble, as every interface names it."""


class Trouble(Incident, frozen=True, kw_only=True):
    """Everything out of order at one premises since it was last in order; merged, and never hidden.

    *turn* counts its messages, *unnotified* the conditions that came since the last one.
    """

    phase: TroublePhase
    conditions: TroubleConditions
    turn: int = 0
    unnotified: int = 0

    @property
    def is_common(self) -> bool:
        """Whether the command center is notified of all of it in another incident."""
        return self.conditions.common == len(self.conditions)

    @property
    def standing(self) -> tuple[Condition, ...]:
        """The conditions that still hold."""
        return tuple(self.conditions.still_standing())
