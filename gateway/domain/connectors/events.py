"""Events that a connector makes of the bytes of its peer, in the order in which they must be done.

As text, each is the line by which a corpus writes it.
"""

from dataclasses import dataclass
from typing import Any

from contract import panel_words
from contract.sentences import Status
from gateway.domain.model.detector_state import DetectorState
from gateway.domain.model.reasons import SignalReason

Word = panel_words.Word

_FIELDS = {
    Word.FIRE: "smoke",
    Word.MANUAL: "manual",
    Word.HEAT: "heat",
    Word.CO: "co",
    Word.GAS: "gas",
    Word.COMMON: "common",
    Word.PREALARM: "prealarm",
    Word.TAMPER: "tamper",
    Word.DISABLED: "disabled",
    Word.TEST: "test",
    Word.BATTERY: "battery_low",
    Word.WATER: "water_leak",
    Word.SUPERVISORY: "supervisory",
}


@dataclass(frozen=True, slots=True)
class Told:
    """The peer told that *word* begins (*holds*) or ends at the point *address*.

    *source* tells several faults of one point apart: the end of one is not that of another.
    """

    address: str
    word: Word
    holds: bool = True
    source: str = "panel"

    def state(self) -> DetectorState:
        """Return the same as the state of a detector."""
        if self.word is Word.FAULT:
            return DetectorState(faults=((self.source, self.holds),))
        said: dict[str, Any] = {_FIELDS[self.word]: self.holds}
        return DetectorState(**said)

    def __str__(self) -> str:
        of = "" if self.source == "panel" else f" by {self.source}"
        return f"{self.word} {'begins' if self.holds else 'ends'} at {self.address}{of}"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value was read of the point *address*; None where the peer could not measure.

    *sequence* counts the samples of that address, where its detector does.
    """

    address: str
    quantity: str
    value: float | None
    status: Status = Status.NORMAL
    sequence: int | None = None

    def __str__(self) -> str:
        value = "-" if self.value is None else f"{self.value:g}"
        said = "" if self.status is Status.NORMAL else f" {self.status}"
        return f"{self.quantity} {value} at {self.address}{said}"


@dataclass(frozen=True, slots=True)
class Reachable:
    """The peer, or the gateway's poll, reaches the point *address*, or no longer does."""

    address: str
    online: bool

    def __str__(self) -> str:
        return f"{'reached' if self.online else 'unreachable'} {self.address}"


@dataclass(frozen=True, slots=True)
class Reset:
    """The panel was reset: no alarm that it told before stands any more."""

    def __str__(self) -> str:
        return "reset"


@dataclass(frozen=True, slots=True)
class Alive:
    """A sign of life of the peer that tells nothing of a point."""

    def __str__(self) -> str:
        return "alive"


@dataclass(frozen=True, slots=True)
class LineTrouble:
    """A fault of the line begins (*holds*) or ends; *source* tells several of one reason apart."""

    reason: SignalReason
    holds: bool
    source: str = ""

    def __str__(self) -> str:
        of = f" of {self.source}" if self.source else ""
        return f"trouble {self.reason} {'begins' if self.holds else 'ends'}{of}"


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes for the peer, written once all events before this one are stored.

    A poll or a question acknowledges nothing: it goes out *at_once*, also while the disk is slow.
    """

    data: bytes
    at_once: bool = False

    def __str__(self) -> str:
        return f"send {self.data.hex(' ')}"


@dataclass(frozen=True, slots=True)
class DamagedFrame:
    """Bytes that are no frame, and the cause in a word that metrics can count."""

    cause: str
    data: bytes

    def __str__(self) -> str:
        return f"damaged {self.cause} {self.data.hex(' ')}"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A sound frame that means nothing to the connector or its profile; it may be a fire."""

    reason: str
    data: bytes
    sender: str = "peer"

    def __str__(self) -> str:
        return f"not understood {self.reason} {self.data.hex(' ')}"


ConnectorEvent = (
    Told | Measured | Reachable | Reset | Alive | LineTrouble | Send | DamagedFrame | NotUnderstood
)
