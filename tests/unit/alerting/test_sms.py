"""A short message is the bytes that 3GPP TS 23.040 wants, and a telephone reads what was written.

Telephones are those of the simulated modem, which reads PDUs by a program of its own.
"""

from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smspdudecoder.fields import SMSSubmit  # type: ignore[import-untyped] # it has no types

from alerting.domain.gsm.alphabet import BASIC, EXTENSION, can_encode, pack, septets
from alerting.domain.gsm.pdu import (
    Alphabet,
    BadNumber,
    DeliveryReport,
    DeliveryStatus,
    Submit,
    TooLong,
    alphabet_of,
    dialled,
    read_report,
    split_numbered,
    split_text,
    submit_pdu,
    validity,
)
from firmware_sim.domain.short_messages import ShortMessage, Telephones, read_submit, report_pdu

LETTERS = sorted({*BASIC, *EXTENSION} - {"\x1b"})
GSM = st.text(st.sampled_from(LETTERS), min_size=1, max_size=400)
ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400)
VIETNAMESE = st.text(st.sampled_from("ăâđêôơưàảãáạằẳẵắặầẩẫấậÈẺẼÉẸ CHÁYtầng2"), min_size=1, max_size=400)
NUMBERS = st.from_regex(r"\+?[0-9]{3,20}", fullmatch=True)


def submit(
    text: str, *, to: str = "+84912345678", report: bool = False, valid_s: float = 3_600
) -> Submit:
    return Submit(to=to, text=text, alphabet=alphabet_of(text), valid_s=valid_s, report=report)


def test_seven_bit_letters_are_packed_from_the_low_bits_up() -> None:
    """h 68, e 65, l 6C, l 6C, o 6F: 110_1000 with the lowest bit of 110_0101 on top is E8, and so on."""
    assert pack(septets("hello")).hex() == "e8329bfd06"


def test_eight_letters_take_seven_bytes() -> None:
    assert len(pack(septets("12345678"))) == 7
    assert len(pack(septets("123456789"))) == 8


def test_the_euro_takes_two_septets() -> None:
    assert septets("€") == [0x1B, 0x65]


def test_a_plain_message_byte_by_byte() -> None:
    """Put together by hand from 9.2.2.2.

    00        the SIM card's service center
    11        SUBMIT, relative validity
    00        the modem's own reference
    0B 91     eleven digits, international
    4819325476F8  84 91 23 45 67 8F, each pair swapped
    00 00     no protocol, seven bits
    0B        (11 + 1) * 5 min are an hour
    05 E8329BFD06  five septets, "hello"
    """
    pdu, length = submit_pdu(submit("hello"))
    assert pdu == "0011000B914819325476F800000B05E8329BFD06"
    assert length == len(pdu) // 2 - 1


def test_a_vietnamese_message_byte_by_byte() -> None:
    """31: with a report. 81: a number as dialled. 08: UCS-2. 08 bytes: 0043 0048 00C1 0059 are CHÁY."""
    pdu, length = submit_pdu(submit("CHÁY", to="114", report=True))
    assert pdu == "0031000381" + "11F4" + "00080B" + "08" + "0043004800C10059"
    assert length == 18


def test_a_service_center_stands_before_the_message_and_is_not_counted() -> None:
    """07: seven bytes; 91: international; 84 980 000 105 and a filling F, each pair swapped."""
    pdu, length = submit_pdu(submit("hello"), service_center="+84980000105")
    assert pdu.startswith("0791" + "4889000001F5" + "1100")
    assert length == submit_pdu(submit("hello"))[1]


def test_a_part_begins_with_its_header_and_on_a_septet() -> None:
    """51: SUBMIT, relative validity, header. 05 00 03 07 02 01: part 1 of 2 of the message 7.

    7 septets of header and one letter: 08. One empty bit, then a, 61: 110_0001 shifted by one is C2.
    """
    part = Submit("+84912345678", "a", Alphabet.GSM7, 3_600, report=False, reference=7, total=2)
    assert submit_pdu(part)[0] == "0051000B914819325476F800000B" + "08" + "050003070201" + "C2"


def test_a_report_byte_by_byte() -> None:
    """06: STATUS REPORT. 2A: reference 42. The number as above, two times of 7 bytes, 00: delivered."""
    pdu = "00" + "062A0B914819325476F8" + "62116240300082" * 2 + "00"
    assert read_report(pdu) == DeliveryReport(42, "+84912345678", 0)


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (0x00, DeliveryStatus.DELIVERED),
        (0x02, DeliveryStatus.DELIVERED),
        (0x20, DeliveryStatus.STILL_TRYING),
        (0x30, DeliveryStatus.STILL_TRYING),
        (0x41, DeliveryStatus.FAILED),
        (0x5F, DeliveryStatus.FAILED),
        (0x60, DeliveryStatus.GIVEN_UP),
        (0x7F, DeliveryStatus.GIVEN_UP),
        (0x80, DeliveryStatus.GIVEN_UP),
    ],
)
def test_a_status_has_one_of_four_meanings(status: int, fate: DeliveryStatus) -> None:
    assert DeliveryReport(1, "114", status).delivery_status is fate


