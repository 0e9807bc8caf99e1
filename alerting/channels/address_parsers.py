"""Addresses as their own channel reads them, for an import: what it cannot read is refused."""

import email.errors
from email.headerregistry import Address

import yarl

from alerting.channels.mqtt import TOPIC
from registry.model.contacts import ChannelKind

LOCAL_DOMAINS = ("localhost", "localdomain", "local")
"""Domains of mail that end on the mail server itself."""


def why_unreadable(channel: ChannelKind, address: str) -> str | None:
    """Return why *channel* cannot use *address*, with its remedy; None if it can.

    The parser is that of the channel: what this accepts, an attempt at least begins with.
    """
    match channel:
        case ChannelKind.WEBHOOK:
            return _why_no_url(address)
        case ChannelKind.EMAIL:
            return _why_no_mail(address)
        case ChannelKind.MQTT if not TOPIC.fullmatch(address):
            return "not a topic: it has a blank, a +, a # or an empty level; correct it"
        case ChannelKind.APPRISE:
            return _why_no_service(address)
    return None


def _why_no_url(address: str) -> str | None:
    try:
        url = yarl.URL(address)
        is_sound = bool(url.host) and url.port is not None
    except ValueError as error:
        return f"not a URL ({error}); correct it"
    return None if is_sound else "names no host; write http://host:port/path"


def _why_no_mail(address: str) -> str | None:
    try:
        domain = Address(addr_spec=address).domain
    except (ValueError, IndexError, email.errors.MessageError) as error:
        return f"no e-mail address ({error}); correct it"
    if domain.startswith("[") or domain.lower().rstrip(".").rpartition(".")[2] in LOCAL_DOMAINS:
        return f"{domain} is no domain that receives mail; write one such as example.vn"
    return None


def _why_no_service(address: str) -> str | None:
    # Loads the modules of all services, which takes a second: only where somebody has such an address.
    import apprise  # noqa: PLC0415

    if apprise.Apprise.instantiate(address, suppress_exceptions=True) is not None:
        return None
    scheme = address.partition("://")[0][:32]  # the rest of it holds passwords
    return f"Apprise cannot read this {scheme}:// URL; compare it with the page of that service"
