"""Ids of rows, made from names where there are none; and the rows that cells name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process

from contract.names import is_name
from registry.model.policies import COMMAND_CENTER
from registry.model.registry import TABLES, Registry
from registry.model.rows import LocalRow, Row
from registry.sheets.phones import read_phone
from registry.sheets.spelling import LONGEST_NAME, plain, slug

NEEDS_ID = frozenset({"points", "gateways"})
"""Tables whose ids are those that devices send: nobody can make them from a name."""

MOST_NEAREST = 200
"""Unknown names for which the nearest one is looked for, in an import."""

_NAMING = ("name", "place", "event", "old", "new", "unit", "area", "floor", "zone", "point", "day")
"""Fields from which an id is made, the first that a row has; of names of other rows all."""


@dataclass(frozen=True, slots=True)
class RowName:
    """A row that cells may name: its key, its name as it is compared, its phone and days."""

    key: str
    premises: str | None
    name: str
    phone: str | None = None
    since: date | None = None
    until: date | None = None

    def is_valid(self, day: date) -> bool:
        """Whether it is in force on *day*."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Reference:
    """The row that a cell names: its id, or None with those that it may be, or is like."""

    id: str | None
    several: tuple[str, ...] = ()
    near: str = ""


def is_local(table: str) -> bool:
    """Whether rows of *table* belong to premises."""
    return issubclass(TABLES[table], LocalRow)


def fingerprint(values: Mapping[str, Any], premises: str | None) -> str:
    """Return what tells a row without an id from all others: its name, and where it is."""
    where = values.get("address") or values.get("phone") or ""
    named = [plain(str(values[each])) for each in _NAMING if values.get(each)]
    return "|".join([premises or "", *named[: 1 if values.get("name") else None], plain(str(where))])


@dataclass(slots=True)
class KnownRows:
    """The rows of all tables that cells may name: those in the registry, and those of the sheets."""

    today: date
    _by_table: dict[str, dict[str, RowName]] = field(default_factory=dict)
    _by_name: dict[tuple[str, str | None, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _by_phone: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _looked: int = 0

    def add_registry(self, registry: Registry) -> None:
        """Add all rows of *registry*."""
        for table in TABLES:
            for row in getattr(registry, table):
                self.add(table, row_name(row))

    def add(self, table: str, row: RowName) -> None:
        """Add a row; one with the same key is replaced."""
        rows = self._by_table.setdefault(table, {})
        before = rows.get(row.key)
        rows[row.key] = row
        if row.name and (before is None or before.name != row.name):
            self._by_name[table, row.premises, row.name].append(row.key)
        if row.phone and (before is None or before.phone != row.phone):
            self._by_phone[row.phone].append(row.key)

    def has(self, table: str, key: str) -> bool:
        """Whether there is such a row."""
        return key in self._by_table.get(table, {})

    def find(self, table: str, text: str, premises: str | None) -> Reference:
        """Return the row of *table* that *text* names; of *premises* where the table is of them."""
        inside = premises if is_local(table) else None
        key = f"{inside}/{text}" if inside else text
        if self.has(table, key) or (table == "contacts" and text == COMMAND_CENTER):
            return Reference(text)
        found = self._by_name.get((table, inside, plain(text)), []) or self._phoned(table, text)
        ids = tuple(each.rpartition("/")[2] for each in self._in_force(table, found))
        if len(ids) == 1:
            return Reference(ids[0])
        return Reference(None, ids, "" if ids else self._near(table, text, inside))

    def _in_force(self, table: str, keys: list[str]) -> list[str]:
        """Return *keys*, or those of them that are in force today, if there are such."""
        rows = self._by_table.get(table, {})
        return [each for each in keys if rows[each].is_valid(self.today)] or keys

    def _phoned(self, table: str, text: str) -> list[str]:
        """Return the contacts that *text* names by their phone, with or without a name before it."""
        digits = text.lstrip("".join(each for each in set(text) if not each.isdigit() and each != "+"))
        phone = read_phone(digits.rstrip(") ")) if table == "contacts" and digits else None
        return self._by_phone.get(phone.number, []) if phone else []

    def with_phone(self, number: str) -> list[str]:
        """Return the contacts whose phone is *number*."""
        return self._by_phone.get(number, [])

    def _near(self, table: str, text: str, premises: str | None) -> str:
        """Return the id of the row whose name is nearest, in force if one is; looked for at most
        MOST_NEAREST times.
        """
        self._looked += 1
        if self._looked > MOST_NEAREST:
            return ""
        rows = self._by_table.get(table, {}).values()
        names = {each.key.rpartition("/")[2]: each.name for each in rows if each.premises == premises}
        nearest = process.extractOne(plain(text), names, scorer=fuzz.ratio, score_cutoff=70)
        if nearest is None:
            return ""
        alike = self._by_name.get((table, premises, nearest[0]), [])
        found = self._in_force(table, alike) or alike
        return str(found[0].rpartition("/")[2]) if found else str(nearest[2])


def row_name(row: Row) -> RowName:
    """Return how cells may name *row*."""
    fields = vars(row)
    return RowName(
        row.key,
        fields.get("premises") if isinstance(row, LocalRow) else None,
        plain(fields.get("name") or ""),
        fields.get("phone"),
        fields.get("valid_from"),
        fields.get("valid_to"),
    )


def id_text(values: Mapping[str, Any]) -> str:
    """Return the text from which the id of a row with *values* is made; empty where there is none."""
    given = [str(values[each]) for each in _NAMING if values.get(each)]
    text = given[0] if values.get("name") or values.get("place") else " ".join(given)
    return slug(text) if not is_name(text) else text


def free_id(wanted: str, taken: Iterable[str] | Mapping[str, object]) -> str:
    """Return *wanted*, or with the next number behind it where it is in *taken*."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        suffix = f"-{number}"
        found = wanted[: LONGEST_NAME - len(suffix)].rstrip("-") + suffix
    return found
