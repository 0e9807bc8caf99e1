"""The tables of the registry: versions, and the records of which each is valid in some of them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()

versions = Table(
    "registry_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", String(200), nullable=False),
    Column("hash", String(64), nullable=False),
    # The whole registry of a version that was imported before there were parts; else it is empty.
    Column("document", Text, nullable=False),
    # The parts of a version that was imported before there were records; else 0.
    Column("parts", Integer, nullable=False, server_default="0"),
    # Of all that is stored of the version; the center's signature is over it and the rest.
    Column("content_hash", String(64), nullable=False, server_default=text("''")),
    Column("signature", String(128), nullable=False, server_default=text("''")),
    # The number of its records; none where it was imported before there were records.
    Column("records", Integer, nullable=True),
    Column("note", Text, nullable=False, server_default=text("''")),
)

parts = Table(
    "registry_parts",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("premises", String(63), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# A record is valid from since_version, and no longer in until_version.
records = Table(
    "registry_records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(63), nullable=False),
    Column("name", String(127), nullable=False),
    Column("bucket", SmallInteger, nullable=False),
    Column("since_version", Integer, nullable=False),
    Column("until_version", Integer, nullable=True),
    Column("hash", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("registry_records_by_name", "name", "kind", "since_version", unique=True),
    Index("registry_records_by_since", "since_version"),
    Index("registry_records_by_until", "until_version"),
    Index("registry_records_by_bucket", "bucket", "until_version"),
)

# The hashes of the buckets of the latest version.
buckets = Table(
    "registry_buckets",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

# The names that the records of the latest version may refer to.
references = Table(
    "registry_references",
    metadata,
    Column("named", String(63), primary_key=True),
    Column("kind", String(63), primary_key=True),
    Column("name", String(127), primary_key=True),
    Index("registry_references_by_record", "name", "kind"),
)
