"""What is out of order at one premises: faults, or supervisory signals, folded into one case."""

from msgspec import Struct

from alerting.domain.model.incident import Incident
from contract import incidents as wire
from contract.messages import Kind, Signal
from contract.times import Micros

DISABLEMENT = "disablement"
"""The part of the supervisory troubles that says what holds back a fire: it waits for no other."""


def part_of(kind: Kind) -> str:
    """Return the part of the premises' troubles that a signal of *kind* belongs to."""
    return DISABLEMENT if kind is Kind.DISABLED else ""


TroublePhase = wire.TroublePhase
"""How far a trouble has come, as every interface names it."""


class Condition(Struct, frozen=True):
    """Something that is out of order, or was until *restored_at*."""

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
        """What identifies the condition at its premises."""
        return "/".join((self.gateway, self.scope, self.name, self.kind, self.reason))

    @property
    def standing(self) -> bool:
        """Whether it still holds, as far as anybody told."""
        return self.restored_at is None


class Trouble(Incident, frozen=True, kw_only=True):
    """All that is out of order at one premises since it was last in order; folded, and never hidden.

    *turn* counts what was told of it, *untold* are the keys of those conditions that came since,
    *common* of those that the command center is told of in another case, with many alike.
    """

    phase: TroublePhase
    conditions: dict[str, Condition]
    turn: int = 0
    untold: tuple[str, ...] = ()
    common: tuple[str, ...] = ()

    @property
    def is_common(self) -> bool:
        """Whether the command center is told of all of it in another case."""
        return all(key in self.common for key in self.conditions)

    @property
    def standing(self) -> tuple[Condition, ...]:
        """What still holds."""
        return tuple(each for each in self.conditions.values() if each.standing)


def condition_of(gateway: str, signal: Signal, happened_at: Micros) -> Condition:
    """The condition that *signal* of *gateway* tells of."""
    about = (gateway, signal.scope.value, signal.name, signal.kind.value, signal.reason)
    return Condition(*about, since=happened_at, value=signal.value)
