"""docs/escalation.md says what the code does: its rules, figures, files and worked examples."""

import re
import tomllib
from pathlib import Path

import pytest

from alerting.domain.decisions.override_limits import (
    LONGEST_WITH_CALL_POINTS,
    MOST_IN_A_DAY,
    MOST_OPEN,
    ROW_LIMITS,
)
from alerting.domain.decisions.stages import NOBODY_REACHED
from alerting.domain.model.override import LONGEST
from alerting.domain.model.reasons import CONFIRMING, ConfirmationReason, SkipReason
from alerting.domain.notification.suppression import SUPPRESSORS
from contract.times import SECOND
from registry.model.registry import Registry
from registry.model.rules import FIGURES, RuleKind
from tests.unit.alerting.examples import MARKET, POLICIES, bedroom, text

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "escalation.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- end of {mark} -->", PAGE, re.DOTALL)
    assert found is not None
    return found[1].strip()


def rows() -> dict[str, list[str]]:
    lines = between("rules").splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {re.findall(r"`(\w+)`", row[0])[0]: row[1:] for row in cells}


def test_the_hours_in_a_row_are_those_of_the_code() -> None:
    table = PAGE.split("**In a row.**")[1].split("\n\n")[1]
    said = re.findall(r"\| (\d+) h(?:, and (\d+) h at once)? \| (\d+) h \|", table)
    hour = 3_600 * SECOND
    assert [(int(most), int(within)) for most, _, within in said] == [
        (each.most // hour, each.within // hour) for each in ROW_LIMITS
    ]
    assert [int(once) for _, once, _ in said if once] == [LONGEST_WITH_CALL_POINTS // hour]
    for figure in (f"At most {MOST_OPEN} are open", f"{MOST_IN_A_DAY} are ordered in a day"):
        assert figure in " ".join(PAGE.split())


def test_every_rule_has_a_row() -> None:
    assert list(rows()) == [
        *("immediate", "type_a", "type_b", "type_c", "two_quantities", "verification", "staffed")
    ]
    assert set(rows()) == {each.value for each in RuleKind}


@pytest.mark.parametrize("rule", list(RuleKind))
def test_its_figures_are_those_of_the_code(rule: RuleKind) -> None:
    figures = re.findall(r"`(\w+) = (\d+)`", rows()[rule][0])
    assert {name: float(value) for name, value in figures} == FIGURES[rule]


@pytest.mark.parametrize("rule", list(RuleKind))
def test_its_file_is_there(rule: RuleKind) -> None:
    assert (ROOT / rows()[rule][2].strip("`")).exists()


def test_the_worked_examples_are_what_happens() -> None:
    assert between("examples") == text(), "put in what python -m tests.unit.alerting.examples prints"


def test_the_timelines_of_the_policies_are_what_happens() -> None:
    assert between("policies") == text(POLICIES), (
        "put in what python -m tests.unit.alerting.examples prints"
    )


def test_what_each_rule_costs_in_a_closed_bedroom_is_what_happens() -> None:
    assert between("bedroom") == bedroom(), "put in what python -m tests.unit.alerting.examples prints"


def test_the_market_of_the_page_is_the_one_whose_timelines_it_shows() -> None:
    shown = tomllib.loads(between("market").removeprefix("```toml").removesuffix("```"))
    assert Registry.model_validate(shown) == MARKET


def test_every_reason_to_hold_back_or_pass_over_is_named() -> None:
    for each in (*SkipReason, *(each.__name__ for each in SUPPRESSORS), NOBODY_REACHED):
        assert f"`{each}`" in PAGE


def test_how_long_each_measure_may_last_is_named() -> None:
    for kind, longest in LONGEST.items():
        assert f"| `{kind}` | {longest // (3_600 * SECOND)} h |" in PAGE


def test_what_holds_under_every_rule_is_named() -> None:
    for why in (
        ConfirmationReason.MANUAL_CALL_POINT,
        ConfirmationReason.WATER_FLOW,
        ConfirmationReason.PARTNER_UNAVAILABLE,
    ):
        assert f"`{why}`" in PAGE
        assert why in CONFIRMING
