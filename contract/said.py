"""What a gateway said of one of its lanes, epoch by epoch: the latest word on each."""

from collections import OrderedDict

import msgspec

from contract.messages import LaneState

MOST_EPOCHS = 8
"""Former epochs that are remembered; an outbox is lost less often than that."""


class Said:
    """The last state of a lane under each of its epochs."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, LaneState] = OrderedDict()

    def hear(self, state: LaneState) -> None:
        """Note *state*; whatever waited under another epoch is not kept there any more."""
        for epoch, former in self._states.items():
            if epoch != state.epoch and former.depth:
                self._states[epoch] = msgspec.structs.replace(former, depth=0)
        self._states[state.epoch] = state
        self._states.move_to_end(state.epoch)
        if len(self._states) > MOST_EPOCHS:
            self._states.popitem(last=False)

    def waiting(self) -> list[LaneState]:
        """The last word on each epoch of which the gateway keeps something."""
        return [each for each in self._states.values() if each.depth]

    def of(self, epoch: str) -> LaneState | None:
        """The last word on *epoch*."""
        return self._states.get(epoch)
