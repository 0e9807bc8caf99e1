"""The connection to a broker of the site on which detectors publish."""

from collections.abc import Awaitable, Callable, Iterable

from gateway.settings import Source
from runtime.mqtt import Message, Session


def session_of(
    source: Source,
    client_id: str,
    topics: Iterable[str],
    on_message: Callable[[Message], Awaitable[None]],
) -> Session:
    """Return the connection to the broker of *source*, subscribed to *topics*."""
    return Session(source.broker, client_id=client_id, topics=sorted(topics), on_message=on_message)
