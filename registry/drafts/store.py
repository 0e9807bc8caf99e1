"""Keeps drafts and their rows, within transactions of the caller."""

from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from contract.times import Micros
from registry.drafts.domain.draft import Draft, DraftRow, DraftState
from registry.drafts.notices import delete_notices
from registry.drafts.tables import draft_rows, drafts

DraftConnection = Connection
"""A connection to the database, within a transaction."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Draft).decode

LIVE = (DraftState.OPEN.value, DraftState.SUBMITTED.value, DraftState.PREPARING.value)
"""States of drafts that are forgotten when nobody touches them."""

ENDED = (DraftState.APPLIED.value, DraftState.DISCARDED.value, DraftState.EXPIRED.value)


class DraftChanged(Exception):
    """Somebody else edited the draft meanwhile."""


def add_draft(connection: Connection, draft: Draft) -> None:
    """Add *draft*, which has no rows yet."""
    connection.execute(insert(drafts).values(id=draft.id, account=draft.account, **_row(draft)))


def replace_draft(connection: Connection, draft: Draft, *, was: Draft) -> None:
    """Replace the draft that *was* by *draft*; raises DraftChanged where it is another one by now."""
    same = (drafts.c.id == was.id, drafts.c.content == _encode(was).decode())
    if connection.execute(update(drafts).where(*same).values(**_row(draft))).rowcount != 1:
        raise DraftChanged(draft.id)


def put_rows(connection: Connection, draft: str, rows: Iterable[DraftRow]) -> None:
    """Put *rows* into the *draft*, in place of those with their keys."""
    found = list(rows)
    drop_rows(connection, draft, [(each.table, each.key) for each in found])
    if found:
        connection.execute(
            insert(draft_rows),
            [
                {
                    "draft": draft,
                    "of_table": each.table,
                    "key": each.key,
                    "before": each.before,
                    "after": each.after,
                }
                for each in found
            ],
        )


def drop_rows(connection: Connection, draft: str, keys: Collection[tuple[str, str]]) -> None:
    """Take the rows *keys* out of the *draft*."""
    for table, key in keys:
        same = (draft_rows.c.draft == draft, draft_rows.c.of_table == table, draft_rows.c.key == key)
        connection.execute(delete(draft_rows).where(*same))


def draft_of(connection: Connection, draft_id: str) -> Draft | None:
    """Return the draft *draft_id*, without its rows."""
    found = connection.execute(select(drafts.c.content).where(drafts.c.id == draft_id)).one_or_none()
    return None if found is None else _decode(found.content)


def rows_of(connection: Connection, draft_id: str) -> list[DraftRow]:
    """Return the rows of the draft *draft_id*, in the order of tables and keys."""
    query = select(draft_rows).where(draft_rows.c.draft == draft_id)
    found = connection.execute(query.order_by(draft_rows.c.of_table, draft_rows.c.key))
    return [DraftRow(row.of_table, row.key, row.before, row.after) for row in found]


def count_live(connection: Connection, account: str) -> int:
    """Return the number of drafts of *account* that are not at an end."""
    own = (drafts.c.account == account, drafts.c.state.in_(LIVE))
    return int(connection.scalar(select(func.count()).select_from(drafts).where(*own)) or 0)


def latest_drafts(connection: Connection, states: Collection[str], *, most: int) -> list[Draft]:
    """Return at most *most* drafts in *states*, those that changed last first."""
    query = select(drafts.c.content).where(drafts.c.state.in_(list(states)))
    found = connection.execute(query.order_by(drafts.c.changed_at.desc()).limit(most))
    return [_decode(row.content) for row in found]


def forgotten(connection: Connection, *, before: Micros, most: int) -> Sequence[Draft]:
    """Return at most *most* live drafts that nobody touched since *before*."""
    old = (drafts.c.state.in_(LIVE), drafts.c.changed_at < before)
    found = connection.execute(select(drafts.c.content).where(*old).limit(most))
    return [_decode(row.content) for row in found]


def delete_ended(connection: Connection, *, before: Micros, most: int) -> int:
    """Delete at most *most* drafts that ended before; return how many.

    What an applied one changed is in the history of the registry, and all of it in the audit.
    """
    old = (drafts.c.state.in_(ENDED), drafts.c.changed_at < before)
    ids = [row.id for row in connection.execute(select(drafts.c.id).where(*old).limit(most))]
    if ids:
        delete_notices(connection, ids)
        connection.execute(delete(draft_rows).where(draft_rows.c.draft.in_(ids)))
        connection.execute(delete(drafts).where(drafts.c.id.in_(ids)))
    return len(ids)


def _row(draft: Draft) -> dict[str, object]:
    return {
        "state": draft.state.value,
        "changed_at": draft.changed_at,
        "revision": draft.revision,
        "content": _encode(draft).decode(),
    }
