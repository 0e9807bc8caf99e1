"""What a modem says is understood, wherever the line cut it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.modem import (
    LONGEST_LINE,
    Done,
    Failed,
    Line,
    Listener,
    Prompt,
    Reported,
    Restarted,
    Stored,
    Word,
    is_for_good,
    is_registered,
    read_fields,
    sentence,
)

SAID: list[tuple[bytes, list[Word]]] = [
    (b"\r\nOK\r\n", [Done()]),
    (b"\r\nERROR\r\n", [Failed("", "")]),
    (b"\r\n+CMS ERROR: 331\r\n", [Failed("CMS", "331")]),
    (b"\r\n+CME ERROR: 10\r\n", [Failed("CME", "10")]),
    (b"\r\n+CMS ERROR:38\r\n", [Failed("CMS", "38")]),
    (b"AT+CMGS=23\r\r\n> ", [Line("AT+CMGS=23"), Prompt()]),
    (b"\r\n+CMGS: 42\r\n\r\nOK\r\n", [Line("+CMGS: 42"), Done()]),
    (b"\r\n+CDS: 26\r\n0006AB\r\n", [Line("+CDS: 26"), Reported(pdu="0006AB")]),
    (b'\r\n+CDS: 6,7,"+84",145,"a,b","c",0\r\n', [Reported(fields='6,7,"+84",145,"a,b","c",0')]),
    (b'\r\n+CDSI: "SR",3\r\n', [Stored("SR", 3)]),
    (b"\r\nRDY\r\n", [Restarted()]),
    (b"\r\n^SYSSTART\r\n", [Restarted()]),
    (b"\r\nCall Ready\r\n", [Restarted()]),
    (b"\xff\x00~\r\n\r\nOK\r\n", [Line("\ufffd\x00~"), Done()]),
]


@pytest.mark.parametrize(("data", "words"), SAID)
def test_each_thing_that_a_modem_says_is_a_word(data: bytes, words: list[Word]) -> None:
    assert Listener().hear(data) == words


@given(said=st.lists(st.sampled_from(SAID), max_size=12), data=st.data())
def test_the_words_are_the_same_wherever_the_line_was_cut(
    said: list[tuple[bytes, list[Word]]], data: st.DataObject
) -> None:
    whole = b"".join(each for each, _ in said)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=20)))
    listener, heard = Listener(), []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        heard += listener.hear(whole[start:end])
    assert heard == [word for _, words in said for word in words]


def test_noise_without_an_end_is_forgotten_and_the_next_line_understood() -> None:
    listener = Listener()
    listener.hear(b"x" * (LONGEST_LINE + 1))
    assert listener.hear(b"OK\r\n") == [Done()]


@given(st.binary(max_size=200))
def test_whatever_comes_is_words(data: bytes) -> None:
    assert isinstance(Listener().hear(data), list)


@pytest.mark.parametrize(
    ("code", "for_good"), [("1", True), ("21", True), ("304", True), ("331", False), ("38", False)]
)
def test_an_error_says_whether_another_attempt_can_help(code: str, for_good: bool) -> None:
    assert is_for_good(Failed("CMS", code)) is for_good
    assert not is_for_good(Failed("CME", code))


@pytest.mark.parametrize(
    ("failed", "remedy"),
    [
        (Failed("CMS", "331"), "aerial"),
        (Failed("CMS", "330"), "channels.sms.service_center"),
        (Failed("CME", "11"), "channels.sms.pin_file"),
        (Failed("", ""), "ERROR"),
        (Failed("CMS", "999"), "999"),
    ],
)
def test_an_error_is_a_sentence_with_its_remedy(failed: Failed, remedy: str) -> None:
    assert remedy in sentence(failed)


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        ("+CREG: 0,1", True),
        ("+CREG: 0,5", True),
        ("+CREG: 0,2", False),
        ("+CREG: 0,3", False),
        ("", False),
    ],
)
def test_a_modem_is_in_a_network_at_home_or_abroad(said: str, registered: bool) -> None:
    assert is_registered([said]) is registered


def test_a_report_in_text_mode_has_fields() -> None:
    assert read_fields('6,42,"+84912345678",145,"26/11/26,04:03:00+28","x,y",48') == (
        42,
        "+84912345678",
        48,
    )
    assert read_fields('6,42,,,"26/11/26,04:03:00+28","x,y",0')[::2] == (42, 0)
    for nonsense in ("", "6", "a,b,c,d", '6,x,"+84",145,"t","t",0'):
        with pytest.raises(ValueError, match="status report"):
            read_fields(nonsense)
