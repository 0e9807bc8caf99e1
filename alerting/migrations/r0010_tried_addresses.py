"""The addresses that something was delivered to last are kept: a changed address is untried again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table; deliveries of before kept no address, so that all are untried at first."""
    op.create_table(
        "tried_addresses",
        sa.Column("contact", sa.String(63), primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
