"""The settings of addresses that messages to people may go to, whatever the registry names."""

import socket
from functools import cached_property
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from registry.model.apprise_urls import why_unfit
from registry.model.contacts import ChannelKind
from runtime.networks import PUBLIC, AllowedNetworks, allowed_networks
from runtime.own_networks import own_networks
from runtime.settings import Part

SCHEME_PATTERN = r"^[a-z0-9][a-z0-9+.-]*$"

DEFAULT_SCHEMES = (
    *("https", "http", "json", "jsons", "mailto", "mailtos", "tgram", "zalo", "viber", "whatsapp"),
    *("signal", "signals", "slack", "discord", "msteams", "matrix", "matrixs", "gotify", "gotifys"),
    *("ntfy", "ntfys"),
)
"""Schemes of webhooks, and of the services of Apprise that tell people at a desk or a telephone."""

LOCALHOST = "localhost"


def _network_rule(text: str) -> str:
    allowed_networks([text])
    return text


class OutgoingSettings(Part):
    """The networks and schemes to which messages to people may go."""

    # Networks, with a port or without; "public" is the internet without this machine's own networks. The
    # command center's own addresses, which stand in these settings, are allowed by that.
    networks: tuple[Annotated[str, AfterValidator(_network_rule)], ...] = (PUBLIC,)
    schemes: tuple[Annotated[str, Field(pattern=SCHEME_PATTERN)], ...] = DEFAULT_SCHEMES

    @cached_property
    def allowed(self) -> AllowedNetworks:
        """Return the networks as one value."""
        return allowed_networks(self.networks)

    def why_refused(self, channel: ChannelKind, address: str) -> str | None:
        """Return why *address* is never sent to, with its remedy; None if a connection decides that.

        A name is not resolved: each connection is judged by the address that it is made to.
        """
        if channel is ChannelKind.APPRISE and (reason := why_unfit(address)) is not None:
            return reason
        if channel not in {ChannelKind.WEBHOOK, ChannelKind.APPRISE}:
            return None
        return self.why_scheme_refused(address) or self._why_host_refused(address)

    def why_scheme_refused(self, url: str) -> str | None:
        """Return why *url* is of a scheme that may not be used; None if it may."""
        scheme = url.partition("://")[0][:32].lower()  # the rest of it holds passwords
        if scheme in self.schemes:
            return None
        return f"the scheme {scheme!a} is not in outgoing.schemes; add it, or correct the address"

    def _why_host_refused(self, url: str) -> str | None:
        try:
            parts = urlsplit(url)
            host, port = in_figures(parts.hostname or ""), parts.port
        except ValueError:
            return None  # its own channel says so
        if host is None or self.allowed.why_refused(host, port, own=own_networks) is None:
            return None
        return (
            f"{parts.hostname} lies in no network of outgoing.networks; name its network there, "
            "or correct the address"
        )


def in_figures(host: str) -> str | None:
    """Return the IP address that *host* is, in any form that a connection takes; None for a name."""
    if host.rstrip(".") == LOCALHOST or host.rstrip(".").endswith(f".{LOCALHOST}"):
        return "127.0.0.1"
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None
