"""Simulated burns agree with recorded ones, where a copy of the recordings is beside the project."""

from pathlib import Path

import pytest

from bench.validate_simulation import Errors, measure, rows
from tests.unit.sim.test_public_data import DATA

PAGE = (Path(__file__).parents[3] / "docs" / "simulation.md").read_text()

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public data sets are not beside the project, in ../shared/data"
)


@pytest.fixture(scope="module")
def table() -> list[Errors]:
    return measure(DATA)[0]


def test_the_ceiling_of_burns_that_nothing_was_tuned_on_is_as_hot_as_recorded(
    table: list[Errors],
) -> None:
    burns = [
        each
        for each in table
        if (each.recordings, each.half, each.quantity) == ("FSRI burners", "reported", "temperature")
    ]
    assert {each.group for each in burns} == {"door open", "door closed"}
    for each in burns:
        assert each.places == 44
        assert abs(each.bias) < 0.1
        assert each.error < 0.15
        assert each.off_s is not None
        assert each.off_s <= 4.0


def test_a_fire_uses_up_the_oxygen_that_it_was_recorded_to_use(table: list[Errors]) -> None:
    oxygen = [each for each in table if each.quantity == "oxygen"]
    assert len(oxygen) == 4
    assert all(abs(each.bias) < 0.1 and each.error < 0.2 for each in oxygen)


def test_smoke_in_a_furnished_home_is_of_the_recorded_order(table: list[Errors]) -> None:
    smoke = [each for each in table if each.quantity == "smoke"]
    assert len(smoke) == 4
    assert all(0.5 < each.bias < 4.0 and each.error < 4.0 for each in smoke)


def test_the_table_on_the_page_equals_the_printed_one(table: list[Errors]) -> None:
    assert "\n".join(rows(table)) in PAGE
