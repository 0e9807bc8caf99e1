"""The daily sheet equals a recount: of what people entered, and of line 1 from the timeline."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from alerting.domain.model.incident import Outcome
from contract.messages import Edge, Kind
from contract.times import to_micros
from registry.model.registry import Registry
from reports.domain.daily_sheet import DailyEntry
from reports.domain.period import ReportPeriod
from reports.making import report_of
from reports.order import ReportForm, ReportOrder
from reports.store.daily import day_number, record_entries
from tests.adapters.reports.test_recount import CONTENT, VIETNAM, History
from tests.stories.alerting.house import House
from tests.stories.alerting.house import house as opened_house
from tests.support import recount, recount_sheet
from tests.support.depth import examples
from words.loading import catalogue

FIRST = date(2026, 11, 22)
LINES = (1, 2, 6, 61)
PARENTS = {"bac-lieu": "", "phuong-1": "bac-lieu", "khom-1": "phuong-1", "phuong-2": "bac-lieu"}
PREMISES = {"": ("cho", "nha-pho"), "bac-lieu": ("cho", "nha-pho"), "phuong-1": ("nha-pho",)}
"""The premises in the areas of reports; the empty name stands for the whole center."""


def registered_wards() -> Registry:
    """Return the market and the house with areas three deep."""
    rows = [{"id": each, "name": each, "parent": above or None} for each, above in PARENTS.items()]
    return CONTENT.model_copy(update={"areas": Registry.model_validate({"areas": rows}).areas})


entries = st.lists(
    st.builds(
        recount_sheet.Entered,
        area=st.sampled_from(["", *PARENTS, "elsewhere"]),
        day=st.integers(0, 5).map(lambda days: FIRST + timedelta(days=days)),
        line=st.sampled_from(LINES),
        value=st.sampled_from([None, 0, 1, 2, 5, 900_000_000_000]),
    ),
    max_size=24,
)
fires = st.lists(
    st.tuples(
        st.sampled_from([("cho", "button-01"), ("cho", "heat-01"), ("nha-pho", "smoke-01")]),
        st.sampled_from([30, 3_600, 20_000, 50_000]),
        st.sampled_from([None, Outcome.GENUINE, Outcome.GENUINE, Outcome.FALSE_ALARM, Outcome.DRILL]),
    ),
    max_size=8,
)
periods = st.tuples(st.integers(0, 3), st.integers(1, 3))


async def happen(history: History, chosen: Sequence[Any]) -> None:
    """Let each of the *chosen* fires happen; a person closes it before the next, or nobody does."""
    for place, seconds, outcome in chosen:
        await history.follow(("signal", place, Kind.FIRE, Edge.RAISED, 0))
        await history.follow(("wait", seconds))
        await history.follow(("signal", place, Kind.FIRE, Edge.RESTORED, 0))
        await history.follow(("wait", 1))
        if outcome is not None:
            await history.follow(("close", 0, outcome, None))


async def enter(house: House, chosen: Sequence[recount_sheet.Entered]) -> None:
    found = [DailyEntry(each.area, day_number(each.day), each.line, each.value) for each in chosen]
    if found:
        await house.engine.database.write(
            lambda connection: record_entries(connection, found, account="lan", now=0)
        )


async def sheet(house: House, period: ReportPeriod, area: str) -> dict[int, tuple[Any, ...]]:
    """Return the value, the source, the days and the note of each line of the sheet for *area*."""
    order = ReportOrder(
        database="",
        name="daily",
        form=ReportForm.JSON,
        first=period.first.isoformat(),
        end=period.end.isoformat(),
        as_of=to_micros(house.now),
        zone=period.zone,
        area=area or None,
    )

    def ask(connection: Connection) -> Any:
        return report_of(connection, order, catalogue().words("vi"))

    document = await house.engine.database.read(ask)
    table = next(each for each in document.tables if each.key == "sheet")
    return {row[0]: row[4:] for row in table.rows}


def expected(line: int, summed: dict[int, tuple[int, int]], genuine: int) -> tuple[Any, ...]:
    words = catalogue().words("vi")
    if line in summed:
        value, days = summed[line]
        differs = line == 1 and value != genuine
        note = words.text("report.data_differs", count=str(genuine)) if differs else ""
        return value, words.text("report.entered"), days, note
    if line == 1:
        return genuine, words.text("report.from_data"), None, ""
    return None, words.text("report.not_entered"), None, ""


async def run(url: str, happened: list[Any], entered: list[Any], days: tuple[int, int]) -> None:
    first = FIRST + timedelta(days=days[0])
    period = ReportPeriod(first, first + timedelta(days=days[1]), VIETNAM)
    async with opened_house(url, registered_wards()) as house:
        await happen(History(house, period), happened)
        await enter(house, entered)
        told = recount.told(await house.rows(recount.QUERY))
        local = recount.Days(period.first, period.end, VIETNAM)
        for area, places in PREMISES.items():
            summed = recount_sheet.sums(entered, local, area=area, parents=PARENTS)
            genuine = recount_sheet.genuine(told, local, places)
            found = await sheet(house, period, area)
            assert found == {line: expected(line, summed, genuine) for line in range(1, 62)}


@settings(
    max_examples=examples(16),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(fires, entries, periods)
def test_the_daily_sheet_equals_a_recount_of_entries_and_of_genuine_fires(
    tmp_path_factory: pytest.TempPathFactory, happened: Any, entered: Any, days: tuple[int, int]
) -> None:
    folder: Path = tmp_path_factory.mktemp("center")
    asyncio.run(run(f"sqlite:///{folder}/center.db", happened, entered, days))
