"""Reads the rows of a sheet: finds its table, what its headings mean, and the value of each cell."""

from registry.model.registry import TABLES
from registry.sheets.cells import CellPlace, Sheet, cell_text
from registry.sheets.changes import UsedMapping
from registry.sheets.columns import columns_by_path
from registry.sheets.findings import Finding, Reason, Severity
from registry.sheets.headings import ByHand, HeadingFinder, HeadingMatch, Headings
from registry.sheets.labels import Labels
from registry.sheets.plan_state import PlanState
from registry.sheets.rows import RowReading, SheetRow
from registry.sheets.values import CellReader

EXACT = 100
"""The score of a heading that is a known one, letter for letter."""


class SheetReading:
    """Reads the sheets of one *plan*, whose headings are *labels* or like these."""

    def __init__(self, plan: PlanState, labels: Labels) -> None:
        self._plan = plan
        self._finder = HeadingFinder(labels)
        self._reader = CellReader(labels)
        self._help_sheets = labels.help_sheets()

    def rows_of(self, sheet: Sheet) -> list[SheetRow]:
        """Return the rows of *sheet*; none where its table or its headings are not known."""
        if sheet.is_hidden:
            self._report(Severity.WARNING, Reason.HIDDEN_SHEET, sheet.place())
            return []
        if sheet.name in self._help_sheets:
            return []
        if not any(cell_text(each) for row in sheet.rows for each in row):
            self._report(Severity.WARNING, Reason.EMPTY_SHEET, sheet.place())
            return []
        headings = self._headings(sheet)
        if headings is None:
            return []
        self._report_headings(sheet, headings)
        reading = RowReading(sheet, headings, self._reader)
        rows = reading.rows()
        self._plan.findings += reading.findings
        self._fill(rows, headings)
        return rows

    def _headings(self, sheet: Sheet) -> Headings | None:
        found = self._finder.candidates(sheet, self._plan.options.by_hand)
        if not found:
            table = self._plan.options.by_hand.table
            reason = (
                Reason.NO_HEADING
                if table or self._finder.tables_named(sheet.name)
                else Reason.UNKNOWN_TABLE
            )
            self._report(Severity.ERROR, reason, sheet.place(), tables=", ".join(TABLES))
            return None
        best, *others = found
        rivals = [each.table for each in others if best.rank - each.rank < 1]
        if rivals:
            tables = ", ".join([best.table, *rivals])
            self._report(Severity.ERROR, Reason.TWO_TABLES, sheet.place(best.first_row), tables=tables)
            return None
        return self._as_remembered(sheet, best)

    def _as_remembered(self, sheet: Sheet, headings: Headings) -> Headings:
        """Return *headings* as they were mapped when their set came before, unless told otherwise."""
        fields = self._plan.remembered.mappings.get(headings.signature)
        if fields is None:
            return headings
        by_hand = ByHand(headings.table, {**fields, **self._plan.options.by_hand.fields})
        return next(iter(self._finder.candidates(sheet, by_hand)), headings)

    def _report_headings(self, sheet: Sheet, headings: Headings) -> None:
        first: dict[str, str] = {}
        for number, match in headings.matches.items():
            place = sheet.place(headings.last_row, number)
            if match.column is None:
                self._report_unknown(match, place)
                continue
            path = match.column.path
            if path in first:
                self._about(match, place, Reason.COLUMN_TWICE, field=path, other=first[path])
            elif match.score < EXACT:
                self._about(match, place, Reason.SIMILAR_HEADING, field=path)
            if number in sheet.hidden_columns:
                hidden = Finding(Severity.ERROR, Reason.HIDDEN_COLUMN, place, match.text)
                self._plan.findings.append(hidden)
            first.setdefault(path, match.text)
        self._note_mapping(headings)

    def _report_unknown(self, match: HeadingMatch, place: CellPlace) -> None:
        if not match.is_ignored:
            reason = Reason.TWO_CANDIDATES if match.candidates else Reason.UNKNOWN_COLUMN
            self._about(match, place, reason, fields=", ".join(match.candidates))

    def _about(self, match: HeadingMatch, place: CellPlace, reason: Reason, **values: object) -> None:
        warns = reason in {Reason.UNKNOWN_COLUMN, Reason.SIMILAR_HEADING}
        severity = Severity.WARNING if warns else Severity.ERROR
        self._plan.findings.append(Finding(severity, reason, place, match.text, match.text, values))

    def _note_mapping(self, headings: Headings) -> None:
        """Note what the headings were found to mean, to be remembered if the rows are imported."""
        fields = tuple(
            (each.text, each.column.path) for each in headings.matches.values() if each.column
        )
        source = self._plan.options.source
        self._plan.mappings.append(UsedMapping(source, headings.signature, headings.table, fields))

    def _fill(self, rows: list[SheetRow], headings: Headings) -> None:
        """Give the fields of ``fill`` to rows whose sheet has no column of them."""
        columns = columns_by_path(headings.table)
        given = {each.path for each in headings.columns.values()}
        for path, text in self._plan.options.fill.items():
            if path not in columns or path in given:
                continue
            read = self._reader.read(text, columns[path])
            for row in rows:
                row.values[path] = read.value
                row.texts[path] = text

    def _report(self, severity: Severity, reason: Reason, place: CellPlace, **values: object) -> None:
        self._plan.findings.append(Finding(severity, reason, place, "", "", values))
