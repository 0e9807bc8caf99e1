"""The keys of gateways, the certificates of servers, and the codes that invite a gateway."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "gateway_keys",
        sa.Column("serial", sa.String(40), primary_key=True),
        sa.Column("premises", sa.String(63), nullable=False),
        sa.Column("gateway", sa.String(63), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("not_after", sa.BigInteger, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("issued_by", sa.String(200), nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("revoked_by", sa.String(200)),
        sa.Column("reason", sa.String(200)),
    )
    op.create_index("gateway_keys_by_gateway", "gateway_keys", ["premises", "gateway"])
    op.create_table(
        "server_certificates",
        sa.Column("serial", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(253), nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("not_after", sa.BigInteger, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("issued_by", sa.String(200), nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("revoked_by", sa.String(200)),
        sa.Column("reason", sa.String(200)),
    )
    op.create_table(
        "gateway_invitations",
        sa.Column("premises", sa.String(63), primary_key=True),
        sa.Column("gateway", sa.String(63), primary_key=True),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "pki_changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO pki_changes (id, number) VALUES (1, 0)")
