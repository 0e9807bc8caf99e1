"""Sentences of polled lines are read and written as their golden vectors say (docs/protocol.md, 2.1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.polling import (
    AnswerEnd,
    DetectorIdentity,
    Poll,
    PolledDecoder,
    PollingSentence,
    SerialSearch,
    encode_polling,
)
from contract.sentences import DamageCause, DamagedBytes, Sentence, Status, encode
from tests.unit.contract.reference import crc16_ccitt_false, vectors

KINDS: dict[str, Any] = {
    "poll": Poll,
    "answer_end": AnswerEnd,
    "serial_search": SerialSearch,
    "identity": DetectorIdentity,
}
names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
tokens = st.integers(0, 255)
anything: st.SearchStrategy[PollingSentence] = st.one_of(
    st.builds(Poll, names, tokens),
    st.builds(AnswerEnd, names, tokens, st.integers(0, 9)),
    st.builds(SerialSearch, st.from_regex(r"[0-9a-f]{0,8}", fullmatch=True)),
    st.builds(DetectorIdentity, st.from_regex(r"[0-9a-f]{8}", fullmatch=True), names),
)


def sentence_of(given: dict[str, Any]) -> PollingSentence:
    ((kind, fields),) = given.items()
    made: PollingSentence = KINDS[kind](**fields)
    return made


@pytest.mark.parametrize("case", vectors("polling.json", "canonical"))
def test_a_polling_sentence_is_read_and_written_as_it_stands(case: dict[str, Any]) -> None:
    data, sentence = case["bytes"].encode("latin-1"), sentence_of(case["sentence"])
    assert encode_polling(sentence) == data
    assert PolledDecoder().decode_bytes(data) == [sentence]


@pytest.mark.parametrize("case", vectors("polling.json", "canonical"))
def test_a_polling_sentence_carries_the_checksum_of_its_definition(case: dict[str, Any]) -> None:
    body, _, end = case["bytes"].removeprefix("$").partition("*")
    assert end == f"{crc16_ccitt_false(body.encode()):04X}\r\n"


@pytest.mark.parametrize("case", vectors("polling.json", "refused"))
def test_bytes_that_are_not_a_polling_sentence_are_damage_with_a_cause(case: dict[str, Any]) -> None:
    data = case["bytes"].encode("latin-1")
    assert PolledDecoder().decode_bytes(data) == [DamagedBytes(DamageCause(case["flaw"]), data)]


@given(anything)
def test_what_is_written_is_read(sentence: PollingSentence) -> None:
    assert PolledDecoder().decode_bytes(encode_polling(sentence)) == [sentence]


@given(anything, st.data())
def test_no_flipped_bit_makes_another_sentence(sentence: PollingSentence, data: st.DataObject) -> None:
    whole = bytearray(encode_polling(sentence))
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    decoder = PolledDecoder()
    found = [*decoder.decode_bytes(bytes(whole)), *decoder.give_up()]
    assert all(isinstance(each, DamagedBytes) for each in found)
    assert b"".join(each.data for each in found if isinstance(each, DamagedBytes)) == whole


@given(st.lists(st.one_of(anything, st.binary(max_size=40)), max_size=6), st.integers(1, 9))
def test_the_same_sentences_come_out_however_the_bytes_are_cut(
    parts: list[PollingSentence | bytes], size: int
) -> None:
    data = b"".join(each if isinstance(each, bytes) else encode_polling(each) for each in parts)
    at_once, in_pieces = PolledDecoder(), PolledDecoder()
    whole = at_once.decode_bytes(data)
    cut = [
        each
        for start in range(0, len(data), size)
        for each in in_pieces.decode_bytes(data[start : start + size])
    ]
    assert [each for each in cut if not isinstance(each, DamagedBytes)] == [
        each for each in whole if not isinstance(each, DamagedBytes)
    ]


def test_samples_are_read_on_a_polled_line_too() -> None:
    sample = Sentence("smoke-01", 1, "smoke", 0.02, Status.NORMAL)
    end = AnswerEnd("smoke-01", 3, 1)
    found = PolledDecoder().decode_bytes(encode(sample) + encode_polling(end))
    assert found == [sample, end]


@pytest.mark.parametrize(
    "wrong",
    [
        Poll("A", 0),
        Poll("a", 256),
        AnswerEnd("a", 0, 10),
        SerialSearch("xyz"),
        DetectorIdentity("3fa80b2", "a"),
    ],
)
def test_what_does_not_fit_the_format_is_refused(wrong: PollingSentence) -> None:
    with pytest.raises(ValueError, match=r"is not|begins no|within"):
        encode_polling(wrong)
