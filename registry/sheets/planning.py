"""Plans what sheets change: reads them, gives ids, finds the rows they name, and checks the whole."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.model.records import LOCAL_TABLES
from registry.model.registry import TABLES, Registry
from registry.model.rows import Row
from registry.sheets.building import BuiltRow, build_row
from registry.sheets.cells import CellPlace, Sheet, cell_text
from registry.sheets.changes import (
    Duplicate,
    FieldChange,
    MadeId,
    RowDifference,
    SheetChanges,
    UsedMapping,
    applied,
)
from registry.sheets.columns import ColumnKind, columns_by_path, columns_of, value_at
from registry.sheets.duplicates import duplicates
from registry.sheets.exported_cells import exported_text
from registry.sheets.findings import Finding, Reason, Severity, has_errors
from registry.sheets.headings import ByHand, HeadingFinder, Headings
from registry.sheets.identities import (
    NEEDS_ID,
    KnownRows,
    RowName,
    fingerprint,
    free_id,
    id_text,
    is_local,
)
from registry.sheets.insurance import insurance_fault
from registry.sheets.labels import Labels
from registry.sheets.masked_cells import masked_paths, unmask
from registry.sheets.phones import read_phone
from registry.sheets.rows import RowReading, SheetRow
from registry.sheets.spelling import plain
from registry.sheets.values import CellReader

Check = Callable[[Registry], list[str]]
"""Returns further errors of a registry: policies that reach nobody, channels that are not set up."""

NotYours = Callable[[SheetChanges], Iterable[tuple[str, str]]]
"""Returns the rows (table, key) that whoever imports may not change as the sheets would."""


@dataclass(frozen=True, slots=True)
class RememberedNames:
    """What earlier imports left: mappings by signature, ids by table and fingerprint."""

    mappings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How sheets are read: *by_hand* says what headings mean, *fill* gives a field to rows without it.

    Rows that are absent are removed where they are *complete*. *source* is who sends such sheets.
    """

    today: date
    source: str = ""
    by_hand: ByHand = field(default_factory=ByHand)
    fill: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = False
    calls_heads: bool = False
    hidden: frozenset[tuple[str, str]] = frozenset()
    """Rows (table, key) that whoever imports may not see, whose ids are taken all the same."""
    elsewhere: frozenset[tuple[str, str]] | None = None
    """Hidden rows that rows of the base name; then errors that the base has anyway are no error."""


