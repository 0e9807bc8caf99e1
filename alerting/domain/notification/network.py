"""Many gateways lost at once are one incident: the network's, and not one of each premises."""

from alerting.domain.model.condition import Condition
from alerting.domain.model.incident import PremisesSnapshot
from alerting.domain.notification.policy import MINIMUM, TROUBLE_AGAIN
from contract.messages import Kind, Scope
from contract.times import SECOND, Micros

NETWORK = "~network"
"""The name of the network where a premises is named; none of theirs can have it."""

TOGETHER = 5
"""The number of gateways lost within ``WITHIN`` that have one cause; fewer are notified one by one."""

WITHIN = 120 * SECOND
"""Gateways that one failure cuts off fall silent within the jitter of their heartbeats (10 s) and of the
center's looks (1 s); those that say goodbye do so at once, 90 s before the others."""

GATEWAY_LOST = "gateway_lost"


def network_site() -> PremisesSnapshot:
    """Return the network, of whose troubles the command center is notified."""
    return PremisesSnapshot(NETWORK, "Tocsin", "", MINIMUM, "network", TROUBLE_AGAIN)


def lost_gateway(premises: str, gateway: str, *, name: str, since: Micros) -> Condition:
    """Return the condition that *gateway* of *premises*, called *name*, is lost."""
    kind, scope = Kind.FAULT.value, Scope.GATEWAY.value
    return Condition(f"{premises}/{gateway}", scope, name, kind, GATEWAY_LOST, since)
