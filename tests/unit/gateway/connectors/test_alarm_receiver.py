"""Receivers of dialers: a message is told, set aside or asked for again, and only then acknowledged."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.connectors.alarm_receiver import AlarmReceiverConversation, AlarmReceiverOptions
from gateway.domain.connectors.events import Alive, DamagedFrame, NotUnderstood, Send, Told, Word
from gateway.domain.connectors.phrases import BadProfile

ACK, NAK = Send(b"\x06"), Send(b"\x15", at_once=True)


def events(message: bytes, **options: object) -> list[object]:
    conversation = AlarmReceiverConversation(msgspec.convert(options, AlarmReceiverOptions))
    return list(conversation.receive(message, 0.0))


@given(
    st.integers(0, 0xFFFF),
    st.sampled_from("ER"),
    st.sampled_from(["110", "111", "115"]),
    st.integers(0, 999),
)
def test_any_account_and_zone_of_contact_id_is_told(
    account: int, qualifier: str, event: str, zone: int
) -> None:
    message = f"5011 18{account:04X}{qualifier}{event}01{zone:03}\x14".encode()
    told, sent = events(message)
    assert isinstance(told, Told)
    assert told.address == f"{account:04X}-{zone:03}"
    assert told.holds is (qualifier == "E")
    assert sent == ACK


@given(st.binary(max_size=120).map(lambda data: data.replace(b"\x14", b"")))
def test_each_message_has_one_answer_and_at_least_one_event_before_it(message: bytes) -> None:
    told = events(message + b"\x14")
    if not message.strip(b"\n\r\0"):
        assert told == []
        return
    *before, last = told
    assert before
    assert last in {ACK, NAK}
    assert (last == NAK) is isinstance(before[0], DamagedFrame)


def test_a_text_in_vietnamese_does_not_keep_a_fire_from_its_acknowledgement() -> None:
    message = "S01002[#1234|Nri1/FA07*'KHO VẢI TẦNG 2'NM]\x14".encode()
    assert events(message) == [Told("1234-07", Word.FIRE), ACK]


def test_a_message_of_sia_of_which_a_part_is_not_understood_is_set_aside_whole() -> None:
    told, sent = events(b"S01002[#1234|Nri1/FA07?!]\x14")
    assert isinstance(told, NotUnderstood)
    assert sent == ACK


def test_a_site_can_say_otherwise_what_a_code_means() -> None:
    codes = {"130": "fire", "UA": "nothing"}
    assert events(b"5011 181234R13001001\x14", codes=codes) == [
        Told("1234-001", Word.FIRE, holds=False),
        ACK,
    ]
    assert events(b"S01002[#1234|NUA01]\x14", codes=codes) == [Alive(), ACK]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"codes": {"fire": "fire"}}, "is no code"),
        ({"codes": {"110": "flames"}}, "is no kind"),
        ({"address": "{account"}, "cannot be filled in"),
    ],
)
def test_options_that_cannot_be_used_are_named(options: dict[str, object], fault: str) -> None:
    with pytest.raises(BadProfile, match=fault):
        events(b"", **options)