class SheetPlan:
    """The plan of one import against *base*; made by ``plan_sheets``."""

    def __init__(
        self, base: Registry, labels: Labels, remembered: RememberedNames, options: PlanOptions
    ) -> None:
        self._base = base
        self._finder = HeadingFinder(labels)
        self._reader = CellReader(labels)
        self._help_sheets = labels.help_sheets()
        self._remembered = remembered
        self._options = options
        self._known = KnownRows(options.today)
        self._known.add_registry(base)
        self._before = {table: {row.key: row for row in getattr(base, table)} for table in TABLES}
        self._findings: list[Finding] = []
        self._rows: dict[str, list[tuple[SheetRow, str]]] = {table: [] for table in TABLES}
        self._built: dict[str, dict[str, tuple[SheetRow, BuiltRow]]] = {table: {} for table in TABLES}
        self._made: list[MadeId] = []
        self._contacts: dict[str, SheetRow] = {}
        self._marks: dict[tuple[str, str], str] = {}
        self._mappings: list[UsedMapping] = []

    def run(
        self, sheets: Iterable[Sheet], check: Check, not_yours: NotYours = lambda _: ()
    ) -> SheetChanges:
        """Return the changes of *sheets*, which are checked together with the rest by *check* too."""
        read = [row for sheet in sheets for row in self._read_sheet(sheet)]
        for table in TABLES:
            self._identify([row for row in read if row.table == table])
        if self._options.calls_heads:
            self._call_heads()
        for table in TABLES:
            self._build(table)
        changes = self._changes()
        refused = [self._not_yours(*each) for each in not_yours(changes)]
        changes = replace(changes, findings=(*changes.findings, *refused))
        if changes.says_nothing or not changes.is_usable:
            return changes
        found = self._whole(changes, check)
        return replace(changes, findings=(*changes.findings, *found))

    def _read_sheet(self, sheet: Sheet) -> list[SheetRow]:
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
        self._findings += reading.findings
        self._fill(rows, headings)
        return rows

    def _headings(self, sheet: Sheet) -> Headings | None:
        found = self._finder.candidates(sheet, self._options.by_hand)
        if not found:
            table = self._options.by_hand.table
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
        fields = self._remembered.mappings.get(headings.signature)
        if fields is None:
            return headings
        by_hand = ByHand(headings.table, {**fields, **self._options.by_hand.fields})
        return next(iter(self._finder.candidates(sheet, by_hand)), headings)

    def _report_headings(self, sheet: Sheet, headings: Headings) -> None:
        first: dict[str, str] = {}
        for number, match in headings.matches.items():
            place = sheet.place(headings.last_row, number)
            if match.column is None and not match.is_ignored:
                two = bool(match.candidates)
                severity = Severity.ERROR if two else Severity.WARNING
                reason = Reason.TWO_CANDIDATES if two else Reason.UNKNOWN_COLUMN
                values = {"fields": ", ".join(match.candidates)}
                self._findings.append(Finding(severity, reason, place, match.text, match.text, values))
            if match.column is None:
                continue
            path = match.column.path
            if path in first:
                values = {"field": path, "other": first[path]}
                self._findings.append(
                    Finding(Severity.ERROR, Reason.COLUMN_TWICE, place, match.text, match.text, values)
                )
            elif match.score < 100:
                values = {"field": path}
                self._findings.append(
                    Finding(
                        Severity.WARNING, Reason.SIMILAR_HEADING, place, match.text, match.text, values
                    )
                )
            if number in sheet.hidden_columns:
                self._findings.append(Finding(Severity.ERROR, Reason.HIDDEN_COLUMN, place, match.text))
            first.setdefault(path, match.text)
        fields = tuple(
            (each.text, each.column.path) for each in headings.matches.values() if each.column
        )
        self._mappings.append(
            UsedMapping(self._options.source, headings.signature, headings.table, fields)
        )

    def _fill(self, rows: list[SheetRow], headings: Headings) -> None:
        """Give the fields of ``fill`` to rows whose sheet has no column of them."""
        columns = columns_by_path(headings.table)
        given = {each.path for each in headings.columns.values()}
        for path, text in self._options.fill.items():
            if path not in columns or path in given:
                continue
            read = self._reader.read(text, columns[path])
            for row in rows:
                row.values[path] = read.value
                row.texts[path] = text

    def _identify(self, rows: list[SheetRow]) -> None:
        """Give each of *rows*, of one table, its premises and its id; then they may be named."""
        first: dict[str, SheetRow] = {}
        for row in rows:
            if is_local(row.table) and not self._resolve(row, "premises"):
                continue
            own = self._id_of(row, first)
            if own is None:
                continue
            key = _key(row, own)
            if key in first:
                other = first[key].place.row
                self._findings.append(
                    row.finding(Severity.ERROR, Reason.SAME_ROW, "id", id=own, other=other)
                )
                continue
            if (row.table, key) in self._options.hidden:
                self._findings.append(row.finding(Severity.ERROR, Reason.ID_TAKEN, "id", id=own))
                continue
            first[key] = row
            self._rows[row.table].append((row, own))
            self._known.add(row.table, self._name_of(row, key))

    def _name_of(self, row: SheetRow, key: str) -> RowName:
        before = self._before[row.table].get(key)
        values = {path: row.values.get(path, getattr(before, path, None)) for path in _NAMED}
        premises = row.values.get("premises") if is_local(row.table) else None
        return RowName(
            key,
            premises,
            plain(values["name"] or ""),
            values["phone"],
            values["valid_from"],
            values["valid_to"],
        )

    def _id_of(self, row: SheetRow, first: Mapping[str, SheetRow]) -> str | None:
        """Return the id of *row*: as it says, as remembered, that of its like, or a new one."""
        if "id" in row.faulty:
            return None
        if (given := row.values.get("id")) is not None:
            return str(given)
        if row.table in NEEDS_ID or not (wanted := id_text(row.values)):
            path = "name" if "name" in row.numbers and row.table not in NEEDS_ID else "id"
            self._findings.append(row.finding(Severity.ERROR, Reason.MISSING_VALUE, path, field=path))
            return None
        mark = fingerprint(row.values, row.values.get("premises") if is_local(row.table) else None)
        if (row.table, mark) in self._marks:
            return self._marks[row.table, mark]  # the row is there twice, which is reported with its id
        known = self._remembered.ids.get((row.table, mark)) or self._like(row, wanted)
        made = known or free_id(wanted, self._taken(row, first))
        self._marks[row.table, mark] = made
        self._made.append(MadeId(row.table, mark, made))
        return made

    def _like(self, row: SheetRow, wanted: str) -> str | None:
        """Return *wanted* where the registry's row of that id has the name and place that *row* has."""
        before = self._before[row.table].get(_key(row, wanted))
        if before is None:
            return None
        same = all(
            plain(str(getattr(before, each, "") or "")) == plain(str(row.values.get(each) or ""))
            for each in ("name", "address", "phone")
            if each == "name" or row.values.get(each)
        )
        return wanted if same else None

    def _taken(self, row: SheetRow, first: Mapping[str, SheetRow]) -> "_Taken":
        return _Taken(row, self._before[row.table], first, self._options.hidden)

    def _build(self, table: str) -> None:
        columns = columns_of(table)
        references = [each for each in columns if each.target is not None]
        for row, own in self._rows[table]:
            self._unmask(row, self._before[table].get(_key(row, own)))
            for column in references:
                if column.path in row.values and column.path not in row.faulty:
                    self._resolve(row, column.path)
            before = self._before[table].get(_key(row, own))
            if before is not None and row.faulty:
                self._forgive(row, before)
            built = build_row(row, before, own_id=own)
            self._findings += built.findings
            self._built[table][_key(row, own)] = row, built

    def _unmask(self, row: SheetRow, before: Row | None) -> None:
        """Keep what stands behind the cells of *row* that are masked, whatever was found in these."""
        if paths := masked_paths(row):
            places = {row.finding(Severity.ERROR, Reason.MASKED, each).place for each in paths}
            self._findings = [each for each in self._findings if each.place not in places]
            self._findings += unmask(row, paths, before)

    def _forgive(self, row: SheetRow, before: Row) -> None:
        """Take back the faults of cells that say what the registry has said before."""
        columns = columns_by_path(row.table)
        for path in list(row.faulty):
            old = value_at(before, columns[path])
            if path != "id" and cell_text(exported_text(columns[path], old)) == row.texts.get(path):
                row.faulty.discard(path)
                row.values[path] = old
                place = row.finding(Severity.ERROR, Reason.UNFIT, path).place
                self._findings = [each for each in self._findings if each.place != place]

    def _resolve(self, row: SheetRow, path: str) -> bool:
        """Put the ids of the rows that the cell of *path* names in its place; false if it names none."""
        column, value = columns_by_path(row.table)[path], row.values.get(path)
        if value is None:
            if column.is_required:
                self._findings.append(
                    row.finding(Severity.ERROR, Reason.MISSING_VALUE, path, field=path)
                )
                row.faulty.add(path)
            return not column.is_required
        texts = [value] if isinstance(value, str) else list(value)
        ids = [self._named(row, path, column.target or "", str(each)) for each in texts]
        if None in ids:
            row.faulty.add(path)
            return False
        row.values[path] = ids[0] if column.kind is ColumnKind.NAME else tuple(ids)
        return True

    def _named(self, row: SheetRow, path: str, target: str, text: str) -> str | None:
        premises = row.values.get("premises")
        found = self._known.find(target, text, premises)
        if found.id is None:
            reason = Reason.NAME_OF_SEVERAL if found.several else Reason.UNKNOWN_NAME
            about = {"name": text, "table": target, "near": found.near, "ids": ", ".join(found.several)}
            self._findings.append(row.finding(Severity.ERROR, reason, path, **about))
        return found.id

    def _call_heads(self) -> None:
        """Make contacts of head and team leader, in this order, for premises that name nobody."""
        self._contacts = {own: row for row, own in self._rows["contacts"]}
        for row, own in self._rows["premises"]:
            before = self._before["premises"].get(own)
            if row.values.get("people") or (before is not None and getattr(before, "people", ())):
                continue
            people = [
                contact
                for name, phone, role in _HEADS
                if (contact := self._contact_of(row, name, phone, role)) is not None
            ]
            if people:
                row.values["people"] = tuple(dict.fromkeys(people))

    def _contact_of(self, row: SheetRow, name: str, phone: str, role: str) -> str | None:
        person, number = row.values.get(name), row.values.get(phone)
        if not person or not number or read_phone(str(number)) is None:
            return None
        if found := self._known.with_phone(str(number)):
            return found[0]
        values = {"name": person, "phone": number, "role": role}
        made = self._remembered.ids.get(("contacts", fingerprint(values, None)))
        contact = SheetRow("contacts", row.place, values, row.numbers, row.headings)
        own = made or free_id(id_text(values), self._taken(contact, self._contacts))
        self._made.append(MadeId("contacts", fingerprint(values, None), own))
        self._contacts[own] = contact
        self._rows["contacts"].append((contact, own))
        self._known.add("contacts", RowName(own, None, plain(str(person)), str(number)))
        return own

    def _changes(self) -> SheetChanges:
        added: list[RowDifference] = []
        changed: list[RowDifference] = []
        put: dict[str, tuple[Row, ...]] = {}
        unchanged, found = 0, list[Duplicate]()
        for table in TABLES:
            rows: list[Row] = []
            new: list[Row] = []
            for key, (_, built) in self._built[table].items():
                before = self._before[table].get(key)
                if built.row is None:
                    continue
                if before is built.row:
                    unchanged += 1
                    continue
                rows.append(built.row)
                self._check_insurance(table, key, built.row)
                if before is None:
                    new.append(built.row)
                    added.append(RowDifference(table, key, _title(built.row)))
                else:
                    changed.append(_difference(table, before, built))
            if rows:
                put[table] = tuple(rows)
            found += duplicates(table, new, self._before[table].values())
        removed, remove = self._removed()
        self._findings += [self._duplicate(each) for each in found]
        return SheetChanges(
            tuple(added),
            tuple(changed),
            removed,
            unchanged,
            tuple(found),
            tuple(self._findings),
            put,
            remove,
            tuple(self._made),
            tuple(self._mappings),
        )

    def _check_insurance(self, table: str, key: str, row: Row) -> None:
        fault = insurance_fault(row, self._options.today)
        if fault is not None:
            source, _ = self._built[table][key]
            path = "facility.insurance.expires_on"
            self._findings.append(source.finding(Severity.WARNING, fault, path, key=key))

    def _duplicate(self, each: Duplicate) -> Finding:
        row, _ = self._built[each.table][each.key]
        in_file = self._built[each.table].get(each.other)
        values = {"key": each.key, "other": each.other, "score": each.score, "where": each.same_place}
        reason = Reason.DUPLICATE_OF if in_file is None else Reason.DUPLICATE_IN_FILE
        if in_file is not None:
            values["row"] = in_file[0].place.row
        return row.finding(Severity.WARNING, reason, "name", **values)

    def _removed(self) -> tuple[tuple[RowDifference, ...], dict[str, frozenset[str]]]:
        """Return absent rows; in tables of premises those of premises that the sheet has rows of."""
        if not self._options.is_complete:
            return (), {}
        tables = {each.table for each in self._mappings}
        gone: dict[str, list[Row]] = {table: self._absent(table) for table in TABLES if table in tables}
        without = {row.key for row in gone.get("premises", ())}
        for table in LOCAL_TABLES:
            rows = gone.setdefault(table, [])
            have = {each.key for each in rows}
            rows += [
                each
                for each in self._before[table].values()
                if getattr(each, "premises", None) in without and each.key not in have
            ]
        differences = tuple(
            RowDifference(table, row.key, _title(row)) for table, rows in gone.items() for row in rows
        )
        remove = {table: frozenset(each.key for each in rows) for table, rows in gone.items() if rows}
        return differences, remove

    def _absent(self, table: str) -> list[Row]:
        there = {_key(row, own) for row, own in self._rows[table]}
        absent = [row for key, row in self._before[table].items() if key not in there]
        if not is_local(table):
            return absent
        premises = {row.values.get("premises") for row, _ in self._rows[table]}
        return [each for each in absent if getattr(each, "premises", None) in premises]

    def _whole(self, changes: SheetChanges, check: Check) -> list[Finding]:
        """Return the errors of the registry as it would be, each at the row that it is about."""
        after = applied(self._base, changes)
        places: list[SheetRow | None] = [None]
        origins = {table: tuple(self._origins(table, after, places)) for table in TABLES}
        found = self._new_problems(Sourced(after, origins, self._options.elsewhere or frozenset()))
        return [self._placed(each, places) for each in [*found, *([] if found else check(after))]]

    def _new_problems(self, after: Sourced) -> list[str]:
        """Return the errors of *after*, without those that the base has anyway where these are known."""
        found = problems(after, today=self._options.today)
        if self._options.elsewhere is None:
            return found
        before = Sourced(self._base, broken=after.broken)
        old = {unnumbered(each) for each in problems(before, today=self._options.today)}
        return [each for each in found if unnumbered(each) not in old]

    def _not_yours(self, table: str, key: str) -> Finding:
        entry = self._built[table].get(key)
        if entry is not None:
            return entry[0].finding(Severity.ERROR, Reason.NOT_YOURS, "id", key=key)
        values = {"key": f"{table} {key}"}
        return Finding(Severity.ERROR, Reason.NOT_YOURS, CellPlace("registry"), "", "", values)

    def _origins(self, table: str, after: Registry, places: list[SheetRow | None]) -> Iterator[str]:
        for row in getattr(after, table):
            entry = self._built[table].get(row.key)
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

    def _report(self, severity: Severity, reason: Reason, place: CellPlace, **values: object) -> None:
        self._findings.append(Finding(severity, reason, place, "", "", values))


