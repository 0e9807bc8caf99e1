"""A condition of a trouble: something that is out of order, or was."""

from contract import incidents
from contract.messages import Signal
from contract.times import Micros


class Condition(incidents.Condition, frozen=True):
    """A condition that is out of order, or was until *restored_at*.

    The command center is notified of one that is *common* to many premises by the network's incident.
    """

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
