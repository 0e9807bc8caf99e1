"""Checks the registry as it would be after an import; each error is placed at its row."""

import re
from collections.abc import Iterator, Sequence

from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.model.registry import TABLES, Registry
from registry.sheets.cells import CellPlace
from registry.sheets.changes import SheetChanges, applied
from registry.sheets.findings import Finding, Reason, Severity
from registry.sheets.plan_state import Check, PlanState
from registry.sheets.rows import SheetRow


class WholeChecks:
    """Checks what one *plan* leads to."""

    def __init__(self, plan: PlanState) -> None:
        self._plan = plan

    def findings(self, changes: SheetChanges, check: Check) -> list[Finding]:
        """Return the errors of the registry as it would be, each at the row that it is about."""
        after = applied(self._plan.base, changes)
        places: list[SheetRow | None] = [None]
        origins = {table: tuple(self._origins(table, after, places)) for table in TABLES}
        found = self._new_problems(Sourced(after, origins, self._plan.options.elsewhere or frozenset()))
        return [self._placed(each, places) for each in [*found, *([] if found else check(after))]]

    def not_yours(self, table: str, key: str) -> Finding:
        """Return the error on a row that whoever imports may not change."""
        entry = self._plan.built[table].get(key)
        if entry is not None:
            return entry[0].finding(Severity.ERROR, Reason.NOT_YOURS, "id", key=key)
        values = {"key": f"{table} {key}"}
        return Finding(Severity.ERROR, Reason.NOT_YOURS, CellPlace("registry"), "", "", values)

    def _new_problems(self, after: Sourced) -> list[str]:
        """Return the errors of *after*, without those that the base has anyway where these are known."""
        found = problems(after, today=self._plan.options.today)
        if self._plan.options.elsewhere is None:
            return found
        before = Sourced(self._plan.base, broken=after.broken)
        old = {unnumbered(each) for each in problems(before, today=self._plan.options.today)}
        return [each for each in found if unnumbered(each) not in old]

    def _origins(self, table: str, after: Registry, places: list[SheetRow | None]) -> Iterator[str]:
        for row in getattr(after, table):
            entry = self._plan.built[table].get(row.key)
            if entry is None:
                yield f"⟦0⟧{table}"
                continue
            places.append(entry[0])
            yield f"⟦{len(places) - 1}⟧{table}"

    def _placed(self, error: str, places: Sequence[SheetRow | None]) -> Finding:
        head, _, rest = error.partition("⟧")
        number = int(head[1:]) if head.startswith("⟦") and head[1:].isdigit() else 0
        row = places[number] if number < len(places) else None
        text = _without_marks(rest if head.startswith("⟦") else error)
        if row is None:
            return Finding(
                Severity.ERROR, Reason.REGISTRY, CellPlace("registry"), "", "", {"fault": text}
            )
        word = text.partition(": ")[2].partition(" ")[0]
        path = next((each for each in row.numbers if each.rpartition(".")[2] == word), "")
        return row.finding(Severity.ERROR, Reason.REGISTRY, path, fault=text)


def unnumbered(text: str) -> str:
    """Return an error without the numbers of its rows, which differ before and after a change."""
    return re.sub(r"(\w+)\[\d+\] '", r"\1 '", _without_marks(text))


def _without_marks(text: str) -> str:
    return "".join(part.partition("⟧")[2] if "⟧" in part else part for part in text.split("⟦"))
