"""Write what a center of GB/T 26875.3 says to a transmitter: confirm, deny, answer, ask, set the clock.

A confirmation says that what came is durable here; after a denial the transmitter sends again.
"""

from enum import IntEnum

from receiver.domain.gbt_frame import GbtHead, write_frame

HANDSHAKE = b"\x16"
"""The data unit with which one maker's transmitters greet the center, answered with the next one."""

_HANDSHAKE_ANSWER = b"\x17"
_READ_DEVICE_STATE = bytes([81, 1, 0])
_READ_DEVICE_CLOCK = 88
_SET_DEVICE_CLOCK = 90


class Command(IntEnum):
    """The command byte of a frame."""

    CONTROL = 1
    SEND = 2
    CONFIRM = 3
    REQUEST = 4
    ANSWER = 5
    DENY = 6


def confirmed(head: GbtHead, unit: bytes, tag: bytes) -> bytes:
    """Return the confirmation of *head* with *unit*."""
    said = _HANDSHAKE_ANSWER if unit == HANDSHAKE else b""
    return write_frame(_back(head, Command.CONFIRM, tag), said)


def denied(head: GbtHead, tag: bytes) -> bytes:
    """Return the denial of *head*."""
    return write_frame(_back(head, Command.DENY, tag))


def asks_time(unit: bytes) -> bool:
    """Return whether the request *unit* is for the time."""
    return unit[:1] in {bytes([_READ_DEVICE_CLOCK]), bytes([_SET_DEVICE_CLOCK])}


def time_answered(head: GbtHead, tag: bytes) -> bytes:
    """Return the answer to a request for the time."""
    return write_frame(_back(head, Command.ANSWER, tag), bytes([_SET_DEVICE_CLOCK, 1]) + tag)


def clock_set(head: GbtHead, serial: int, tag: bytes) -> bytes:
    """Return the order to set its clock to whoever sent *head*."""
    ordered = _back(head, Command.CONTROL, tag)._replace(serial=serial)
    return write_frame(ordered, bytes([_SET_DEVICE_CLOCK, 1]) + tag)


def state_asked(head: GbtHead, serial: int, tag: bytes) -> bytes:
    """Return the question for its state to whoever sent *head*."""
    return write_frame(_back(head, Command.REQUEST, tag)._replace(serial=serial), _READ_DEVICE_STATE)


def _back(head: GbtHead, command: Command, tag: bytes) -> GbtHead:
    return head._replace(tag=tag, source=head.destination, destination=head.source, command=command)
