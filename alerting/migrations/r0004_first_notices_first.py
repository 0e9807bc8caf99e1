"""First notices go first, and what was overtaken by events is told by one delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_CAN_WAIT = sa.text("rank = 4")


def upgrade() -> None:
    """Rank what waits anew: first notice, escalation, spread, progress, what can wait."""
    for column in (
        sa.Column("since", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("texts", sa.Text),
        sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("folded_into", sa.String(200)),
    ):
        op.add_column("deliveries", column)
    op.drop_index("deliveries_that_can_wait", "deliveries")
    op.drop_index("deliveries_of_line", "deliveries")
    _rank()
    op.create_index(
        "deliveries_of_line",
        "deliveries",
        ["state", "destination", "channel", "rank", "since", "number"],
    )
    op.create_index(
        "deliveries_that_can_wait",
        "deliveries",
        ["destination", "next_at"],
        sqlite_where=_CAN_WAIT,
        postgresql_where=_CAN_WAIT,
    )


def _rank() -> None:
    op.execute(
        "UPDATE deliveries SET since = created_at, rank = CASE "
        "WHEN rank = 2 THEN 4 "
        "WHEN event IN ('escalated', 'reopened') THEN 1 "
        "WHEN event = 'spread' THEN 2 "
        "WHEN rank = 1 THEN 3 ELSE rank END"
    )
