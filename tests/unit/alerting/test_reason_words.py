"""A list of incidents shows why each is as it is in words, or nothing, and never a code."""

import pytest

from alerting.domain.wording.families import DECISIONS, REASONS
from alerting.domain.wording.names import Names
from alerting.domain.wording.reasons import known_reason
from tests.support.texts import ENGLISH, IN_ENGLISH, IN_VIETNAMESE

OF_SIGNALS = {
    key.removeprefix(REASONS.key("")) for key in ENGLISH.messages if key.startswith(REASONS.key(""))
}


@pytest.mark.parametrize("reason", sorted({*DECISIONS.members, *OF_SIGNALS}))
@pytest.mark.parametrize("names", [IN_ENGLISH, IN_VIETNAMESE], ids=["en", "vi"])
def test_a_reason_has_words_in_each_language(reason: str, names: Names) -> None:
    words = known_reason(reason, names)
    assert words
    assert "_" not in words


def test_a_reason_without_words_is_left_out() -> None:
    assert known_reason("acknowledged_by_operator", IN_ENGLISH) == ""
