"""The log of changes of all accounts: a line costs more than all else that is done for a signal."""

import structlog

from contract.messages import Edge, Kind
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment
from receiver.domain.address_budget import AddressBudget

log = structlog.get_logger(__name__)

_LINES_S = 20.0
_LINES_AT_ONCE = 200
"""Lines a second, and at once, of fires; as many of everything else."""


class ChangeLog:
    """Writes a line for each change, and where they flood, for some; the next one says how many not."""

    def __init__(self) -> None:
        self._budget = AddressBudget(_LINES_S, _LINES_AT_ONCE)
        self._left_out = 0

    def note(self, gateway: str, change: ConditionChange, moment: Moment) -> None:
        """Log *change* of *gateway*, if there is a line left for it."""
        is_fire = change.kind is Kind.FIRE and change.edge is Edge.RAISED
        if not self._budget.try_take("fires" if is_fire else "others", moment.t):
            self._left_out += 1
            return
        left_out, self._left_out = self._left_out, 0
        log.info(
            "condition changed",
            gateway=gateway,
            kind=change.kind.value,
            edge=change.edge.value,
            name=change.name,
            reason=str(change.reason),
            **({"left_out": left_out} if left_out else {}),
        )
