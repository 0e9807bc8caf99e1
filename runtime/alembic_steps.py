"""Takes the steps of revisions by alembic; ``revisions`` loads this file where a step may be due."""

from functools import cache
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from runtime.process import CannotStart
from runtime.revisions import Revisions

# A number that no other program uses in the same database: the letters of "tocsin".
_LOCK = 0x746F_6373_696E


def upgrade(connection: Connection, revisions: Revisions) -> list[tuple[str, str]]:
    """Take the steps of *revisions* as ``revisions.upgrade`` says."""
    if connection.dialect.name == "postgresql":
        # SQLite's transactions begin with a lock of their own.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    steps, taken = _steps(revisions.folder), list[tuple[str, str]]()

    def missing(reached: tuple[str, ...], _context: MigrationContext) -> list[RevisionStep]:
        _refuse_a_newer_one(connection, revisions, reached=reached)
        # Alembic's own commands hand over a tuple, whatever it declares.
        found = steps._upgrade_revs("heads", reached)  # type: ignore[arg-type]
        taken.extend((revisions.owner, each.revision.revision) for each in found)
        return found

    context = MigrationContext.configure(
        connection, opts={"fn": missing, "version_table": revisions.table}
    )
    with Operations.context(context):
        context.run_migrations()
    return taken


def is_current(connection: Connection, revisions: Revisions) -> bool:
    """Return whether all steps were taken, as ``revisions.is_current`` says."""
    context = MigrationContext.configure(connection, opts={"version_table": revisions.table})
    return set(context.get_current_heads()) == set(_steps(revisions.folder).get_heads())


def _refuse_a_newer_one(
    connection: Connection, revisions: Revisions, *, reached: tuple[str, ...]
) -> None:
    known = {each.revision for each in _steps(revisions.folder).walk_revisions()}
    if unknown := set(reached) - known:
        raise CannotStart(
            f"the tables of {revisions.owner} in {connection.engine.url.render_as_string()} were made "
            f"by a newer Tocsin (revision {', '.join(sorted(unknown))} is unknown to this program); "
            "install the newer one again, or restore the backup that was made before it"
        )


@cache
def _steps(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(folder, version_locations=[folder])
