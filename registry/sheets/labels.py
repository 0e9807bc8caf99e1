"""The names that people know tables, columns and fixed values by, in each language."""

from enum import Enum
from functools import cache

from registry.model.registry import TABLES
from registry.sheets.columns import Column, columns_of, item_columns
from words.catalogue import Catalogue, Words, family

YES_NO = "yes_no"


def value_member(choices: type[Enum], value: str) -> str:
    """Return the member of VALUES for *value* of *choices*."""
    return f"{choices.__name__}.{value}"


def _all_columns() -> list[Column]:
    columns = [each for table in TABLES for each in columns_of(table)]
    return [*columns, *(item for each in columns for item in item_columns(each))]


TABLE_NAMES = family("table", TABLES)
"""The names of tables: those of the sheets of a workbook."""

COLUMN_NAMES = family("column", (each.path for each in _all_columns()))
"""The headings of columns, and the names of the fields of values in their lists."""

VALUES = family(
    "value",
    [
        *(
            value_member(choices, each.value)
            for choices in {each.choices for each in _all_columns() if each.choices}
            for each in choices
        ),
        *(f"{YES_NO}.{each}" for each in ("yes", "no")),
    ],
)
"""The fixed values of cells."""


def table_label(table: str, words: Words) -> str:
    """Return the name of *table* in *words*."""
    return words.name(TABLE_NAMES, table)


def column_label(column: Column, words: Words) -> str:
    """Return the heading of *column* in *words*."""
    return words.name(COLUMN_NAMES, column.path) if words.has(COLUMN_NAMES, column.path) else column.path


def value_label(choices: type[Enum], value: str, words: Words) -> str:
    """Return the text of *value* of *choices* in *words*."""
    member = value_member(choices, value)
    return words.name(VALUES, member) if words.has(VALUES, member) else value


def yes_no_label(value: object, words: Words) -> str:
    """Return the text of a yes or no in *words*."""
    return words.name(VALUES, f"{YES_NO}.{'yes' if value else 'no'}")


class Labels:
    """The labels of all languages, by which cells of any of them are recognized."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._languages = [catalogue.words(each) for each in catalogue.languages]
        self._by_table = cache(self._columns)

    def tables(self) -> list[tuple[str, str]]:
        """Return (table, name) of each table in each language, and as the program names it."""
        return [(each, name) for each in TABLES for name in [each, *self._table_names(each)]]

    def help_sheets(self) -> set[str]:
        """Return the names of the page of help in a template, in each language."""
        return {words.text("sheet_help.sheet") for words in self._languages}

    def columns(self, table: str) -> list[tuple[Column, str]]:
        """Return (column, heading) of each column of *table* in each language, and its path."""
        return self._by_table(table)

    def choices(self, choices: type[Enum]) -> list[tuple[str, str]]:
        """Return (value, text) of each value of *choices* in each language, and the value itself."""
        return [
            (str(each.value), text)
            for each in choices
            for text in [
                str(each.value),
                *(value_label(choices, each.value, w) for w in self._languages),
            ]
        ]

    def _table_names(self, table: str) -> list[str]:
        return [table_label(table, words) for words in self._languages]

    def _columns(self, table: str) -> list[tuple[Column, str]]:
        return [
            (each, text)
            for each in columns_of(table)
            for text in [each.path, *(column_label(each, words) for words in self._languages)]
        ]
