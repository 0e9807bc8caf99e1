"""A registry as it was read: every row with the place where it stands, for whoever corrects it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.model.registry import Registry
from registry.model.rows import Row


@dataclass(frozen=True, slots=True)
class Sourced:
    """A registry with where each row stands.

    *origins* gives, for each table, one text a row ("market.toml: points[3]"). *broken* names the
    (table, key) of rows that could not be read: they are reported already, so that whoever refers to
    them is not reported as well.
    """

    registry: Registry
    origins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: frozenset[tuple[str, str]] = frozenset()

    def rows(self, table: str) -> Iterator[tuple[str, Row]]:
        """Each row of *table* with where it stands."""
        origins = self.origins.get(table, ())
        for number, row in enumerate(getattr(self.registry, table)):
            where = origins[number] if number < len(origins) else f"{table}[{number + 1}]"
            yield f"{where} {row.key!r}", row
