"""Facts of a sheet that its cells do not say: what is hidden, merged, a formula, an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.sheets.cells import MergedRange


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Facts of a sheet that its cells do not say: what is hidden, merged, a formula, an error."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    empty_formulas: frozenset[tuple[int, int]] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[MergedRange, ...] = ()


class FoundMarks:
    """Finds marks while a sheet is walked through."""

    def __init__(self) -> None:
        self.hidden_rows, self.hidden_columns = set[int](), set[int]()
        self.formulas, self.empty_formulas = set[tuple[int, int]](), set[tuple[int, int]]()
        self.errors: dict[tuple[int, int], str] = {}
        self.merged: list[MergedRange] = []

    def marks(self) -> SheetMarks:
        """Return it as a value."""
        return SheetMarks(
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
            frozenset(self.formulas),
            frozenset(self.empty_formulas),
            self.errors,
            tuple(self.merged),
        )
