"""Common passwords: words that people take first, and the patterns by which they make them longer."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

_WORDS: Final = """
password passwort pass passwd welcome login letmein admin administrator root user guest master
secret superman batman dragon monkey football baseball princess sunshine shadow iloveyou loveyou
whatever trustno changeme default test testing temp access server system computer internet network
router windows linux google facebook zalo summer winter spring autumn january february march april
monday friday hello qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm azerty qazwsx qazwsxedc abc
abcd company office security police fire firefighter alarm tocsin center centre emergency rescue
matkhau matkhaumoi matkhaucu mat khau dangnhap quantri quantrivien nguoidung taikhoan xinchao
toiyeuem anhyeuem emyeuanh yeuem yeuanh iuem vietnam hanoi saigon hochiminh camau danang haiphong
cantho hue chuachay phongchay chaychua pccc pcccvacnch canhsat congan trungtam trucban chihuy
baochay cuunan cuuho nguyen nguyenvan tranvan levan phamvan hoangvan khongbiet giadinh bome mebo
conyeu emoi anhoi thanhcong mayman hanhphuc sinhnhat quehuong tinhyeu chungta motnguoi haiba motha
motbabon
"""

WORDS: Final = frozenset(_WORDS.split())
"""Words that a guess begins with, in small letters and without marks."""

ROWS: Final = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "1234567890", "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6g7h8i9j0",
)  # fmt: skip
"""Rows and ways over a keyboard, and the order of letters and digits."""

_AS_LETTERS: Final = str.maketrans("013457@$!", "oieastasi")
"""Digits and signs that stand for letters."""

MOST_DIGITS: Final = 8
"""Digits and signs besides: a birthday, a part of a telephone number."""

_OF_A_LETTER: Final = 3  # a letter that is in no word counts as so many digits
_RUN: Final = 4  # characters of a run at the least


def is_common(password: str, *, names: Iterable[str] = ()) -> bool:
    """Return whether *password* is made of common words, *names*, runs, repetitions and few digits."""
    text = re.sub(r"[^a-z0-9@$!]+", "", _plain(password))
    words = WORDS.union(*(_words_of(each) for each in names))
    return _is_repeated(text) or _cost(text, words) <= MOST_DIGITS


def _words_of(name: str) -> set[str]:
    """Return the words of *name*, and all of them together."""
    words = re.findall(r"[a-z0-9]+", _plain(name))
    return {each for each in (*words, "".join(words)) if len(each) > 1}


def _plain(text: str) -> str:
    """Return *text* in small letters, without marks of letters."""
    decomposed = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _is_repeated(text: str) -> bool:
    """Return whether *text* is one short piece over and over."""
    sizes = range(1, min(6, len(text) // 2) + 1)
    return any(text == (text[:size] * len(text))[: len(text)] for size in sizes)


def _cost(text: str, words: Collection[str]) -> int:
    """Return the least that is left of *text* beside *words* and runs, a digit counting 1."""
    letters, longest = text.translate(_AS_LETTERS), max(map(len, words))
    least = [0] + [len(text) * _OF_A_LETTER] * len(text)  # up to each place
    for place, each in enumerate(text):
        alone = _OF_A_LETTER if each.isalpha() else 1
        least[place + 1] = min(least[place + 1], least[place] + alone)
        for end in range(place + 2, min(place + max(longest, _LONGEST_ROW), len(text)) + 1):
            if text[place:end] in words or letters[place:end] in words or _is_run(text[place:end]):
                least[end] = min(least[end], least[place])
    return least[-1]


def _is_run(text: str) -> bool:
    return len(text) >= _RUN and any(text in row for row in _BOTH_WAYS)


_BOTH_WAYS: Final = (*ROWS, *(row[::-1] for row in ROWS))
_LONGEST_ROW: Final = max(map(len, ROWS))
