"""What a lamp or a panel on site shows of the gateway, in one word."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Shown(StrEnum):
    """The state of the site; of several, the one that asks most for somebody."""

    NORMAL = "normal"
    FIRE = "fire"  # a fire signal of this gateway holds
    RELAYED = "relayed"  # the center has made it an incident
    ACKNOWLEDGED = "acknowledged"  # a person at the center has it
    TROUBLE = "trouble"  # the center cannot be reached, or receipts nothing


_OVER = "closed"
_ACTED_ON = frozenset({"acknowledged", "dispatched", "on_scene", "under_control"})
_RELAYED = frozenset({"suspected", "confirmed"})


def shown(*, fire: bool, phases: Iterable[str], trouble: bool) -> Shown:
    """What to show: *phases* are those of the incidents that the center told of (docs/protocol.md, 4.6).

    A fire that the center knows is shown as such even in trouble; one that it may not know is not.
    """
    told = set(phases)
    if told & _ACTED_ON:
        return Shown.ACKNOWLEDGED
    if told & _RELAYED:
        return Shown.RELAYED
    if trouble:
        return Shown.TROUBLE
    return Shown.FIRE if fire else Shown.NORMAL


def least_needed(phases: Mapping[str, str]) -> str:
    """Return the incident to forget first: of those that are closed the oldest, else the oldest.

    *phases* are by incident, the one of which was heard longest ago first.
    """
    return next((each for each, phase in phases.items() if phase == _OVER), next(iter(phases)))
