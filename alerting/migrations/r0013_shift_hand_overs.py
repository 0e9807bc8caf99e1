"""Hand-overs of shifts are kept, with the open matters of the moment, as both persons signed them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "shift_hand_overs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("areas", sa.Text, nullable=False),
        sa.Column("matters", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("received_account", sa.String(100)),
        sa.Column("received_name", sa.String(200)),
        sa.Column("received_at", sa.BigInteger),
        sa.Column("received_note", sa.Text),
    )
