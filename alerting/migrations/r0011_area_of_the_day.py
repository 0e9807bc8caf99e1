"""Incidents keep the area that held their premises on the day when they opened.

Those of before have none: it is derived from the registry in use, as of that day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column, empty: where it could not be told which area it was, it stays so."""
    op.add_column("incidents", sa.Column("area", sa.String(63)))
