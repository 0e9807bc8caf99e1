"""Frames of GB/T 26875.3 are found in any bytes, and mean what the vectors say."""

import random
import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.names import is_name
from firmware_sim.domain.gbt26875 import GbtTransmitter, damaged, read_center
from receiver.domain import gbt_answers
from receiver.domain.faults import FrameFault
from receiver.domain.frame_splitter import UnsoundBytes
from receiver.domain.gbt_analogs import ANALOG_TYPES
from receiver.domain.gbt_frame import (
    LONGEST_FRAME,
    GbtFrame,
    GbtHead,
    GbtSplitter,
    read_head,
    write_frame,
)
from receiver.domain.gbt_times import read_tag, write_tag
from receiver.domain.gbt_unit import read_unit
from receiver.domain.meanings import OfPoint

FILE = Path(__file__).parents[2] / "vectors" / "gbt26875.toml"
VECTORS = tomllib.loads(FILE.read_text())
AT = 1_795_000_000.0
PANEL = GbtTransmitter("379")
FIRE = PANEL.component(2, "10.2", at=AT)
FRAMES = [PANEL.frame(number, FIRE, at=AT) for number in range(1, 4)]


def split(data: bytes) -> list[GbtFrame | UnsoundBytes]:
    splitter = GbtSplitter()
    return [*splitter.split(data), *splitter.end()]


def said(unit: bytes) -> list[str]:
    texts = []
    for event in read_unit(unit).events:
        texts += ["reset"] if event.resets else []
        for each in event.meaning:
            if not each.holds:
                continue
            if isinstance(each, OfPoint):
                by = "" if each.source == "panel" else f" by {each.source}"
                texts.append(f"{each.word}{by} begins at {event.addresses[0]}")
            else:
                texts.append(f"panel {each.source} begins")
    return texts


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda each: each["source"])
def test_a_frame_means_what_its_vector_says(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["frame"])
    (frame,) = split(raw)
    assert isinstance(frame, GbtFrame)
    assert (frame.head.source, frame.head.serial) == (int(vector["transmitter"], 16), vector["serial"])
    assert frame.head.command == vector["command"]
    assert said(frame.unit) == vector["says"]
    assert write_frame(frame.head, frame.unit) == raw
    if "clock" in vector:
        clock = read_unit(frame.unit).clock
        assert clock is not None
        told = read_tag(clock, 0.0)
        assert told == datetime.fromisoformat(vector["clock"]).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize("vector", VECTORS["units"], ids=lambda each: each["source"])
def test_a_unit_means_what_its_vector_says(vector: dict[str, Any]) -> None:
    read = read_unit(bytes.fromhex(vector["unit"]))
    assert read.unread is None
    assert said(bytes.fromhex(vector["unit"])) == vector["says"]
    reads = [f"{each.quantity} {each.value:g} at {each.addresses[0]}" for each in read.readings]
    assert reads == vector.get("reads", [])


def test_answers_are_those_of_the_public_examples() -> None:
    head = read_head(bytes.fromhex(VECTORS["frames"][0]["frame"]))
    assert head is not None
    tag = bytes.fromhex("233A091A090C")
    back = "40400100 0101 233A091A090C 385B01000000 790300000000 0000"
    assert gbt_answers.confirmed(head, FIRE, tag) == bytes.fromhex(back + "03 AB 2323")
    assert gbt_answers.denied(head, tag) == bytes.fromhex(back + "06 AE 2323")
    early = bytes.fromhex("203A091A090C")
    asked = "40400100 0101 203A091A090C 385B01000000 790300000000 0300 04 510100 FE 2323"
    assert gbt_answers.state_asked(head, 1, early) == bytes.fromhex(asked)
    # The example sets another time than that of its frame; all else, and its sum, are the same.
    order = gbt_answers.clock_set(head, 1, early)
    told = "40400100 0101 203A091A090C 385B01000000 790300000000 0800 01 5A01 023A091A090C 7D 2323"
    said_by_example = bytes.fromhex(told)
    assert (order[:29], order[-2:]) == (said_by_example[:29], said_by_example[-2:])
    assert order[-3] == (said_by_example[-3] + 0x20 - 0x02) & 0xFF


def test_a_handshake_is_answered_in_kind() -> None:
    (frame,) = split(bytes.fromhex(VECTORS["frames"][8]["frame"]))
    assert isinstance(frame, GbtFrame)
    assert read_center(gbt_answers.confirmed(frame.head, frame.unit, bytes(6)))[0].unit == b"\x17"


