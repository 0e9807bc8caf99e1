"""Ids of what crosses a process boundary, each of a type of its own, so that mypy tells them apart."""

from typing import NamedTuple, NewType

IncidentId = NewType("IncidentId", str)
"""The id of an incident, be it a fire, a fault or a test."""

DeliveryId = NewType("DeliveryId", str)
"""The id of one message to one contact by one channel; each attempt repeats it."""


class GatewayKey(NamedTuple):
    """A gateway: its name is unique at its premises."""

    premises: str
    gateway: str


class PointKey(NamedTuple):
    """A point, registered or not: its name is unique at its gateway."""

    premises: str
    gateway: str
    name: str


class StreamKey(NamedTuple):
    """The numbered messages of one outbox of a gateway; another *epoch* is another outbox."""

    premises: str
    gateway: str
    epoch: str

    @property
    def gateway_key(self) -> GatewayKey:
        """The gateway that sends the stream."""
        return GatewayKey(self.premises, self.gateway)


class SignalKey(NamedTuple):
    """A signal: its number is unique in its stream."""

    premises: str
    gateway: str
    epoch: str
    seq: int

    @property
    def stream_key(self) -> StreamKey:
        """The stream that the signal belongs to."""
        return StreamKey(self.premises, self.gateway, self.epoch)
