"""The slowest fires of the report on response times equal a recount from the timeline."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from alerting.domain.model.incident import Outcome
from contract.messages import Edge, Kind
from contract.times import to_micros
from reports.domain.document import Value
from reports.domain.period import ReportPeriod
from reports.making import report_of
from reports.order import ReportForm, ReportOrder
from tests.adapters.reports.test_recount import ACTS, CONTENT, VIETNAM, History
from tests.stories.alerting.house import house as opened_house
from tests.support import recount
from tests.support.depth import examples
from words.loading import catalogue

PERIOD = ReportPeriod(date(2026, 11, 23), date(2026, 11, 25), VIETNAM)

places = st.sampled_from([("cho", "button-01"), ("cho", "heat-01"), ("nha-pho", "smoke-01")])
late = st.sampled_from([0, 3, 90, 600])
pauses = st.sampled_from([0.5, 2, 30, 30, 400, 2_000])
steps = st.one_of(
    st.tuples(st.just("advance"), st.just(0), st.sampled_from(ACTS)),
    st.just(("deliver",)),
    # It confirms a suspicion, when people may have been there for long.
    st.tuples(
        st.just("signal"),
        st.just(("nha-pho", "smoke-02")),
        st.just(Kind.FIRE),
        st.just(Edge.RAISED),
        late,
    ),
)
outcomes = st.sampled_from(sorted(set(Outcome) - {Outcome.CLEARED}))
fires = st.tuples(places, late, st.lists(st.tuples(pauses, steps), max_size=6), outcomes)
many_fires = st.lists(fires, min_size=8, max_size=16)


async def burn(history: History, fire: tuple[Any, ...]) -> None:
    """Let one *fire* happen from its signal to its end, when all points are at rest again."""
    place, seconds, chosen, outcome = fire
    await history.follow(("signal", place, Kind.FIRE, Edge.RAISED, seconds))
    for pause, step in chosen:
        await history.follow(("wait", pause))
        await history.follow(step)
    for each in (place, ("nha-pho", "smoke-02")):
        await history.follow(("signal", each, Kind.FIRE, Edge.RESTORED, 0))
    await history.follow(("wait", 1))
    for _ in range(2):
        await history.follow(("close", 0, outcome, None))


def ordered(now: int) -> ReportOrder:
    return ReportOrder(
        database="",
        name="response",
        form=ReportForm.JSON,
        first=PERIOD.first.isoformat(),
        end=PERIOD.end.isoformat(),
        as_of=now,
        zone=VIETNAM,
    )


def compare(rows: list[tuple[Value, ...]], known: dict[str, recount.Slow]) -> None:
    """Compare *rows* of the table of slowest fires with all fires that are *known*."""
    longest = sorted((each.micros for each in known.values()), reverse=True)
    assert [row[2] for row in rows] == [micros / 1_000_000 for micros in longest[:10]]
    assert len({row[0] for row in rows}) == len(rows), "each fire once"
    words = catalogue().words("vi")
    for incident, name, seconds, step, of_step in rows:
        fire = known[str(incident)]
        assert name == next(each.name for each in CONTENT.premises if each.id == fire.premises)
        assert seconds == fire.micros / 1_000_000
        assert of_step == max(fire.hops.values()) / 1_000_000
        slow = [hop for hop, micros in fire.hops.items() if micros == max(fire.hops.values())]
        assert step in {words.text(f"report.step.{hop}") for hop in slow}


async def run(url: str, chosen: list[Any]) -> None:
    async with opened_house(url, CONTENT) as house:
        history = History(house, PERIOD)
        for each in chosen:
            await burn(history, each)
        entries = recount.told(await house.rows(recount.QUERY))

        def ask(connection: Connection) -> Any:
            return report_of(connection, ordered(to_micros(house.now)), catalogue().words("vi"))

        document = await house.engine.database.read(ask)
        table = next(each for each in document.tables if each.key == "slowest")
        days = recount.Days(PERIOD.first, PERIOD.end, VIETNAM)
        compare(list(table.rows), recount.slow(entries, days))


@settings(
    max_examples=examples(16),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(many_fires)
def test_the_slowest_fires_and_their_slowest_steps_equal_a_recount(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[Any]
) -> None:
    folder: Path = tmp_path_factory.mktemp("center")
    asyncio.run(run(f"sqlite:///{folder}/center.db", chosen))
