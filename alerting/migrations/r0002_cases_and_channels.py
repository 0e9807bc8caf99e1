"""Faults beside fires, several buildings, several channels, and what is held back for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_OPEN = sa.text("phase <> 'closed'")
_CAN_WAIT = sa.text("rank = 2")
_BEGINNINGS = sa.text("event IN ('confirmed', 'reopened')")


def upgrade() -> None:
    """What was there before is a fire, and was told by a webhook."""
    _cases()
    _channels()
    _audit()


def _cases() -> None:
    op.add_column("incidents", sa.Column("kind", sa.String(16), nullable=False, server_default="fire"))
    op.add_column(
        "incidents", sa.Column("part", sa.String(64), nullable=False, server_default=sa.text("''"))
    )
    op.drop_index("one_open_incident", "incidents")
    op.create_index(
        "one_open_case",
        "incidents",
        ["premises", "kind", "part"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _channels() -> None:
    for column in (
        sa.Column("channel", sa.String(16), nullable=False, server_default="webhook"),
        sa.Column("rest", sa.Text, nullable=False, server_default="[]"),
        sa.Column("asked", sa.String(63), nullable=False, server_default=sa.text("''")),
        sa.Column("not_before", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("held", sa.String(64)),
        sa.Column("lent_to", sa.String(64)),
    ):
        op.add_column("deliveries", column)
    op.drop_index("deliveries_waiting", "deliveries")
    op.create_index(
        "deliveries_of_line", "deliveries", ["state", "destination", "channel", "rank", "number"]
    )
    op.create_index(
        "deliveries_that_can_wait",
        "deliveries",
        ["destination", "next_at"],
        sqlite_where=_CAN_WAIT,
        postgresql_where=_CAN_WAIT,
    )


def _audit() -> None:
    op.create_index(
        "timeline_beginnings",
        "timeline",
        ["at"],
        sqlite_where=_BEGINNINGS,
        postgresql_where=_BEGINNINGS,
    )
