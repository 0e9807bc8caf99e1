"""Duties fulfilled against what was due equal a recount from the events, whatever was recorded."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from alerting.jobs.duties.plans import DutyPlans
from duties.domain.events import DutyOutcome, NewDutyEvent
from duties.domain.fulfilment import Fulfilment, FulfilmentTally
from duties.store import DutyStore
from registry.model.registry import Registry
from reports.domain.period import ReportPeriod
from reports.store.duties import duties_fulfilled
from tests.stories.alerting.house import House, house
from tests.support.depth import examples
from tests.support.duties import market
from tests.support.recount_duties import Happened, recount_duties

LAW = date(2025, 7, 1)
PREMISES = ("cho", "nha-pho")
EVERY = {"weekly": 7, "monthly": 30, "yearly": 365}
"""The duties of all premises, and the days after which they are due again."""

CONTENT: Registry = market(
    None,
    *(
        {"id": name, "name": name, "kind": "other", "every": {"days": days}}
        for name, days in EVERY.items()
    ),
)

happened = st.lists(
    st.tuples(
        st.sampled_from(PREMISES),
        st.sampled_from(sorted(EVERY)),
        st.integers(0, 500),
        st.sampled_from([each for each in DutyOutcome if each is not DutyOutcome.CANCELLED]),
        st.booleans(),
    ),
    max_size=25,
)
"""Where, which duty, days since the law, how it ended, and whether it was cancelled later."""

periods = st.tuples(st.integers(0, 450), st.integers(1, 120), st.integers(0, 600))
"""The first day since the law, how many days, and the day of the report."""


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(happened, periods)
def test_what_was_due_and_done_equals_a_recount(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[Any], days: tuple[int, int, int]
) -> None:
    folder: Path = tmp_path_factory.mktemp("center")
    asyncio.run(_compare(f"sqlite:///{folder}/center.db", chosen, *days))


async def _compare(url: str, chosen: Sequence[Any], first: int, length: int, today: int) -> None:
    begin = LAW + timedelta(days=first)
    period = ReportPeriod(begin, begin + timedelta(days=length), "Asia/Ho_Chi_Minh")
    async with house(url, CONTENT) as one:
        told = await _recorded(one, chosen)
        now = LAW + timedelta(days=today)

        async def found(within: frozenset[str] | None) -> Mapping[str, Counter[Fulfilment]]:
            def read(connection: Connection) -> FulfilmentTally:
                return duties_fulfilled(connection, period, now, within=within)

            return (await one.engine.database.read(read)).by_duty

        for places in (None, frozenset({"cho"}), frozenset[str]()):
            expected = recount_duties(
                told,
                places=PREMISES if places is None else sorted(places),
                every=EVERY,
                since=LAW,
                days=(period.first, period.end, now),
            )
            assert {k: dict(v) for k, v in (await found(places)).items()} == expected


async def _recorded(one: House, chosen: Sequence[Any]) -> list[Happened]:
    """Record *chosen* as people do, and note it for the recount."""
    plans, told = DutyPlans(one.engine.registry), list[Happened]()

    def record(connection: Connection) -> None:
        store = DutyStore(connection)
        for premises, duty, day, outcome, is_cancelled in chosen:
            plan = plans.plan(premises, LAW)
            assert plan is not None
            done = LAW + timedelta(days=day)
            event = NewDutyEvent(premises=premises, duty=duty, done_on=done, outcome=outcome, by="Lan")
            number = store.record(event, plan, 0)
            if is_cancelled:
                wrong = NewDutyEvent(
                    premises=premises,
                    duty=duty,
                    done_on=done,
                    outcome=DutyOutcome.CANCELLED,
                    by="Lan",
                    corrects=number,
                )
                store.record(wrong, plan, 0)
            else:
                told.append(Happened(premises, duty, done, outcome.value))

    await one.engine.database.write(record)
    return told


async def test_who_was_late_and_who_missed_it_is_told_apart(tmp_path: Path) -> None:
    chosen = [
        ("cho", "monthly", 29, DutyOutcome.PASSED, False),
        ("cho", "monthly", 61, DutyOutcome.SHORTCOMINGS, False),
        ("nha-pho", "monthly", 20, DutyOutcome.FAILED, False),
    ]
    await _compare(f"sqlite:///{tmp_path}/center.db", chosen, 0, 90, 91)
    async with house(f"sqlite:///{tmp_path}/center.db", CONTENT) as one:
        period = ReportPeriod(LAW, LAW + timedelta(days=90), "Asia/Ho_Chi_Minh")
        tally = await one.engine.database.read(
            lambda c: duties_fulfilled(c, period, LAW + timedelta(days=91), within=None)
        )
    assert tally.by_duty["monthly"] == {
        Fulfilment.IN_TIME: 1,
        Fulfilment.LATE: 1,
        Fulfilment.MISSED: 1,
    }
