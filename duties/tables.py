"""The tables of duties (see ``duties/migrations``); days are numbers of days since 1970-01-01."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

metadata = MetaData()

# SQLite numbers rows by itself only where the column is called INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

# What was done, one row for each time: only ever added.
duty_events = Table(
    "duty_events",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("premises", String(63), nullable=False),
    Column("duty", String(63), nullable=False),
    Column("done_on", Integer, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("by", String(200), nullable=False),
    Column("account", String(63), nullable=False),
    Column("role", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("file", String(64)),
    Column("source", String(20), nullable=False),
    Column("source_id", String(200)),
    Column("good_until", Integer),
    Column("corrects", BigInteger),
    Column("recorded_at", BigInteger, nullable=False),
)

# What all events of one duty come to, and when it is due by the rules: a row for each premises and duty.
duty_items = Table(
    "duty_items",
    metadata,
    Column("premises", String(63), primary_key=True),
    Column("duty", String(63), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("rule", String(63), nullable=False),
    Column("due_on", Integer),
    Column("begins_on", Integer, nullable=False),
    Column("ends_on", Integer),
    Column("soon_days", Integer, nullable=False),
    Column("done_on", Integer),
    Column("outcome", String(20)),
    Column("good_until", Integer),
    Column("failed_on", Integer),
    Column("event", BigInteger),
)

# The premises of the registry in use, as lists and boards need them.
duty_premises = Table(
    "duty_premises",
    metadata,
    Column("premises", String(63), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("area", String(63)),
    Column("connection", String(20), nullable=False),
    Column("connect_by", Integer),
    Column("declared_on", Integer),
    Column("connected_on", Integer),
    Column("made_from", String(64), nullable=False),
)

# The last day on which live data proved a point from end to end.
duty_points = Table(
    "duty_points",
    metadata,
    Column("premises", String(63), primary_key=True),
    Column("point", String(63), primary_key=True),
    Column("proven_on", Integer, nullable=False),
    Column("incident", String(64), nullable=False),
)

# How far the timeline was read.
duty_progress = Table(
    "duty_progress",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("reached", BigInteger, nullable=False),
)

# One message for a person and day, until it is delivered or its day is over.
duty_reminders = Table(
    "duty_reminders",
    metadata,
    Column("person", String(63), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("state", String(20), nullable=False),
    Column("items", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("result", Text, nullable=False),
)
