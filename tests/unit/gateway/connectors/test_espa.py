"""ESPA 4.4.4: blocks survive any line, a damaged one tells nothing, and a lost peer is told."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.connectors.espa import EspaConversation, EspaOptions, EspaProfile
from gateway.domain.connectors.espa_frames import (
    ACK,
    EOT,
    EspaAnswer,
    EspaBlock,
    EspaEnquiry,
    EspaNoise,
    FrameReader,
    encode_block,
)
from gateway.domain.connectors.events import Alive, LineTrouble, NotUnderstood, Reset, Send, Told, Word

PROFILE = EspaProfile(
    panel="any",
    source="written by hand",
    events=((r"(?P<word>FIRE|OFF) (?P<place>\d+)",),),
    words={"FIRE": "fire", "OFF": "fire ends"},
    address="{place}",
)

FIRE = encode_block("1", [("1", b"12"), ("2", b"FIRE 7"), ("3", b"1"), ("4", b"3"), ("6", b"1")])

READY = Send(bytes([ACK]), at_once=True)

printed = st.binary(max_size=40).map(lambda data: bytes(byte for byte in data if 0x20 <= byte < 0x7F))
records = st.lists(st.tuples(st.sampled_from("12345678"), printed), min_size=1, max_size=8)


def frames(data: bytes, cuts: list[int]) -> list[object]:
    reader, at = FrameReader(), 0
    read: list[object] = []
    for turn in range(10_000):
        if at >= len(data):
            break
        length = cuts[turn % len(cuts)]
        read += list(reader.read(data[at : at + length]))
        at += length
    return read


@given(records, st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_a_block_is_read_as_it_was_written_however_it_is_cut(
    written: list[tuple[str, bytes]], cuts: list[int]
) -> None:
    (block,) = frames(encode_block("1", written), cuts)
    assert isinstance(block, EspaBlock)
    assert block.is_sound
    assert block.header == "1"
    first: dict[str, bytes] = {}
    for kind, data in written:
        first.setdefault(kind, data)
    assert block.records() == first


@given(st.integers(1, len(FIRE) - 1), st.integers(0, 7))
def test_one_wrong_bit_never_tells_anything(place: int, bit: int) -> None:
    spoiled = bytearray(FIRE)
    spoiled[place] ^= 1 << bit
    conversation = selected()
    events = list(conversation.receive(bytes(spoiled), 1.0))
    assert not [each for each in events if isinstance(each, Told | Reset)]
    assert Send(bytes([ACK])) not in events


@given(st.binary(max_size=200).filter(lambda noise: not {1, 3, 4, 5, 6, 21} & set(noise)))
def test_a_block_behind_noise_is_read_all_the_same(noise: bytes) -> None:
    read = frames(noise + FIRE, [7])
    assert isinstance(read[-1], EspaBlock)
    assert read[-1].is_sound
    assert b"".join(each.data for each in read if isinstance(each, EspaNoise)) in {noise, b""}


def selected() -> EspaConversation:
    conversation = EspaConversation(EspaOptions(profile=PROFILE))
    list(conversation.begin(0.0))
    assert list(conversation.receive(b"\x041\x052\x05", 0.0)) == [Alive(), READY]
    return conversation


def test_a_fire_is_told_before_it_is_acknowledged() -> None:
    assert list(selected().receive(FIRE, 1.0)) == [Told("7", Word.FIRE), Send(bytes([ACK]))]


def test_the_same_block_again_is_told_and_acknowledged_again() -> None:
    conversation = selected()
    first = list(conversation.receive(FIRE, 1.0))
    assert list(conversation.receive(FIRE, 1.2)) == first


def test_a_call_to_another_station_is_left_to_it() -> None:
    conversation = EspaConversation(EspaOptions(profile=PROFILE))
    list(conversation.begin(0.0))
    assert list(conversation.receive(b"\x041\x053\x05" + FIRE, 0.0)) == []


def test_a_station_whose_sender_falls_silent_is_free_again() -> None:
    conversation = selected()
    due = conversation.next_at()
    assert due is not None
    list(conversation.tick(due))
    assert list(conversation.receive(b"2\x05", due)) == [Alive(), Send(bytes([EOT]), at_once=True)]


def test_a_panel_that_acknowledges_a_poll_and_forgets_it_is_not_taken_for_alive() -> None:
    conversation = EspaConversation(
        EspaOptions(profile=PROFILE, role="control", address="1", stations=("2",))
    )
    list(conversation.begin(0.0))
    troubles, now = [], 0.0
    for _ in range(6):
        now = conversation.next_at() or now
        sent = list(conversation.tick(now))
        events = list(conversation.receive(bytes([ACK]), now)) if any(sent) else []
        assert Alive() not in events
        troubles += [each for each in sent if isinstance(each, LineTrouble)]
    assert [str(each) for each in troubles] == ["trouble line_silent begins of station 2"]


def test_a_control_station_polls_all_stations_in_turn() -> None:
    conversation = EspaConversation(
        EspaOptions(profile=PROFILE, role="control", address="1", stations=("2", "3"))
    )
    list(conversation.begin(0.0))
    polled: list[bytes] = []
    for _ in range(4):
        now = conversation.next_at() or 0.0
        polled += [each.data for each in conversation.tick(now) if isinstance(each, Send)]
        list(conversation.receive(bytes([EOT]), now))
    assert polled == [b"\x042\x05", b"\x043\x05", b"\x042\x05", b"\x043\x05"]


def test_text_in_vietnamese_is_compared_with_its_accents_composed() -> None:
    profile = msgspec.structs.replace(
        PROFILE,
        encoding="cp1258",
        events=((r"(?P<word>CHÁY) (?P<place>.+)",),),
        words={"CHÁY": "fire"},
    )
    conversation = EspaConversation(EspaOptions(profile=profile, poll_answer="ack"))
    text = "CHA\u0301Y KHO".encode("cp1258")
    list(conversation.receive(b"\x042\x05", 0.0))
    events = list(conversation.receive(encode_block("1", [("2", text)]), 0.0))
    assert [str(each) for each in events] == ["fire begins at KHO", "send 06"]


@pytest.mark.parametrize("header", ["4", "5"])
def test_a_block_of_another_kind_is_set_aside_before_it_is_acknowledged(header: str) -> None:
    told, acknowledged = selected().receive(encode_block(header, [("1", b"1")]), 0.0)
    assert isinstance(told, NotUnderstood)
    assert acknowledged == Send(bytes([ACK]))


def test_control_characters_and_prefixes_are_read_apart() -> None:
    read = frames(b"\x04" + b"2\x05" + b"1\x15" + b"\x06", [1])
    assert read == [EspaAnswer(4), EspaEnquiry("2"), EspaAnswer(21, "1"), EspaAnswer(6)]
