"""Checks procedures: each step is for premises or for a kind of them, and has a place of its own."""

from collections.abc import Iterator

from registry.domain.sourced import Sourced
from registry.model.procedures import ProcedureStep


def procedure_problems(sourced: Sourced) -> Iterator[str]:
    """Yield every error about procedures, one sentence each."""
    first: dict[tuple[object, ...], str] = {}
    for where, row in sourced.rows("procedures"):
        if not isinstance(row, ProcedureStep):
            continue
        if row.premises is not None and (row.hazard_class is not None or row.line_of_business):
            yield f"{where}: it names premises and a kind of premises; remove one of them"
        kind = row.premises, row.hazard_class, row.line_of_business.lower(), row.incident
        other = first.setdefault((*kind, row.part, row.order), where)
        if other != where:
            yield f"{where}: {other} has the same part and order; give one of them another order"
