"""The state that a lamp or panel on site shows, in one word."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class PanelState(StrEnum):
    """The state of the site; of several, the most urgent one."""

    NORMAL = "normal"
    FIRE = "fire"  # a fire signal of this gateway holds
    RELAYED = "relayed"  # the center has made it an incident
    ACKNOWLEDGED = "acknowledged"  # a person at the center has it
    TROUBLE = "trouble"  # the center cannot be reached, or receipts nothing


_OVER = "closed"
_ACTED_ON = frozenset({"acknowledged", "dispatched", "on_scene", "under_control"})
_RELAYED = frozenset({"suspected", "confirmed"})


def panel_state(*, fire: bool, phases: Iterable[str], trouble: bool) -> PanelState:
    """Return the state to show; *phases* are those of the center's incidents (docs/protocol.md, 4.6).

    A fire that the center knows is shown as such even in trouble; one that it may not know is not.
    """
    present = set(phases)
    if present & _ACTED_ON:
        return PanelState.ACKNOWLEDGED
    if present & _RELAYED:
        return PanelState.RELAYED
    if trouble:
        return PanelState.TROUBLE
    return PanelState.FIRE if fire else PanelState.NORMAL


def notice_to_forget(phases: Mapping[str, str]) -> str:
    """Return the incident to forget first: the oldest closed one, else the oldest.

    *phases* are by incident, the one of which was heard longest ago first.
    """
    return next((each for each, phase in phases.items() if phase == _OVER), next(iter(phases)))