_NAMED = ("name", "phone", "valid_from", "valid_to")

_HEADS = (
    ("facility.head", "facility.head_phone", "người đứng đầu cơ sở"),
    ("facility.team_leader", "facility.team_leader_phone", "đội trưởng PCCC cơ sở"),
)
"""Who is called at premises, in the order in which they command: name, phone, and role as a contact."""


class _Taken:
    """The ids that are taken in the table and the premises of a row."""

    def __init__(
        self,
        row: SheetRow,
        before: Mapping[str, Row],
        first: Mapping[str, SheetRow],
        hidden: frozenset[tuple[str, str]],
    ) -> None:
        self._row, self._before, self._first, self._hidden = row, before, first, hidden

    def __contains__(self, own: object) -> bool:
        key = _key(self._row, str(own))
        return key in self._before or key in self._first or (self._row.table, key) in self._hidden

    def __iter__(self) -> Iterator[str]:
        return iter(self._before)


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
    return SheetPlan(base, labels, remembered, options).run(sheets, check, not_yours)


def _key(row: SheetRow, own: str) -> str:
    return f"{row.values.get('premises')}/{own}" if is_local(row.table) else own


def _title(row: Row) -> str:
    return str(getattr(row, "name", "") or getattr(row, "place", "") or "")


def _difference(table: str, before: Row, built: BuiltRow) -> RowDifference:
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
    return RowDifference(table, before.key, _title(before), fields)


def unnumbered(text: str) -> str:
    """Return an error without the numbers of its rows, which differ before and after a change."""
    return re.sub(r"(\w+)\[\d+\] '", r"\1 '", _without_marks(text))


def _without_marks(text: str) -> str:
    return "".join(part.partition("⟧")[2] if "⟧" in part else part for part in text.split("⟦"))


__all__ = ["Check", "PlanOptions", "RememberedNames", "has_errors", "plan_sheets", "unnumbered"]
