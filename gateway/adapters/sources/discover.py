"""Find who is on a polled line, while no gateway runs on it."""

import time
from collections.abc import Callable, Sequence

from contract.polling import (
    AnswerEnd,
    DetectorIdentity,
    Poll,
    PolledDecoder,
    PollingSentence,
    SerialSearch,
    encode_polling,
)
from contract.sentences import DamagedBytes, Sentence
from gateway.domain.connectors.detector_search import DetectorSearch, LineSurvey
from runtime.serial_port import SerialPort, read_within

_BEGIN_S = 0.1
"""20 ms are allowed (docs/protocol.md, 2.1); adapters and serial servers take the rest."""

_SILENCE_S = 0.04

_LONGEST_S = 1.0

_MOST_READS = 100

_ATTEMPTS = 3
"""Polls of an address that was not found by a serial number."""

Heard = list[Sentence | PollingSentence | DamagedBytes]


def discover(
    port: SerialPort, configured: Sequence[str], *, on_asked: Callable[[str], None]
) -> LineSurvey:
    """Search all detectors at *port*, then ask the *configured* addresses that were not found."""
    search = DetectorSearch()
    while (prefix := search.next()) is not None:
        on_asked(prefix)
        heard = _ask(port, SerialSearch(prefix))
        identities = [each for each in heard if isinstance(each, DetectorIdentity)]
        search.note(prefix, identities, is_garbled=any(isinstance(e, DamagedBytes) for e in heard))
    known = {each.address for each in search.found.values()}
    absent = [each for each in configured if each not in known]
    return search.survey(configured, [each for each in absent if _answers(port, each)])


def _answers(port: SerialPort, address: str) -> bool:
    return any(
        isinstance(each, AnswerEnd) and (each.address, each.token) == (address, token)
        for token in range(_ATTEMPTS)
        for each in _ask(port, Poll(address, token))
    )


def _ask(port: SerialPort, sentence: PollingSentence) -> Heard:
    """Write *sentence*, and return what is heard until the line is silent."""
    for _ in range(_MOST_READS):  # what came before is no answer
        if not read_within(port, 0.0):
            break
    port.write(encode_polling(sentence))
    decoder, heard = PolledDecoder(), list[Sentence | PollingSentence | DamagedBytes]()
    until, wait_s = time.monotonic() + _LONGEST_S, _BEGIN_S
    while time.monotonic() < until and (data := read_within(port, wait_s)):
        heard += decoder.decode_bytes(data)
        wait_s = _SILENCE_S
    heard += decoder.give_up()
    return [each for each in heard if not isinstance(each, (Poll, SerialSearch))]  # its own echo
