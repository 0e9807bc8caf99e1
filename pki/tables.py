"""The tables of pki."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

gateway_keys = Table(
    "gateway_keys",
    metadata,
    # One row for each certificate, by the hexadecimal digits of its serial number.
    Column("serial", String(40), primary_key=True),
    Column("premises", String(63), nullable=False),
    Column("gateway", String(63), nullable=False),
    Column("key_id", String(16), nullable=False),
    # The 32 raw bytes of an Ed25519 key, in hexadecimal digits.
    Column("public_key", String(64), nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("issued_by", String(200), nullable=False),
    Column("certificate", Text, nullable=False),
    Column("revoked_at", BigInteger),
    Column("revoked_by", String(200)),
    Column("reason", String(200)),
    Index("gateway_keys_by_gateway", "premises", "gateway"),
)

server_certificates = Table(
    "server_certificates",
    metadata,
    Column("serial", String(40), primary_key=True),
    Column("name", String(253), nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("issued_by", String(200), nullable=False),
    Column("certificate", Text, nullable=False),
    Column("revoked_at", BigInteger),
    Column("revoked_by", String(200)),
    Column("reason", String(200)),
)

# One open code for each gateway at most: a new one replaces the one before.
gateway_invitations = Table(
    "gateway_invitations",
    metadata,
    Column("premises", String(63), primary_key=True),
    Column("gateway", String(63), primary_key=True),
    Column("code_hash", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", BigInteger),
)

# One row: its number rises with each change of a key, so that readers notice one by a single look.
changes = Table(
    "pki_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
