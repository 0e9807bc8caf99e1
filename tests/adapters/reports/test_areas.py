"""Reports of two communes that have nothing in common add up to that of an account over both."""

from pathlib import Path
from typing import Any

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from contract.times import to_micros
from registry.domain.local_days import local_day_at
from runtime.clock import utc_now
from tests.support.communes import BLUE, RED, Province, of_area, province

DAYS = "?from=2026-01-01&to=2035-12-31"
TODAY = local_day_at(to_micros(utc_now())).isoformat()


async def tables(one: Province, token: str, report: str) -> dict[str, list[dict[str, Any]]]:
    answer = await one.ask(token, f"/api/v1/reports/{report}.json{DAYS}")
    assert answer.status == 200
    return {each["table"]: each["rows"] for each in answer.said["tables"]}


def added(*rows: list[dict[str, Any]]) -> list[int]:
    """The numbers of the period in each row of a table, added up over several reports."""
    return [sum(each["period"] for each in some) for some in zip(*rows, strict=True)]


def counts(row: dict[str, Any]) -> tuple[str, int, int]:
    """The counts of premises; the time that points were registered grows from one report to the next."""
    return row["premises"], row["open"], row["total"]


async def test_figures_of_two_communes_add_up_to_those_over_both(tmp_path: Path) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db") as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        blue = one.accounts.add("blue", of_area(Role.COMMUNE, BLUE))
        both = one.accounts.add("both", Grant(role=Role.COMMUNE, area="province"))
        apart = [await tables(one, each, "figures") for each in (red, blue)]
        together = await tables(one, both, "figures")
        for name in ("summary", "exercises"):
            whole = [each["period"] for each in together[name]]
            assert added(*(each[name] for each in apart)) == whole
        assert together["summary"][0]["period"] == 2
        rows = [row for each in apart for row in each["premises"]]
        assert sorted(map(counts, rows)) == sorted(map(counts, together["premises"]))


async def test_entries_of_a_commune_are_in_its_sheet_and_in_that_of_the_province(tmp_path: Path) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db") as one:
        tokens = [one.accounts.add(each, of_area(Role.COMMUNE, each)) for each in (RED, BLUE)]
        both = one.accounts.add("both", Grant(role=Role.COMMUNE, area="province"))
        for token, value in zip(tokens, (3, 4), strict=True):
            body = {
                "day": TODAY,
                "area": f"area-{token}",
                "figures": [{"line": 2, "value": value}],
            }
            answer = await one.ask(token, "/api/v1/reports/daily", method="PUT", body=body)
            assert answer.status == 200
        sheets = [(await tables(one, each, "daily"))["sheet"] for each in (*tokens, both)]
        assert [each[1]["value"] for each in sheets] == [3, 4, 7]
        assert [each[2]["value"] for each in sheets] == [None, None, None], "nobody entered it"


async def test_figures_are_entered_for_days_that_are_over_and_not_long_ago(tmp_path: Path) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db") as one:
        token = one.accounts.add(RED, of_area(Role.COMMUNE, RED))
        for day in ("0001-01-01", "9999-12-31"):
            body = {"day": day, "area": f"area-{RED}", "figures": [{"line": 2, "value": 1}]}
            answer = await one.ask(token, "/api/v1/reports/daily", method="PUT", body=body)
            assert (answer.status, "days of the last year" in answer.said["error"]) == (400, True)
