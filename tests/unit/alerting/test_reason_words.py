"""A list of incidents shows why each is as it is in words, or nothing, and never a code."""

import pytest

from alerting.domain.wording.explanation import REASONS, Language, reason_words
from alerting.domain.wording.reasons import WORDS


@pytest.mark.parametrize("reason", sorted({*REASONS, *WORDS}))
@pytest.mark.parametrize("language", list(Language))
def test_a_reason_has_words_in_each_language(reason: str, language: Language) -> None:
    words = reason_words(reason, language)
    assert words
    assert "_" not in words


def test_a_reason_without_words_is_left_out() -> None:
    assert reason_words("acknowledged_by_operator", Language.EN) == ""
