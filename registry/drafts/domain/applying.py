"""Makes the change set of a draft."""

from collections import defaultdict
from collections.abc import Iterable

from registry.domain.change_set import ChangeSet
from registry.drafts.domain.comparison import decoded_row
from registry.drafts.domain.draft import DraftRow
from registry.model.rows import Row


def change_set(rows: Iterable[DraftRow]) -> ChangeSet:
    """Return the change that *rows* make."""
    put: dict[str, list[Row]] = defaultdict(list)
    remove: dict[str, set[str]] = defaultdict(set)
    for each in rows:
        if each.after is None:
            remove[each.table].add(each.key)
        else:
            put[each.table].append(decoded_row(each.table, each.after))
    return ChangeSet(
        {table: tuple(some) for table, some in put.items()},
        {table: frozenset(some) for table, some in remove.items()},
    )
