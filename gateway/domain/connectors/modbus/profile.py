"""A register map: where the points of a kind of device are, and which value means what."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from gateway.domain.connectors.events import Word

MOST_REGISTERS = 125
"""Registers in one answer (Modbus Application Protocol 1.1b3, 6.3); bits could be 2,000."""

Register = Annotated[int, Meta(ge=0, le=65_535)]
Code = Annotated[int, Meta(ge=0, le=0xFFFF_FFFF)]


class BadRegisterMap(ValueError):
    """A register map that cannot be used; the text names the fault and the remedy."""


class RegisterTable(StrEnum):
    """The four tables of a Modbus device."""

    COILS = "coils"
    DISCRETE_INPUTS = "discrete_inputs"
    HOLDING_REGISTERS = "holding_registers"
    INPUT_REGISTERS = "input_registers"

    @property
    def has_bits(self) -> bool:
        """Whether its entries are single bits."""
        return self in {RegisterTable.COILS, RegisterTable.DISCRETE_INPUTS}


class NumberForm(StrEnum):
    """The form of a value: how many bits, with or without sign, or a float of IEEE 754."""

    U16 = "u16"
    S16 = "s16"
    U32 = "u32"
    S32 = "s32"
    F32 = "f32"

    @property
    def registers(self) -> int:
        """The registers that it takes."""
        return 1 if self in {NumberForm.U16, NumberForm.S16} else 2


class WordOrder(StrEnum):
    """The register of two that has the higher bits."""

    HIGH_FIRST = "high_first"
    LOW_FIRST = "low_first"


class ValueTest(Struct, frozen=True, forbid_unknown_fields=True):
    """A test of a value; all that is given must hold.

    *bit* counts from 0, the lowest. *codes* are values after *mask*. *between* holds for the value in
    its scale, both ends included. *offset* is that of another register of the same point.
    """

    bit: Annotated[int, Meta(ge=0, le=15)] | None = None
    codes: tuple[Code, ...] | None = None
    mask: Code | None = None
    between: tuple[float, float] | None = None
    inverted: bool = False
    offset: Annotated[int, Meta(ge=0, le=124)] = 0


class MappedState(ValueTest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test that means *word*; *source* tells several faults of one point apart."""

    word: Word
    source: str = "panel"


class MappedPoint(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One point, or *count* of them, each *stride* further, whose ``{n}`` counts from *first*.

    *register* is the address on the wire, from 0. *absent* tells that the device has no such point, and
    *normal* that all is well: a value that is neither normal nor any of *states* is a fault.
    *quantity* is stored as a reading, in its scale.
    """

    address: Annotated[str, Meta(min_length=1, max_length=60)]
    table: RegisterTable
    register: Register
    count: Annotated[int, Meta(ge=1, le=2_000)] = 1
    stride: Annotated[int, Meta(ge=1, le=100)] = 1
    first: int = 1
    form: NumberForm = NumberForm.U16
    scale: float = 1.0
    zero: float = 0.0
    quantity: Annotated[str, Meta(pattern="^[a-z][a-z0-9]{0,15}$")] | None = None
    no_value: tuple[Code, ...] = ()
    states: tuple[MappedState, ...] = ()
    normal: ValueTest | None = None
    absent: ValueTest | None = None


class RegisterMap(Struct, frozen=True, forbid_unknown_fields=True):
    """The register map of a kind of device.

    *bridged* registers between two points are read with them rather than in a further request: 0 where
    the device refuses what its manual does not list.
    """

    panel: str
    source: str
    points: tuple[MappedPoint, ...]
    word_order: WordOrder = WordOrder.HIGH_FIRST
    longest_read: Annotated[int, Meta(ge=1, le=MOST_REGISTERS)] = 64
    bridged: Annotated[int, Meta(ge=0, le=MOST_REGISTERS)] = 0
    remarks: tuple[str, ...] = field(default_factory=tuple)


class PlacedPoint(Struct, frozen=True):
    """One point: *length* registers from *register* on."""

    address: str
    register: int
    length: int
    mapped: MappedPoint


class RegisterRead(Struct, frozen=True):
    """One request: *count* entries of *table* from *register* on, and the points in them."""

    table: RegisterTable
    register: int
    count: int
    points: tuple[PlacedPoint, ...]

    @property
    def end(self) -> int:
        """The register behind its last."""
        return self.register + self.count

    @property
    def data_bytes(self) -> int:
        """The bytes of its entries in the answer."""
        return (self.count + 7) // 8 if self.table.has_bits else 2 * self.count


def placed_points(map_: RegisterMap) -> Iterator[PlacedPoint]:
    """Yield each point of *map_*; raises BadRegisterMap."""
    for mapped in map_.points:
        length = _length(mapped)
        _check(mapped, length)
        for number in range(mapped.count):
            try:
                address = mapped.address.format(n=mapped.first + number)
            except (KeyError, IndexError, ValueError) as error:
                raise BadRegisterMap(
                    f"points: {mapped.address!r} is not an address; write {{n}} where the number belongs"
                ) from error
            yield PlacedPoint(address, mapped.register + number * mapped.stride, length, mapped)


def _length(mapped: MappedPoint) -> int:
    """Return the registers of one point, from its first to its last."""
    tests = [*mapped.states, *(each for each in (mapped.normal, mapped.absent) if each)]
    return max(mapped.form.registers, 1, *(1 + each.offset for each in tests))


def _check(mapped: MappedPoint, length: int) -> None:
    where = f"points: {mapped.address!r}"
    if mapped.count > 1 and "{n}" not in mapped.address:
        raise BadRegisterMap(f"{where} is the address of {mapped.count} points; write {{n}} into it")
    if not mapped.states and mapped.quantity is None:
        raise BadRegisterMap(f"{where} tells nothing; give it states or a quantity")
    if mapped.table.has_bits and (mapped.form is not NumberForm.U16 or mapped.quantity):
        raise BadRegisterMap(f"{where} is a bit of {mapped.table}; remove form and quantity")
    last = mapped.register + (mapped.count - 1) * mapped.stride
    if last + length > 65_536:
        raise BadRegisterMap(f"{where} ends behind register 65535; lower register or count")


def reads_of(map_: RegisterMap) -> list[RegisterRead]:
    """Return the requests that read all of *map_*; raises BadRegisterMap."""
    points = sorted(placed_points(map_), key=lambda each: (each.mapped.table, each.register))
    for address, times in Counter(each.address for each in points).items():
        if times > 1:
            raise BadRegisterMap(f"points: {address!r} is there twice; give each its own address")
    reads: list[RegisterRead] = []
    for point in points:
        if reads and _fits(reads[-1], point, map_):
            read = reads.pop()
            count = max(read.end, point.register + point.length) - read.register
            reads.append(RegisterRead(read.table, read.register, count, (*read.points, point)))
        else:
            reads.append(RegisterRead(point.mapped.table, point.register, point.length, (point,)))
    return reads


def _fits(read: RegisterRead, point: PlacedPoint, map_: RegisterMap) -> bool:
    """Return whether *point* is read together with *read*."""
    is_near = point.register - read.end <= map_.bridged
    length = max(read.end, point.register + point.length) - read.register
    return read.table is point.mapped.table and is_near and length <= map_.longest_read
