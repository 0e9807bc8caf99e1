"""A preview as a person reads it: what would be added, changed and removed, and what is wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from registry.sheets.bounds import MOST_FINDINGS
from registry.sheets.changes import RowDifference, SheetChanges
from registry.sheets.columns import columns_by_path
from registry.sheets.findings import Finding, Severity
from registry.sheets.labels import column_label, table_label
from words.catalogue import Words

MOST_SHOWN = 200
"""Rows of each kind that are shown one by one; the rest is counted."""

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def preview_lines(changes: SheetChanges, words: Words) -> list[str]:
    """Return *changes* line by line: errors first, then what would change."""
    return [
        *_finding_lines(changes.findings, words),
        *_difference_lines("+", changes.added, words),
        *_difference_lines("~", changes.changed, words),
        *_difference_lines("-", changes.removed, words),
        *_uncovered_lines(changes, words),
        _summary(changes, words),
    ]


def preview_json(changes: SheetChanges, words: Words) -> dict[str, Any]:
    """Return *changes* for ``--json``; of findings and rows only as many as a reader can use."""
    return {
        "usable": changes.is_usable,
        "counts": counts(changes),
        "added": _rows_json(changes.added),
        "changed": _rows_json(changes.changed),
        "removed": _rows_json(changes.removed),
        "duplicates": [
            {
                "table": each.table,
                "key": each.key,
                "other": each.other,
                "score": each.score,
                "same_place": each.same_place,
            }
            for each in changes.duplicates[:MOST_FINDINGS]
        ],
        "findings": [each.as_json(words) for each in most_severe(changes.findings)],
    }


def counts(changes: SheetChanges) -> dict[str, int]:
    """Return how many there are of each, all of them."""
    severities = Counter(each.severity.value for each in changes.findings)
    return {
        "added": len(changes.added),
        "changed": len(changes.changed),
        "removed": len(changes.removed),
        "unchanged": changes.unchanged,
        "duplicates": len(changes.duplicates),
        "errors": severities[Severity.ERROR.value],
        "warnings": severities[Severity.WARNING.value],
        "notes": severities[Severity.NOTE.value],
    }


def most_severe(findings: Iterable[Finding]) -> list[Finding]:
    """Return as many of *findings* as a reader can use, errors first."""
    return sorted(findings, key=lambda each: _ORDER.index(each.severity))[:MOST_FINDINGS]


def _finding_lines(findings: Sequence[Finding], words: Words) -> Iterator[str]:
    shown = most_severe(findings)
    for each in shown:
        yield f"{words.text(_SEVERITIES[each.severity])}: {each.line(words)}"
    if len(findings) > len(shown):
        yield words.text("preview.more", count=len(findings) - len(shown))


def _difference_lines(sign: str, rows: Sequence[RowDifference], words: Words) -> Iterator[str]:
    for each in rows[:MOST_SHOWN]:
        name = f" ({each.name})" if each.name else ""
        yield f"{sign} {table_label(each.table, words)}: {each.key}{name}"
        columns = columns_by_path(each.table)
        for field in each.fields:
            label = column_label(columns[field.path], words)
            yield f"    {label}: {field.before or '∅'} → {field.after or '∅'}"
    if len(rows) > MOST_SHOWN:
        yield words.text("preview.more", count=len(rows) - MOST_SHOWN)


def _uncovered_lines(changes: SheetChanges, words: Words) -> Iterator[str]:
    gone = [each.key for each in changes.removed if each.table == "points"]
    if gone:
        yield words.text("preview.uncovered", count=len(gone), first=gone[0])


def _summary(changes: SheetChanges, words: Words) -> str:
    values: dict[str, object] = dict(counts(changes))
    return words.text("preview.summary", **values)


def _rows_json(rows: Sequence[RowDifference]) -> list[dict[str, Any]]:
    return [
        {
            "table": each.table,
            "key": each.key,
            "name": each.name,
            "fields": [
                {"field": field.path, "before": field.before, "after": field.after}
                for field in each.fields
            ],
        }
        for each in rows[:MOST_FINDINGS]
    ]


_SEVERITIES = {
    Severity.ERROR: "preview.error",
    Severity.WARNING: "preview.warning",
    Severity.NOTE: "preview.note",
}
