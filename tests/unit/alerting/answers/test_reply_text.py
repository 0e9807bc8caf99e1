"""A reply is read whatever a telephone makes of it, and nothing else is taken for an answer."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.answers.answer_codes import DIGITS as CODE_DIGITS
from alerting.domain.answers.answer_codes import LETTERS, answer_code
from alerting.domain.answers.reply_text import ReadReply, plain_words, read_reply
from alerting.domain.answers.reply_words import DIGITS, SENTENCES
from contract.answers import AnswerKind

IN_VIETNAMESE = {
    "đã nhận": AnswerKind.SEEN,
    "Đã xem rồi ạ": AnswerKind.SEEN,
    "Dạ, đã thấy": AnswerKind.SEEN,
    "tôi tiếp nhận": AnswerKind.TAKEN,
    "cháy thật": AnswerKind.REAL,
    "Đang cháy!": AnswerKind.REAL,
    "báo giả": AnswerKind.FALSE,
    "Báo động giả.": AnswerKind.FALSE,
    "không phải cháy": AnswerKind.FALSE,
    "đang kiểm tra": AnswerKind.CHECKING,
    "đang sơ tán": AnswerKind.EVACUATING,
}
SENTENCE = st.sampled_from(sorted(IN_VIETNAMESE))
CODE = st.builds(
    "{}{}{}".format, st.sampled_from(LETTERS), st.sampled_from(CODE_DIGITS), st.sampled_from(LETTERS)
)
BLANKS = st.text(" \t\r\n.", max_size=4)
ANSWERS = st.sampled_from([*DIGITS, *IN_VIETNAMESE])


def as_telephones_write(text: str, form: str) -> str:
    """*text* in one of the forms in which telephones hand the same words over."""
    return {
        "composed": unicodedata.normalize("NFC", text),
        "apart": unicodedata.normalize("NFD", text),
        "without": plain_words(text),
        "capitals": text.upper(),
    }[form]


FORMS = st.sampled_from(["composed", "apart", "without", "capitals"])


@given(SENTENCE, FORMS, BLANKS, BLANKS)
def test_a_sentence_counts_with_and_without_diacritics_in_any_case(
    sentence: str, form: str, before: str, behind: str
) -> None:
    read = read_reply(before + as_telephones_write(sentence, form) + behind)
    assert read == ReadReply(IN_VIETNAMESE[sentence])


@given(st.sampled_from(sorted(DIGITS)), BLANKS, BLANKS)
def test_a_digit_alone_is_an_answer(digit: str, before: str, behind: str) -> None:
    assert read_reply(before + digit + behind).kind is DIGITS[digit]


@given(answer=ANSWERS, code=CODE, before=st.booleans(), small=st.booleans())
def test_a_code_may_stand_before_or_behind_in_any_case(
    *, answer: str, code: str, before: bool, small: bool
) -> None:
    written = code.lower() if small else code
    text = f"{written} {answer}" if before else f"{answer} {written}"
    assert read_reply(text) == ReadReply(read_reply(answer).kind, code)


@given(ANSWERS, st.text(max_size=300))
def test_a_quoted_message_changes_nothing(answer: str, quoted: str) -> None:
    lines = "\n".join(f"> {line}" for line in quoted.splitlines())
    assert read_reply(f"{answer}\n{lines}").kind is read_reply(answer).kind


def test_an_answer_below_the_message_that_it_quotes_counts() -> None:
    assert read_reply("CHÁY tại Chợ An Bình, 14:02. Gọi 114. #K7QX\n3").kind is AnswerKind.REAL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 giờ nữa tôi gọi lại",
        "Tôi đang lái xe, sẽ gọi lại sau 1 giờ",
        "Cảm ơn bạn đã nhắn tin. Chúng tôi sẽ trả lời trong 2 ngày.",
        "cháy thật à?",
        "có cháy không",
        "chưa cháy thật",
        "không nhận được gì cả",
        "12",
        "1 2",
        "3 báo giả",
        "5",
        "0",
    ],
)
def test_another_text_is_no_answer(text: str) -> None:
    assert read_reply(text).kind is None


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("còn 5 người bên trong", 5),
        ("5 người", 5),
        ("Có 12 người mắc kẹt", 12),
        ("còn khoảng 3 người trong nhà", 3),
        ("không còn ai bên trong", 0),
        ("7 people inside", 7),
    ],
)
def test_people_inside_are_counted(text: str, people: int) -> None:
    assert read_reply(text) == ReadReply(AnswerKind.PEOPLE_INSIDE, people=people)


@given(st.text(max_size=3_000))
def test_any_text_is_read(text: str) -> None:
    read = read_reply(text)
    assert read.code == "" or len(read.code) == 3


@given(SENTENCE, st.text("abcdghiklmnoprstuvxy ", min_size=1, max_size=40).map(str.strip).filter(bool))
def test_a_sentence_within_another_one_is_no_answer(sentence: str, more: str) -> None:
    together = plain_words(f"{more} {sentence} {more}")
    known = {each for sentences in SENTENCES.values() for each in sentences}
    if not any(together.endswith(each) or together.startswith(each) for each in known):
        assert read_reply(together).kind is None


def test_the_code_of_a_person_and_a_fire_is_the_same_each_time_and_of_nobody_else() -> None:
    def code(contact: str, incident: str, secret: bytes = b"s" * 32) -> str:
        return answer_code(secret, contact=contact, incident=incident)

    assert code("head", "i1") == code("head", "i1")
    others = {code(f"person-{each}", "i1") for each in range(200)}
    assert len(others) > 180
    assert code("head", "i1") != code("head", "i1", b"t" * 32)
    assert all(read_reply(f"{each} 1").code == each for each in others)
