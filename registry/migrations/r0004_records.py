"""A version is a change of records, each valid from one version up to another."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables; versions of before stay readable as they are."""
    op.create_table(
        "registry_records",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("name", sa.String(127), nullable=False),
        sa.Column("bucket", sa.SmallInteger, nullable=False),
        sa.Column("since_version", sa.Integer, nullable=False),
        sa.Column("until_version", sa.Integer, nullable=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "registry_records_by_name",
        "registry_records",
        ["name", "kind", "since_version"],
        unique=True,
    )
    op.create_index("registry_records_by_since", "registry_records", ["since_version"])
    op.create_index("registry_records_by_until", "registry_records", ["until_version"])
    op.create_index("registry_records_by_bucket", "registry_records", ["bucket", "until_version"])
    op.create_table(
        "registry_buckets",
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    for column in (
        # Versions of before have none; all others are records.
        sa.Column("records", sa.Integer, nullable=True),
        sa.Column("note", sa.Text, nullable=False, server_default=sa.text("''")),
    ):
        op.add_column("registry_versions", column)
