"""A message from the network is read as it was written; what is no text is refused by its reason.

Telephones are those of the simulated modem, which writes PDUs by a program of its own.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.gsm.deliver import MessagePart, NoDeliver, read_deliver
from alerting.domain.gsm.numbers import is_subscriber, whole_number
from firmware_sim.domain.short_messages import deliver_pdus
from tests.unit.alerting.test_sms import ANY, GSM, NUMBERS, VIETNAMESE

HELLO = "07914889200026F5040B914819325476F800006211624030008205E8329BFD06"
"""From 3GPP TS 23.040, 9.2.2.1, by hand: a center, +84912345678, seven bits, a time, "hello"."""


def test_a_message_byte_by_byte() -> None:
    read = read_deliver(HELLO)
    assert (read.sender, read.text, read.part) == ("+84912345678", "hello", None)
    assert read.at == datetime(2026, 11, 25, 21, 3, tzinfo=UTC)


@given(NUMBERS, st.one_of(GSM, VIETNAMESE, ANY), st.integers(0, 255))
def test_any_text_of_any_number_is_read_as_it_was_written(
    number: str, text: str, reference: int
) -> None:
    read = [read_deliver(pdu) for pdu, _ in deliver_pdus(number, text, joined_by=reference)]
    assert "".join(each.text for each in read) == text
    assert {each.sender for each in read} == {number}
    if len(read) > 1:
        parts = [MessagePart(reference, len(read), number) for number in range(1, len(read) + 1)]
        assert [each.part for each in read] == parts


def test_a_sender_in_letters_is_read() -> None:
    assert read_deliver(deliver_pdus("Viettel", "Khuyen mai")[0][0]).sender == "Viettel"


def test_a_reference_of_sixteen_bits_joins_too() -> None:
    pdu = "00440B914819325476F800086211624030008209060804123402010031"
    assert read_deliver(pdu).part == MessagePart(0x1234, 2, 1)


@pytest.mark.parametrize(
    ("pdu", "reason"),
    [
        ("", "too soon"),
        ("zz", "hexadecimal"),
        ("00" * 400, "400 bytes"),
        (HELLO[:40], "too soon"),
        ("0001000B914819325476F800000B05E8329BFD06", "0x01"),
        (HELLO.replace("F80000", "F80004"), "data"),
        (HELLO.replace("F80000", "F80020"), "compressed"),
        ("0044" "0B914819325476F8" "0000" "62116240300082" "0A" "06050415811581" "0000", "program"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_by_its_reason(pdu: str, reason: str) -> None:
    with pytest.raises(NoDeliver, match=reason):
        read_deliver(pdu)


@given(st.binary(max_size=320))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read = read_deliver(content.hex())
    except NoDeliver:
        return
    assert isinstance(read.text, str)


@given(st.data())
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray.fromhex(HELLO)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_deliver(content[: data.draw(st.integers(0, len(content)))].hex())
    except NoDeliver:
        return


@pytest.mark.parametrize(
    "text", ["+84901234567", "0901234567", "84901234567", "0084901234567", "+84 90 123 45 67"]
)
def test_the_forms_of_one_number_are_one(text: str) -> None:
    assert whole_number(text) == "84901234567"


@pytest.mark.parametrize(
    ("text", "number"), [("Viettel", None), ("1414", "1414"), ("", None), ("12", None)]
)
def test_services_of_the_network_are_no_subscribers(text: str, number: str | None) -> None:
    assert whole_number(text) == number
    assert number is None or not is_subscriber(number)
