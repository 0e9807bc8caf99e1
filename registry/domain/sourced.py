"""A registry as it was read: every row with its place in the files, for the person who corrects it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.domain.partial import PartialRow
from registry.model.registry import TABLES, Registry
from registry.model.rows import LocalRow, Row


@dataclass(frozen=True, slots=True)
class Sourced:
    """A registry with the place of each row.

    *origins* gives, for each table, one text a row ("market.toml: points[3]"). *broken* names the
    (table, key) of rows that could not be read: they are reported already, so that a row that
    names them is not reported as well. *partial* has these rows as they were written.
    """

    registry: Registry
    origins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: frozenset[tuple[str, str]] = frozenset()
    partial: tuple[PartialRow, ...] = ()

    def rows(self, table: str) -> Iterator[tuple[str, Row]]:
        """Yield each row of *table* with its place."""
        origins = self.origins.get(table, ())
        for number, row in enumerate(getattr(self.registry, table)):
            where = origins[number] if number < len(origins) else f"{table}[{number + 1}]"
            yield f"{where} {row.key!r}", row

    def partial_rows(self, table: str) -> Iterator[PartialRow]:
        """Yield each row of *table* that could not be read whole."""
        return (each for each in self.partial if each.table == table)

    def keys(self, table: str) -> Iterator[tuple[str, str]]:
        """Yield the place and the key of each row of *table*; those that cannot be read come last."""
        yield from ((where, row.key) for where, row in self.rows(table))
        yield from (
            (row.where, key) for row in self.partial_rows(table) if (key := _key(row)) is not None
        )


def _key(row: PartialRow) -> str | None:
    own, premises = row.name("id"), row.name("premises")
    if not issubclass(TABLES[row.table], LocalRow):
        return own
    return f"{premises}/{own}" if premises and own else None
