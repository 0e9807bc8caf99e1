"""Ids of incidents have 36 letters, of which 26 cannot be guessed; those of before stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_COLUMNS = (
    ("incidents", "id"),
    ("incident_items", "incident"),
    ("timeline", "incident"),
    ("deadlines", "incident"),
    ("deliveries", "incident"),
)


def upgrade() -> None:
    """Widen the columns where a database bounds them: SQLite bounds no text."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column in _COLUMNS:
        op.alter_column(table, column, type_=sa.String(40), existing_type=sa.String(32))
