"""All that alerting keeps, as it was before there were revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_OPEN = sa.text("phase <> 'closed'")


def upgrade() -> None:
    """Make the tables; a database from before there were revisions has them already."""
    _signals()
    _coverage()
    _conditions()
    _incidents()
    _timeline()
    _deadlines()
    _deliveries()
    _attempts()
    _gateways()


def _signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", _Number, primary_key=True),
        sa.Column("premises", sa.String(63), nullable=False),
        sa.Column("gateway", sa.String(63), nullable=False),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("edge", sa.String(16), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("quantity", sa.Text),
        sa.Column("value", sa.Float),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("committed_at", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("stored_at", sa.BigInteger, nullable=False),
        sa.Column("happened_at", sa.BigInteger, nullable=False),
        sa.Column("clock", sa.String(32), nullable=False),
        sa.UniqueConstraint("premises", "gateway", "epoch", "seq"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("signals_by_premises", "signals", ["premises", "id"], if_not_exists=True)
    op.create_index(
        "signals_by_point",
        "signals",
        ["premises", "gateway", "name", "kind", "epoch", "seq"],
        if_not_exists=True,
    )


def _coverage() -> None:
    op.create_table(
        "coverage",
        sa.Column("premises", sa.String(63), primary_key=True),
        sa.Column("gateway", sa.String(63), primary_key=True),
        sa.Column("epoch", sa.String(64), primary_key=True),
        sa.Column("through", sa.BigInteger, nullable=False),
        sa.Column("above", sa.Text, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("aside", sa.BigInteger, nullable=False),
        sa.Column("duplicates", sa.BigInteger, nullable=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


def _conditions() -> None:
    op.create_table(
        "conditions",
        sa.Column("premises", sa.String(63), primary_key=True),
        sa.Column("gateway", sa.String(63), primary_key=True),
        sa.Column("scope", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("reason", sa.String(200), primary_key=True),
        sa.Column("edge", sa.String(16), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("happened_at", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("committed_at", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("premises", sa.String(63), nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "one_open_incident",
        "incidents",
        ["premises"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
        if_not_exists=True,
    )
    op.create_index("incidents_by_time", "incidents", ["opened_at"], if_not_exists=True)
    op.create_index("incidents_by_premises", "incidents", ["premises", "opened_at"], if_not_exists=True)


def _timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("id", _Number, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("premises", sa.String(63), nullable=False),
        sa.Column("incident", sa.String(32), sa.ForeignKey("incidents.id")),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("timeline_by_incident", "timeline", ["incident", "id"], if_not_exists=True)


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("incident", sa.String(32), sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_deadlines_due_at", "deadlines", ["due_at"], if_not_exists=True)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("number", _Number, primary_key=True),
        sa.Column("id", sa.String(200), nullable=False, unique=True),
        sa.Column("incident", sa.String(32), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("destination", sa.String(63), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index(
        "deliveries_waiting",
        "deliveries",
        ["state", "destination", "rank", "number"],
        if_not_exists=True,
    )
    op.create_index("deliveries_by_incident", "deliveries", ["incident", "number"], if_not_exists=True)


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("delivery", sa.String(200), sa.ForeignKey("deliveries.id"), primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("result", sa.Text),
        if_not_exists=True,
    )


def _gateways() -> None:
    op.create_table(
        "gateways",
        sa.Column("premises", sa.String(63), primary_key=True),
        sa.Column("gateway", sa.String(63), primary_key=True),
        sa.Column("online", sa.Boolean, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
