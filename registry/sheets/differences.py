"""Compares rows that were built with the registry: what is added, changed, removed, there twice."""

from registry.model.records import LOCAL_TABLES
from registry.model.registry import TABLES
from registry.model.rows import Row
from registry.sheets.building import BuiltRow
from registry.sheets.cells import cell_text
from registry.sheets.changes import Duplicate, FieldChange, RowDifference, SheetChanges
from registry.sheets.columns import columns_by_path, value_at
from registry.sheets.duplicates import duplicates
from registry.sheets.exported_cells import exported_text
from registry.sheets.findings import Finding, Reason, Severity
from registry.sheets.identities import is_local
from registry.sheets.insurance import insurance_fault
from registry.sheets.plan_state import PlanState, row_key


class Differences:
    """Compares the rows of one *plan* with those of its base."""

    def __init__(self, plan: PlanState) -> None:
        self._plan = plan

    def changes(self) -> SheetChanges:
        """Return what the plan changes; findings of the comparison are added to the plan."""
        added: list[RowDifference] = []
        changed: list[RowDifference] = []
        put: dict[str, tuple[Row, ...]] = {}
        unchanged, found = 0, list[Duplicate]()
        for table in TABLES:
            rows: list[Row] = []
            new: list[Row] = []
            for key, (_, built) in self._plan.built[table].items():
                before = self._plan.before[table].get(key)
                if built.row is None:
                    continue
                if before is built.row:
                    unchanged += 1
                    continue
                rows.append(built.row)
                self._check_insurance(table, key, built.row)
                if before is None:
                    new.append(built.row)
                    added.append(RowDifference(table, key, _title_of(built.row)))
                else:
                    changed.append(_difference_of(table, before, built))
            if rows:
                put[table] = tuple(rows)
            found += duplicates(table, new, self._plan.before[table].values())
        removed, remove = self._removed()
        self._plan.findings += [self._duplicate(each) for each in found]
        return SheetChanges(
            tuple(added),
            tuple(changed),
            removed,
            unchanged,
            tuple(found),
            tuple(self._plan.findings),
            put,
            remove,
            tuple(self._plan.made_ids),
            tuple(self._plan.mappings),
        )

    def _check_insurance(self, table: str, key: str, row: Row) -> None:
        fault = insurance_fault(row, self._plan.options.today)
        if fault is not None:
            source, _ = self._plan.built[table][key]
            path = "facility.insurance.expires_on"
            self._plan.findings.append(source.finding(Severity.WARNING, fault, path, key=key))

    def _duplicate(self, each: Duplicate) -> Finding:
        row, _ = self._plan.built[each.table][each.key]
        in_file = self._plan.built[each.table].get(each.other)
        values = {"key": each.key, "other": each.other, "score": each.score, "where": each.same_place}
        reason = Reason.DUPLICATE_OF if in_file is None else Reason.DUPLICATE_IN_FILE
        if in_file is not None:
            values["row"] = in_file[0].place.row
        return row.finding(Severity.WARNING, reason, "name", **values)

    def _removed(self) -> tuple[tuple[RowDifference, ...], dict[str, frozenset[str]]]:
        """Return absent rows; in tables of premises those of premises that the sheet has rows of."""
        if not self._plan.options.is_complete:
            return (), {}
        tables = {each.table for each in self._plan.mappings}
        gone: dict[str, list[Row]] = {table: self._absent(table) for table in TABLES if table in tables}
        without = {row.key for row in gone.get("premises", ())}
        for table in LOCAL_TABLES:
            rows = gone.setdefault(table, [])
            have = {each.key for each in rows}
            rows += [
                each
                for each in self._plan.before[table].values()
                if getattr(each, "premises", None) in without and each.key not in have
            ]
        differences = tuple(
            RowDifference(table, row.key, _title_of(row)) for table, rows in gone.items() for row in rows
        )
        remove = {table: frozenset(each.key for each in rows) for table, rows in gone.items() if rows}
        return differences, remove

    def _absent(self, table: str) -> list[Row]:
        there = {row_key(row, own) for row, own in self._plan.rows[table]}
        absent = [row for key, row in self._plan.before[table].items() if key not in there]
        if not is_local(table):
            return absent
        premises = {row.values.get("premises") for row, _ in self._plan.rows[table]}
        return [each for each in absent if getattr(each, "premises", None) in premises]


def _title_of(row: Row) -> str:
    return str(getattr(row, "name", "") or getattr(row, "place", "") or "")


def _difference_of(table: str, before: Row, built: BuiltRow) -> RowDifference:
    columns = columns_by_path(table)
    fields = tuple(
        FieldChange(
            path,
            cell_text(exported_text(columns[path], value_at(before, columns[path]))),
            cell_text(exported_text(columns[path], value_at(built.row, columns[path]))),
        )
        for path in built.changed
        if built.row is not None
    )
    return RowDifference(table, before.key, _title_of(before), fields)
