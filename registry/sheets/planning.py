"""Plans what sheets change: reads them, gives ids, finds the rows they name, and checks the whole."""

from collections.abc import Iterable
from dataclasses import replace

from registry.model.registry import TABLES, Registry
from registry.sheets.cells import Sheet
from registry.sheets.changes import SheetChanges
from registry.sheets.differences import Differences
from registry.sheets.identifying import Identifying
from registry.sheets.labels import Labels
from registry.sheets.plan_state import Check, NotYours, PlanOptions, PlanState, RememberedNames
from registry.sheets.row_building import RowBuilding
from registry.sheets.sheet_reading import SheetReading
from registry.sheets.whole_checks import WholeChecks


def plan_sheets(
    sheets: Iterable[Sheet],
    base: Registry,
    options: PlanOptions,
    *,
    labels: Labels,
    remembered: RememberedNames,
    check: Check = lambda _: [],
    not_yours: NotYours = lambda _: (),
) -> SheetChanges:
    """Return what *sheets* change in *base*, with all that is wrong with them; nothing is stored."""
    return SheetPlan(PlanState(base, remembered, options), labels).run(sheets, check, not_yours)


class SheetPlan:
    """The plan of one import; made by ``plan_sheets``."""

    def __init__(self, plan: PlanState, labels: Labels) -> None:
        self._plan = plan
        self._reading = SheetReading(plan, labels)
        self._identifying = Identifying(plan)
        self._building = RowBuilding(plan, self._identifying)

    def run(
        self, sheets: Iterable[Sheet], check: Check, not_yours: NotYours = lambda _: ()
    ) -> SheetChanges:
        """Return the changes of *sheets*, which are checked together with the rest by *check* too."""
        read = [row for sheet in sheets for row in self._reading.rows_of(sheet)]
        for table in TABLES:
            self._identifying.identify([row for row in read if row.table == table])
        if self._plan.options.calls_heads:
            self._identifying.call_heads()
        for table in TABLES:
            self._building.build(table)
        changes = Differences(self._plan).changes()
        checks = WholeChecks(self._plan)
        refused = [checks.not_yours(*each) for each in not_yours(changes)]
        changes = replace(changes, findings=(*changes.findings, *refused))
        if changes.says_nothing or not changes.is_usable:
            return changes
        found = checks.findings(changes, check)
        return replace(changes, findings=(*changes.findings, *found))
