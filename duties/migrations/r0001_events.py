"""Events of duties, what they come to, the premises that have duties, and what is reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite numbers rows by itself only where the column is called INTEGER.
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Days are numbers of days since 1970-01-01, in Viet Nam; times are microseconds since then, in UTC.


def upgrade() -> None:
    """Make the tables; events are only ever added."""
    _make_events()
    _make_items()
    _make_premises()
    _make_points()
    _make_reminders()
    is_sqlite = op.get_context().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRESQL:
        op.execute(statement)


def _make_events() -> None:
    op.create_table(
        "duty_events",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("premises", sa.String(63), nullable=False),
        sa.Column("duty", sa.String(63), nullable=False),
        sa.Column("done_on", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("account", sa.String(63), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("file", sa.String(64)),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("source_id", sa.String(200)),
        sa.Column("good_until", sa.Integer),
        sa.Column("corrects", sa.BigInteger),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("premises", "duty", "source_id"),
        sa.UniqueConstraint("corrects"),
        sqlite_autoincrement=True,
    )
    op.create_index("duty_events_by_duty", "duty_events", ["premises", "duty", "done_on"])


def _make_items() -> None:
    op.create_table(
        "duty_items",
        sa.Column("premises", sa.String(63), primary_key=True),
        sa.Column("duty", sa.String(63), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("rule", sa.String(63), nullable=False),
        sa.Column("due_on", sa.Integer),
        sa.Column("begins_on", sa.Integer, nullable=False),
        sa.Column("ends_on", sa.Integer),
        sa.Column("soon_days", sa.Integer, nullable=False),
        sa.Column("done_on", sa.Integer),
        sa.Column("outcome", sa.String(20)),
        sa.Column("good_until", sa.Integer),
        sa.Column("failed_on", sa.Integer),
        sa.Column("event", sa.BigInteger),
    )
    op.create_index("duty_items_by_day", "duty_items", ["due_on", "premises", "duty"])


def _make_premises() -> None:
    op.create_table(
        "duty_premises",
        sa.Column("premises", sa.String(63), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("area", sa.String(63)),
        sa.Column("connection", sa.String(20), nullable=False),
        sa.Column("connect_by", sa.Integer),
        sa.Column("declared_on", sa.Integer),
        sa.Column("connected_on", sa.Integer),
        # SHA-256 of the rules and facts that its items were made from.
        sa.Column("made_from", sa.String(64), nullable=False),
    )


def _make_points() -> None:
    op.create_table(
        "duty_points",
        sa.Column("premises", sa.String(63), primary_key=True),
        sa.Column("point", sa.String(63), primary_key=True),
        sa.Column("proven_on", sa.Integer, nullable=False),
        sa.Column("incident", sa.String(64), nullable=False),
    )
    op.create_table(
        "duty_progress",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("reached", sa.BigInteger, nullable=False),
    )


def _make_reminders() -> None:
    op.create_table(
        "duty_reminders",
        sa.Column("person", sa.String(63), primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_index("duty_reminders_by_time", "duty_reminders", ["state", "next_at"])


_WORDS = "what was done for a duty is never changed; record a correction"

_SQLITE = (
    f"""
    CREATE TRIGGER duty_events_append_only BEFORE UPDATE ON duty_events
    BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
    """,
    f"""
    CREATE TRIGGER duty_events_kept BEFORE DELETE ON duty_events
    BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
    """,
)

_POSTGRESQL = (
    f"""
    CREATE FUNCTION refuse_changes_of_duties() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION '{_WORDS}'; END
    $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER duty_events_append_only BEFORE UPDATE OR DELETE ON duty_events
    EXECUTE FUNCTION refuse_changes_of_duties()
    """,
)
