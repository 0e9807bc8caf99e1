"""Tell one detector at an address from several, by the sequence numbers of their sentences.

One detector counts upwards. It may begin anew after a restart, and sentences may be lost, repeated or
swapped on the way; but only a second detector makes the count go back to where it was, time and again.
"""

from collections import deque

from contract.sentences import SEQUENCE_MODULUS, Sentence

RETURNS = 4
"""Returns that prove a second counter: a restart whose sentences are swapped makes two or three."""

AT_LEAST_S = 60.0
"""The shortest time within which returns count together, and after which the lack of them does."""

MOST_COUNTERS = 4
"""Counters that are kept apart at one address; a restart leaves one behind for a while."""

SPAN = 32
"""Numbers up to the latest that one counter remembers: later than that no line delivers a sentence."""

AHEAD = 64
"""Numbers ahead at which a counter still goes on; beyond that a restart or a second one has leapt."""

_HALF = SEQUENCE_MODULUS // 2
"""A number is behind another one if it is this far ahead or farther."""

_ALL = (1 << SPAN) - 1


class _SequenceCounter:
    """The latest numbers of one counter, or of several that overlap."""

    __slots__ = ("_contents", "_grew", "_heard", "leapt", "t", "top")

    def __init__(self, number: int, content: int, t: float) -> None:
        self.top = number
        self.t = t
        self.leapt = 0  # numbers missed, if it goes on with the counter before it after an outage
        self._heard = _ALL  # by how far behind the top; nothing before the first is a gap
        self._contents = bytearray(SPAN)
        self._contents[number % SPAN] = content
        self._grew = True  # since a number came again

    def distance(self, number: int) -> int:
        """Return how far *number* is ahead of the top; negative if it is behind."""
        return (number - self.top + _HALF) % SEQUENCE_MODULUS - _HALF

    def advance_to(self, number: int, content: int, t: float) -> int:
        """Advance to *number*, which is ahead; return how many numbers were skipped."""
        step = self.distance(number)
        self._heard = (self._heard << step | 1) & _ALL if step < SPAN else 1
        self.top, self.t, self._grew = number, t, True
        self._contents[number % SPAN] = content
        return step - 1

    def note_earlier(self, number: int, content: int) -> int:
        """Note *number*, which is not ahead; return -1 if it was missing, 1 if it is another counter's.

        Another's is a number that was heard with another content, after the counter grew: those that a
        restart repeats follow each other.
        """
        place = 1 << -self.distance(number)
        if not self._heard & place:
            self._heard |= place
            self._contents[number % SPAN] = content
            return -1
        if self._contents[number % SPAN] == content:
            return 0
        self._contents[number % SPAN] = content
        grew, self._grew = self._grew, False
        return int(grew)


class AddressCounters:
    """Follows the sequence counters at one address.

    *window_s* is the address's reporting time. *doubled* while two counters advance in turn; *missed*
    counts the numbers that nobody heard.
    """

    __slots__ = ("_counters", "_returns", "_window_s", "duplicate", "missed_sentences")

    def __init__(self, window_s: float) -> None:
        self.duplicate = False
        self.missed_sentences = 0
        self._window_s = max(AT_LEAST_S, window_s)
        self._counters: list[_SequenceCounter] = []  # the one that was heard last at the end
        self._returns: deque[float] | None = None  # when; most addresses never have one

    def count_sentence(self, sentence: Sentence, t: float) -> None:
        """Count *sentence*, received at *t*."""
        number = sentence.sequence
        # Not 0, which stands for what was not heard.
        content = 1 + hash((sentence.quantity, sentence.value, sentence.status)) % 255
        if len(self._counters) == 1 and self._counters[0].distance(number) == 1:
            self._counters[0].advance_to(number, content, t)  # as nearly always
            return
        self._counters[:-1] = [each for each in self._counters[:-1] if t - each.t <= self._window_s]
        counter = self._owner(number)
        if counter is None:
            self._begin(number, content, t)
        elif counter.distance(number) > 0:
            self.missed_sentences += counter.advance_to(number, content, t)
            self._turn_to(counter, t)
        elif (what := counter.note_earlier(number, content)) > 0:
            self._returned(t)
        else:
            self.missed_sentences += what

    def tick(self, t: float) -> None:
        """Forget the second counter after a reporting time without it."""
        if self.duplicate and self._returns and t - self._returns[-1] > self._window_s:
            self.duplicate, self._returns = False, None

    def _owner(self, number: int) -> _SequenceCounter | None:
        """Return the counter nearest to *number*; None if none is near."""
        near = [each for each in reversed(self._counters) if -SPAN < each.distance(number) <= AHEAD]
        return min(near, key=lambda each: abs(each.distance(number)), default=None)

    def _turn_to(self, counter: _SequenceCounter, t: float) -> None:
        """Note that *counter* advanced; drop counters that it has reached."""
        if counter is not self._counters[-1]:
            self._returned(t)
        others = [each for each in self._counters if abs(each.distance(counter.top)) >= SPAN]
        self._counters = [*(each for each in others if each is not counter), counter]

    def _returned(self, t: float) -> None:
        for each in self._counters:
            self.missed_sentences, each.leapt = self.missed_sentences - each.leapt, 0
        if self._returns is None:
            self._returns = deque(maxlen=RETURNS)
        self._returns.append(t)
        enough = len(self._returns) == RETURNS and t - self._returns[0] <= self._window_s
        self.duplicate = self.duplicate or enough

    def _begin(self, number: int, content: int, t: float) -> None:
        """Begin a counter: of a restart, or of a second detector. A row of restarts is only one."""
        if not self.duplicate:
            self._returns = None
        fresh = _SequenceCounter(number, content, t)
        if self._counters:
            fresh.leapt = max(0, self._counters[-1].distance(number) - 1)
            self.missed_sentences += fresh.leapt
        self._counters = [*self._counters, fresh][-MOST_COUNTERS:]
