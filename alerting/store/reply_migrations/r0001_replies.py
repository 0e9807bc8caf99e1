"""Replies of people to short messages, and the parts of long ones that wait for the others."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "replies",
        sa.Column("id", _NUMBER, primary_key=True),
        # SHA-256 of what came: the same message, read twice, is stored once.
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("fate", sa.String(24), nullable=False),
        sa.Column("answer", sa.String(24)),
        sa.Column("contact", sa.String(63)),
        sa.Column("incident", sa.String(40)),
        sa.Column("premises", sa.String(63)),
        sa.Column("helped_at", sa.BigInteger),
        sa.Index("replies_by_number", "number", "received_at"),
        sa.Index("replies_by_time", "received_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reply_parts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("reference", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Index("reply_parts_by_message", "sender", "reference"),
    )
