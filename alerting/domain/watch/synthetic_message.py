"""Makes the message of a round of the synthetic fire, and tells it from what others publish.

It comes under the name of the center, which no gateway can have, and speaks of a test: whoever reads
it by mistake raises no fire. Its epoch is the moment of the round, signed with a key that is derived
from the secret of the center, so that a late message of an earlier process is told from a forgery.
"""

import hmac
from enum import StrEnum
from hashlib import sha256

from contract.messages import BadMessage, Edge, Kind, Scope, Signal, decode_alarm, encode, encode_alarm
from contract.times import Micros

SYNTHETIC = "synthetic-fire"
"""The name and the reason of what is not there."""

LONGEST = 1_024
"""Bytes of a message that may be a round's; a real one has about 300."""

_PURPOSE = b"tocsin synthetic fire v1"
_MAC_LETTERS = 32


class RoundVerdict(StrEnum):
    """The verdict on a message under the name of the center."""

    CURRENT = "current"
    """It is the message of the round that is under way, for the first time."""
    LATE = "late"
    """It is of an earlier round, or came again."""
    OTHER_PROCESS = "other_process"
    """It is on the topics of another process of the center, which judges it."""
    FORGED = "forged"
    """The center did not make it: somebody may publish what nobody but the center may."""


def round_token(process: str, at: Micros, secret: bytes) -> str:
    """Return the epoch of the round of *process* that begins *at*."""
    return f"{at}.{_mac(process, str(at), secret)}"


def is_token(token: str, process: str, secret: bytes) -> bool:
    """Return whether *token* is of a round of *process*, now or earlier."""
    at, _, mac = token.partition(".")
    return hmac.compare_digest(mac.encode(), _mac(process, at, secret).encode())


def round_signal(at: Micros) -> bytes:
    """Return the signal of a round that begins *at*, as it stands in its message."""
    signal = Signal(
        seq=1,
        kind=Kind.TEST,
        edge=Edge.RAISED,
        scope=Scope.GATEWAY,
        name=SYNTHETIC,
        reason=SYNTHETIC,
        changed_at=at,
        committed_at=at,
    )
    return encode(signal)


def round_message(token: str, at: Micros) -> bytes:
    """Return the message of the round *token*, which begins *at*."""
    return encode_alarm(token, 1, [round_signal(at)])


def is_own(payload: bytes, process: str, secret: bytes) -> bool:
    """Return whether *payload* is the message of a round of *process*, now or earlier."""
    if len(payload) > LONGEST:
        return False
    try:
        alarm = decode_alarm(payload)
    except BadMessage:
        return False
    return is_token(alarm.epoch, process, secret)


def _mac(process: str, at: str, secret: bytes) -> str:
    key = hmac.digest(secret, _PURPOSE, sha256)
    return hmac.digest(key, f"{process} {at}".encode(), sha256).hex()[:_MAC_LETTERS]
