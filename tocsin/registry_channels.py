"""The channels by which people can be notified, as the settings of a center have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tocsin.registry_options import load_alerting


def channels_of(config: Path | None) -> dict[str, Any]:
    """Return the channels of the command center, those that are set up at all, and refused addresses.

    Without settings the command center has only its webhook, and all channels of contacts are believed.
    """
    from registry.model.contacts import ChannelKind

    if config is None:
        return {"center": frozenset({ChannelKind.WEBHOOK})}
    from alerting.channels.address_parsers import why_unreadable

    settings = load_alerting(config)
    why_refused = settings.address_check
    return {
        "center": frozenset(settings.command_center.as_contact().addresses),
        "usable": settings.channels.usable,
        "why_refused": lambda channel, address: (
            why_refused(channel, address) or why_unreadable(channel, address)
        ),
    }