@pytest.mark.parametrize(
    ("seconds", "period"),
    [(0, 0), (300, 0), (301, 1), (3_600, 11), (43_200, 143), (43_201, 144), (86_400, 167), (1e9, 167)],
)
def test_a_validity_is_rounded_up_to_a_step(seconds: float, period: int) -> None:
    assert validity(seconds) == period


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 160, [160]),
        ("x" * 161, [153, 8]),
        ("€" * 80, [80]),
        ("€" * 81, [76, 5]),  # 153 septets hold 76 whole ones
        ("Á" * 70, [70]),
        ("Á" * 71, [67, 4]),
        ("\U0001f525" * 35, [35]),
        ("\U0001f525" * 36, [33, 3]),  # 67 pairs hold 33 whole ones
    ],
)
def test_a_text_is_cut_where_a_message_ends_and_never_within_a_letter(
    text: str, parts: list[int]
) -> None:
    assert [len(each) for each in split_text(text)] == parts


@pytest.mark.parametrize(("text", "room"), [("x" * 500, 160), ("Á" * 500, 70)])
def test_for_a_modem_that_cannot_join_them_parts_say_which_they_are(text: str, room: int) -> None:
    parts = split_numbered(text)
    heads = [part.partition(" ")[0] for part in parts]
    assert heads == [f"{n}/{len(parts)}" for n in range(1, len(parts) + 1)]
    assert "".join(part.partition(" ")[2] for part in parts) == text
    assert all(len(part) <= room for part in parts)


def test_what_no_telephone_could_put_together_is_refused() -> None:
    with pytest.raises(TooLong, match="shorten"):
        split_text("Á" * (67 * 255 + 1))
    with pytest.raises(TooLong):
        split_numbered("Á" * (64 * 99 + 1))


@given(
    text=st.one_of(GSM, VIETNAMESE, ANY), to=NUMBERS, reference=st.integers(0, 255), report=st.booleans()
)
def test_a_telephone_shows_what_was_written(text: str, to: str, reference: int, report: bool) -> None:
    parts, telephones, shown = split_text(text), Telephones(), None
    for number, part in enumerate(parts, 1):
        one = Submit(to, part, alphabet_of(text), 3_600, report, reference, number, len(parts))
        read = read_submit(*submit_pdu(one, service_center="+84980000105"))
        assert (read.to, read.wants_report) == (to, report)
        assert shown is None
        shown = telephones.take(read)
    assert shown == text


@given(to=NUMBERS, reference=st.integers(0, 255), status=st.integers(0, 255))
def test_a_report_is_read_as_the_network_wrote_it(to: str, reference: int, status: int) -> None:
    pdu, _ = report_pdu(ShortMessage(to, "x", True), reference=reference, status=status)
    assert read_report(pdu) == DeliveryReport(reference, to, status)


@given(pdu=st.one_of(st.text(max_size=80), st.binary(max_size=60).map(bytes.hex)))
def test_whatever_comes_as_a_report_is_read_or_refused(pdu: str) -> None:
    try:
        report = read_report(pdu)
    except ValueError:
        return
    assert 0 <= report.reference <= 255


@given(VIETNAMESE.filter(lambda text: not can_encode(text)))
def test_vietnamese_is_written_in_ucs2(text: str) -> None:
    assert alphabet_of(text) is Alphabet.UCS2


@pytest.mark.parametrize(
    ("address", "number"),
    [("+84 912 345 678", "+84912345678"), ("(024) 3825-1234", "02438251234"), ("114", "114")],
)
def test_a_number_may_be_written_as_people_write_it(address: str, number: str) -> None:
    assert dialled(address) == number


@pytest.mark.parametrize("address", ["", "11", "+", "0912x45678", "1" * 21, "٠٩١٢٣٤", 'a";AT+CFUN=0'])
def test_what_is_no_number_is_dialled_nowhere(address: str) -> None:
    with pytest.raises(BadNumber, match="write it as"):
        dialled(address)


@given(text=GSM | VIETNAMESE, to=NUMBERS, report=st.booleans())
def test_a_reader_that_shares_nothing_with_ours_reads_the_same(text: str, to: str, report: bool) -> None:
    parts = split_text(text)
    for number, part in enumerate(parts, 1):
        whole = replace(
            submit(text, to=to, report=report), text=part, reference=7, number=number, total=len(parts)
        )
        pdu, _ = submit_pdu(whole)
        read = SMSSubmit.decode(StringIO(pdu))
        # It takes seven bits of filling for an "@", which the length of the message says is none.
        filled = {part, f"{part}@"} if whole.alphabet is Alphabet.GSM7 else {part}
        assert read["user_data"]["data"] in filled
        assert read["recipient"]["number"] == to.removeprefix("+")
        joined = read["user_data"].get("header")
        assert (joined is not None) is (len(parts) > 1)
