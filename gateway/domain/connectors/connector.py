"""The shape of a connector: its description, and the conversation with one peer.

Rules for whoever writes one:

- A conversation is sans-IO: bytes and times go in, events come out, in the order in which they must be
  done. The gateway stores what a ``Told`` changes before it does the ``Send`` behind it, so that a peer
  is never acknowledged what could still be lost.
- Memory stays bounded whatever the peer sends; each byte that is no part of a frame is reported once.
- What it cannot know is said in ``cannot_know``; nothing is guessed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec import Struct

from gateway.domain.connectors.events import ConnectorEvent


class Conversation(Protocol):
    """The conversation with the peer at one line; *now* is in seconds and never goes back."""

    def begin(self, now: float) -> Iterable[ConnectorEvent]:
        """Return the events when the port was opened; what was unfinished is forgotten."""
        ...

    def receive(self, data: bytes, now: float) -> Iterable[ConnectorEvent]:
        """Return the events that *data* completes."""
        ...

    def tick(self, now: float) -> Iterable[ConnectorEvent]:
        """Return the events by time alone: timeouts, and the next poll."""
        ...

    def next_at(self) -> float | None:
        """Return when ``tick`` is due; None while only bytes can bring something about."""
        ...


@dataclass(frozen=True, slots=True)
class Connector:
    """The description of a connector.

    *options* are its own settings, with bounds, as a struct; *converse* makes the conversation of one
    line. *points_speak* is whether each point is heard by itself within its reporting time: of a panel
    that only tells changes, the panel alone is supervised. *silent_after_s* is the reporting time of the
    line; None where a peer that has nothing to tell says nothing. *asks_addresses* is whether its option
    ``addresses`` is that of the points on the line unless it is set. *check_line* raises a ValueError
    where its options do not fit the baud rate and the frame of the line. *addresses_of* returns all
    addresses that options can tell of; there is none where the peer alone knows them.
    """

    name: str
    title: str
    options: type[Struct]
    converse: Callable[[Any], Conversation]
    supervises: tuple[str, ...]
    cannot_know: tuple[str, ...]
    points_speak: bool
    silent_after_s: float | None
    asks_addresses: bool = False
    check_line: Callable[[Any, int, str], None] | None = None
    addresses_of: Callable[[Any], Sequence[str]] | None = None
