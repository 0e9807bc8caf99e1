"""An index that leads to what a person was told lately of what can wait, past all that went before."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_CAN_WAIT = sa.text("rank = 2")


def upgrade() -> None:
    """How much one person is told is looked up for each message that can wait, within a transaction."""
    op.create_index(
        "deliveries_that_can_wait",
        "deliveries",
        ["destination", "next_at"],
        sqlite_where=_CAN_WAIT,
        postgresql_where=_CAN_WAIT,
    )
