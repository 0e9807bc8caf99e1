"""Report a source with messages that are not understood as a fault: they may be fires."""

from contract.messages import Kind
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

READABLE_FOR_S = 60.0
"""A sender that was understood since, and said nothing unreadable for so long, is readable again."""

FORGOTTEN_AFTER_S = 3_600.0
"""A sender that was never understood, and is not heard any more, is reported for so long."""

_MOST_SENDERS = 100
"""Senders that are kept apart; all further ones count as one."""

_OTHERS = "(others)"


class UnreadableMessageWatch:
    """Watches one source for messages of detectors that are not understood."""

    def __init__(self, conditions: ConditionSet) -> None:
        self._conditions = conditions
        # When the last unreadable message came, and whether the sender was understood since.
        self._senders: dict[str, tuple[float, bool]] = {}

    @property
    def senders(self) -> tuple[str, ...]:
        """The senders whose messages are not understood."""
        return tuple(self._senders)

    def note_unreadable(self, sender: str, moment: Moment) -> list[ConditionChange]:
        """Note a refused message of *sender*."""
        known = sender in self._senders or len(self._senders) < _MOST_SENDERS
        sender = sender if known else _OTHERS
        self._senders[sender] = (moment.t, False)
        return self._conditions.begin(_cause(sender), moment)

    def note_understood(self, sender: str) -> None:
        """Note an understood message of *sender*."""
        if sender in self._senders:
            self._senders[sender] = (self._senders[sender][0], True)

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by time alone."""
        over = [
            sender
            for sender, (t, understood) in self._senders.items()
            if moment.t - t >= (READABLE_FOR_S if understood else FORGOTTEN_AFTER_S)
        ]
        for sender in over:
            del self._senders[sender]
        return [change for each in over for change in self._conditions.end(_cause(each), moment)]


def _cause(sender: str) -> ConditionCause:
    return ConditionCause(Kind.FAULT, SignalReason.UNREADABLE_MESSAGES, sender)
