"""Builds the registry's rows of those that were read, on what the registry has of them."""

from registry.model.rows import Row
from registry.sheets.building import build_row
from registry.sheets.cells import cell_text
from registry.sheets.columns import columns_by_path, columns_of, value_at
from registry.sheets.exported_cells import exported_text
from registry.sheets.findings import Reason, Severity
from registry.sheets.identifying import Identifying
from registry.sheets.masked_cells import masked_paths, unmask
from registry.sheets.plan_state import PlanState, row_key
from registry.sheets.rows import SheetRow


class RowBuilding:
    """Builds the rows of one *plan*, whose names *identifying* knows."""

    def __init__(self, plan: PlanState, identifying: Identifying) -> None:
        self._plan = plan
        self._identifying = identifying

    def build(self, table: str) -> None:
        """Build the rows of *table*, after all rows that they may name."""
        columns = columns_of(table)
        references = [each for each in columns if each.target is not None]
        for row, own in self._plan.rows[table]:
            self._unmask(row, self._plan.before[table].get(row_key(row, own)))
            for column in references:
                if column.path in row.values and column.path not in row.faulty:
                    self._identifying.resolve(row, column.path)
            before = self._plan.before[table].get(row_key(row, own))
            if before is not None and row.faulty:
                self._forgive(row, before)
            built = build_row(row, before, own_id=own)
            self._plan.findings += built.findings
            self._plan.built[table][row_key(row, own)] = row, built

    def _unmask(self, row: SheetRow, before: Row | None) -> None:
        """Keep what stands behind the cells of *row* that are masked, whatever was found in these."""
        if paths := masked_paths(row):
            places = {row.finding(Severity.ERROR, Reason.MASKED, each).place for each in paths}
            self._plan.findings = [each for each in self._plan.findings if each.place not in places]
            self._plan.findings += unmask(row, paths, before)

    def _forgive(self, row: SheetRow, before: Row) -> None:
        """Take back the faults of cells that say what the registry has said before."""
        columns = columns_by_path(row.table)
        for path in list(row.faulty):
            old = value_at(before, columns[path])
            if path != "id" and cell_text(exported_text(columns[path], old)) == row.texts.get(path):
                row.faulty.discard(path)
                row.values[path] = old
                place = row.finding(Severity.ERROR, Reason.UNFIT, path).place
                self._plan.findings = [each for each in self._plan.findings if each.place != place]
