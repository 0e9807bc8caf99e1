"""docs/reports.md says what there is: reports, tables, outcomes, steps, forms and lines."""

import re
from pathlib import Path

import pytest

from contract.incidents import IncidentCause
from reports.domain.daily_lines import DAILY_LINES, DailyGroup
from reports.domain.incident_fact import EXERCISES, ReportedOutcome
from reports.domain.keys import ReportName, TableName
from reports.domain.response import ResponseStep
from reports.making import _MAKERS
from reports.order import ReportForm

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
OF_FIGURES = (
    *(TableName.SUMMARY, TableName.AREAS, TableName.PREMISES, TableName.HOURS, TableName.WEEKDAYS),
    *(TableName.CAUSES, TableName.MODELS, TableName.EXERCISES),
    *(TableName.DUTIES_FULFILLED, TableName.DUTIES_BY_RULE),
)


def first_cells() -> set[str]:
    rows = re.findall(r"^\| (`[^|]+`) \|", PAGE, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("name", ReportName)
def test_every_report_has_a_section_and_is_made(name: ReportName) -> None:
    assert f"(`{name}`)\n" in PAGE
    assert name in _MAKERS


def test_every_outcome_step_form_and_table_of_figures_and_duties_is_explained_and_no_other() -> None:
    outcomes = {each.value for each in set(ReportedOutcome) - EXERCISES}
    steps = {each.value for each in ResponseStep}
    forms = {"text", *(each.value for each in ReportForm)}
    assert first_cells() == outcomes | steps | forms | {each.value for each in OF_FIGURES}


@pytest.mark.parametrize("group", DailyGroup)
def test_the_lines_of_each_group_are_named(group: DailyGroup) -> None:
    numbers = [each.number for each in DAILY_LINES if each.group is group]
    assert f"| {numbers[0]} to {numbers[-1]} | `{group}`" in PAGE


def test_every_cause_is_in_the_protocol() -> None:
    protocol = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert all(f"`{each}`" in protocol for each in IncidentCause)
