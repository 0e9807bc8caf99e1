"""A token names one delivery and its end to the center that made it, and nothing to anybody else."""

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.answers.link_tokens import TOKEN_LETTERS, AnswerLink, read_token, sealed_token
from contract.times import SECOND

SECRET, OTHER = b"s" * 32, b"t" * 32
MINUTES = st.integers(1, 2**31).map(lambda minutes: minutes * 60 * SECOND)
LINKS = st.builds(AnswerLink, st.integers(0, 2**48 - 1), MINUTES)


@given(LINKS)
def test_a_token_is_read_by_the_center_that_made_it_and_by_no_other(link: AnswerLink) -> None:
    token = sealed_token(link, SECRET)
    assert len(token) == TOKEN_LETTERS
    assert read_token(token, SECRET) == link
    assert read_token(token, OTHER) is None


@given(LINKS, st.integers(0, TOKEN_LETTERS - 1), st.sampled_from("ABCxyz019-_"))
def test_one_letter_that_is_another_makes_it_none(link: AnswerLink, place: int, letter: str) -> None:
    token = sealed_token(link, SECRET)
    forged = token[:place] + letter + token[place + 1 :]
    assert forged == token or read_token(forged, SECRET) is None


@given(st.text(max_size=60))
def test_any_text_is_refused(text: str) -> None:
    assert read_token(text, SECRET) is None


def test_links_of_two_people_differ_in_more_than_the_number() -> None:
    one, other = (sealed_token(AnswerLink(number, SECOND * 60), SECRET) for number in (7, 8))
    assert one[-14:] != other[-14:]
