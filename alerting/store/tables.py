"""The tables in which alerting keeps everything that must outlive it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData()

# SQLite numbers rows by itself only where the column is called INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")
_OPEN = text("phase <> 'closed'")
_CAN_WAIT = text("rank = 4")
_BEGINNINGS = text("event IN ('confirmed', 'reopened')")

_IncidentId = String(32).with_variant(String(40), "postgresql")
"""36 letters, 16 of older ones; SQLite bounds no text, so that its tables stay as they were made."""

signals = Table(
    "signals",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("premises", String(63), nullable=False),
    Column("gateway", String(63), nullable=False),
    Column("epoch", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("edge", String(16), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("name", String(63), nullable=False),
    Column("reason", Text, nullable=False),
    Column("quantity", Text),
    Column("value", Float),
    Column("changed_at", BigInteger, nullable=False),
    Column("committed_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    Column("happened_at", BigInteger, nullable=False),
    Column("clock", String(32), nullable=False),
    UniqueConstraint("premises", "gateway", "epoch", "seq"),
    Index("signals_by_premises", "premises", "id"),
    # Which end of a condition overtook its beginning.
    Index("signals_by_point", "premises", "gateway", "name", "kind", "epoch", "seq"),
    sqlite_autoincrement=True,
)

coverage = Table(
    "coverage",
    metadata,
    Column("premises", String(63), primary_key=True),
    Column("gateway", String(63), primary_key=True),
    Column("epoch", String(64), primary_key=True),
    Column("quarantined", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    # The ranges of numbers that were seen, as JSON; the gateway claims to keep none below the floor.
    Column("seen", Text, nullable=False, server_default="[]"),
    Column("floor", BigInteger, nullable=False, server_default="1"),
)

conditions = Table(
    "conditions",
    metadata,
    Column("premises", String(63), primary_key=True),
    Column("gateway", String(63), primary_key=True),
    Column("scope", String(16), primary_key=True),
    Column("name", String(63), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("reason", String(200), primary_key=True),
    Column("edge", String(16), nullable=False),
    Column("value", Float),
    Column("happened_at", BigInteger, nullable=False),
    # Of the latest signal that was heard of it, to tell which of two is the later one.
    Column("epoch", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("committed_at", BigInteger, nullable=False),
    # Which faults and disablements hold at a premises, however many points there said anything else.
    Index("conditions_by_kind", "premises", "kind", "edge"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", _IncidentId, primary_key=True),
    Column("premises", String(63), nullable=False),
    # A fire, or a trouble; and which building, or drill, where it is not the whole of the premises.
    Column("kind", String(16), nullable=False, server_default="fire"),
    Column("part", String(64), nullable=False, server_default=text("''")),
    Column("phase", String(16), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    # Without its points or conditions, which have rows of their own; a number of this very state.
    Column("state", Text, nullable=False),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    # That held the premises on the day when it opened; none where that could not be told.
    Column("area", String(63)),
    Index(
        "one_open_case",
        "premises",
        "kind",
        "part",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index("incidents_by_time", "opened_at"),
    # Which one was the last at a premises.
    Index("incidents_by_premises", "premises", "opened_at"),
)

# The points of a fire, or the conditions of a trouble, in the order in which they joined.
incident_items = Table(
    "incident_items",
    metadata,
    Column("incident", _IncidentId, ForeignKey("incidents.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("state", Text, nullable=False),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("premises", String(63), nullable=False),
    Column("incident", _IncidentId, ForeignKey("incidents.id")),
    Column("event", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("timeline_by_incident", "incident", "id"),
    # From when the auditor counts the steps of a policy.
    Index(
        "timeline_beginnings",
        "at",
        sqlite_where=_BEGINNINGS,
        postgresql_where=_BEGINNINGS,
    ),
    sqlite_autoincrement=True,
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("incident", _IncidentId, ForeignKey("incidents.id"), primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("due_at", BigInteger, nullable=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("id", String(200), nullable=False, unique=True),
    Column("incident", _IncidentId, ForeignKey("incidents.id"), nullable=False),
    # That of the incident: limits and turns are counted for each premises apart.
    Column("premises", String(63), nullable=False, server_default=text("''")),
    Column("destination", String(63), nullable=False),
    Column("channel", String(16), nullable=False, server_default="webhook"),
    # The channels of the same person that are left where this one fails, as a JSON list.
    Column("fallback_channels", Text, nullable=False, server_default="[]"),
    # The name by which the policy meant the destination: a roster's, say.
    Column("recipient_group", String(63), nullable=False, server_default=text("''")),
    Column("event", String(16), nullable=False),
    # A lower one goes first (``deliveries.Rank``); of equal ones the one that waits since earlier.
    Column("rank", Integer, nullable=False),
    Column("since", BigInteger, nullable=False, server_default="0"),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    # What holds it back, and until when.
    Column("not_before", BigInteger, nullable=False, server_default="0"),
    Column("suppressed_by", String(64)),
    # The process that is telling it just now, or was when it died.
    Column("leased_by", String(64)),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("body", Text, nullable=False),
    # Other texts of the same, as JSON: for whoever was notified of nothing before, and for a busy modem.
    Column("texts", Text),
    # It is sent only together with an earlier delivery that still waits.
    Column("only_with_earlier", Boolean, nullable=False, server_default=false()),
    # The delivery that this one was merged into.
    Column("merged_into", String(200)),
    Index("deliveries_of_line", "state", "destination", "channel", "rank", "since", "number"),
    Index("deliveries_by_incident", "incident", "number"),
    # How many messages of a premises that can wait a person got lately.
    Index(
        "deliveries_that_can_wait",
        "destination",
        "premises",
        "next_at",
        sqlite_where=_CAN_WAIT,
        postgresql_where=_CAN_WAIT,
    ),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery", String(200), ForeignKey("deliveries.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("began_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("result", Text),
)

gateways = Table(
    "gateways",
    metadata,
    Column("premises", String(63), primary_key=True),
    Column("gateway", String(63), primary_key=True),
    Column("online", Boolean, nullable=False),
    Column("version", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

quarantined_signals = Table(
    "quarantined_signals",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("premises", String(63), nullable=False),
    Column("gateway", String(63), nullable=False),
    # SHA-256 of the payload: what comes again is kept once.
    Column("digest", String(64), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    # The bad signals of one arrival as they came, as a JSON list.
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("premises", "gateway", "digest"),
    sqlite_autoincrement=True,
)

tried_addresses = Table(
    "tried_addresses",
    metadata,
    Column("contact", String(63), primary_key=True),
    Column("channel", String(16), primary_key=True),
    # SHA-256 of the address that was delivered to last: another one was not tried.
    Column("fingerprint", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)

desks = Table(
    "desks",
    metadata,
    Column("id", String(64), primary_key=True),
    # "" once the person has left: the desk is one that the center uses all the same.
    Column("account", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    # What it watches, as JSON.
    Column("scope", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("sign", String(16), nullable=False),
    Column("sign_at", BigInteger, nullable=False),
    Column("reported_at", BigInteger, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("asleep", Boolean, nullable=False),
    Column("sound_at", BigInteger),
)

shift_hand_overs = Table(
    "shift_hand_overs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("account", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    # The areas that the shift watched as a JSON list, null for all; and what was open, as JSON.
    Column("areas", Text, nullable=False),
    Column("matters", Text, nullable=False),
    Column("total", Integer, nullable=False),
    # The person who took the shift, once that one has signed.
    Column("received_account", String(100)),
    Column("received_name", String(200)),
    Column("received_at", BigInteger),
    Column("received_note", Text),
)

synthetic_rounds = Table(
    "synthetic_rounds",
    metadata,
    Column("process", String(64), primary_key=True),
    Column("token", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)
