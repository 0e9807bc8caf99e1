"""A moment on two clocks."""

from typing import NamedTuple


class Moment(NamedTuple):
    """A moment on two clocks.

    *at*: microseconds since 1970 by the wall clock, which may be set; it goes into messages.
    *t*: seconds of a clock that only goes forward; all waiting and filtering is measured by it.
    """

    at: int
    t: float
