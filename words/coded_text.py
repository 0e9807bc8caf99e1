"""A sentence in English as a text of the catalogue: the code of the text, and what stands in its places.

Checks and channels write English sentences, for logs, files and interfaces. A sentence is found again
by the English text of a family; whoever shows it says the text of its code in another language.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from words.catalogue import Family, Words

FORMS = {"status": r"\d{3}", "key": "'[^']*'", "channel": r"\w+"}
"""The forms of places that may not hold just any text, by their names."""


@dataclass(frozen=True, slots=True)
class CodedText:
    """A text by its *code*, a member of a family of the catalogue, and the *values* in its places."""

    code: str
    values: Mapping[str, str]


class EnglishTexts:
    """The texts of the family *kind* as *english* has them, by which sentences are recognized."""

    def __init__(self, kind: Family, english: Words) -> None:
        forms = {member: english.messages[kind.key(member)].forms[0] for member in kind.members}
        self._patterns = [(member, re.compile(_pattern(forms[member]), re.DOTALL)) for member in forms]
        self._patterns.sort(key=lambda each: (-_letters(forms[each[0]]), each[0]))

    def find(self, sentence: str) -> CodedText | None:
        """Return *sentence* by its code, the most particular text first; None where it is no text."""
        for member, pattern in self._patterns:
            if (found := pattern.fullmatch(sentence)) is not None:
                return CodedText(member, found.groupdict())
        return None


def _parts(form: str) -> Iterable[tuple[str, str | None]]:
    return ((text, name) for text, name, *_ in Formatter().parse(form))


def _letters(form: str) -> int:
    return sum(len(text) for text, _ in _parts(form))


def _pattern(form: str) -> str:
    """Return the pattern of *form*: a place that comes again holds the same again."""
    pattern, known = "", set[str]()
    for text, name in _parts(form):
        pattern += re.escape(text)
        if name is not None:
            pattern += f"(?P={name})" if name in known else f"(?P<{name}>{FORMS.get(name, '.+?')})"
            known.add(name)
    return pattern
