"""The lane states that a gateway reported in its heartbeats, by epoch."""

from collections import OrderedDict

import msgspec

from contract.messages import LaneState

MOST_EPOCHS = 8
"""Former epochs that are remembered; an outbox is lost less often than that."""


class LaneHistory:
    """The latest state of a lane under each of its epochs."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, LaneState] = OrderedDict()

    def record_state(self, state: LaneState) -> None:
        """Record *state*; entries of other epochs no longer wait."""
        for epoch, former in self._states.items():
            if epoch != state.epoch and former.depth:
                self._states[epoch] = msgspec.structs.replace(former, depth=0)
        self._states[state.epoch] = state
        self._states.move_to_end(state.epoch)
        if len(self._states) > MOST_EPOCHS:
            self._states.popitem(last=False)

    def states_with_depth(self) -> list[LaneState]:
        """Return the latest states of epochs with waiting entries."""
        return [each for each in self._states.values() if each.depth]

    def state_of(self, epoch: str) -> LaneState | None:
        """Return the latest state of *epoch*."""
        return self._states.get(epoch)
