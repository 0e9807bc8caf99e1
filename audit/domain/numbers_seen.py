"""A set of numbers that mostly follow each other: one bit for each."""


class NumbersSeen:
    """The numbers that were added."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._first = -1  # the number of the first bit, a multiple of eight

    def add(self, number: int) -> None:
        """Add *number*, which is not negative."""
        if self._first < 0:
            self._first = number - number % 8
        if number < self._first:
            self._bits[:0] = bytes((self._first - number + 7) // 8)
            self._first -= (self._first - number + 7) // 8 * 8
        place, bit = divmod(number - self._first, 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << bit

    def __contains__(self, number: int) -> bool:
        place, bit = divmod(number - self._first, 8)
        return self._first >= 0 <= place < len(self._bits) and bool(self._bits[place] >> bit & 1)
