"""The chain in a real database: what joins it, and what is found when somebody changes a row by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import Connection, select

from alerting.domain.model.incident import Outcome
from audit.chain import TakenByAnother, seal, unsealed, waiting
from audit.domain.block import BEFORE_ALL, ChainHead
from audit.domain.entry import AuditEntry, AuditKind
from audit.heads import store_head
from audit.joining import join_tables
from audit.store import append
from audit.tables import audit_blocks
from contract.messages import Edge
from runtime.database import open_database
from tests.stories.alerting.house import House, house
from tests.support.audited import (
    a_key,
    exported,
    fault_of,
    findings,
    seal_all,
    spoil,
    verified,
    without_guard,
)

KEY = a_key()

COLUMNS = "at, premises, event, reason, data"
ENTRY = """1, 'cho', 'center', 'forged', '{"set_aside": "x", "registry": true}'"""
"""An entry that the center never made."""


@pytest.fixture
async def center(database: str) -> AsyncIterator[House]:
    """A center at which a fire was told, taken and closed, and all of that is in the chain."""
    async with house(database) as one:
        await one.fire("button-01", quantity="manual")
        await one.answers("command-center")
        await one.send_signals(one.next("button-01", quantity="manual", edge=Edge.RESTORED))
        await one.close("Trực ban 1", Outcome.CLEARED)
        await one.engine.transactions.run(
            lambda unit: unit.add_audit_entry(AuditEntry(5, AuditKind.ACT, "lan", "fire")), one.now
        )
        await seal_all(one.engine.database)
        yield one


async def test_signals_timelines_attempts_incidents_registries_and_acts_are_in_the_chain(
    center: House,
) -> None:
    lines = await exported(center.engine.database, KEY)
    sources = {line.split('"')[3] for line in lines if line.startswith('{"source"')}
    assert sources == {"signal", "timeline", "attempt", "incident", "registry", "audit"}
    assert verified(lines).rows == len([line for line in lines if line.startswith('{"source"')])
    assert await findings(center.engine.database) == []


CHANGED_BY_HAND = {
    "a closed incident": ("UPDATE incidents SET state = '{}'", "incident"),
    "the end of an incident": ("UPDATE incidents SET closed_at = closed_at + 1", "incident"),
    "a point of a fire": ("UPDATE incident_items SET state = '{}'", "incident"),
    "who imported a registry": ("UPDATE registry_versions SET who = 'nobody'", "registry"),
    "an act": ("UPDATE audit_entries SET who = 'nobody'", "audit"),
}


@pytest.mark.parametrize("what", CHANGED_BY_HAND)
async def test_a_row_changed_by_hand_is_found(center: House, what: str) -> None:
    statement, source = CHANGED_BY_HAND[what]
    spoil(center.url, statement)

    (found,) = await findings(center.engine.database)
    assert (found.name.split()[0], found.fault) == (source, "changed")
    assert fault_of(await exported(center.engine.database, KEY)) == "changed"


GUARDED = {
    "timeline": ("timeline_append_only", "UPDATE timeline SET reason = 'x' WHERE id = 1"),
    "signals": ("signals_append_only", "UPDATE signals SET kind = 'test' WHERE id = 1"),
    "attempts": ("attempts_append_only", "UPDATE attempts SET result = 'delivered!'"),
}


@pytest.mark.parametrize("table", GUARDED)
async def test_a_row_changed_past_the_guard_of_the_ledger_is_found(center: House, table: str) -> None:
    trigger, statement = GUARDED[table]
    with without_guard(center.url, table, trigger):
        spoil(center.url, statement)

    (found,) = await findings(center.engine.database)
    assert (found.name.split()[0], found.fault) == (table.removesuffix("s"), "changed")


DELETED_BY_HAND = {
    "the timeline": ("DELETE FROM timeline", "timeline"),
    "one entry": ("DELETE FROM timeline WHERE id = 2", "timeline"),
    "the attempts": ("DELETE FROM attempts", "attempt"),
    "the signals": ("DELETE FROM signals", "signal"),
    "the acts": ("DELETE FROM audit_entries", "audit"),
}


@pytest.mark.parametrize("what", DELETED_BY_HAND)
async def test_rows_deleted_by_hand_are_found(center: House, what: str) -> None:
    statement, source = DELETED_BY_HAND[what]
    spoil(center.url, statement)

    found = await findings(center.engine.database)
    assert {(each.name.split()[0], each.fault) for each in found} == {(source, "removed")}
    assert fault_of(await exported(center.engine.database, KEY)) == "removed"


async def test_an_entry_replaced_by_another_of_its_number_is_found(center: House) -> None:
    spoil(
        center.url,
        "DELETE FROM timeline WHERE id = 1",
        f"INSERT INTO timeline (id, {COLUMNS}) VALUES (1, {ENTRY})",
    )
    await seal_all(center.engine.database)

    assert ("timeline 1", "changed") in [
        (each.name, each.fault) for each in await findings(center.engine.database)
    ]


async def test_a_row_that_was_added_while_its_trigger_was_away_is_found(center: House) -> None:
    with without_guard(center.url, "timeline", "timeline_joins_audit"):
        spoil(center.url, f"INSERT INTO timeline ({COLUMNS}) VALUES ({ENTRY})")
    (found,) = await findings(center.engine.database)
    assert (found.name.split()[0], found.fault) == ("timeline", "inserted")


async def test_what_is_deleted_by_the_rule_of_days_leaves_stubs_that_verify(center: House) -> None:
    incident = (await center.incident()).id
    await center.engine.upkeep.forget_before(center.now.replace(year=2027), center.now, key=KEY)
    await seal_all(center.engine.database)

    lines = await exported(center.engine.database, KEY)
    assert verified(lines).stubs > 3
    assert incident in "".join(lines), "the block still lists the rows of the incident"
    assert await findings(center.engine.database, KEY) == []


async def test_a_record_of_deletions_that_the_center_did_not_sign_excuses_nothing(center: House) -> None:
    spoil(
        center.url,
        "DELETE FROM timeline WHERE id = 1",
        "INSERT INTO audit_forgotten (at, before, rows, signature) "
        """VALUES (9, 8, '{"timeline": [[1, 1]]}', '00')""",
    )
    await seal_all(center.engine.database)

    assert ("timeline 1", "removed") in [
        (each.name, each.fault) for each in await findings(center.engine.database, KEY)
    ]
    assert fault_of(await exported(center.engine.database, KEY)) == "bad_signature"


DAMAGED = {
    "its last block changed": ("UPDATE audit_blocks SET body = body || ' '", "was changed"),
    "its last block removed": ("DELETE FROM audit_blocks", "were removed"),
    "all made anew": ("UPDATE audit_blocks SET body = '{}', hash = 'x'", "was changed"),
}


@pytest.mark.parametrize("how", DAMAGED)
async def test_a_damaged_chain_begins_anew_and_says_so(center: House, how: str) -> None:
    database = center.engine.database
    signed = await database.write(lambda each: store_head(each, KEY, at=9))
    assert signed is not None
    statement, reason = DAMAGED[how]
    spoil(center.url, statement)
    await center.fire("smoke-01")

    (sealed,) = await seal_all(database, known=signed.head)
    assert sealed.damage is not None
    assert reason in sealed.damage.reason
    assert sealed.block.number == signed.head.number + 1
    assert await findings(database)
    assert '"begun_anew"' in sealed.block.line


async def test_no_fire_waits_for_a_damaged_chain(center: House) -> None:
    spoil(center.url, "UPDATE audit_blocks SET body = 'damaged', hash = 'damaged'")
    await center.fire("heat-01", quantity="heat")
    assert "confirmed to command-center" in await center.relays()


async def test_rows_that_were_stored_before_the_chain_was_there_join_it(database: str) -> None:
    async with house(database) as one:
        await one.fire("smoke-01")
    spoil(database, "DELETE FROM audit_unsealed", *dropped_trigger(database, "signals"))
    async with open_database(database) as opened:
        assert await opened.write(join_tables) == ["signals"]
        assert await opened.read(waiting) == 1
        assert await opened.write(join_tables) == []


def dropped_trigger(url: str, table: str) -> list[str]:
    if url.startswith("sqlite"):
        return [f"DROP TRIGGER {table}_joins_audit"]
    return [f"DROP TRIGGER {table}_joins_audit ON {table}"]


async def test_two_processes_never_seal_the_same_rows(database: str) -> None:
    async with house(database) as one:
        await one.fire("smoke-01")
        opened = one.engine.database
        taken = await opened.read(unsealed)
        await opened.write(lambda each: seal(each, taken, at=5))
        with pytest.raises(TakenByAnother):
            await opened.write(lambda each: seal(each, taken, at=6))
        assert len(await opened.read(lambda each: each.execute(select(audit_blocks)).all())) == 1


async def test_entries_that_processes_add_at_once_make_one_chain(database: str) -> None:
    async with house(database) as one, open_database(database) as other:
        for number in range(20):
            await asyncio.gather(
                one.engine.transactions.run(lambda unit: unit.add_audit_entry(entry("a")), one.now),
                other.write(lambda each: append(each, [entry("b")])),
            )
            if number % 5 == 0:
                await asyncio.gather(sealed_or_taken(one), sealed_or_taken(one))
        await seal_all(other)

        lines = await exported(other, KEY)
        assert sum(line.startswith('{"source":"audit"') for line in lines) == 40
        verified(lines)


def entry(by: str) -> AuditEntry:
    return AuditEntry(5, AuditKind.LOOK, by, "contact owner")


async def sealed_or_taken(one: House) -> None:
    with suppress(TakenByAnother):
        await seal_all(one.engine.database)


async def test_the_head_leads_on_from_what_is_known(center: House) -> None:
    def head(connection: Connection) -> ChainHead:
        return ChainHead(1, str(connection.scalar(select(audit_blocks.c.hash))))

    known = await center.engine.database.read(head)
    await center.fire("smoke-01")
    (sealed,) = await seal_all(center.engine.database, known=known)
    assert sealed.damage is None
    assert known != BEFORE_ALL


async def test_a_row_with_a_number_below_all_that_no_block_has_is_found(center: House) -> None:
    with without_guard(center.url, "timeline", "timeline_joins_audit"):
        spoil(center.url, f"INSERT INTO timeline (id, {COLUMNS}) VALUES (-7, {ENTRY})")
    (found,) = await findings(center.engine.database)
    assert (found.name, found.fault) == ("timeline -7", "inserted")


async def test_a_missing_table_of_the_chain_is_made_anew_and_rows_join_again(center: House) -> None:
    database = center.engine.database
    spoil(center.url, "DROP TABLE audit_unsealed")
    await database.write(join_tables)
    await center.fire("smoke-01")
    assert await database.read(waiting)
    await seal_all(database)
    assert await findings(database) == []
