"""A source of which a message is not understood is in fault: what it says may be a fire."""

from contract.messages import Kind
from gateway.domain.changes import Cause, Change, Conditions, Moment, Reason

READABLE_FOR_S = 60.0
"""A sender that was understood since, and said nothing unreadable for so long, is readable again."""

FORGOTTEN_AFTER_S = 3_600.0
"""A sender that was never understood, and is not heard any more, is told of for so long."""

_MOST_SENDERS = 100
"""Senders that are told apart; all further ones count as one."""

_OTHERS = "(others)"


class ReadableWatch:
    """Watches one source for messages that look like a detector's and are not understood."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        # When the last unreadable message came, and whether the sender was understood since.
        self._senders: dict[str, tuple[float, bool]] = {}

    @property
    def senders(self) -> tuple[str, ...]:
        """Senders that are not understood."""
        return tuple(self._senders)

    def note_unreadable(self, sender: str, moment: Moment) -> list[Change]:
        """Note a message of *sender* that was refused."""
        known = sender in self._senders or len(self._senders) < _MOST_SENDERS
        sender = sender if known else _OTHERS
        self._senders[sender] = (moment.t, False)
        return self._conditions.begin(_cause(sender), moment)

    def note_understood(self, sender: str) -> None:
        """Note a message of *sender* that was understood."""
        if sender in self._senders:
            self._senders[sender] = (self._senders[sender][0], True)

    def tick(self, moment: Moment) -> list[Change]:
        """Return what follows from time alone."""
        over = [
            sender
            for sender, (t, understood) in self._senders.items()
            if moment.t - t >= (READABLE_FOR_S if understood else FORGOTTEN_AFTER_S)
        ]
        for sender in over:
            del self._senders[sender]
        return [change for each in over for change in self._conditions.end(_cause(each), moment)]


def _cause(sender: str) -> Cause:
    return Cause(Kind.FAULT, Reason.UNREADABLE_MESSAGES, sender)