HEADS = st.builds(
    GbtHead,
    serial=st.integers(0, 0xFFFF),
    version=st.binary(min_size=2, max_size=2),
    tag=st.binary(min_size=6, max_size=6),
    source=st.integers(0, 2**48 - 1),
    destination=st.integers(0, 2**48 - 1),
    command=st.integers(0, 255),
)


@given(HEADS, st.binary(max_size=1_024))
def test_what_is_written_is_read(head: GbtHead, unit: bytes) -> None:
    (frame,) = split(write_frame(head, unit))
    assert isinstance(frame, GbtFrame)
    assert (frame.head, frame.unit) == (head, unit)


@given(st.lists(st.integers(0, sum(map(len, FRAMES))), max_size=8))
def test_however_frames_are_cut_they_are_found(cuts: list[int]) -> None:
    data = b"".join(FRAMES)
    splitter = GbtSplitter()
    places = [0, *sorted(cuts), len(data)]
    found = [item for begin, end in pairwise(places) for item in splitter.split(data[begin:end])]
    assert [each.raw for each in found] == FRAMES
    assert all(isinstance(each, GbtFrame) for each in found)


@given(st.binary(max_size=200), st.integers(1, 60))
def test_noise_before_a_frame_neither_costs_nor_delays_it(noise: bytes, step: int) -> None:
    splitter = GbtSplitter()
    data = noise + FRAMES[0]
    items = [item for at in range(0, len(data), step) for item in splitter.split(data[at : at + step])]
    assert items[-1].raw == FRAMES[0]
    assert isinstance(items[-1], GbtFrame)
    blank = b"\r\n \x00"
    told = b"".join(each.raw for each in items[:-1])
    assert told.translate(None, blank) == noise.translate(None, blank)


def test_what_only_looks_like_a_beginning_delays_nothing() -> None:
    looks = b"@@" + bytes(22) + (900).to_bytes(2, "little") + b"\x02"
    splitter = GbtSplitter()
    assert list(splitter.split(looks)) == []
    fault, frame = splitter.split(FRAMES[0])
    assert isinstance(fault, UnsoundBytes)
    assert fault.fault is FrameFault.UNFINISHED_FRAME
    assert frame.raw == FRAMES[0]


def test_the_first_half_of_a_sign_is_kept_behind_damage() -> None:
    for damage in (FRAMES[0][:-2] + b"$$", b"@@" + b"\xff" * 40, b"noise"):
        splitter = GbtSplitter()
        assert list(splitter.split(damage + FRAMES[1][:1])), damage
        (frame,) = splitter.split(FRAMES[1][1:])
        assert frame.raw == FRAMES[1]


@given(st.binary(max_size=3_000))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    for item in split(data.replace(b"\x11", b"@@")):
        if isinstance(item, GbtFrame):
            read_unit(item.unit)


@given(
    st.binary(max_size=300),
    st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 21, 24, 25, 26, 28]),
    st.integers(0, 255),
)
def test_no_unit_breaks_the_reader(body: bytes, kind: int, count: int) -> None:
    read = read_unit(bytes([kind, count]) + body)
    assert len(read.events) + len(read.readings) <= count


@given(st.integers(0, len(FRAMES[0]) - 1), st.integers(0, 7))
def test_no_flipped_bit_makes_another_event(place: int, bit: int) -> None:
    data = bytearray(FRAMES[0])
    data[place] ^= 1 << bit
    assert not [each for each in split(bytes(data)) if isinstance(each, GbtFrame)]


def test_damage_is_named_and_costs_no_other_frame() -> None:
    good = FRAMES[0]
    long = good[:24] + (1_025).to_bytes(2, "little") + good[26:]
    faults = {
        damaged(good): FrameFault.WRONG_SUM,
        good[:-2] + b"$$": FrameFault.WRONG_LENGTH,
        good[:24] + (40).to_bytes(2, "little") + good[26:]: FrameFault.WRONG_LENGTH,
        long: FrameFault.TOO_LONG,
        good[:-1]: FrameFault.UNFINISHED_FRAME,
        good[:10]: FrameFault.UNFINISHED_FRAME,
        b"GET / HTTP/1.1\r\n": FrameFault.NO_FRAME,
        b"@": FrameFault.NO_FRAME,
    }
    for data, fault in faults.items():
        assert [each.fault for each in split(data) if isinstance(each, UnsoundBytes)] == [fault], data
        items = split(data + FRAMES[1])
        assert isinstance(items[-1], GbtFrame), data
        assert items[-1].raw == FRAMES[1]


