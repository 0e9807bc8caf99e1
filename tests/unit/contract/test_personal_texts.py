"""Numbers and addresses of people are masked in texts; times, figures and names of things are not."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.personal_texts import is_personal, masked, masked_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gọi 0912 345 678", "gọi ••••678"),
        ("+84912345678", "••••678"),
        ("ĐT:0912.345.678, nhà (028) 3829 1234", "ĐT:••••678, nhà (••••234"),
        ("550 <an.nguyen@pccc.gov.vn> unknown", "550 <•••@•••> unknown"),
        ("lúc 2026-11-29 06:11:22", "lúc 2026-11-29 06:11:22"),
        ("từ 2026-09-12", "từ 2026-09-12"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("01jdr0k4tq", "01jdr0k4tq"),
        ("gọi 114", "gọi 114"),
    ],
)
def test_a_text_is_shown_without_what_one_could_call(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_figures_and_names_of_things_stay_as_they_are() -> None:
    said = {"value": 0.123456789, "at": 1795464785590000, "point": "012345678901", "n": ["0912345678"]}
    shown = json.loads(masked_json(msgspec.json.encode(said)))
    assert shown == {**said, "n": ["••••678"]}


@given(
    st.from_regex(r"\A(\+84|0)[0-9]{9,10}\Z"), st.sampled_from(["{}", "gọi {} ngay", "<{}>", "tel:{}"])
)
def test_no_number_is_left_in_any_text(number: str, text: str) -> None:
    shown = masked(text.format(number))
    assert number not in shown
    assert not is_personal(shown)


@given(st.text(max_size=60))
def test_what_has_no_number_is_the_very_same(text: str) -> None:
    encoded = msgspec.json.encode({"note": text})
    if not is_personal(encoded.decode()):
        assert masked_json(encoded) is encoded
