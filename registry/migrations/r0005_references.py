"""Those who refer to a record are looked up, where a change of a contact read all records before."""

import re
import zlib
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = re.compile(rb'(?:"([a-z0-9_]+)":)?"([a-z0-9][a-z0-9-]{0,62})"(?!:)')
_OF_PREMISES = {b"id", b"premises", b"zone", b"gateway", b"building", b"floor", b"kind", b"state"}
_AT_ONCE = 1_000


def upgrade() -> None:
    """Create the table, and fill it from the records of the latest version."""
    table = op.create_table(
        "registry_references",
        sa.Column("named", sa.String(63), primary_key=True),
        sa.Column("kind", sa.String(63), primary_key=True),
        sa.Column("name", sa.String(127), primary_key=True),
    )
    op.create_index("registry_references_by_record", "registry_references", ["name", "kind"])
    after = 0
    while page := _page(after):
        if rows := [each for record in page for each in _references(record)]:
            op.get_bind().execute(sa.insert(table), rows)
        after = page[-1].id


def _page(after: int) -> list[sa.Row[tuple[int, str, str, bytes]]]:
    query = sa.text(
        "SELECT id, kind, name, content FROM registry_records "
        "WHERE until_version IS NULL AND id > :after ORDER BY id LIMIT :most"
    )
    return list(op.get_bind().execute(query, {"after": after, "most": _AT_ONCE}))


def _references(record: sa.Row[tuple[int, str, str, bytes]]) -> Iterator[dict[str, str]]:
    own = _OF_PREMISES if record.kind == "premises" else {b"id"}
    try:
        found = _TEXT.findall(zlib.decompress(record.content))
    except zlib.error:
        return  # its version is refused as it was before
    for name in sorted({name for field, name in found if field not in own}):
        yield {"named": name.decode(), "kind": record.kind, "name": record.name}
