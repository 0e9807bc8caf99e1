"""The number by which readers notice a change that must be in force at once."""

from sqlalchemy import Connection, select, update

from accounts.tables import changes

UNKNOWN = -1
"""Stands for the number where its row is gone: nothing that was read before may be believed then."""


def change_number(connection: Connection) -> int:
    """Return a number that is another one after each change of an account, a session or a token."""
    number = connection.scalar(select(changes.c.number))
    return number if isinstance(number, int) else UNKNOWN


def note_change(connection: Connection) -> None:
    """Let readers notice that something changed."""
    connection.execute(update(changes).values(number=changes.c.number + 1))
