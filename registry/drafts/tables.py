"""The tables of drafts."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

drafts = Table(
    "registry_drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    # The draft as JSON, without its rows.
    Column("content", Text, nullable=False),
    Index("registry_drafts_by_change", "state", "changed_at"),
)

# The rows that a draft changes, as JSON; before or after is missing where the row is.
draft_rows = Table(
    "registry_draft_rows",
    metadata,
    Column("draft", String(32), primary_key=True),
    Column("of_table", String(32), primary_key=True),
    Column("key", String(127), primary_key=True),
    Column("before", Text),
    Column("after", Text),
)

# The versions that files were imported as, or that were as the files were.
file_imports = Table(
    "registry_file_imports",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
)

# What people are told about drafts: a row for each event, then one for each contact that it goes to.
draft_notices = Table(
    "registry_draft_notices",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("draft", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    # None in the row of the event itself.
    Column("contact", String(63)),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("result", Text, nullable=False),
    Index("registry_draft_notices_by_time", "state", "next_at"),
    Index("registry_draft_notices_by_draft", "draft"),
)
