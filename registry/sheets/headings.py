"""Finds the rows of headings in a sheet, the table that they are of, and the column of each heading."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz import fuzz

from registry.model.registry import TABLES
from registry.sheets.cells import Sheet, cell_text
from registry.sheets.columns import Column, columns_by_path, columns_of
from registry.sheets.heading_words import HEADING_WORDS, ORDINALS, TABLE_WORDS
from registry.sheets.labels import Labels
from registry.sheets.spelling import plain

SEARCHED_ROWS = 25
"""Rows in which headings are looked for: titles and the names of offices stand above."""

SIMILAR = 90.0
"""The likeness of two headings, of 100, from which they are taken for the same, which is said."""

CLEARLY = 5.0
"""By how much more the likeliest column must be like a heading than the next one."""

IGNORED = "-"
"""The field of a heading that is left out."""

_UNITS = frozenset({"m2", "m3", "m", "kva", "gio", "l", "s", "nguoi", "giay", "vnd", "dong", "ha"})


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """The column that a heading means: *column* None where none or several do; *score* of 100."""

    text: str
    column: Column | None = None
    score: float = 0.0
    candidates: tuple[str, ...] = ()
    is_ignored: bool = False


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a sheet of *table*: in which rows, and what each column of the sheet means."""

    table: str
    first_row: int
    last_row: int
    matches: Mapping[int, HeadingMatch] = field(default_factory=dict)
    """By column of the sheet, counted from 1."""

    @property
    def columns(self) -> dict[int, Column]:
        """The fields by column of the sheet."""
        return {number: each.column for number, each in self.matches.items() if each.column}

    @property
    def score(self) -> float:
        """The number of headings that are known, the like ones for less."""
        return sum(each.score / 100 for each in self.matches.values() if each.column)

    @property
    def rank(self) -> float:
        """The likelihood that the sheet is of this table: each field that a new row needs counts."""
        there = {each.path for each in self.columns.values()}
        needed = [
            each.path for each in columns_of(self.table) if each.is_required and not each.is_nested
        ]
        return self.score - sum(1 for each in needed if each not in there and each != "id")

    @property
    def is_likely(self) -> bool:
        """Whether half of the texts in its rows, or several of them, are headings that are known."""
        return len(self.columns) >= max(1, min(3, len(self.matches) // 2))

    @property
    def signature(self) -> str:
        """The set of its headings, by which a mapping is remembered."""
        return f"{self.table}:" + "|".join(sorted({plain(each.text) for each in self.matches.values()}))


@dataclass(frozen=True, slots=True)
class ByHand:
    """The word of a person on a sheet: its *table*, and the field of headings ("-" leaves one out)."""

    table: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    def field_of(self, heading: str) -> str | None:
        """Return the field that was named for *heading*."""
        if not self.fields:
            return None
        wanted = plain(heading)
        return next((path for name, path in self.fields.items() if plain(name) == wanted), None)


_Match = Callable[[str, str], HeadingMatch]


class HeadingFinder:
    """Finds headings by the *labels* of all columns in all languages."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._names = cache(self._names_of)
        self._match: _Match = cache(self._match_heading)
        self._exactly: _Match = cache(self._match_exactly)

    def tables_named(self, sheet: str) -> list[str]:
        """Return the tables that the name of a sheet means."""
        wanted = plain(sheet)
        further = [(table, name) for table, names in TABLE_WORDS.items() for name in names]
        found = {table for table, name in [*self._labels.tables(), *further] if plain(name) == wanted}
        return sorted(found, key=list(TABLES).index)

    def candidates(self, sheet: Sheet, by_hand: ByHand) -> list[Headings]:
        """Return the headings of *sheet* as each table that they may be of has them, the best first."""
        named = [by_hand.table] if by_hand.table else self.tables_named(sheet.name)
        tables = named or list(TABLES)
        found = [best for table in tables if (best := self._best(sheet, table, by_hand)) is not None]
        return sorted(found, key=lambda each: -each.rank)

    def _best(self, sheet: Sheet, table: str, by_hand: ByHand) -> Headings | None:
        """Return the rows that have most headings of *table*; the first of equals, and few rows.

        Like headings are looked for where some are known, or the table is: that takes its time.
        """
        is_named = table in {by_hand.table, *self.tables_named(sheet.name)}
        for match in (self._exactly, self._match) if is_named else (self._exactly,):
            tried = list(self._tried(sheet, table, by_hand, match))
            best = max(
                tried, key=lambda each: (each.score, each.first_row - each.last_row), default=None
            )
            if best is not None and best.score > 0:
                likely = self._with_like(best, by_hand)
                return likely if likely.is_likely else None
        return None

    def _with_like(self, headings: Headings, by_hand: ByHand) -> Headings:
        matches = {
            number: each
            if each.column or each.is_ignored or each.candidates
            else self._of(headings.table, [each.text], by_hand, self._match)
            for number, each in headings.matches.items()
        }
        return Headings(headings.table, headings.first_row, headings.last_row, matches)

    def _tried(self, sheet: Sheet, table: str, by_hand: ByHand, match: _Match) -> Iterator[Headings]:
        rows = [[cell_text(each) for each in row] for row in sheet.rows[:SEARCHED_ROWS]]
        filled = _spread(rows, sheet)
        for number, row in enumerate(rows, start=1):
            if not any(row):
                continue
            yield self._read(table, [[each] for each in row], by_hand, match, rows=(number, number))
            if number < len(rows) and any(rows[number]):
                pairs = [
                    [f"{above} {below}".strip(), below] if above and below else [above or below]
                    for above, below in zip(filled[number - 1], rows[number], strict=False)
                ]
                yield self._read(table, pairs, by_hand, match, rows=(number, number + 1))

    def _read(
        self,
        table: str,
        texts: list[list[str]],
        by_hand: ByHand,
        match: _Match,
        *,
        rows: tuple[int, int],
    ) -> Headings:
        matches = {
            number: self._of(table, spellings, by_hand, match)
            for number, spellings in enumerate(texts, start=1)
            if spellings[0]
        }
        return Headings(table, *rows, matches)

    def _of(self, table: str, spellings: Sequence[str], by_hand: ByHand, match: _Match) -> HeadingMatch:
        """Return the column of a heading: as said by hand, or of the spelling that is known best."""
        columns = columns_by_path(table)
        for each in spellings:
            if (path := by_hand.field_of(each)) is not None:
                column = columns.get(path)
                return HeadingMatch(each, column, 100.0, is_ignored=column is None)
        found = [match(table, each) for each in spellings]
        return max(found, key=lambda each: each.score)

    def _match_heading(self, table: str, text: str) -> HeadingMatch:
        """Return the column of *text*, or of a heading that is like it."""
        found = self._exactly(table, text)
        is_settled = found.column or found.is_ignored or found.candidates
        return found if is_settled else self._similar(table, text, plain(text))

    def _match_exactly(self, table: str, text: str) -> HeadingMatch:
        wanted = plain(text)
        if wanted in ORDINALS or not wanted:
            return HeadingMatch(text, is_ignored=True)
        names = self._names(table)
        exact = names.get(wanted) or names.get(_without_unit(wanted)) or ()
        if exact:
            column = columns_by_path(table)[exact[0]] if len(exact) == 1 else None
            return HeadingMatch(text, column, 100.0, tuple(exact) if column is None else ())
        return HeadingMatch(text)

    def _similar(self, table: str, text: str, wanted: str) -> HeadingMatch:
        best: dict[str, float] = {}
        for name, paths in self._names(table).items():
            score = fuzz.token_sort_ratio(wanted, name)
            for path in paths:
                best[path] = max(score, best.get(path, 0.0))
        ranked = sorted(((score, path) for path, score in best.items()), reverse=True)
        if not ranked or ranked[0][0] < SIMILAR:
            return HeadingMatch(text)
        rivals = sorted(path for score, path in ranked if ranked[0][0] - score < CLEARLY)
        column = columns_by_path(table)[rivals[0]] if len(rivals) == 1 else None
        return HeadingMatch(text, column, ranked[0][0] - 10.0, tuple(rivals) if column is None else ())

    def _names_of(self, table: str) -> dict[str, tuple[str, ...]]:
        """Return the fields by every spelling of their headings."""
        further = HEADING_WORDS.get(table, {})
        pairs = [(column.path, text) for column, text in self._labels.columns(table)]
        pairs += [(path, text) for path, texts in further.items() for text in texts]
        found: dict[str, tuple[str, ...]] = {}
        for path, text in pairs:
            bare = plain(text.partition(" (")[0])
            for spelling in {plain(text), _without_unit(plain(text)), bare}:
                known = found.get(spelling, ())
                found[spelling] = known if path in known else (*known, path)
        return found


def _without_unit(text: str) -> str:
    words = text.split()
    while len(words) > 1 and words[-1] in _UNITS:
        words.pop()
    return " ".join(words)


def _spread(rows: list[list[str]], sheet: Sheet) -> list[list[str]]:
    """Return *rows* with the text of merged cells in each of them; only along a row."""
    filled = [list(row) for row in rows]
    for each in sheet.merged:
        if each.first_row <= len(filled):
            row = filled[each.first_row - 1]
            for column in range(each.first_column, min(each.last_column, len(row))):
                row[column] = row[each.first_column - 1]
    return filled
