"""The tables of the audit chain."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

metadata = MetaData()

# SQLite numbers rows by itself only where the column is called INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("who", String(200), nullable=False),
    Column("about", String(200), nullable=False),
    # The rest, as a JSON object of texts.
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Rows that are stored and not yet in the chain: triggers of the database add them here.
audit_unsealed = Table(
    "audit_unsealed",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("source", String(16), nullable=False),
    Column("key", String(255), nullable=False),
    sqlite_autoincrement=True,
)

# The chain: each block has the hashes of rows, and the hash of the block before it.
audit_blocks = Table(
    "audit_blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

# The heads of the chain that the center signed.
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("signature", String(128), nullable=False),
)

# What was deleted by the rule of days; the rows are ranges of ids, or keys, by their source, as JSON.
audit_forgotten = Table(
    "audit_forgotten",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("before", BigInteger, nullable=False),
    Column("rows", Text, nullable=False),
    Column("signature", String(128), nullable=False),
    sqlite_autoincrement=True,
)
