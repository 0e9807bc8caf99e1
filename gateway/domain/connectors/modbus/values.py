"""States and value of a point, read from its registers."""

import struct
from collections.abc import Iterator, Sequence
from math import isfinite

from gateway.domain.connectors.events import ConnectorEvent, Measured, Told, Word
from gateway.domain.connectors.modbus.profile import (
    MappedPoint,
    NumberForm,
    PlacedPoint,
    ValueTest,
    WordOrder,
)

_UNKNOWN_VALUE = "unknown_value"
"""The source of the fault that a value is neither normal nor any known state."""

_FIRST = {Word.TEST: 0, Word.DISABLED: 0}
"""A point that is on test is told so before its alarm, which is one of the test then."""


def raw_value(registers: Sequence[int], form: NumberForm, order: WordOrder) -> int:
    """Return the bits of a value of *form* as they stand in *registers*."""
    if form.registers == 1:
        return registers[0]
    high, low = registers[:2] if order is WordOrder.HIGH_FIRST else reversed(registers[:2])
    return high << 16 | low


def number_of(raw: int, form: NumberForm) -> float | None:
    """Return the number of the bits *raw*; None where they are no number."""
    match form:
        case NumberForm.S16:
            return float(raw - 0x1_0000 if raw >= 0x8000 else raw)
        case NumberForm.S32:
            return float(raw - 0x1_0000_0000 if raw >= 0x8000_0000 else raw)
        case NumberForm.F32:
            number = float(struct.unpack(">f", raw.to_bytes(4, "big"))[0])
            return number if isfinite(number) else None
    return float(raw)


def events_of(
    point: PlacedPoint, registers: Sequence[int], order: WordOrder, *, prefix: str
) -> Iterator[ConnectorEvent]:
    """Yield what *registers*, which begin with that of *point*, say of it."""
    mapped = point.mapped
    raw = raw_value(registers, mapped.form, order)
    number = number_of(raw, mapped.form)
    value = None if number is None or raw in mapped.no_value else number * mapped.scale + mapped.zero
    if mapped.absent is not None and _holds(mapped.absent, registers, raw, value):
        return
    address = f"{prefix}{point.address}"
    yield from _told(address, mapped, registers, raw, value)
    if mapped.quantity is not None:
        yield Measured(address, mapped.quantity, value)


def _told(
    address: str, mapped: MappedPoint, registers: Sequence[int], raw: int, value: float | None
) -> Iterator[Told]:
    """Yield each word once: two states of one word, or of one source of a fault, are one of them."""
    held: dict[tuple[Word, str], bool] = {}
    for state in mapped.states:
        key = (state.word, state.source)
        held[key] = held.get(key, False) or _holds(state, registers, raw, value)
    if mapped.normal is not None:
        is_known = any(held.values()) or _holds(mapped.normal, registers, raw, value)
        held[Word.FAULT, _UNKNOWN_VALUE] = not is_known
    for (word, source), holds in sorted(held.items(), key=lambda each: _FIRST.get(each[0][0], 1)):
        yield Told(address, word, holds, source)


def _holds(test: ValueTest, registers: Sequence[int], raw: int, value: float | None) -> bool:
    """Return whether *test* holds; one that asks for nothing holds where the value is not 0."""
    if test.offset:
        raw = registers[test.offset]
        value = float(raw)
    return _asked(test, raw, value) is not test.inverted


def _asked(test: ValueTest, raw: int, value: float | None) -> bool:
    masked = raw if test.mask is None else raw & test.mask
    if test.bit is not None and not raw >> test.bit & 1:
        return False
    if test.codes is not None and masked not in test.codes:
        return False
    if test.between is not None:
        return value is not None and test.between[0] <= value <= test.between[1]
    return test.bit is not None or test.codes is not None or masked != 0
