"""A version is stored in parts, so that neither its import nor its reading holds up an alarm."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of parts; a version without parts keeps its document."""
    op.add_column(
        "registry_versions", sa.Column("parts", sa.Integer, nullable=False, server_default="0")
    )
    op.create_table(
        "registry_parts",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("premises", sa.String(63), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
