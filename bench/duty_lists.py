"""Measures lists of duties with a million events.

``python -m bench.duty_lists [--premises N] [--events N]`` fills a database with N premises, each with
nine duties, and N events of theirs; then measures a page of a list, its counts, the board, the recording
of one event, and the following of a registry in which one premises changed. Filling and following are
given by the clock and in seconds of the processor (``cpu``). About a minute on a machine at rest;
``--within`` ends a run that takes longer.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

import duties.migrations
from bench._frame import Stopwatch, print_figures, print_progress
from contract.times import SECOND
from duties.board import board_rows
from duties.domain.days import day_number
from duties.domain.due import DutyState
from duties.domain.events import DutyOutcome, NewDutyEvent
from duties.domain.groups import PremisesFacts
from duties.domain.plan import DutyRules, PremisesPlan
from duties.listing import DutyFilter
from duties.pages import duty_page
from duties.store import DutyStore
from duties.tables import duty_events
from registry.files import read_registry
from registry.model.facilities import ManagedBy
from runtime.database import Database, open_database

RULES = Path(__file__).parents[1] / "deploy" / "registry" / "duties-vn.toml"
TODAY = date(2026, 11, 29)
NOW = 1_796_000_000 * SECOND
ROUNDS = 20
AT_ONCE = 5_000

FOLLOWED_AT_ONCE = 10
"""Premises of one transaction, as alerting follows them (``registry_follower``)."""


def plans(number: int) -> list[PremisesPlan]:
    """Return *number* premises of communes of sixty each, under the rules for Viet Nam."""
    rules = DutyRules(read_registry([RULES]).duty_rules)
    return [
        PremisesPlan(
            rules=rules,
            name=f"Cơ sở {each}",
            area=f"commune-{each // 60}",
            facts=PremisesFacts(
                premises=f"p-{each}",
                areas=frozenset({f"commune-{each // 60}", "province"}),
                managed_by=ManagedBy.COMMUNE,
                in_annex_1=each % 2 == 0,
                in_annex_2=True,
            ),
        )
        for each in range(number)
    ]


def rows(known: list[PremisesPlan], events: int) -> Iterator[dict[str, Any]]:
    """Yield *events* rows, of all premises and duties in turn, over the last ten years."""
    chance, duties_of = random.Random(14), tuple(known[0].rules.by_duty)
    for each in range(events):
        day = TODAY - timedelta(days=chance.randrange(3_650))
        yield {
            "premises": f"p-{each % len(known)}",
            "duty": duties_of[each // len(known) % len(duties_of)],
            "done_on": day_number(day),
            "outcome": chance.choice(("passed", "passed", "shortcomings", "failed")),
            "by": "Chị Lan",
            "account": "lan",
            "role": "commune",
            "note": "",
            "source": "by-hand",
            "recorded_at": NOW,
        }


async def fill(database: Database, known: list[PremisesPlan], events: int) -> dict[str, float]:
    """Store all events, and what they come to; return the seconds of each."""
    filling, made = Stopwatch(), rows(known, events)
    for number in range(0, events, AT_ONCE):
        await _insert(database, list(islice(made, AT_ONCE)))
        if number % (20 * AT_ONCE) == 0:
            print_progress(f"filling: {number:,} of {events:,} events")
    filled, following = filling.figures("fill"), Stopwatch()
    for first in range(0, len(known), FOLLOWED_AT_ONCE):
        await follow(database, known[first : first + FOLLOWED_AT_ONCE])
        if first % (100 * FOLLOWED_AT_ONCE) == 0:
            print_progress(f"following: {first:,} of {len(known):,} premises")
    return filled | following.figures("follow_all")


async def _insert(database: Database, batch: list[dict[str, Any]]) -> None:
    await database.write(lambda each: each.execute(insert(duty_events), batch))


async def follow(database: Database, some: list[PremisesPlan]) -> None:
    """Follow the premises of *some*."""
    await database.write(
        lambda each: DutyStore(each).follow_plans(some, version=1, today=TODAY, now=NOW)
    )


async def median_ms(ask: Callable[[int], Any]) -> float:
    """Return the median of ROUNDS answers of *ask* in milliseconds."""
    taken = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        await ask(number)
        taken.append(1_000 * (time.perf_counter() - began))
    print_progress(f"{ROUNDS} answers: {statistics.median(taken):.2f} ms")
    return round(statistics.median(taken), 2)


async def measure(database: Database, known: list[PremisesPlan]) -> dict[str, float]:
    """Return the milliseconds of each thing that people wait for."""
    commune = [each.premises for each in known[:60]]
    whole, own = DutyFilter(day=TODAY), DutyFilter(day=TODAY, premises=commune)
    overdue = replace(whole, states=(DutyState.OVERDUE,))

    def page(wanted: DutyFilter) -> Callable[[int], Any]:
        return lambda _: database.read(lambda each: duty_page(each, wanted, after=None, limit=100))

    def record(number: int) -> Any:
        plan = known[number % len(known)]
        event = NewDutyEvent(
            premises=plan.premises, duty="drill", done_on=TODAY, outcome=DutyOutcome.PASSED, by="Lan"
        )
        return database.write(lambda each: DutyStore(each).record(event, plan, NOW))

    def change(number: int) -> Any:
        return follow(database, [replace(known[number % len(known)], name=f"mới {number}")])

    return {
        "page_of_all_ms": await median_ms(page(whole)),
        "page_of_overdue_ms": await median_ms(page(overdue)),
        "page_of_commune_ms": await median_ms(page(own)),
        "board_of_all_ms": await median_ms(lambda _: database.read(lambda each: board_rows(each, None))),
        "record_ms": await median_ms(record),
        "one_premises_changed_ms": await median_ms(change),
    }


async def run(folder: Path, premises: int, events: int) -> dict[str, Any]:
    """Fill a database in *folder*, and measure."""
    async with open_database(f"sqlite:///{folder / 'center.db'}") as database:
        await database.migrate(duties.migrations.REVISIONS)
        known = plans(premises)
        filled = await fill(database, known, events)
        print_progress(str(filled))
        return {"premises": premises, "events": events, **await measure(database, known), **filled}


def main() -> int:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--premises", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--within", type=int, default=900, help="seconds after which the run is ended")
    given = parser.parse_args()
    return print_figures(
        "duty_lists",
        lambda folder: asyncio.run(run(folder, given.premises, given.events)),
        within_s=given.within,
    )


if __name__ == "__main__":
    sys.exit(main())
