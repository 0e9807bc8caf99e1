"""The number by which readers notice a change that must be in force at once."""

from sqlalchemy import Connection, select, update

from accounts.tables import changes


def change_number(connection: Connection) -> int:
    """Return a number that is another one after each change of an account, a session or a token."""
    return connection.scalar(select(changes.c.number)) or 0


def note_change(connection: Connection) -> None:
    """Let readers notice that something changed."""
    connection.execute(update(changes).values(number=changes.c.number + 1))
