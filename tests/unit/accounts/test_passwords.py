"""Passwords that are guessed first are refused; those that people can remember are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.passwords import LONGEST, PasswordFault, composed, password_fault

NAMES = ("tran-an", "Trần An", "tocsin", "trung tam chi huy")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("ngan", PasswordFault.TOO_SHORT),
        ("bamuoi2ngay", PasswordFault.TOO_SHORT),
        ("x" * (LONGEST + 1), PasswordFault.TOO_LONG),
        ("aaaaaaaaaaaa", PasswordFault.MONOTONOUS),
        ("abababababababab", PasswordFault.MONOTONOUS),
        ("matkhau123456", PasswordFault.COMMON),
        ("MatKhau@2026!", PasswordFault.COMMON),
        ("mậtkhẩu123456", PasswordFault.COMMON),
        ("Mật khẩu 123456", PasswordFault.COMMON),
        ("password1234", PasswordFault.COMMON),
        ("P@ssw0rd!2026", PasswordFault.COMMON),
        ("passwordpassword", PasswordFault.COMMON),
        ("123456789012", PasswordFault.COMMON),
        ("098765432109", PasswordFault.COMMON),
        ("qwertyuiop123", PasswordFault.COMMON),
        ("1qaz2wsx3edc4rfv", PasswordFault.COMMON),
        ("vietnam30041975", PasswordFault.COMMON),
        ("Camau@12345678", PasswordFault.COMMON),
        ("chuachay114114", PasswordFault.COMMON),
        ("anhyeuem123456", PasswordFault.COMMON),
        ("0912345678901", PasswordFault.COMMON),
        ("abc123abc123", PasswordFault.COMMON),
        ("nguyenvan1990", PasswordFault.COMMON),
        ("administrator1", PasswordFault.COMMON),
        ("Tran.An.123456", PasswordFault.HAS_NAME),
        ("TranAn-TranAn", PasswordFault.COMMON),
        ("trungtamchihuy1", PasswordFault.COMMON),
        ("Tocsin-2026!!", PasswordFault.COMMON),
        ("an.tran.matkhau", PasswordFault.HAS_NAME),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str, fault: PasswordFault) -> None:
    assert password_fault(password, names=NAMES) is fault


@pytest.mark.parametrize(
    "password",
    [
        "ba con tàu ra khơi sớm",
        "ba con tau ra khoi som",
        "Trời mưa, gà trống đi guốc",
        "correct horse battery staple",
        "gà trống 37 gáy muộn",
        "v8#kQ2!mzR0p",
        "tuổi thơ ở Năm Căn",
        "An thích 3 bát phở bò tái",
    ],
)
def test_a_sentence_of_several_words_is_taken(password: str) -> None:
    assert password_fault(password, names=NAMES) is None


def test_each_fault_names_the_remedy() -> None:
    assert all(";" in each.value for each in PasswordFault)


def test_letters_of_vietnamese_are_the_same_however_they_were_typed() -> None:
    assert composed("ba con ta\u0300u") == composed("ba con tàu")


@given(st.text(max_size=300))
def test_any_text_is_judged(password: str) -> None:
    fault = password_fault(password, names=NAMES)
    if len(composed(password)) < 12:
        assert fault is PasswordFault.TOO_SHORT


@given(st.text(alphabet="0123456789", min_size=12, max_size=16))
def test_digits_alone_are_taken_only_where_they_are_many(password: str) -> None:
    assert password_fault(password[:8] + "1234", names=NAMES) is not None
