"""An export that is imported again changes nothing, whatever the registry says."""

from datetime import date
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from registry.model.registry import TABLES, Registry
from registry.sheets.changes import SheetChanges
from registry.sheets.exporting import export_csv, export_xlsx
from registry.sheets.headings import ByHand
from registry.sheets.labels import Labels
from registry.sheets.plan_state import PlanOptions, RememberedNames
from registry.sheets.planning import plan_sheets
from registry.sheets.reading import read_sheets
from tests.support.registries import registries
from words.catalogue import Words
from words.loading import catalogue

TODAY = date(2026, 11, 29)

ANY = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""Without shrinking: a registry is large, and what differs is named by its cell anyway."""


@cache
def labels() -> Labels:
    return Labels(catalogue())


def words(language: str) -> Words:
    return catalogue().words(language)


def imported(data: bytes, file: str, base: Registry, table: str | None = None) -> SheetChanges:
    options = PlanOptions(TODAY, by_hand=ByHand(table))
    return plan_sheets(
        read_sheets(data, file), base, options, labels=labels(), remembered=RememberedNames()
    )


def changes_nothing(changes: SheetChanges, base: Registry) -> None:
    assert (changes.added, changes.changed, changes.removed) == ((), (), ())
    assert [each.line(words("en")) for each in changes.errors] == []
    assert changes.unchanged == sum(len(getattr(base, table)) for table in TABLES)


@pytest.mark.parametrize("language", ["vi", "en"])
@settings(ANY)
@given(base=registries())
def test_a_workbook_of_all_tables_changes_nothing(base: Registry, language: str) -> None:
    data = export_xlsx(base, tuple(TABLES), words(language))
    changes_nothing(imported(data, "all.xlsx", base), base)


@settings(ANY)
@given(base=registries())
def test_a_file_of_text_of_each_table_changes_nothing(base: Registry) -> None:
    found = 0
    for table in TABLES:
        changes = imported(export_csv(base, table, words("vi")), f"{table}.csv", base, table)
        assert (changes.added, changes.changed) == ((), ())
        assert [each.line(words("en")) for each in changes.errors] == []
        found += changes.unchanged
    assert found == sum(len(getattr(base, table)) for table in TABLES)
