"""A condition of a trouble: something that is out of order, or was."""

from msgspec import Struct

from contract.messages import Signal
from contract.times import Micros


class Condition(Struct, frozen=True):
    """A condition that is out of order, or was until *restored_at*.

    The command center is notified of one that is *common* to many premises by the network's incident.
    """

    gateway: str
    scope: str
    name: str
    kind: str
    reason: str
    since: Micros
    value: float | None = None
    restored_at: Micros | None = None
    common: bool = False

    @property
    def key(self) -> str:
        """The key of the condition at its premises."""
        return "/".join((self.gateway, self.scope, self.name, self.kind, self.reason))

    @property
    def standing(self) -> bool:
        """Whether it still holds, by its latest signal."""
        return self.restored_at is None


def condition_of(gateway: str, signal: Signal, happened_at: Micros) -> Condition:
    """Return the condition that *signal* of *gateway* reports."""
    about = (gateway, signal.scope.value, signal.name, signal.kind.value, signal.reason)
    return Condition(*about, since=happened_at, value=signal.value)
