"""The figures that people entered in the lines of the daily sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table: a row is never changed; a later one of its day, area and line corrects it."""
    op.create_table(
        "daily_figures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        # Empty for the whole of the center.
        sa.Column("area", sa.String(63), nullable=False),
        # The local day, as a number of days since 1970-01-01.
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("line", sa.SmallInteger, nullable=False),
        # Null takes an earlier entry back.
        sa.Column("value", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
    )
    op.create_index("daily_figures_by_day", "daily_figures", ["day", "area", "line"])
