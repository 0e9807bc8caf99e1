"""What was done for the duties of premises."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of events: one for each time that a duty was done, found missing or excused."""
    op.create_table(
        "duty_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("premises", sa.String(63), nullable=False),
        sa.Column("duty", sa.String(63), nullable=False),
        # The local day, as a number of days since 1970-01-01.
        sa.Column("done_on", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("file", sa.String(64)),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
    )
    op.create_index("duty_events_by_duty", "duty_events", ["premises", "duty", "done_on"])