def test_memory_is_bounded_whatever_comes() -> None:
    splitter = GbtSplitter()
    noise = random.Random(1)
    for _ in range(200):
        list(splitter.split(noise.randbytes(1_000).replace(b"\x11", b"@@")))
        assert len(splitter._held) <= LONGEST_FRAME


def test_an_object_that_is_cut_off_costs_no_other() -> None:
    read = read_unit(b"\x02\x02" + FIRE[2:] + FIRE[2:20])
    assert [each.addresses[1] for each in read.events] == ["component-10-2"]
    assert read.unread is not None
    assert read.unread.fault is FrameFault.BAD_DATA


@given(st.integers(0, 255), st.integers(-32_768, 32_767))
def test_every_analog_value_has_a_quantity_whose_name_may_be_stored(kind: int, raw: int) -> None:
    unit = PANEL.analogs([("10.2", kind, raw)], at=AT)
    (reading,) = read_unit(unit).readings
    assert is_name(reading.quantity)
    known = ANALOG_TYPES.get(kind)
    step = 1.0 if known is None else known.step
    assert reading.value == pytest.approx(raw * step)
    assert reading.is_of_standard is (known is not None)


@pytest.mark.parametrize(
    ("sampled", "sent", "age"),
    [
        (AT, AT, 0.0),
        (AT - 90, AT, 90.0),
        (AT + 5, AT, 0.0),  # sampled after it was sent: the clock was set
        (AT - 30 * 86_400, AT, 0.0),
    ],
)
def test_the_age_of_a_value_is_told_by_one_clock(sampled: float, sent: float, age: float) -> None:
    (reading,) = read_unit(PANEL.analogs([("10.2", 3, 1)], at=sampled)).readings
    assert reading.age_s(PANEL.tag(sent)) == age


def test_a_value_without_a_time_or_of_a_clock_that_was_never_set_is_of_now() -> None:
    unit = PANEL.analogs([("10.2", 3, 1)], at=AT)
    (bare,) = read_unit(unit[:-6]).readings
    assert bare.age_s(PANEL.tag(AT)) == 0.0
    (timed,) = read_unit(unit).readings
    assert timed.age_s(bytes(6)) == 0.0


@pytest.mark.parametrize(
    ("unit", "note"),
    [
        ("04 01 01 02 03 FA 02 3A 09 1A 09 0C", "system-1-2: reset, silenced by operator 250"),
        ("18 01 20 01 02 3A 09 1A 09 0C", "device: roll-call answered by operator 1"),
        ("05 01 01 02 02 03", "system-1-2: version 2.3"),
        ("19 01 01 04", "device: version 1.4"),
        ("06 01 01 02 04 D1 CC B8 D0", "system-1-2: 烟感"),
        ("1A 01 03 41 0A 42", "device: A?B"),
        ("1A 01 FF 41", "device: A"),
    ],
)
def test_operations_and_versions_are_named_for_the_log(unit: str, note: str) -> None:
    assert list(read_unit(bytes.fromhex(unit)).notes) == [note]


def test_a_value_that_is_cut_off_costs_no_other() -> None:
    unit = PANEL.analogs([("10.2", 3, 1), ("10.3", 3, 2)], at=AT)
    read = read_unit(unit[:-10])
    assert [each.value for each in read.readings] == [0.1]
    assert read.unread is not None


def test_types_of_a_maker_are_said() -> None:
    read = read_unit(b"\x80\x01\x00")
    assert read.unread is not None
    assert read.unread.fault is FrameFault.UNKNOWN_TYPE


@given(st.integers(946_684_800, 4_102_444_000), st.sampled_from([0.0, 7 * 3_600.0, 8 * 3_600.0]))
def test_times_are_written_and_read_by_the_clock_on_the_wall(at: int, offset: float) -> None:
    if at + offset < 4_102_444_800:
        assert read_tag(write_tag(at, offset), offset) == at


def test_a_tag_of_zeros_is_no_time() -> None:
    assert read_tag(bytes(6), 0.0) is None
