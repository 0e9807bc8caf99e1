"""Recognize uplinks of LoRaWAN devices that came before, or that newer ones have overtaken."""

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum

REPEATED_WITHIN_S = 600.0
"""A device sends a confirmed uplink again for minutes at most; a counter that was set back takes longer
until it comes to the same number."""

_MOST_DEVICES = 10_000
_MOST_FRAMES = 32


@dataclass(frozen=True, slots=True)
class Frame:
    """An uplink: its session (*dev_addr*), its number, a digest of its content, when it was received."""

    dev_addr: str
    counter: int
    content: int
    measured_at: int | None


class FrameOrder(StrEnum):
    """The place of an uplink among those before it."""

    NEW = "new"
    REPEATED = "repeated"
    OVERTAKEN = "overtaken"


@dataclass(slots=True)
class _Device:
    newest: Frame | None = None
    # The last frames, and when each arrived.
    frames: OrderedDict[Frame, float] = field(default_factory=OrderedDict)


class LoraFrames:
    """Remembers the last uplinks of each device.

    Only the same content under the same number is a repetition: of a device whose counter was set back
    another message may bear a number that was used before, and no fire may be lost for that.
    """

    def __init__(self) -> None:
        self._devices: OrderedDict[str, _Device] = OrderedDict()

    def place(self, device: str, frame: Frame, t: float) -> FrameOrder:
        """Return the place of *frame*, which arrived at *t* seconds, and remember it."""
        known = self._devices.setdefault(device, _Device())
        self._devices.move_to_end(device)
        if len(self._devices) > _MOST_DEVICES:
            self._devices.popitem(last=False)
        if any(_is_repeated(frame, each, t - since) for each, since in known.frames.items()):
            return FrameOrder.REPEATED
        known.frames[frame] = t
        if len(known.frames) > _MOST_FRAMES:
            known.frames.popitem(last=False)
        if known.newest is not None and _is_older(frame, known.newest):
            return FrameOrder.OVERTAKEN
        known.newest = frame
        return FrameOrder.NEW

    def forget(self, device: str) -> None:
        """Forget the uplinks of *device*: it joined, and counts from 0."""
        self._devices.pop(device, None)


def _is_repeated(frame: Frame, before: Frame, since_s: float) -> bool:
    if (frame.dev_addr, frame.counter, frame.content) != (
        before.dev_addr,
        before.counter,
        before.content,
    ):
        return False
    return since_s <= REPEATED_WITHIN_S or frame.measured_at == before.measured_at


def _is_older(frame: Frame, newest: Frame) -> bool:
    """Return whether number and time both say so: either alone may be a counter or a clock set back."""
    if frame.measured_at is None or newest.measured_at is None or frame.dev_addr != newest.dev_addr:
        return False
    return frame.counter < newest.counter and frame.measured_at < newest.measured_at
