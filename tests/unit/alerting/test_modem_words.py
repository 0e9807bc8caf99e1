"""What a modem says is understood, wherever the line cut it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.gsm.at import (
    LONGEST_LINE,
    Done,
    Failed,
    ModemLine,
    ModemParser,
    Prompt,
    Reported,
    Restarted,
    StoredReport,
    Word,
    answer_to,
    card_trouble,
    failure_text,
    is_permanent,
    is_registered,
    read_fields,
)

VECTORS = Path(__file__).parents[2] / "vectors" / "modems.json"
DIALOGUES = json.loads(VECTORS.read_text(encoding="utf-8"))["dialogues"]

SAID: list[tuple[bytes, list[Word]]] = [
    (b"\r\nOK\r\n", [Done()]),
    (b"\r\nERROR\r\n", [Failed("", "")]),
    (b"\r\n+CMS ERROR: 331\r\n", [Failed("CMS", "331")]),
    (b"\r\n+CME ERROR: 10\r\n", [Failed("CME", "10")]),
    (b"\r\n+CMS ERROR:38\r\n", [Failed("CMS", "38")]),
    (b"AT+CMGS=23\r\r\n> ", [ModemLine("AT+CMGS=23"), Prompt()]),
    (b"\r\n+CMGS: 42\r\n\r\nOK\r\n", [ModemLine("+CMGS: 42"), Done()]),
    (b"\r\n+CDS: 26\r\n0006AB\r\n", [ModemLine("+CDS: 26"), Reported(pdu="0006AB")]),
    (b'\r\n+CDS: 6,7,"+84",145,"a,b","c",0\r\n', [Reported(fields='6,7,"+84",145,"a,b","c",0')]),
    (b'\r\n+CDSI: "SR",3\r\n', [StoredReport("SR", 3)]),
    (b"\r\nRDY\r\n", [Restarted()]),
    (b"\r\n^SYSSTART\r\n", [Restarted()]),
    (b"\r\nCall Ready\r\n", [Restarted()]),
    (b"\r\nok\r\n", [Done()]),
    (b"\r\nCOMMAND NOT SUPPORT\r\n", [Failed("", "")]),
    (b"\r\nRING\r\n\r\nNO CARRIER\r\n", [ModemLine("RING"), ModemLine("NO CARRIER")]),
    (b"\r\n+CMS ERROR : 38\r\n", [Failed("CMS", "38")]),
    (b"\r\n+CME ERROR: SIM not inserted\r\n", [Failed("CME", "SIM not inserted")]),
    (b"AT+CMGS=26\r\r\n>\r\n\r", [ModemLine("AT+CMGS=26"), Prompt()]),
    (b"\r\n>  \r\n", [Prompt()]),
    (
        b"\r\n+CDS:26\r\n^RSSI:17\r\n0006AB\r\n",
        [ModemLine("+CDS:26"), ModemLine("^RSSI:17"), Reported("0006AB")],
    ),
    (b'\r\n+CDSI:"SR",3\r\n', [StoredReport("SR", 3)]),
    (b"\xff\x00~\r\n\r\nOK\r\n", [ModemLine("\ufffd\x00~"), Done()]),
]


@pytest.mark.parametrize(("data", "words"), SAID)
def test_each_thing_that_a_modem_says_is_a_word(data: bytes, words: list[Word]) -> None:
    assert ModemParser().feed(data) == words


@given(said=st.lists(st.sampled_from(SAID), max_size=12), data=st.data())
def test_the_words_are_the_same_wherever_the_line_was_cut(
    said: list[tuple[bytes, list[Word]]], data: st.DataObject
) -> None:
    whole = b"".join(each for each, _ in said)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=20)))
    listener, heard = ModemParser(), []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        heard += listener.feed(whole[start:end])
    assert heard == [word for _, words in said for word in words]


def test_noise_without_an_end_is_forgotten_and_the_next_line_understood() -> None:
    listener = ModemParser()
    listener.feed(b"x" * (LONGEST_LINE + 1))
    assert listener.feed(b"OK\r\n") == [Done()]


@given(st.binary(max_size=200))
def test_whatever_comes_is_words(data: bytes) -> None:
    assert isinstance(ModemParser().feed(data), list)


@pytest.mark.parametrize(
    ("code", "for_good"), [("1", True), ("21", True), ("304", True), ("331", False), ("38", False)]
)
def test_an_error_says_whether_another_attempt_can_help(code: str, for_good: bool) -> None:
    assert is_permanent(Failed("CMS", code)) is for_good
    assert not is_permanent(Failed("CME", code))


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
    assert remedy in failure_text(failed)


@pytest.mark.parametrize(
    ("said", "registered"),
    [
        ("+CREG:0,1", True),
        ("+CREG : 0 , 5", True),
        ('+CREG: 2,1,"00C3","0A1B",7', True),
        ("+CREG: 0,6", True),
        ("+CREG: 1", True),
        ('+CREG: 1,"00C3","0A1B"', True),
        ("+CREG: 2", False),
        ("+CREG: 1,2", False),
        ("+CREG: 0,8", False),
        ("+CREG: 0,1", True),
        ("+CREG: 0,5", True),
        ("+CREG: 0,2", False),
        ("+CREG: 0,3", False),
        ("", False),
    ],
)
def test_a_modem_is_in_a_network_at_home_or_abroad(said: str, registered: bool) -> None:
    assert is_registered([said]) is registered


@pytest.mark.parametrize("said", ["+CPIN: READY", "+CPIN:READY", "+CPIN : ready", "+CPIN: SIM PIN2"])
def test_a_card_that_is_ready_is_ready_however_it_is_spelled(said: str) -> None:
    assert card_trouble(["AT+CPIN?", said, "^RSSI:17"]) is None


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("+CPIN: SIM PIN", "pin_file"),
        ("+CPIN: SIM PUK", "PUK in a telephone"),
        ("+CPIN: NOT INSERTED", "put one in"),
        ("", "look at the card"),
    ],
)
def test_a_card_that_is_not_ready_names_what_to_do(said: str, remedy: str) -> None:
    trouble = card_trouble([said])
    assert trouble is not None
    assert remedy in failure_text(trouble)


def _meant(one: dict[str, Any], words: list[Word]) -> dict[str, Any]:
    """Return the meaning of the *words* of a dialogue, for the fields that *one* names."""
    said = [word.text for word in words if isinstance(word, ModemLine)]
    failed = next((f"{word.kind} {word.code}" for word in words if isinstance(word, Failed)), None)
    meant = {
        "card": card_trouble(said) is None,
        "registered": is_registered(said, one["asked"][2:-1]),
        "prompt": Prompt() in words,
        "reference": int((answer_to(said, "+CMGS") or "0").split(",")[0]),
        "report": next((word.pdu for word in words if isinstance(word, Reported)), None),
        "failed": failed,
    }
    return {name: meant[name] for name in one if name in meant}


@pytest.mark.parametrize("one", DIALOGUES, ids=lambda each: f"{each['family']} {each['asked']}")
def test_modems_of_the_field_are_understood(one: dict[str, Any]) -> None:
    words = ModemParser().feed(one["said"].encode())
    meant = _meant(one, words)
    assert meant
    assert meant == {name: one[name] for name in meant}


def test_at_least_six_families_are_spelled() -> None:
    assert len({one["family"] for one in DIALOGUES}) >= 6


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
