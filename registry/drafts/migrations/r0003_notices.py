"""The notices about drafts: who is told that one waits for approval, or what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "registry_draft_notices",
        sa.Column("id", number, primary_key=True),
        sa.Column("draft", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("contact", sa.String(63)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_index("registry_draft_notices_by_time", "registry_draft_notices", ["state", "next_at"])
    op.create_index("registry_draft_notices_by_draft", "registry_draft_notices", ["draft"])
