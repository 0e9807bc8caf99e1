"""All premises of a step are followed together: what is stored is the same as one after the other."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

import duties.migrations
from duties.domain.events import DutyOutcome, NewDutyEvent
from duties.domain.groups import PremisesFacts
from duties.domain.plan import DeclaredFacts, DutyRules, PremisesPlan
from duties.store import DutyStore
from duties.tables import duty_events, duty_items, duty_premises
from registry.files import read_registry
from registry.model.facilities import ManagedBy
from runtime.database import open_database

RULES = DutyRules(
    read_registry([Path(__file__).parents[3] / "deploy/registry/duties-vn.toml"]).duty_rules
)
TODAY = date(2026, 11, 29)
PLANS = [
    PremisesPlan(
        rules=RULES,
        name=f"Cơ sở {number}",
        facts=PremisesFacts(
            premises=f"p-{number}",
            areas=frozenset({"xa"}),
            managed_by=ManagedBy.COMMUNE,
            in_annex_1=number % 2 == 0,
            in_annex_2=True,
        ),
    )
    for number in range(4)
]
DECLARED = replace(PLANS[2], declared=DeclaredFacts(declared_on=date(2026, 3, 1)))


def follow(store: DutyStore, plans: list[PremisesPlan]) -> int:
    return store.follow_plans(plans, version=1, today=TODAY, now=1)


def record_all(store: DutyStore) -> None:
    """Record events of every premises and duty, one of them a correction."""
    for number, plan in enumerate(PLANS):
        for duty in RULES.by_duty:
            done_on = TODAY - timedelta(days=100 * number)
            event = NewDutyEvent(
                premises=plan.premises, duty=duty, done_on=done_on, outcome=DutyOutcome.PASSED, by="Lan"
            )
            first = store.record(event, plan, 1)
            if number == 1:
                wrong = replace(event, outcome=DutyOutcome.FAILED, corrects=first)
                store.record(wrong, plan, 2)


def rows(connection: Connection) -> dict[str, list[Any]]:
    found = {}
    for table in (duty_items, duty_premises):
        ordered = select(table).order_by(*table.primary_key.columns)
        found[table.name] = [tuple(row) for row in connection.execute(ordered)]
    return found


async def test_premises_that_are_followed_anew_have_what_their_events_come_to(database: str) -> None:
    def work(connection: Connection) -> None:
        store = DutyStore(connection)
        for each in PLANS:
            assert follow(store, [each]) == 1
        record_all(store)
        before = rows(connection)
        store.forget_premises(each.premises for each in PLANS)
        assert rows(connection) == {"duty_items": [], "duty_premises": []}

        assert follow(store, PLANS) == 4
        assert rows(connection) == before
        assert follow(store, PLANS) == 0

    async with open_database(database) as opened:
        await opened.migrate(duties.migrations.REVISIONS)
        await opened.write(work)


async def test_a_field_that_declares_is_an_event_of_its_premises_alone(database: str) -> None:
    def work(connection: Connection) -> None:
        store = DutyStore(connection)
        follow(store, PLANS)
        assert follow(store, [*PLANS[:2], DECLARED, PLANS[3]]) == 1
        entered = connection.execute(select(duty_events.c.premises, duty_events.c.note)).all()
        assert {tuple(each) for each in entered} == {("p-2", "declared_on = 2026-03-01")}
        (duty,) = {each for each in RULES.by_duty if store.events("p-2", each)}
        standing = store.standing("p-2", duty)
        assert standing is not None
        assert standing.done_on == date(2026, 3, 1)

    async with open_database(database) as opened:
        await opened.migrate(duties.migrations.REVISIONS)
        await opened.write(work)
