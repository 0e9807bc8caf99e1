"""The code of an invitation survives being read out, and names one center alone."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.enrolment_code import SECRET_BYTES, BadCode, hash_of, read_code, write_code

RANDOM = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)


@given(RANDOM, st.binary(min_size=1, max_size=100))
def test_a_code_is_read_as_it_was_written_and_names_its_center(random: bytes, root: bytes) -> None:
    code = read_code(write_code(random, root))
    assert code.names(root)
    assert not code.names(root + b"x")
    assert len(code.secret) == 16


@given(RANDOM, st.randoms())
def test_case_blanks_hyphens_and_letters_that_look_like_digits_do_not_matter(
    random: bytes, choose: Random
) -> None:
    text = write_code(random, b"root")
    typed = text.lower().replace("-", " ").replace("0", choose.choice("oO0")).replace("1", "l")
    assert read_code(f" {typed}\n") == read_code(text)


@given(RANDOM, RANDOM)
def test_two_secrets_have_two_hashes(one: bytes, other: bytes) -> None:
    hashes = {hash_of(read_code(write_code(each, b"root")).secret) for each in (one, other)}
    assert len(hashes) == len({one, other})


@pytest.mark.parametrize("text", ["", "ABCDE", "U" * 40, "é" * 40, "A" * 41, "A" * 100_000])
def test_what_is_not_a_code_is_refused_with_a_remedy_and_not_repeated(text: str) -> None:
    with pytest.raises(BadCode, match="tocsin pki invite") as refused:
        read_code(text)
    assert text not in str(refused.value) or not text
