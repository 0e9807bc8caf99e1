"""The order of the steps by which people go on with a fire, and those that a step leaves out."""

from collections.abc import Mapping

from alerting.domain.model.fire import Phase

STEPS = (Phase.DISPATCHED, Phase.ON_SCENE, Phase.UNDER_CONTROL)
"""The steps after somebody took a fire, in their order."""

_BEGINNING: Mapping[Phase, int] = {Phase.CONFIRMED: 0, Phase.ACKNOWLEDGED: 0}
_TAKEN: Mapping[Phase, int] = {each: number for number, each in enumerate(STEPS, start=1)}


def skipped_steps(now: Phase, step: Phase) -> tuple[Phase, ...] | None:
    """Return the steps that are left out where *step* follows the phase *now*; None if it cannot.

    A fire under control may flare up: then forces are on scene again.
    """
    if now is Phase.UNDER_CONTROL and step is Phase.ON_SCENE:
        return ()
    taken = _BEGINNING.get(now, _TAKEN.get(now))
    if taken is None or step not in _TAKEN or _TAKEN[step] <= taken:
        return None
    return STEPS[taken : _TAKEN[step] - 1]
