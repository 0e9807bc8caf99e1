"""Judges the free space of the center's disk: enough, low, or full."""

from dataclasses import dataclass
from enum import StrEnum

LOW_FACTOR = 16
"""The disk is low with less free than so many times the reserve: 1 GiB at 64 MiB."""

LOW_SHARE = 20
"""But at most one part in so many of the disk, so that a small one can be used."""

FULL_PART = 16
"""The disk is full with less free than one part in so many of the reserve: some commits fit in it."""

RESERVE_SHARE = 10
"""The reserve is at most one part in so many of the disk."""

ENOUGH = 1.25
"""Factor of the free space at which a disk that was low is no longer."""


class DiskState(StrEnum):
    """The state of the disk, which is the reason of the center's fault as well."""

    ROOM = "room"
    LOW = "disk_low"
    FULL = "disk_full"


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """Bytes of a disk: those that are *free*, and all."""

    free: int
    total: int


def reserve_of(space: DiskSpace, wanted: int) -> int:
    """Return the bytes to reserve on a disk, of those *wanted*."""
    return min(wanted, space.total // RESERVE_SHARE)


def judge_disk(space: DiskSpace, reserve: int, before: DiskState) -> DiskState:
    """Return the state of a disk that was *before*; a full one is until the *reserve* fits again."""
    is_full = space.free < (2 * reserve if before is DiskState.FULL else reserve // FULL_PART)
    if is_full:
        return DiskState.FULL
    low = min(LOW_FACTOR * reserve, space.total // LOW_SHARE)
    enough = low if before is DiskState.ROOM else round(low * ENOUGH)
    return DiskState.LOW if space.free < enough else DiskState.ROOM
