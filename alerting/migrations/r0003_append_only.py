"""The ledger can only grow: what happened is never changed, and how an attempt ended is written once."""

from alembic import op

revision = "0003"
down_revision = "0002"

_WORDS = "the ledger is append-only"


def upgrade() -> None:
    """Let the database itself refuse it, whatever a program or a person tries."""
    if op.get_context().dialect.name == "sqlite":
        for statement in _SQLITE:
            op.execute(statement)
    else:
        for statement in _POSTGRESQL:
            op.execute(statement)


_SQLITE = (
    f"""
    CREATE TRIGGER timeline_append_only BEFORE UPDATE ON timeline
    BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
    """,
    f"""
    CREATE TRIGGER attempts_append_only BEFORE UPDATE ON attempts WHEN OLD.ended_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
    """,
    f"""
    CREATE TRIGGER signals_append_only BEFORE UPDATE ON signals
    BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END
    """,
)

_POSTGRESQL = (
    f"""
    CREATE FUNCTION refuse_changes() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION '{_WORDS}'; END
    $$ LANGUAGE plpgsql
    """,
    "CREATE TRIGGER timeline_append_only BEFORE UPDATE ON timeline EXECUTE FUNCTION refuse_changes()",
    """
    CREATE TRIGGER attempts_append_only BEFORE UPDATE ON attempts FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_changes()
    """,
    "CREATE TRIGGER signals_append_only BEFORE UPDATE ON signals EXECUTE FUNCTION refuse_changes()",
)
