"""Sends reminders beside the queues of deliveries: one at a time, and once each."""

from collections.abc import Mapping

from alerting.channels.channel import Channel, ChannelMessage
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.reminders import ReminderMessage
from words.people_text import shown, shown_lines


class ReminderSender:
    """Sends over the channels that are set up; whoever asks says when no alarm needs them."""

    def __init__(self) -> None:
        self._channels: Mapping[str, Channel] = {}

    def open(self, channels: Mapping[str, Channel]) -> None:
        """Send over *channels* from now on."""
        self._channels = channels

    async def send(self, message: ReminderMessage) -> ChannelAnswer:
        """Return the answer to *message*."""
        channel = self._channels.get(message.channel.value)
        if channel is None:
            name = message.channel.value
            return ChannelAnswer(AttemptResult.TRY_LATER, f"{name} is not open yet")
        sent = ChannelMessage(
            id=message.id,
            address=message.address,
            name=shown(message.contact.name),
            subject=message.subject,
            text=shown_lines(message.text),
            body=message.body,
            receiver=message.contact.id,
        )
        return await channel.send(sent)
