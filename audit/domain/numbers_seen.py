"""A set of numbers that mostly follow each other: one bit for each."""

PAGE = 32_768
"""Numbers in one page; a number that lies far from all others takes one page, and no more."""

LARGEST = 2**63
"""Beyond the numbers of any row."""


def number_in(key: str) -> int | None:
    """Return the number of the row that *key* stands for; None where it is none."""
    digits = key.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST))):
        return None
    number = int(key)
    return number if -LARGEST <= number < LARGEST else None


class NumbersSeen:
    """The numbers that were added."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, number: int) -> None:
        """Add *number*."""
        page, place = divmod(number, PAGE)
        if page not in self._pages:
            self._pages[page] = bytearray(PAGE // 8)
        self._pages[page][place // 8] |= 1 << place % 8

    def __contains__(self, number: int) -> bool:
        page, place = divmod(number, PAGE)
        bits = self._pages.get(page)
        return bits is not None and bool(bits[place // 8] >> place % 8 & 1)
