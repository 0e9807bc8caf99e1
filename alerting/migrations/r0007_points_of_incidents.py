"""Deliveries name their premises: limits and turns are counted for each premises apart."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_CAN_WAIT = sa.text("rank = 4")


def upgrade() -> None:
    """Name the premises of every delivery, as its incident does."""
    op.add_column(
        "deliveries", sa.Column("premises", sa.String(63), nullable=False, server_default=sa.text("''"))
    )
    op.execute(
        "UPDATE deliveries SET premises = "
        "(SELECT premises FROM incidents WHERE incidents.id = deliveries.incident)"
    )
    op.drop_index("deliveries_that_can_wait", "deliveries")
    op.create_index(
        "deliveries_that_can_wait",
        "deliveries",
        ["destination", "premises", "next_at"],
        sqlite_where=_CAN_WAIT,
        postgresql_where=_CAN_WAIT,
    )
