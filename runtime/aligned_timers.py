"""Timers that end together, so that what is done at intervals wakes the process once for all."""

import asyncio


def until_next(every_s: float) -> float:
    """Return the seconds until the next whole multiple of *every_s* on the clock of the event loop.

    Intervals that divide each other meet: a check each half second comes with the one each second.
    """
    return every_s - asyncio.get_running_loop().time() % every_s if every_s else 0.0
