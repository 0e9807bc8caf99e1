"""The contact of the registry by which the person of an account is reached."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; nobody is reached before an administrator names the contact."""
    op.add_column("accounts", sa.Column("contact", sa.String(63)))
