"""The last round of the synthetic fire of each process is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "synthetic_rounds",
        sa.Column("process", sa.String(64), primary_key=True),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
