"""The next notification of a fire if nobody acts, by its deadlines."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerting.domain.decisions.escalation import (
    REPEAT,
    UNCONFIRMED,
    UNCONFIRMED_REPEAT,
    is_stage,
    stage_of,
)
from alerting.domain.decisions.notify import with_recipients
from alerting.domain.model.fire import FireIncident
from contract.times import Micros
from registry.model.policies import COMMAND_CENTER


@dataclass(frozen=True, slots=True)
class StageAhead:
    """The notification of *notify* at *at*, by *stage* of the policy; None where one is repeated."""

    at: Micros
    stage: int | None
    unconfirmed: bool
    notify: tuple[str, ...]


def coming_stage(fire: FireIncident, deadlines: Iterable[tuple[str, Micros]]) -> StageAhead | None:
    """Return what is notified next by *deadlines*, each a key and a moment; None where nothing is."""
    for key, at in sorted(deadlines, key=lambda each: (each[1], each[0])):
        if key in (REPEAT, UNCONFIRMED_REPEAT) or is_stage(key):
            return _ahead(fire, key, at)
    return None


def _ahead(fire: FireIncident, key: str, at: Micros) -> StageAhead | None:
    route = fire.site.unconfirmed
    if key == REPEAT:
        again = with_recipients(fire.site.repeat_to, (COMMAND_CENTER,))
        return StageAhead(at, None, unconfirmed=False, notify=again)
    if key == UNCONFIRMED_REPEAT:
        again = route.repeat_recipients if route else fire.site.stages[0].notify
        return StageAhead(at, None, unconfirmed=True, notify=again)
    is_unconfirmed = key.startswith(UNCONFIRMED)
    stages = route.stages if is_unconfirmed and route else fire.site.stages
    number = int(key.removeprefix(UNCONFIRMED)) if is_unconfirmed else stage_of(key)
    if number >= len(stages):
        return None
    return StageAhead(at, number, unconfirmed=is_unconfirmed, notify=stages[number].notify)
