"""The procedure of premises: their own steps, or those of the kind of premises that they are."""

from typing import Any

import pytest

from registry.domain.procedures import procedure_of
from registry.domain.scope import visible
from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.model.places import Premises
from registry.model.procedures import ProcedureFor, ProcedureStep
from registry.model.registry import Registry
from tests.support.reach import NamedReach

MARKET = Premises.model_validate(
    {
        "id": "cho",
        "name": "Chợ",
        "facility": {"hazard_class": "C", "line_of_business": "Chợ truyền thống"},
    }
)


def step(name: str, **more: Any) -> ProcedureStep:
    return ProcedureStep.model_validate({"id": name, "part": "verify", "text": "Gọi"} | more)


def chosen(*steps: ProcedureStep, premises: Premises | None = MARKET) -> list[str]:
    return [each.id for each in procedure_of(steps, premises, ProcedureFor.FIRE)]


GENERAL = step("chung")
CLASS = step("hang-c", hazard_class="C")
CLASS_AND_BUSINESS = step("cho-hang-c", hazard_class="C", line_of_business="chợ")
OWN = step("rieng", premises="cho")


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([GENERAL], ["chung"]),
        ([GENERAL, CLASS], ["hang-c"]),
        ([GENERAL, CLASS, CLASS_AND_BUSINESS], ["cho-hang-c"]),
        ([GENERAL, CLASS, CLASS_AND_BUSINESS, OWN], ["rieng"]),
        ([GENERAL, step("hang-a", hazard_class="A")], ["chung"]),
        ([GENERAL, step("khac", premises="khac")], ["chung"]),
        ([GENERAL, step("loi", incident="fault", premises="cho")], ["chung"]),
        ([], []),
    ],
)
def test_the_closest_steps_count_alone(steps: list[ProcedureStep], found: list[str]) -> None:
    assert chosen(*steps) == found


def test_the_steps_of_the_premises_own_people_are_chosen_apart_and_stand_last() -> None:
    fight, meet = step("dap-lua", part="premises"), step("don-xe", part="premises", premises="cho")
    assert chosen(fight, GENERAL, CLASS) == ["hang-c", "dap-lua"]
    assert chosen(fight, meet, GENERAL) == ["chung", "don-xe"]


def test_premises_of_which_nothing_is_known_have_the_general_procedure() -> None:
    assert chosen(GENERAL, CLASS, OWN, premises=None) == ["chung"]


def test_steps_stand_by_their_part_and_order() -> None:
    found = chosen(
        step("d", part="dispatch"), step("b", order=2), step("a", order=1), step("c", part="take")
    )
    assert found == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([{"premises": "lost"}], "premises 'lost' is not in [[premises]]"),
        ([{"premises": "cho", "hazard_class": "C"}], "premises and a kind of premises"),
        ([{}, {}], "has the same part and order"),
    ],
)
def test_a_procedure_that_cannot_be_meant_is_refused(rows: list[dict[str, Any]], error: str) -> None:
    steps = tuple(step(f"s-{number}", **each) for number, each in enumerate(rows))
    content = Registry(premises=(MARKET,), procedures=steps)
    assert any(error in each for each in problems(Sourced(content)))


def test_steps_of_other_premises_are_not_there_and_those_of_a_kind_are() -> None:
    other = MARKET.model_copy(update={"id": "khac"})
    content = Registry(
        premises=(MARKET, other), procedures=(GENERAL, OWN, step("khac", premises="khac"))
    )
    seen = visible(content, NamedReach(premises=frozenset({"cho"}))).procedures
    assert {each.id for each in seen} == {"chung", "rieng"}
