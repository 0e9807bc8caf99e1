"""The texts that people read, by language and by a key that stays the same in all of them.

Pure: whoever starts a process loads the catalogue (``words.loading``) and hands it down. A lookup never
raises: a missing word must not cost an alarm. Tests name what is missing before anybody misses it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from words.people_text import shown, shown_value


@dataclass(frozen=True, slots=True)
class Message:
    """One text in one language: its only form, or one form for each plural that the language has."""

    forms: tuple[str, ...]
    plural: Callable[[int], int]

    def form(self, count: int) -> str:
        """Return the form for *count* things; the last one where the rule points behind it."""
        return self.forms[min(self.plural(count), len(self.forms) - 1)]


@dataclass(frozen=True, slots=True)
class Family:
    """Messages with keys of one prefix: one message for each of *members*."""

    prefix: str
    members: frozenset[str]

    def key(self, member: str) -> str:
        """Return the key of the message for *member*."""
        return f"{self.prefix}.{member}"

    def member_keys(self) -> Iterable[str]:
        """Return the keys of all members, in order."""
        return [self.key(each) for each in sorted(self.members)]


def family(prefix: str, members: Iterable[str]) -> Family:
    """Return the family of messages ``prefix.member``, one for each of *members*."""
    return Family(prefix, frozenset(map(str, members)))


class _Values(dict[str, object]):
    """Values for the places of a text; a missing one shows as ``?``, as another version may lack it."""

    def __missing__(self, key: str) -> str:
        return "?"


def _filled(form: str, values: dict[str, object]) -> str:
    """Return *form* with *values*, of which none can steer a terminal or forge a line."""
    safe = {name: shown_value(value) for name, value in values.items()}
    try:
        return form.format(**safe)
    except KeyError:
        return form.format_map(_Values(safe))


@dataclass(frozen=True, slots=True)
class Words:
    """All texts in one language; English stands in where a translation is missing."""

    language: str
    messages: Mapping[str, Message]

    def text(self, key: str, /, **values: object) -> str:
        """Return the text of *key* with *values* in their places; the key itself if it has none."""
        if (message := self.messages.get(key)) is None:
            return key
        return _filled(message.forms[0], values)

    def counted(self, key: str, count: int, /, **values: object) -> str:
        """Return the text of *key* for *count* things, shown as ``{count}`` unless *values* has that."""
        message = self.messages.get(key)
        return key if message is None else _filled(message.form(count), {"count": count, **values})

    def name(self, kind: Family, member: str, /, **values: object) -> str:
        """Return the text for *member* of the family *kind*; an unknown member is shown as it is."""
        message = self.messages.get(kind.key(member))
        return shown(member) if message is None else _filled(message.forms[0], values)

    def has(self, kind: Family, member: str) -> bool:
        """Whether *member* of the family *kind* has a text."""
        return kind.key(member) in self.messages


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts in all languages."""

    by_language: Mapping[str, Words]

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of all languages (ISO 639), in order."""
        return tuple(sorted(self.by_language))

    def words(self, language: str) -> Words:
        """Return the texts in *language*; those in English if there is no such language."""
        return self.by_language.get(language) or self.by_language["en"]

    def text(self, key: str, language: str, /, **values: object) -> str:
        """Return the text of *key* in *language*, with *values* in their places."""
        return self.words(language).text(key, **values)
