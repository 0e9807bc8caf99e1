"""The findings of a preview: errors, warnings and notes with place, text of the cell and remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from registry.fault_words import fault_in_words
from registry.model.registry import TABLES
from registry.sheets.cells import CellPlace
from registry.sheets.labels import table_label
from words.catalogue import Words, family


class Severity(StrEnum):
    """The weight of a finding: an error refuses the import."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Reason(StrEnum):
    """The reason of a finding."""

    MACROS = "macros"
    NOT_A_SHEET = "not_a_sheet"
    PASSWORD = "password"  # noqa: S105 (a reason)
    TOO_BIG = "too_big"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    BOMB = "bomb"
    UNREADABLE_TEXT = "unreadable_text"
    OPEN_QUOTE = "open_quote"
    EMPTY_SHEET = "empty_sheet"
    NO_HEADING = "no_heading"
    UNKNOWN_TABLE = "unknown_table"
    TWO_TABLES = "two_tables"
    UNKNOWN_COLUMN = "unknown_column"
    TWO_CANDIDATES = "two_candidates"
    COLUMN_TWICE = "column_twice"
    SIMILAR_HEADING = "similar_heading"
    HIDDEN_SHEET = "hidden_sheet"
    HIDDEN_ROW = "hidden_row"
    HIDDEN_COLUMN = "hidden_column"
    MERGED_DOWN = "merged_down"
    MERGED_ACROSS = "merged_across"
    FORMULA = "formula"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    ERROR_VALUE = "error_value"
    EXAMPLE_ROW = "example_row"
    TOTAL_ROW = "total_row"
    MORE_CELLS = "more_cells"
    MISSING_VALUE = "missing_value"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_WHOLE = "not_a_whole"
    UNCLEAR_NUMBER = "unclear_number"
    NUMBER_AS_TEXT = "number_as_text"
    NOT_A_DAY = "not_a_day"
    DAY_AS_NUMBER = "day_as_number"
    NOT_JSON = "not_json"
    NOT_AN_HOUR = "not_an_hour"
    NOT_YES_NO = "not_yes_no"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_PHONE = "not_a_phone"
    PHONE_ZERO = "phone_zero"
    NOT_AN_ID = "not_an_id"
    UNKNOWN_NAME = "unknown_name"
    NAME_OF_SEVERAL = "name_of_several"
    OUT_OF_RANGE = "out_of_range"
    SWAPPED = "swapped"
    TOO_LONG = "too_long"
    UNFIT = "unfit"
    SAME_ROW = "same_row"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    DUPLICATE_OF = "duplicate_of"
    ID_MADE = "id_made"
    ID_TAKEN = "id_taken"
    NOT_YOURS = "not_yours"
    MASKED = "masked"
    INSURANCE_EXPIRED = "insurance_expired"
    INSURANCE_MISSING = "insurance_missing"
    REGISTRY = "registry"


REASONS = family("finding", Reason)
"""The sentence of each reason: the fault."""

REMEDIES = family("remedy", Reason)
"""The sentence of each reason: the remedy; what needs none says what was done."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An error, a warning or a note on a cell, row, sheet or file; *text* is what the cell says."""

    severity: Severity
    reason: Reason
    place: CellPlace
    heading: str = ""
    text: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, words: Words) -> str:
        """Return the fault in *words*."""
        return words.name(REASONS, self.reason, **self._shown(words))

    def remedy(self, words: Words) -> str:
        """Return the remedy in *words*."""
        return words.name(REMEDIES, self.reason, **self._shown(words))

    def _shown(self, words: Words) -> dict[str, object]:
        """Return what a sentence names: tables as people know them, the nearest row if there is one."""
        shown = {"text": self.text, "heading": self.heading, **self.values}
        if (table := str(shown.get("table", ""))) in TABLES:
            shown["table"] = table_label(table, words)
        if fault := shown.get("fault"):
            shown["fault"] = fault_in_words(str(fault), words)
        if near := shown.get("near"):
            shown["near"] = words.text("place.nearest", near=near)
        return shown

    def line(self, words: Words) -> str:
        """Return the finding as one line: its place, the fault and the remedy."""
        where = place_text(self.place, self.heading, words)
        return f"{where}: {self.sentence(words)}; {self.remedy(words)}"

    def as_json(self, words: Words) -> dict[str, object]:
        """Return the finding for ``--json``."""
        return {
            "severity": self.severity.value,
            "reason": self.reason.value,
            "file": self.place.file,
            "sheet": self.place.sheet,
            "row": self.place.row or None,
            "column": self.place.letters or None,
            "heading": self.heading,
            "text": self.text,
            "error": self.sentence(words),
            "remedy": self.remedy(words),
        }


def place_text(place: CellPlace, heading: str, words: Words) -> str:
    """Return *place* as a person finds it: file, sheet, row, column and heading."""
    parts = [place.file]
    if place.sheet:
        parts.append(words.text("place.sheet", sheet=place.sheet))
    if place.row:
        parts.append(words.text("place.row", row=place.row))
    if place.column:
        parts.append(words.text("place.column", column=place.letters))
    named = f" ({heading})" if heading and place.column else ""
    return ", ".join(parts) + named


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether one of *findings* refuses the import."""
    return any(each.severity is Severity.ERROR for each in findings)
