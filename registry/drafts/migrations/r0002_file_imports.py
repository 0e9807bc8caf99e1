"""The versions that files were imported as: what came after them was not in those files."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table; until now every version was an import of files."""
    op.create_table(
        "registry_file_imports",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    connection = op.get_bind()
    if sa.inspect(connection).has_table("registry_versions"):
        op.execute(
            "INSERT INTO registry_file_imports (version, at) "
            "SELECT id, at FROM registry_versions ORDER BY id DESC LIMIT 1"
        )
