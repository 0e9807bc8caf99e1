"""Remember what a panel said of a point as a whole: it holds for each alarm that it tells meanwhile."""

from dataclasses import replace

from gateway.domain.connectors.events import Told, Word
from gateway.domain.model.detector_state import DetectorState


class PanelStatuses:
    """The points of one panel that are on test or disabled."""

    def __init__(self) -> None:
        self._suppressed: dict[str, DetectorState] = {}

    def state_of(self, told: Told) -> DetectorState:
        """Return what the panel *told* as the state of a detector, with the status that holds."""
        state = told.state()
        if told.word in {Word.TEST, Word.DISABLED}:
            self._note(told.address, state)
        elif state.alarms and (held := self._suppressed.get(told.address)) is not None:
            return replace(state, test=held.test, disabled=held.disabled)
        return state

    def clear(self) -> None:
        """Forget all of it: the panel was reset."""
        self._suppressed.clear()

    def _note(self, address: str, state: DetectorState) -> None:
        if state.test or state.disabled:
            self._suppressed[address] = DetectorState(test=state.test, disabled=state.disabled)
        else:
            self._suppressed.pop(address, None)
