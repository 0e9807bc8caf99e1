"""The master of a bus: who is asked, until when an answer counts, and what garbage means."""

from collections.abc import Sequence

from gateway.domain.connectors.bus_schedule import BusMember, BusSchedule

_BABBLE_S = 0.5
"""Whoever talks without being asked holds back the next request for so long at most."""

_GARBLED = 8
"""So many requests in a row that only garbage answered: another speed or parity."""


class BusMaster:
    """One request at a time to one of *members*; *timeouts* are for a whole answer of each, in seconds.

    *gap_s* is the silence between an answer and the next request.
    """

    def __init__(self, members: Sequence[BusMember], timeouts: Sequence[float], *, gap_s: float) -> None:
        self._members = members
        self._timeouts = timeouts
        self._gap_s = gap_s
        self._garbled = 0
        self.settings_are_wrong = False
        self.start(0.0)

    def start(self, now: float) -> None:
        """Begin anew: the port was opened. That its settings are wrong, only an answer refutes."""
        self._schedule = BusSchedule(self._members, now)
        self.asked: int | None = None
        self._asked_at = self._idle_since = self._free_at = now
        self._is_garbled = False

    def next_at(self) -> float | None:
        """Return when an answer is late, or the next request is due."""
        if self.asked is not None:
            return self._asked_at + self._timeouts[self.asked]
        due = self._schedule.next_at()
        return None if due is None else max(due, self._free_at)

    def is_late(self, now: float) -> bool:
        """Return whether the answer to the request did not come in time."""
        return self.asked is not None and now >= self._asked_at + self._timeouts[self.asked]

    def ask_next(self, now: float) -> int | None:
        """Return the member that is asked now; None while nobody is."""
        if self.asked is None and now >= self._free_at:
            self.asked, self._asked_at = self._schedule.next(now), now
            return self.asked
        return None

    def note_bytes(self, now: float) -> None:
        """Note bytes that nobody was asked for: the line is not free yet, within bounds."""
        if self.asked is None:
            self._free_at = min(now + self._gap_s, self._idle_since + _BABBLE_S)

    def note_garbage(self) -> None:
        """Note bytes that another speed or parity would explain."""
        self._is_garbled = True

    def note_sound(self) -> bool:
        """Note a sound frame; return whether the settings, which seemed wrong, are right by that."""
        were_wrong, self.settings_are_wrong = self.settings_are_wrong, False
        self._garbled, self._is_garbled = 0, False
        return were_wrong

    def set_answered(self, now: float, *, is_round_over: bool) -> None:
        """Note that the member answered that was asked."""
        if self.asked is None:
            return
        self._schedule.set_answered(self.asked, now, is_round_over=is_round_over)
        if self._schedule.was_late(self.asked):
            # What came may answer the request before: the answer to this one may still be under way.
            self._schedule.delay(self.asked, now + self._timeouts[self.asked])
        self._free(now)

    def set_missed(self, now: float) -> bool:
        """Note that the member did not answer that was asked; return whether it is lost by that."""
        if self.asked is None:
            return False
        is_lost = self._schedule.set_missed(self.asked, self._asked_at, now)
        if is_lost:
            # It begins anew with another request: the answer to this one may still be under way.
            self._schedule.delay(self.asked, now + self._timeouts[self.asked])
        self._free(now)
        return is_lost

    def are_settings_wrong_by_that(self) -> bool:
        """Return whether that only garbage came says now that speed or parity is wrong."""
        if self._is_garbled:
            self._garbled += 1
        self._is_garbled = False
        if self._garbled < _GARBLED or self.settings_are_wrong:
            return False
        self.settings_are_wrong = True
        return True

    def _free(self, now: float) -> None:
        self.asked = None
        self._idle_since, self._free_at = now, now + self._gap_s
