"""Rows whose fields can be asked one by one, whether a row was read whole or only in part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contract.names import is_name
from registry.domain.sourced import Sourced
from registry.model.rows import RegistryValue


@dataclass(frozen=True, slots=True)
class ReadableRow:
    """A row at *where*; a field that is missing, or of another type than asked for, is None."""

    where: str
    fields: Mapping[str, object]

    def name(self, key: str) -> str | None:
        """Return the name at *key*."""
        value = self.fields.get(key)
        return value if isinstance(value, str) and is_name(value) else None

    def text(self, key: str) -> str | None:
        """Return the text at *key*; None also for an empty one."""
        value = self.fields.get(key)
        return value if isinstance(value, str) and value else None

    def number(self, key: str) -> float | None:
        """Return the number at *key*."""
        value = self.fields.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        """Return the day at *key*."""
        value = self.fields.get(key)
        return value if isinstance(value, date) and not isinstance(value, datetime) else None

    def names(self, key: str) -> tuple[str, ...]:
        """Return the names in the list at *key*."""
        value = self.fields.get(key)
        listed = value if isinstance(value, list | tuple) else ()
        return tuple(each for each in listed if isinstance(each, str) and is_name(each))

    def part(self, key: str) -> "ReadableRow | None":
        """Return the value at *key* that has fields of its own; None where there is none."""
        value, where = self.fields.get(key), f"{self.where}: {key}"
        if isinstance(value, RegistryValue):
            return ReadableRow(where, vars(value))
        return ReadableRow(where, value) if isinstance(value, Mapping) else None


def readable_rows(sourced: Sourced, table: str) -> Iterator[ReadableRow]:
    """Yield each row of *table*: first those that were read whole, then the others as far as they go."""
    for where, row in sourced.rows(table):
        yield ReadableRow(where, vars(row))
    for part in sourced.partial_rows(table):
        yield ReadableRow(part.where, part.fields)
