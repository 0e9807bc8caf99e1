"""The words by which people answer a short message, without diacritics and in small letters.

A sentence counts as a whole: no word in the middle of another sentence is an answer, so that neither a
holiday notice nor "khong chay that" means what one of its words does.
"""

from collections.abc import Mapping

from contract.answers import AnswerKind

DIGITS: Mapping[str, AnswerKind] = {
    "1": AnswerKind.SEEN,
    "2": AnswerKind.TAKEN,
    "3": AnswerKind.REAL,
    "4": AnswerKind.FALSE,
}
"""The answers of one digit, which each message about a fire names."""

SENTENCES: Mapping[AnswerKind, frozenset[str]] = {
    AnswerKind.SEEN: frozenset(
        {
            *("da nhan", "da nhan tin", "da nhan duoc", "da nhan duoc tin", "nhan duoc", "da thay"),
            *("thay", "da xem", "da biet", "da doc", "ok", "oke", "okay", "seen", "received", "roger"),
        }
    ),
    AnswerKind.TAKEN: frozenset(
        {"tiep nhan", "da tiep nhan", "toi tiep nhan", "xin tiep nhan", "take", "i take it", "taken"}
    ),
    AnswerKind.REAL: frozenset(
        {
            *("chay that", "co chay", "co chay that", "dang chay", "dang chay that", "dung la chay"),
            *("chay that roi", "chay roi", "dung chay", "real", "real fire", "it is real", "fire"),
        }
    ),
    AnswerKind.FALSE: frozenset(
        {
            *("bao gia", "bao dong gia", "bao chay gia", "bao nham", "khong chay", "false"),
            *("khong co chay", "khong phai chay", "khong chay that", "false alarm", "no fire"),
        }
    ),
    AnswerKind.CHECKING: frozenset(
        {
            *("kiem tra", "dang kiem tra", "dang xac minh", "dang xem", "dang di xem", "xac minh"),
            *("dang den kiem tra", "checking", "i am checking"),
        }
    ),
    AnswerKind.EVACUATING: frozenset(
        {
            *("so tan", "dang so tan", "dang di tan", "di tan", "dang so tan nguoi", "evacuating"),
            "dang dua nguoi ra",
        }
    ),
}
"""The sentences of each answer."""

POLITE_BEFORE = ("da", "vang", "u", "toi", "em", "anh", "minh")
"""Words before an answer that change nothing of it: ``Dạ, đã nhận`` (not of ``đã``: see the parser)."""

POLITE_AFTER = ("a", "nhe", "nha", "roi", "anh", "em", "ban")
"""Words behind an answer that change nothing of it."""

NOBODY_INSIDE = frozenset(
    {
        *("khong con ai", "khong co ai", "khong co nguoi", "khong con nguoi", "khong con ai ben trong"),
        *("khong co ai ben trong", "khong con nguoi ben trong", "nobody inside", "nobody"),
    }
)
"""The sentences by which nobody is inside."""

PEOPLE_INSIDE = (
    r"(?:(?:con|co|khoang|dang|there are|are)\s)*(\d{1,4}) (?:nguoi|people|persons?)"
    r"(?: (?:con )?(?:mac ket|ket|trong|ben trong|o trong|inside))?"
    r"(?: (?:trong|trong nha|trong toa nha|ben trong|nha|inside))?"
)
"""The sentence that counts people inside."""
