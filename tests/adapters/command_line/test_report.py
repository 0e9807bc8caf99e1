"""``tocsin report``: each report of a real center's database, in each form."""

import json
from pathlib import Path

import pytest

from alerting.domain.model.events import Close
from alerting.domain.model.incident import IncidentCause, Outcome
from tests.adapters.command_line.running import run_command
from tests.stories.alerting.house import house

DAYS = ("--from", "2026-11-01", "--to", "2026-12-01")


@pytest.fixture
async def database(tmp_path: Path) -> str:
    """The database of a center at which a fire was closed."""
    url = f"sqlite:///{tmp_path}/center.db"
    async with house(url) as one:
        await one.fire("heat-01")
        wish = Close("An", Outcome.FALSE_ALARM, cause=IncidentCause.COOKING)
        await one.engine.operators.act((await one.incident()).id, wish, now=one.now)
    return url


@pytest.mark.parametrize("name", ["figures", "response", "availability", "daily", "duties", "shifts"])
async def test_each_report_is_shown_and_is_there_for_programs(name: str, database: str) -> None:
    code, shown, errors = await run_command("report", name, *DAYS, "--database", database)
    assert (code, errors) == (0, "")
    assert "2026-11-01" in shown
    code, said, _ = await run_command("report", name, *DAYS, "--database", database, "--json")
    assert (code, json.loads(said)["report"]) == (0, name)


async def test_a_false_alarm_is_counted_with_its_cause(database: str) -> None:
    _, said, _ = await run_command("report", "figures", *DAYS, "--database", database, "--json")
    tables = {each["table"]: each["rows"] for each in json.loads(said)["tables"]}
    assert tables["summary"][0]["period"] == 1
    (cause,) = tables["causes"]
    assert (cause["cause"], cause["false_alarm"], cause["total"]) == ("cooking", 1, 1)


async def test_a_file_gets_the_report_in_vietnamese(database: str, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    options = ("--format", "csv", "-o", str(file), "--lang", "vi")
    code, *_ = await run_command("report", "figures", *DAYS, "--database", database, *options)
    assert code == 0
    assert "Báo động giả" in file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--from", "2026-12-01", "--to", "2026-11-01"), "name the day after the last one"),
        (("--from", "1.11.2026", "--to", "2026-12-01"), "write days as 2026-11-29"),
        ((*DAYS, "--area", "nowhere"), "there is no area nowhere; correct its id"),
    ],
)
async def test_what_cannot_be_reported_is_refused_with_the_remedy(
    options: tuple[str, ...], error: str, database: str
) -> None:
    code, _, errors = await run_command("report", "figures", *options, "--database", database)
    assert code == 2
    assert error in errors


async def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    code, _, errors = await run_command("report", "figures", *DAYS, "--database", url)
    assert (code, "no database is there" in errors) == (2, True)
