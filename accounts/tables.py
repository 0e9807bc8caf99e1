"""The tables of accounts, tokens and sessions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

# SQLite numbers rows by itself only where the column is called INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

# A person who may sign in, by the name that is typed there.
accounts = Table(
    "accounts",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("display_name", String(200), nullable=False),
    Column("place", String(200), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("disabled_at", BigInteger),
    Column("disabled_by", String(200)),
    # The contact of the registry by which the person is reached about approvals; no alarm goes by it.
    Column("contact", String(63)),
)

# A role that an account holds in an area, in premises, or everywhere. A row is ended, never deleted.
account_grants = Table(
    "account_grants",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("account", String(63), ForeignKey("accounts.name"), nullable=False),
    Column("role", String(32), nullable=False),
    Column("area", String(63)),
    Column("premises", String(63)),
    Column("since", Date),
    Column("until", Date),
    Column("given_at", BigInteger, nullable=False),
    Column("given_by", String(200), nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_by", String(200)),
    Index("account_grants_by_account", "account"),
    sqlite_autoincrement=True,
)

account_passwords = Table(
    "account_passwords",
    metadata,
    Column("account", String(63), ForeignKey("accounts.name"), primary_key=True),
    Column("hash", String(200), nullable=False),
    Column("set_at", BigInteger, nullable=False),
)

# The secret of the one-time codes: in force once a code proved that the person has it.
account_codes = Table(
    "account_codes",
    metadata,
    Column("account", String(63), ForeignKey("accounts.name"), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("proved_at", BigInteger),
    Column("last_step", BigInteger, nullable=False),
)

account_recovery_codes = Table(
    "account_recovery_codes",
    metadata,
    Column("account", String(63), ForeignKey("accounts.name"), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("used_at", BigInteger),
)

# An account at a provider of OpenID Connect.
account_identities = Table(
    "account_identities",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account", String(63), ForeignKey("accounts.name"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(200), nullable=False),
)

# A link that works once: it sets a password, and makes the first account where it names none.
account_links = Table(
    "account_links",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account", String(63)),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

account_sessions = Table(
    "account_sessions",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("account", String(63), ForeignKey("accounts.name"), nullable=False),
    Column("evidence", String(32), nullable=False),
    Column("second_factor", Boolean, nullable=False),
    Column("address", String(64), nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("renewed_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_because", String(32)),
    Index("account_sessions_by_account", "account", "ended_at"),
    sqlite_autoincrement=True,
)

# A token of a system; during a rotation two of one name are in force.
system_tokens = Table(
    "system_tokens",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", String(63), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger),
    Column("address", String(64)),
    Column("revoked_at", BigInteger),
    Column("revoked_by", String(200)),
    Index("system_tokens_by_name", "name"),
    sqlite_autoincrement=True,
)

system_token_places = Table(
    "system_token_places",
    metadata,
    Column("token", _Number, ForeignKey("system_tokens.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("area", String(63)),
    Column("premises", String(63)),
)

# Failed attempts to sign in, by an account or an address.
account_throttle = Table(
    "account_throttle",
    metadata,
    Column("subject", String(160), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

# One row: its number rises with each change that must be in force at once.
changes = Table(
    "account_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
