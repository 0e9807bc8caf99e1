"""The bounds of connections."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """The bounds of connections; *frame_s* is for the rest of a frame that has begun."""

    connections: int
    connections_by_address: int
    frame_s: float
    idle_s: float
