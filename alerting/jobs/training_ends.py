"""Ends trainings: all of them at a start of the center, and each that went on for too long."""

import asyncio

import structlog

from alerting.engine.trainings import Trainings
from runtime.clock import Clock

log = structlog.get_logger(__name__)

EVERY_S = 30.0
"""Seconds between two looks for a training that is too old."""


class TrainingEnds:
    """Ends *trainings* by *clock*."""

    def __init__(self, trainings: Trainings, clock: Clock) -> None:
        self._trainings = trainings
        self._clock = clock

    async def run(self) -> None:
        """End what the process before this one left open; then what is too old, until cancelled."""
        self._log(await self._trainings.end_all(self._clock()))
        while True:
            await asyncio.sleep(EVERY_S)
            self._log(await self._trainings.end_old(self._clock()))

    def _log(self, ended: int) -> None:
        if ended:
            log.info("trainings ended by the center", count=ended)
