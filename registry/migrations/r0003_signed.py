"""A version has the hash of its stored content, and the center's signature over it and its importer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; the center signs the version that it uses when it starts next."""
    for column in (
        sa.Column("content_hash", sa.String(64), nullable=False, server_default=sa.text("''")),
        sa.Column("signature", sa.String(128), nullable=False, server_default=sa.text("''")),
    ):
        op.add_column("registry_versions", column)
