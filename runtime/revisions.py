"""Brings the tables of one owner to their newest revision, within a transaction of the caller.

Alembic is loaded only where a step may be due: it takes a second of the processor, and a process that
decodes rows for one request takes none.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions of the tables of *owner*: one file for each step in *folder*.

    Each owner has its own account of the steps taken, since one may come to a database before the other.
    """

    owner: str
    folder: Path

    @property
    def table(self) -> str:
        """The table that holds the step which a database has reached."""
        return f"alembic_version_{self.owner}"


def upgrade(connection: Connection, revisions: Revisions) -> list[tuple[str, str]]:
    """Take the steps of *revisions* that the database lacks; return them as (owner, revision).

    Raises CannotStart where it has taken a step that this program does not know.
    """
    from runtime import alembic_steps  # noqa: PLC0415 (a second of the processor)

    return alembic_steps.upgrade(connection, revisions)


def is_current(connection: Connection, revisions: Revisions) -> bool:
    """Return whether the database has taken every step of *revisions*, and no other; this only reads."""
    from runtime import alembic_steps  # noqa: PLC0415 (a second of the processor)

    return alembic_steps.is_current(connection, revisions)
