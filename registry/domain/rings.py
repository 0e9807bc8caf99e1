"""Finds rows that lead back to themselves: areas in one another, policies after one another, units."""

from collections.abc import Iterator, Mapping

from registry.domain.sourced import Sourced


def rings(
    sourced: Sourced, table: str, following: Mapping[str, str | None]
) -> Iterator[tuple[str, str]]:
    """Yield the place and the path of each ring of rows."""
    reported: set[str] = set()
    for where, row in sourced.rows(table):
        ring = _ring(row.id, following)
        if ring and row.id not in reported:
            reported |= set(ring)
            yield where, " → ".join([*ring, ring[0]])


def _ring(start: str, parents: Mapping[str, str | None]) -> list[str]:
    """Return the rows from *start* back to itself; an empty list if it is in no ring."""
    ring = [start]
    while (parent := parents.get(ring[-1])) is not None:
        if parent == start:
            return ring
        if parent in ring:
            return []
        ring.append(parent)
    return []
