"""The state of a part of the center, and since when: a part that was never heard is lost."""

from dataclasses import dataclass

from contract.http.console import CenterPart, PartState
from contract.times import Micros


@dataclass(slots=True)
class PartWatch:
    """The state of one part; *since* is when it became that."""

    since: Micros
    state: PartState = PartState.LOST

    def note(self, is_well: bool, now: Micros) -> None:  # noqa: FBT001 (what was seen)
        """Note how the part is *now*."""
        state = PartState.OK if is_well else PartState.LOST
        if state is not self.state:
            self.state, self.since = state, now

    def part(self) -> CenterPart:
        """Return it as a tick tells it."""
        return CenterPart(state=self.state, since=self.since)
