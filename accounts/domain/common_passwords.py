"""Common passwords: words that people take first, and the patterns by which they make them longer."""

import re
import unicodedata
from functools import cache
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
_RUN = 4
_LONGEST_WORD = max(map(len, WORDS))


def is_common(password: str) -> bool:
    """Return whether *password* is made of common words, years, runs and repetitions alone."""
    plain = _plain(password)
    return any(_is_made_up(each) for each in {plain, plain.translate(_AS_LETTERS)})


def _plain(password: str) -> str:
    """Return *password* in small letters, without marks of letters."""
    return "".join(
        each
        for each in unicodedata.normalize("NFD", password.casefold()).replace("đ", "d")
        if not unicodedata.combining(each)
    )


def _is_made_up(plain: str) -> bool:
    left = re.sub(r"[^a-z0-9]+", "", plain)
    return not left or _covered(left) or _is_repeated(left)


def _is_repeated(text: str) -> bool:
    """Return whether *text* is one short piece over and over."""
    return any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, min(6, len(text) // 2) + 1)
    )


def _covered(text: str) -> bool:
    """Return whether common words, runs, and at most 8 digits besides cover *text*."""
    fewest = [0] + [len(text) + 1] * len(text)  # characters not covered, up to each place
    for place in range(len(text)):
        cost = fewest[place]
        weight = 1 if text[place].isdigit() else _OUTSIDE
        fewest[place + 1] = min(fewest[place + 1], cost + weight)
        for size in _pieces(text, place):
            fewest[place + size] = min(fewest[place + size], cost)
    return fewest[-1] <= _DIGITS


_DIGITS = 8
_OUTSIDE = 3  # a letter counts as three digits


def _pieces(text: str, place: int) -> list[int]:
    """Return the lengths of the common pieces of *text* that begin at *place*."""
    words = [
        size
        for size in range(2, min(_LONGEST_WORD, len(text) - place) + 1)
        if text[place : place + size] in WORDS
    ]
    return words + _runs(text, place)


def _runs(text: str, place: int) -> list[int]:
    """Return the lengths of the runs over a keyboard that begin at *place*, forwards or backwards."""
    found = []
    for size in range(_RUN, len(text) - place + 1):
        if not any(text[place : place + size] in row for row in _both_ways()):
            break
        found.append(size)
    return found


@cache
def _both_ways() -> tuple[str, ...]:
    return (*ROWS, *(row[::-1] for row in ROWS))
