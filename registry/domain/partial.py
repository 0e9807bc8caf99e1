"""Rows that could not be read whole: what they name is checked all the same, so that nothing hides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from contract.names import is_name
from registry.model.policies import COMMAND_CENTER


@dataclass(frozen=True, slots=True)
class PartialRow:
    """A row of *table* with a mistake in it: where it stands, and its fields as they were written."""

    table: str
    where: str
    fields: Mapping[str, object]

    def name(self, key: str) -> str | None:
        """Return the name at *key*; None if there is none, or one that cannot be read."""
        value = self.fields.get(key)
        return value if isinstance(value, str) and is_name(value) else None

    def contacts(self) -> Iterator[str]:
        """Yield each name that must be a contact, as far as the row can be read."""
        yield from _names(self.fields.get("people"))
        yield from _names(self.fields.get("team"))
        for key in ("shifts", "exceptions"):
            for each in _tables(self.fields.get(key)):
                yield from _names(each.get("who"))

    def recipients(self) -> Iterator[str]:
        """Yield each name of a stage, which a contact, a roster or a word of its own may have."""
        for each in _tables(self.fields.get("stages")):
            yield from _names(each.get("notify"))


def unknown_people(
    row: PartialRow, known: Mapping[str, set[str]], *, words: frozenset[str]
) -> Iterator[str]:
    """Yield each name in *row* that nobody in *known* has; *words* stand for others in stages."""
    contacts = known["contacts"] | {COMMAND_CENTER}
    yield from _missing(row, row.contacts(), contacts)
    yield from _missing(row, row.recipients(), contacts | known["rosters"] | words)


def _missing(row: PartialRow, names: Iterable[str], there: set[str]) -> Iterator[str]:
    for name in names:
        if name not in there:
            yield f"{row.where}: {name!r} is not in [[contacts]]; add it there or correct the name"


def _names(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, str) and is_name(each))


def _tables(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, Mapping))
