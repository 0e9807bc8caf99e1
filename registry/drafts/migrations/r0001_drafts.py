"""Drafts, and the rows that each of them changes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "registry_drafts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("registry_drafts_by_change", "registry_drafts", ["state", "changed_at"])
    op.create_table(
        "registry_draft_rows",
        sa.Column("draft", sa.String(32), primary_key=True),
        sa.Column("of_table", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(127), primary_key=True),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
    )
