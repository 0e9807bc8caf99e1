"""Frames are found in any bytes, and mean what the vectors say."""

import random
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.domain.dc09 import Dialler, frame_of, read_answers
from receiver.domain import answers
from receiver.domain.crc import crc_of
from receiver.domain.event_data import read_events
from receiver.domain.faults import FrameFault
from receiver.domain.frame_splitter import LONGEST_FRAME, FrameSplitter, SoundFrame, UnsoundBytes
from receiver.domain.meanings import OfPoint
from receiver.domain.message import Refused, read_content, read_header

VECTORS = tomllib.loads((Path(__file__).parents[2] / "vectors" / "dc09.toml").read_text())["frames"]
KEY = bytes.fromhex("850cba22f7dd4f033405da83e4c5bae9")


def split(data: bytes) -> list[SoundFrame | UnsoundBytes]:
    splitter = FrameSplitter()
    return [*splitter.split(data), *splitter.end()]


def bytes_of(vector: dict[str, Any]) -> bytes:
    if "frame" in vector:
        return str(vector["frame"]).replace("<", "\n").replace(">", "\r").encode()
    return frame_of(str(vector["body"]).encode())


def said(frame: SoundFrame, key: bytes | None = None) -> list[str]:
    header = read_header(frame.body)
    content = read_content(header, key)
    texts = []
    for event in read_events(header.token, content.data, {}).events:
        for each in event.meaning:
            does = "begins" if each.holds else "ends"
            if not isinstance(each, OfPoint):
                texts.append(f"panel {each.source} {does}")
                continue
            by = "" if each.source == "panel" else f" by {each.source}"
            texts.append(f"{each.word} {does} at {event.addresses[0]}{by}")
    return texts


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each["source"])
def test_a_frame_means_what_its_vector_says(vector: dict[str, Any]) -> None:
    (frame,) = split(bytes_of(vector))
    assert isinstance(frame, SoundFrame)
    assert read_header(frame.body).number == int(vector["account"], 16)
    assert said(frame) == vector["says"]


def test_an_encrypted_poll_of_a_public_package_is_read() -> None:
    data = (
        b'\nDE260072"*NULL"0000L0#000[242ff5e1d26993d8ca4a622f7d779a93096ef7ed9b5499dc'
        b"13de23e1405a5764b58737251286f0d81da5134d1eebc238\r"
    )
    (frame,) = split(data)
    assert isinstance(frame, SoundFrame)
    content = read_content(read_header(frame.body), KEY)
    assert content.data == b""
    assert content.at is not None


@pytest.mark.parametrize("size", [16, 24, 32])
def test_each_size_of_key_is_read(size: int) -> None:
    key = bytes(range(size))
    (frame,) = split(Dialler("1234", key=key).sia(7, "Nri1/FA012", at=1_795_000_000.0))
    assert isinstance(frame, SoundFrame)
    assert said(frame, key) == ["fire begins at area-1-zone-12"]
    assert read_content(read_header(frame.body), key).at == 1_795_000_000.0


def test_another_key_makes_no_sense_and_no_key_is_said() -> None:
    (frame,) = split(Dialler("1234", key=KEY).sia(7, "NFA012", at=1.0))
    assert isinstance(frame, SoundFrame)
    header = read_header(frame.body)
    with pytest.raises(Refused) as wrong:
        read_content(header, bytes(16))
    assert wrong.value.fault is FrameFault.WRONG_KEY
    with pytest.raises(Refused) as missing:
        read_content(header, None)
    assert missing.value.fault is FrameFault.NO_KEY


def test_a_plain_frame_of_an_encrypted_account_is_refused() -> None:
    (frame,) = split(Dialler("1234").sia(7, "NFA012"))
    assert isinstance(frame, SoundFrame)
    with pytest.raises(Refused) as plain:
        read_content(read_header(frame.body), KEY)
    assert plain.value.fault is FrameFault.NOT_ENCRYPTED


FRAMES = [Dialler("1234").sia(number, f"NFA{number:03}") for number in range(1, 4)]


