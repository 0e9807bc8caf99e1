"""Imports sheets into a database: previewed against the active version, applied as one change."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from contract.times import to_micros
from registry.domain.change_set import ChangeSet, change_between
from registry.model.registry import TABLES, Registry
from registry.sheets import memory
from registry.sheets.cells import Sheet
from registry.sheets.changes import SheetChanges
from registry.sheets.labels import Labels
from registry.sheets.migrations import REVISIONS
from registry.sheets.plan_state import Check, PlanOptions
from registry.sheets.planning import plan_sheets
from registry.store import ChangeRefused, Import, RegistryStore, existing_store
from runtime.database import Database, open_existing


class CannotUndo(ChangeRefused):
    """A version cannot be undone; the text names the rows that stand in the way, and the remedy."""


@dataclass(frozen=True, slots=True)
class SheetStore:
    """The registry in a database, and what is remembered of sheets beside it."""

    registry: RegistryStore
    database: Database

    async def plan(
        self, sheets: Iterable[Sheet], options: PlanOptions, *, labels: Labels, check: Check
    ) -> tuple[int, SheetChanges]:
        """Return the number of the active version, and what *sheets* change in it."""
        version = await self.registry.active_version()
        known = await self.database.read(
            lambda connection: memory.remembered(connection, options.source)
        )
        changes = plan_sheets(
            sheets, version.registry, options, labels=labels, remembered=known, check=check
        )
        return version.number, changes

    async def apply(
        self, changes: SheetChanges, *, based_on: int, who: str, now: datetime, note: str
    ) -> Import:
        """Make *changes*, which are usable, the next version; raises ChangeRefused.

        What the sheets taught is remembered in the same transaction.
        """
        return await self.registry.apply(
            ChangeSet(changes.put, changes.remove),
            who=who,
            now=now,
            based_on=based_on,
            note=note,
            also=partial(
                memory.remember, used=changes.mappings, made=changes.made_ids, now=to_micros(now)
            ),
        )

    async def undo(self, number: int | None, *, who: str, now: datetime) -> Import:
        """Take back what the version *number* changed, the active one where none is given.

        Raises CannotUndo where a later version changed one of its rows.
        """
        active = await self.registry.active_version()
        undone = active.number if number is None else number
        if not 0 < undone <= active.number:
            raise CannotUndo(f"there is no version {undone} to undo; look at: tocsin registry show")
        before = await self.registry.version_at(undone - 1) if undone > 1 else Registry()
        after = active.registry if undone == active.number else await self.registry.version_at(undone)
        _check_untouched(change_between(before, after), after, active.registry, undone)
        note = f"undone: version {undone}"
        back = change_between(after, before)
        return await self.registry.apply(back, who=who, now=now, based_on=active.number, note=note)


MOST_NAMED = 10
"""Rows that an error names."""


def _check_untouched(made: ChangeSet, after: Registry, now: Registry, undone: int) -> None:
    later = _touched(change_between(after, now))
    both = sorted(_touched(made) & later)
    if both:
        named = ", ".join(f"{table} {key}" for table, key in both[:MOST_NAMED])
        more = f" and {len(both) - MOST_NAMED} more" if len(both) > MOST_NAMED else ""
        raise CannotUndo(
            f"version {undone}: later versions changed {named}{more} too; undo those first, "
            "or import the rows as they should be"
        )


def _touched(changes: ChangeSet) -> set[tuple[str, str]]:
    put = {(table, row.key) for table, rows in changes.put.items() for row in rows}
    return put | {(table, key) for table, keys in changes.remove.items() for key in keys}


@asynccontextmanager
async def open_sheets(url: str, key: Path | None = None) -> AsyncIterator[SheetStore]:
    """Open the registry and the memory of sheets in the database at *url*; raises NoDatabase."""
    async with existing_store(url, key) as registry, open_existing(url) as database:
        await database.migrate(REVISIONS)
        yield SheetStore(registry, database)


def in_tables(names: Iterable[str]) -> tuple[str, ...]:
    """Return the tables *names* in their order, all where there are none; raises ValueError."""
    wanted = list(names)
    if unknown := [each for each in wanted if each not in TABLES]:
        raise ValueError(f"{unknown[0]}: unknown table; known: {', '.join(TABLES)}")
    return tuple(each for each in TABLES if not wanted or each in wanted)
