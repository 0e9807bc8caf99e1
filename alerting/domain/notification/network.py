"""Many gateways lost at once are one incident: the network's, and not one of each premises."""

from collections.abc import Iterable

from alerting.domain.model.effects import Notify
from alerting.domain.model.incident import PremisesSnapshot
from alerting.domain.model.trouble import Condition, Trouble
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

NAMED = 5
"""Most premises that a sentence names; the message itself lists all of them."""


def network_site() -> PremisesSnapshot:
    """Return the network, of whose troubles the command center is notified."""
    return PremisesSnapshot(NETWORK, "Tocsin", "", MINIMUM, "network", TROUBLE_AGAIN)


def lost_gateway(premises: str, gateway: str, *, name: str, since: Micros) -> Condition:
    """Return the condition that *gateway* of *premises*, called *name*, is lost."""
    kind, scope = Kind.FAULT.value, Scope.GATEWAY.value
    return Condition(f"{premises}/{gateway}", scope, name, kind, GATEWAY_LOST, since)


def network_sentences(notification: Notify, trouble: Trouble) -> dict[str, str]:
    """The text of a relay about the network: ``vi`` and ``en``."""
    standing = trouble.standing
    named_vi, named_en = _named(each.name for each in standing or trouble.conditions.values())
    if not standing:
        count = len(trouble.conditions)
        return {
            "vi": f"ĐÃ KẾT NỐI LẠI {count} thiết bị truyền tin báo cháy: {named_vi}.",
            "en": f"CONNECTED AGAIN: {count} gateways: {named_en}.",
        }
    owner = trouble.owner
    return {
        "vi": f"MẤT KẾT NỐI {len(standing)} thiết bị truyền tin báo cháy"
        f"{f', {owner} đã tiếp nhận' if owner else ''}: {named_vi}.",
        "en": f"CONNECTION LOST to {len(standing)} gateways"
        f"{f', acknowledged by {owner}' if owner else ''}: {named_en}.",
    }


def _named(names: Iterable[str]) -> tuple[str, str]:
    """The first of *names*, each once, in Vietnamese and in English."""
    different = list(dict.fromkeys(names))
    first = "; ".join(different[:NAMED])
    if len(different) <= NAMED:
        return first, first
    return f"{first}; và những nơi khác", f"{first}; and others"
