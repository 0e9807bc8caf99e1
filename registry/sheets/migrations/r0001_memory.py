"""Mappings of headings, ids that were made from names, and previews that may be applied."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sheet_mappings",
        sa.Column("source", sa.String(200), primary_key=True),
        # The SHA-256 of the set of headings.
        sa.Column("signature", sa.String(64), primary_key=True),
        sa.Column("headings", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sheet_ids",
        sa.Column("table_name", sa.String(63), primary_key=True),
        # The SHA-256 of the name and place of the row.
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(63), nullable=False),
    )
    op.create_table(
        "sheet_previews",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("based_on", sa.Integer, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
    )
