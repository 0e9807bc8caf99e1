"""Reports a channel that could notify nobody now, before a fire needs it."""

import asyncio
from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from alerting.channels.channel import Channel
from alerting.domain.notification.center import channel_fault
from alerting.engine.findings import Findings
from alerting.store.retry import DatabaseRetry
from contract.messages import Edge
from contract.times import to_micros
from runtime.clock import Clock

LOOK_S = 1.0
"""Seconds between two looks at the self-tests; each channel tests itself in its own time."""


@runtime_checkable
class SelfTesting(Protocol):
    """A channel that tests itself: *failing_step* would fail now, None while no step would.

    It is one of *steps*, and "" until the first self-test.
    """

    @property
    def name(self) -> str:
        """Return the name of the channel."""
        ...

    @property
    def steps(self) -> tuple[str, ...]:
        """Return all steps that can fail."""
        ...

    @property
    def failing_step(self) -> str | None:
        """Return the step of telling somebody that would fail."""
        ...


class ChannelWatch:
    """Raises and restores the faults of channels at the center."""

    def __init__(self, findings: Findings, *, clock: Clock, database_retry: DatabaseRetry) -> None:
        self._findings = findings
        self._clock = clock
        self._database_retry = database_retry
        self._told: dict[str, str | None] = {}

    async def run(self, channels: Iterable[Channel]) -> None:
        """Watch those of *channels* that test themselves, until cancelled."""
        watched = [each for each in channels if isinstance(each, SelfTesting)]
        while True:
            for each in watched:
                await self._look_at(each, each.failing_step)
            await asyncio.sleep(LOOK_S)

    async def _look_at(self, channel: SelfTesting, step: str | None) -> None:
        name = channel.name
        if step == "" or (name in self._told and self._told[name] == step):
            return
        # Of what was reported before this program began, nothing is known but which steps there are.
        over = [each for each in channel.steps if each != step]
        await self._report_steps(name, over, Edge.RESTORED)
        if step is not None:
            await self._report_steps(name, [step], Edge.RAISED)
        self._told[name] = step

    async def _report_steps(self, channel: str, steps: Iterable[str], edge: Edge) -> None:
        now = self._clock()
        found = [channel_fault(channel, step, to_micros(now)) for step in steps]
        await self._database_retry.until_stored(
            lambda: self._findings.report_conditions(found, now, edge=edge)
        )
