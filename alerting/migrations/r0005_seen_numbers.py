"""The account of an epoch lists the numbers that were seen; its floor is only what was claimed."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_KEY = ("premises", "gateway", "epoch")


def upgrade() -> None:
    """Keep what is known: nothing below the first floor was seen, all else up to *through* was."""
    op.add_column("coverage", sa.Column("seen", sa.Text, nullable=False, server_default="[]"))
    op.add_column("coverage", sa.Column("floor", sa.BigInteger, nullable=False, server_default="1"))
    old = sa.table(
        "coverage",
        *(sa.column(name) for name in (*_KEY, "through", "above", "began", "seen", "floor")),
    )
    rows = op.get_bind().execute(sa.select(old)).all()
    for row in rows:
        of_row = (getattr(old.c, name) == getattr(row, name) for name in _KEY)
        new = {"seen": _seen(row), "floor": row.began + 1}
        op.get_bind().execute(sa.update(old).where(*of_row).values(new))
    for name in ("through", "above", "began"):
        op.drop_column("coverage", name)


def _seen(row: sa.Row[tuple[object, ...]]) -> str:
    ranges = [[row.began + 1, row.through]] if row.through > row.began else []
    for seq in sorted(json.loads(row.above)):
        if ranges and ranges[-1][1] == seq - 1:
            ranges[-1][1] = seq
        else:
            ranges.append([seq, seq])
    return json.dumps(ranges)
