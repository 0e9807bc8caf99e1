"""Duty desks are kept, with the last sign of a person at each: a restart takes no desk for attended."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table; no desk was in use before."""
    op.create_table(
        "desks",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("sign", sa.String(16), nullable=False),
        sa.Column("sign_at", sa.BigInteger, nullable=False),
        sa.Column("reported_at", sa.BigInteger, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("asleep", sa.Boolean, nullable=False),
        sa.Column("sound_at", sa.BigInteger),
    )
