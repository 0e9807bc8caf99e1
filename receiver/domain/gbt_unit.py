"""Read a data unit of GB/T 26875.3: its type, a count, and so many objects, most with their time.

The time of an object is when the panel saw it, by the transmitter's clock: nothing is judged by it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from receiver.domain.faults import FrameFault
from receiver.domain.gbt_analogs import ANALOG_BYTES, GbtReading, analog_value
from receiver.domain.gbt_meanings import (
    OPERATED_RESET,
    SYSTEM_RESET,
    component_meanings,
    device_meanings,
    operation_meanings,
    system_meanings,
)
from receiver.domain.gbt_notes import descriptions, operation_note
from receiver.domain.gbt_times import TAG_BYTES
from receiver.domain.meanings import Meaning
from receiver.domain.message import Refused

SYSTEM_STATE, COMPONENT_STATE, ANALOG_VALUES, SYSTEM_OPERATION = 1, 2, 3, 4
SYSTEM_CLOCK = 8
DEVICE_STATE, DEVICE_OPERATION, DEVICE_CLOCK = 21, 24, 28

_OBJECT_BYTES = {
    SYSTEM_STATE: 4,
    COMPONENT_STATE: 40,
    ANALOG_VALUES: ANALOG_BYTES,
    SYSTEM_OPERATION: 4,
    DEVICE_STATE: 1,
    DEVICE_OPERATION: 2,
}
"""Bytes of an object without its time."""

_CLOCKS = frozenset({SYSTEM_CLOCK, DEVICE_CLOCK})
_SAY_NOTHING = frozenset({SYSTEM_CLOCK, DEVICE_CLOCK, 5, 6, 7, 25, 26})
"""Types that are known and say nothing of fire: clocks, versions, and how things are set up."""

DEVICE = "device"
"""The address of the transmitter itself."""


@dataclass(frozen=True, slots=True)
class GbtEvent:
    """Statement of one object about the point at the first of *addresses* that is configured."""

    addresses: tuple[str, ...]
    meaning: tuple[Meaning, ...]
    resets: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitRead:
    """The events and readings of a data unit; *clock* is the time that it is there to tell, as a tag.

    *notes* are for the log alone. *unread* is why a part of it was not understood, if one was not.
    """

    events: tuple[GbtEvent, ...] = ()
    readings: tuple[GbtReading, ...] = ()
    clock: bytes | None = None
    notes: Sequence[str] = ()
    unread: Refused | None = None


def component_address(component: str, system: str | None) -> str:
    """Return the address of a *component* ``zone.position``, of a *system* ``type.address`` if given."""
    own = f"component-{component.replace('.', '-')}"
    return own if system is None else f"system-{system.replace('.', '-')}-{own}"


def read_unit(unit: bytes) -> UnitRead:
    """Return what *unit* says; an object that is cut off costs none of the others."""
    if len(unit) < 2:
        return UnitRead(unread=Refused(FrameFault.BAD_DATA, "a data unit of one byte"))
    kind, count, body = unit[0], unit[1], unit[2:]
    if kind in _SAY_NOTHING:
        clock = body[-TAG_BYTES:] if kind in _CLOCKS and len(body) >= TAG_BYTES else None
        return UnitRead(clock=clock, notes=descriptions(kind, count, body))
    if kind not in _OBJECT_BYTES:
        text = f"data units of type {kind} are not known; they are its maker's own"
        return UnitRead(unread=Refused(FrameFault.UNKNOWN_TYPE, text))
    size = _OBJECT_BYTES[kind]
    step = size if len(body) == count * size else size + TAG_BYTES
    objects = [body[at : at + size] for at in range(0, count * step, step)]
    unread = None
    if not count or len(body) != count * step:
        text = f"{count} objects of type {kind} do not have {len(body)} bytes"
        unread = Refused(FrameFault.BAD_DATA, text)
    whole = [each for each in objects if len(each) == size]
    if kind == ANALOG_VALUES:
        times = [body[at + size : at + step] for at in range(0, count * step, step)]
        readings = tuple(map(_reading, whole, times))
        return UnitRead(readings=readings, unread=unread)
    events = tuple(event for each in whole for event in _events_of(kind, each))
    return UnitRead(events, notes=tuple(each.note for each in events if each.note), unread=unread)


def _events_of(kind: int, body: bytes) -> Iterator[GbtEvent]:
    if kind == DEVICE_STATE:
        yield GbtEvent((DEVICE,), device_meanings(body[0]))
    elif kind == DEVICE_OPERATION:
        meaning = operation_meanings(body[0], of_device=True)
        note = operation_note(DEVICE, body[0], body[1], of_device=True)
        yield GbtEvent((DEVICE,), meaning, note=note)
    elif kind == COMPONENT_STATE:
        yield _component(body)
    else:
        yield _system(kind, body)


def _component_addresses(body: bytes) -> tuple[str, ...]:
    component = f"{int.from_bytes(body[3:5], 'little')}.{int.from_bytes(body[5:7], 'little')}"
    closest = component_address(component, f"{body[0]}.{body[1]}")
    return closest, component_address(component, None)


def _reading(body: bytes, sampled: bytes) -> GbtReading:
    quantity, value = analog_value(body[7], int.from_bytes(body[8:10], "little", signed=True))
    return GbtReading(_component_addresses(body), quantity, value, sampled)


def _component(body: bytes) -> GbtEvent:
    state = int.from_bytes(body[7:9], "little")
    return GbtEvent(_component_addresses(body), component_meanings(body[2], state))


def _system(kind: int, body: bytes) -> GbtEvent:
    name = f"system-{body[0]}-{body[1]}"
    if kind == SYSTEM_OPERATION:
        meaning = operation_meanings(body[2], of_device=False)
        note = operation_note(name, body[2], body[3], of_device=False)
        return GbtEvent((name,), meaning, resets=bool(body[2] & OPERATED_RESET), note=note)
    state = int.from_bytes(body[2:4], "little")
    return GbtEvent((name,), system_meanings(name, state), resets=bool(state & SYSTEM_RESET))
