"""The accounts of people, their sessions, and the tokens of systems."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("disabled_by", sa.String(200)),
    )
    op.create_table(
        "account_grants",
        sa.Column("id", number, primary_key=True),
        sa.Column("account", sa.String(63), sa.ForeignKey("accounts.name"), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("area", sa.String(63)),
        sa.Column("premises", sa.String(63)),
        sa.Column("since", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("given_by", sa.String(200), nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_by", sa.String(200)),
        sqlite_autoincrement=True,
    )
    op.create_index("account_grants_by_account", "account_grants", ["account"])
    op.create_table(
        "account_passwords",
        sa.Column("account", sa.String(63), sa.ForeignKey("accounts.name"), primary_key=True),
        sa.Column("hash", sa.String(200), nullable=False),
        sa.Column("set_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "account_codes",
        sa.Column("account", sa.String(63), sa.ForeignKey("accounts.name"), primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("proved_at", sa.BigInteger),
        sa.Column("last_step", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "account_recovery_codes",
        sa.Column("account", sa.String(63), sa.ForeignKey("accounts.name"), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "account_identities",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("account", sa.String(63), sa.ForeignKey("accounts.name"), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "account_links",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(63)),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "account_sessions",
        sa.Column("id", number, primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("account", sa.String(63), sa.ForeignKey("accounts.name"), nullable=False),
        sa.Column("evidence", sa.String(32), nullable=False),
        sa.Column("second_factor", sa.Boolean, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("renewed_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_because", sa.String(32)),
        sqlite_autoincrement=True,
    )
    op.create_index("account_sessions_by_account", "account_sessions", ["account", "ended_at"])
    op.create_table(
        "system_tokens",
        sa.Column("id", number, primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger),
        sa.Column("address", sa.String(64)),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("revoked_by", sa.String(200)),
        sqlite_autoincrement=True,
    )
    op.create_index("system_tokens_by_name", "system_tokens", ["name"])
    op.create_table(
        "system_token_places",
        sa.Column(
            "token", number, sa.ForeignKey("system_tokens.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("area", sa.String(63)),
        sa.Column("premises", sa.String(63)),
    )
    op.create_table(
        "account_throttle",
        sa.Column("subject", sa.String(160), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "account_changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO account_changes (id, number) VALUES (1, 0)")
