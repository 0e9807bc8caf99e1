"""The troubles of one premises: faults, or supervisory signals, merged into one incident."""

from alerting.domain.model.condition import Condition
from alerting.domain.model.incident import Incident
from alerting.domain.model.trouble_conditions import TroubleConditions
from contract import incidents as wire
from contract.messages import Kind, Scope, Signal

DISABLEMENT = "disablement"
"""The part of supervisory troubles that hold back a fire: it waits for no other."""


IDENTITY = "identity"
"""The part of troubles that somebody else speaks for a gateway: they are sent at once, and wait for no
other."""

_OF_IDENTITY = frozenset(
    {"unverified_messages", "two_speakers", "connection_taken_over", "session_taken_over"}
)


def part_of(signal: Signal) -> str:
    """Return the part of the premises' troubles that *signal* belongs to."""
    if signal.kind is Kind.DISABLED:
        return DISABLEMENT
    return IDENTITY if signal.scope is Scope.GATEWAY and signal.reason in _OF_IDENTITY else ""


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
