"""The simulated modem answers as real ones do (3GPP TS 27.005 and 27.007)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.domain.modem import ModemFault, Network, SimulatedModem

# "hello" to +84912345678 without and with a report; byte by byte in the tests of short messages.
HELLO = "0011000B914819325476F800000B05E8329BFD06"
REPORTED = HELLO.replace("0011", "0031", 1)


def talk(modem: SimulatedModem, *lines: str) -> str:
    """The last answer."""
    return [modem.answer(line.encode()) for line in lines][-1].decode()


def quiet(**given: object) -> SimulatedModem:
    modem = SimulatedModem(**given)  # type: ignore[arg-type]
    modem.answer(b"ATE0\r")
    return modem


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AT\r", "\r\nOK\r\n"),
        ("at+csq\r", "\r\n+CSQ: 20,99\r\n\r\nOK\r\n"),
        ("AT+CPIN?\r", "\r\n+CPIN: READY\r\n\r\nOK\r\n"),
        ("AT+CREG?\r", "\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
        ("AT+CMGS=19\r", "\r\n> "),
        ("AT+NONSENSE\r", "\r\nERROR\r\n"),
        ("\r", ""),
    ],
)
def test_each_command_has_its_answer(line: str, answer: str) -> None:
    assert talk(quiet(), line) == answer


def test_it_echoes_until_echo_is_switched_off() -> None:
    modem = SimulatedModem()
    assert talk(modem, "AT\r") == "AT\r\r\nOK\r\n"
    assert talk(modem, "ATE0\r", "AT\r") == "\r\nOK\r\n"
    modem.restart()
    assert talk(modem, "AT\r") == "AT\r\r\nOK\r\n"


def test_a_message_is_taken_behind_the_prompt_and_shown() -> None:
    modem = quiet()
    assert talk(modem, "AT+CMGF=0\r", "AT+CMGS=19\r", HELLO + "\x1a") == "\r\n+CMGS: 251\r\n\r\nOK\r\n"
    assert [(each.to, each.text) for each in modem.displayed] == [("+84912345678", "hello")]


def test_escape_leaves_the_prompt_without_a_message() -> None:
    modem = quiet()
    assert talk(modem, "AT+CMGF=0\r", "AT+CMGS=19\r", HELLO + "\x1b") == "\r\nOK\r\n"
    assert talk(modem, "AT\r") == "\r\nOK\r\n"
    assert modem.displayed == []


@pytest.mark.parametrize(
    "body", ["", "00", "zz", HELLO[:-2], HELLO + "00", HELLO.replace("0011", "0012", 1)]
)
def test_a_pdu_that_is_not_a_message_is_an_error(body: str) -> None:
    modem = quiet()
    assert talk(modem, "AT+CMGF=0\r", "AT+CMGS=19\r", body + "\x1a") == "\r\n+CMS ERROR: 304\r\n"
    assert modem.accepted == []


@pytest.mark.parametrize(("network", "code"), [(Network.REFUSES, 21), (Network.BUSY, 331)])
def test_a_network_that_rejects_a_message_gives_the_reason(network: Network, code: int) -> None:
    modem = quiet(network=network)
    assert talk(modem, "AT+CMGF=0\r", "AT+CMGS=19\r", HELLO + "\x1a") == f"\r\n+CMS ERROR: {code}\r\n"
    assert modem.accepted == []


@pytest.mark.parametrize(("network", "status"), [(Network.TAKES, "00"), (Network.REPORTS_FAILURE, "45")])
def test_a_report_comes_by_itself_where_it_is_wanted(network: Network, status: str) -> None:
    modem = quiet(network=network)
    said = talk(modem, "AT+CMGF=0\r", "AT+CNMI=2,1,0,1,0\r", "AT+CMGS=19\r", REPORTED + "\x1a")
    assert said.startswith("\r\n+CMGS: 251\r\n\r\nOK\r\n\r\n+CDS: 25\r\n0006FB0B914819325476F8")
    assert said.endswith(f"{status}\r\n")


def test_no_report_comes_where_none_was_asked_for() -> None:
    modem = quiet()
    said = talk(modem, "AT+CMGF=0\r", "AT+CNMI=2,1,0,1,0\r", "AT+CMGS=19\r", HELLO + "\x1a")
    assert "CDS" not in said


def test_a_silent_modem_answers_nothing_and_forgets_its_command() -> None:
    modem = quiet(fault=ModemFault.SILENT)
    assert talk(modem, "AT+CMGS=19\r", HELLO) == ""
    modem.fault = ModemFault.NONE
    assert talk(modem, "ATE0\r", "AT\r") == "\r\nOK\r\n"


@given(st.binary(max_size=200))
def test_it_answers_any_bytes_and_goes_on(data: bytes) -> None:
    modem = quiet()
    modem.answer(data)
    modem.answer(b"\x1b\r")
    assert modem.answer(b"AT\r").endswith(b"\r\nOK\r\n")
