"""Sends trial deliveries: once each, and beside the queues, so that no message about a fire waits."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from alerting.channels.channel import Channel, ChannelMessage
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.tried import NamedAddress
from alerting.engine.delivered_addresses import DeliveredAddresses

log = structlog.get_logger(__name__)

ANSWER_S = 7.0
"""Seconds that whoever asks waits for the outcome: the command line gives up after ten."""

MOST_UNDER_WAY = 8
"""Trial deliveries under way at once."""


@dataclass(frozen=True, slots=True)
class TrialDelivery:
    """The *message* of a trial to an address, *named* by its contact and channel."""

    named: NamedAddress
    message: ChannelMessage


class TrialSender:
    """Sends trials over the channels that are set up; notes the addresses that were *delivered* to."""

    def __init__(self, delivered: DeliveredAddresses) -> None:
        self._delivered = delivered
        self._channels: Mapping[str, Channel] = {}
        self._under_way: set[asyncio.Task[ChannelAnswer]] = set()

    def open(self, channels: Mapping[str, Channel]) -> None:
        """Send over *channels* from now on."""
        self._channels = channels

    def stop(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()

    def has_room(self, count: int) -> bool:
        """Return whether *count* more can be under way."""
        return len(self._under_way) + count <= MOST_UNDER_WAY

    async def send(self, trial: TrialDelivery) -> ChannelAnswer | None:
        """Return the answer to *trial*; None where it is still under way after ANSWER_S."""
        task = asyncio.create_task(self._attempt(trial), name=f"trial {trial.message.id}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        done, _ = await asyncio.wait({task}, timeout=ANSWER_S)
        return task.result() if done else None

    async def _attempt(self, trial: TrialDelivery) -> ChannelAnswer:
        contact, name = trial.named.destination
        channel = self._channels.get(name)
        if channel is None:
            reason = f"{name} is not set up here; add [channels.{name}]"
            return ChannelAnswer(AttemptResult.REFUSED, reason)
        answer = await channel.send(trial.message)
        if answer.result is AttemptResult.DELIVERED:
            self._delivered.note_delivered(trial.named)
        about = {"contact": contact, "channel": name, "result": answer.result.value}
        log.info("trial delivery ended", **about, reason=answer.reason)
        return answer
