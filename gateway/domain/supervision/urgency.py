"""Tell measured values, which come every second, from what may be an alarm, while bytes still arrive."""

import re

from contract.sentences import MAX_SENTENCE
from gateway.domain.detection.switch import SWITCHES

_ROUTINE = re.compile(
    rb"(?:\$TSR,[a-z0-9-]{1,63},[0-9]{1,5},(?!(?:%b),)[a-z][a-z0-9]{0,15},-?[0-9.]{1,17},normal\*[0-9A-F]{4}\r\n)*"
    % "|".join(SWITCHES).encode()
)
"""Whole sentences of detectors that measured something and say nothing else of themselves."""


class LineUrgency:
    """Tells of the bytes of one line whether they must be looked at now.

    Urgent is whatever is not known to be routine: a switch, a detector's word of itself, a value that it
    could not measure, damage. The begin of a sentence can wait for its end.
    """

    def __init__(self) -> None:
        self._begun = b""

    def is_urgent(self, data: bytes) -> bool:
        """Return whether *data* completes anything but routine."""
        data = self._begun + data
        routine = _ROUTINE.match(data)
        self._begun = data[routine.end() :] if routine else data
        if b"\n" not in self._begun and len(self._begun) < MAX_SENTENCE:
            return False
        self._begun = self._begun.rpartition(b"\n")[2][-MAX_SENTENCE:]
        return True
