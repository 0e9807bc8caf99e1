"""The troubles of one premises: faults, or supervisory signals, merged into one incident."""

from msgspec import Struct

from alerting.domain.model.incident import Incident
from contract import incidents as wire
from contract.messages import Kind, Signal
from contract.times import Micros

DISABLEMENT = "disablement"
"""The part of supervisory troubles that hold back a fire: it waits for no other."""


def part_of(kind: Kind) -> str:
    """Return the part of the premises' troubles that a signal of *kind* belongs to."""
    return DISABLEMENT if kind is Kind.DISABLED else ""


TroublePhase = wire.TroublePhase
"""The phase of a trouble, as every interface names it."""


class Condition(Struct, frozen=True):
    """A condition that is out of order, or was until *restored_at*."""

    gateway: str
    scope: str
    name: str
    kind: str
    reason: str
    since: Micros
    value: float | None = None
    restored_at: Micros | None = None

    @property
    def key(self) -> str:
        """The key of the condition at its premises."""
        return "/".join((self.gateway, self.scope, self.name, self.kind, self.reason))

    @property
    def standing(self) -> bool:
        """Whether it still holds, by its latest signal."""
        return self.restored_at is None


class Trouble(Incident, frozen=True, kw_only=True):
    """Everything out of order at one premises since it was last in order; merged, and never hidden.

    *turn* counts its messages, *unnotified* are the keys of the conditions that came since the last one,
    *common* those of which the command center is notified in an incident of the network.
    """

    phase: TroublePhase
    conditions: dict[str, Condition]
    turn: int = 0
    unnotified: tuple[str, ...] = ()
    common: tuple[str, ...] = ()

    @property
    def is_common(self) -> bool:
        """Whether the command center is notified of all of it in another incident."""
        return all(key in self.common for key in self.conditions)

    @property
    def standing(self) -> tuple[Condition, ...]:
        """The conditions that still hold."""
        return tuple(each for each in self.conditions.values() if each.standing)


def condition_of(gateway: str, signal: Signal, happened_at: Micros) -> Condition:
    """Return the condition that *signal* of *gateway* reports."""
    about = (gateway, signal.scope.value, signal.name, signal.kind.value, signal.reason)
    return Condition(*about, since=happened_at, value=signal.value)
