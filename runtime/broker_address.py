"""The address of a broker as a connection needs it, whoever read and checked it."""

from pathlib import Path
from typing import Protocol


class BrokerAddress(Protocol):
    """The address of one MQTT broker, the user and the times of a connection."""

    @property
    def host(self) -> str:
        """Name or address of the machine."""

    @property
    def port(self) -> int:
        """Port of the broker there."""

    @property
    def username(self) -> str | None:
        """The user; None for a broker that asks for none."""

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""

    @property
    def ca_file(self) -> Path | None:
        """The authority of its certificate; None for those of the system."""

    @property
    def certificate_file(self) -> Path | None:
        """The certificate that proves this end, with those that prove it; None for a password."""

    @property
    def key_file(self) -> Path | None:
        """The private key of that certificate."""

    @property
    def keepalive_s(self) -> int:
        """Seconds between two signs of life."""

    @property
    def answer_s(self) -> float:
        """Longest wait in seconds for an answer that the broker owes."""

    @property
    def root(self) -> str:
        """The first part of all topics there."""

    def secret(self) -> str | None:
        """Return the password."""