@given(st.lists(st.integers(0, sum(map(len, FRAMES))), max_size=8))
def test_however_frames_are_cut_they_are_found(cuts: list[int]) -> None:
    data = b"".join(FRAMES)
    splitter = FrameSplitter()
    places = [0, *sorted(cuts), len(data)]
    found = [item for begin, end in pairwise(places) for item in splitter.split(data[begin:end])]
    assert [each.raw for each in found] == FRAMES
    assert all(isinstance(each, SoundFrame) for each in found)


@given(st.binary(max_size=200).filter(lambda noise: b'"' not in noise))
def test_noise_before_a_frame_costs_no_frame_and_each_byte_is_said_once(noise: bytes) -> None:
    items = split(noise + b"\r" + FRAMES[0])
    assert items[-1].raw == FRAMES[0]
    assert isinstance(items[-1], SoundFrame)
    assert b"".join(each.raw for each in items[:-1]).strip(b"\r\n \x00") in noise


@given(st.binary(max_size=3_000))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    for item in split(data):
        if isinstance(item, SoundFrame):
            crc_of(item.body)


@given(st.integers(0, len(FRAMES[0]) - 1), st.integers(0, 7))
def test_no_flipped_bit_makes_another_event(place: int, bit: int) -> None:
    data = bytearray(FRAMES[0])
    data[place] ^= 1 << bit
    for item in split(bytes(data)):
        if isinstance(item, SoundFrame):
            # The line feed may be missing, the letters of CRC and length small.
            assert said(item) == ["fire begins at zone-1"]


def test_oddities_are_forgiven_or_named() -> None:
    good = FRAMES[0]
    small = good[:1] + good[1:9].lower() + good[9:]
    assert [type(each) for each in split(small)] == [SoundFrame]
    assert [type(each) for each in split(good[1:])] == [SoundFrame], "without its line feed"
    binary = b"\n" + crc_of(good[9:-1]).to_bytes(2) + good[5:]
    (odd,) = split(binary)
    assert isinstance(odd, SoundFrame)
    assert odd.binary
    faults = {
        good.replace(b"FA", b"FB"): FrameFault.WRONG_CRC,
        good.replace(b"]\r", b" ]\r"): FrameFault.WRONG_LENGTH,
        good[:-1]: FrameFault.UNFINISHED_FRAME,
        good[:-1] + good: FrameFault.UNFINISHED_FRAME,
        b"GET / HTTP/1.1\r\n": FrameFault.NO_FRAME,
        good[:-1] + b"x" * LONGEST_FRAME: FrameFault.ENDLESS_FRAME,
    }
    for data, fault in faults.items():
        first = split(data)[0]
        assert isinstance(first, UnsoundBytes), data
        assert first.fault is fault


def test_memory_is_bounded_whatever_comes() -> None:
    splitter = FrameSplitter()
    noise = random.Random(1)
    for _ in range(200):
        list(splitter.split(noise.randbytes(1_000)))
        assert len(splitter._held) <= 2 * LONGEST_FRAME


def test_an_unknown_code_costs_no_other_event_of_its_message() -> None:
    read = read_events("SIA-DCS", b"#1234|NFA01/FD02", {})
    assert [each.code for each in read.events] == ["FA"]
    assert read.unread is not None
    assert read.unread.fault is FrameFault.UNKNOWN_CODE


@pytest.mark.parametrize("key", [None, KEY])
def test_a_transmitter_reads_each_answer(key: bytes | None) -> None:
    (frame,) = split(Dialler("00AB", receiver="1", prefix="2", key=key).poll(9, at=0.0))
    assert isinstance(frame, SoundFrame)
    header = read_header(frame.body)
    told = answers.acknowledged(header, key=key, pad=b"p" * 48, at=1_795_000_000.0)
    (answer,) = read_answers(told, key)
    assert (answer.word, answer.sequence) == ("ACK", 9)
    assert b"R1L2#00AB[" in told
    assert answer.time == ("" if key is None else "11:06:40,11-18-2026")
    assert read_answers(answers.not_understood(header))[0].word == "DUH"
    (refused,) = read_answers(answers.refused(1_795_000_000.0))
    assert (refused.word, refused.time) == ("NAK", "11:06:40,11-18-2026")
