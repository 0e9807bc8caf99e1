"""The checks of an import that need the settings of the center; they load no engine."""

from alerting.channels.address_parsers import why_unreadable
from alerting.outgoing import OutgoingSettings
from alerting.registry_work.orders import CenterChannels
from contract.times import Micros, from_micros
from registry.domain.channel_checks import refused_addresses, unusable_channels
from registry.domain.reachability import unreachable
from registry.drafts.domain.checking import MoreChecks
from registry.model.contacts import ChannelKind
from registry.model.registry import Registry


def more_checks(channels: CenterChannels, now: Micros) -> MoreChecks:
    """Return the checks of an import that need the center's settings."""
    usable = frozenset(map(ChannelKind, channels.usable))
    center = frozenset(map(ChannelKind, channels.center))
    outgoing = OutgoingSettings.model_validate(channels.outgoing)

    def why_refused(channel: ChannelKind, address: str) -> str | None:
        refused = None if address in channels.trusted else outgoing.why_refused(channel, address)
        return refused or why_unreadable(channel, address)

    def more(registry_: Registry) -> list[str]:
        return [
            *refused_addresses(registry_, why_refused),
            *unusable_channels(registry_, usable),
            *unreachable(registry_, from_micros(now), center=center, usable=usable),
        ]

    return more
