"""Options of a polled line of Tocsin's own detectors."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.names import Name


class PolledOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Options of the connector; *addresses* are those of the points on the line unless they are set."""

    addresses: tuple[Name, ...] = ()
    poll_s: Annotated[float, Meta(ge=0.05, le=60.0)] = 5.0
    timeout_s: Annotated[float, Meta(ge=0.03, le=5.0)] = 0.3
    retries: Annotated[int, Meta(ge=0, le=10)] = 2
    gap_s: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.005
