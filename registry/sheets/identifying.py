"""Gives each row of sheets its id, and finds the rows that its cells name."""

from collections.abc import Iterator, Mapping

from registry.model.rows import Row
from registry.sheets.changes import MadeId
from registry.sheets.columns import ColumnKind, columns_by_path
from registry.sheets.findings import Reason, Severity
from registry.sheets.identities import (
    NEEDS_ID,
    RowName,
    fingerprint,
    free_id,
    id_text,
    is_local,
)
from registry.sheets.phones import read_phone
from registry.sheets.plan_state import PlanState, row_key
from registry.sheets.rows import SheetRow
from registry.sheets.spelling import plain

_NAMED = ("name", "phone", "valid_from", "valid_to")

_HEADS = (
    ("facility.head", "facility.head_phone", "người đứng đầu cơ sở"),
    ("facility.team_leader", "facility.team_leader_phone", "đội trưởng PCCC cơ sở"),
)
"""People to call at premises, in the order in which they command: name, phone, and role as a contact."""


class Identifying:
    """Names the rows of one *plan*."""

    def __init__(self, plan: PlanState) -> None:
        self._plan = plan
        self._contacts: dict[str, SheetRow] = {}
        self._marks: dict[tuple[str, str], str] = {}

    def identify(self, rows: list[SheetRow]) -> None:
        """Give each of *rows*, of one table, its premises and its id; then they may be named."""
        first: dict[str, SheetRow] = {}
        for row in rows:
            if is_local(row.table) and not self.resolve(row, "premises"):
                continue
            own = self._id_of(row, first)
            if own is None:
                continue
            key = row_key(row, own)
            if key in first:
                other = first[key].place.row
                self._plan.findings.append(
                    row.finding(Severity.ERROR, Reason.SAME_ROW, "id", id=own, other=other)
                )
                continue
            if (row.table, key) in self._plan.options.hidden:
                self._plan.findings.append(row.finding(Severity.ERROR, Reason.ID_TAKEN, "id", id=own))
                continue
            first[key] = row
            self._plan.rows[row.table].append((row, own))
            self._plan.known.add(row.table, self._name_of(row, key))

    def call_heads(self) -> None:
        """Make contacts of head and team leader, in this order, for premises that name nobody."""
        self._contacts = {own: row for row, own in self._plan.rows["contacts"]}
        for row, own in self._plan.rows["premises"]:
            before = self._plan.before["premises"].get(own)
            if row.values.get("people") or (before is not None and getattr(before, "people", ())):
                continue
            people = [
                contact
                for name, phone, role in _HEADS
                if (contact := self._contact_of(row, name, phone, role)) is not None
            ]
            if people:
                row.values["people"] = tuple(dict.fromkeys(people))

    def resolve(self, row: SheetRow, path: str) -> bool:
        """Put the ids of the rows that the cell of *path* names in its place; false if it names none."""
        column, value = columns_by_path(row.table)[path], row.values.get(path)
        if value is None:
            if column.is_required:
                self._plan.findings.append(
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

    def _name_of(self, row: SheetRow, key: str) -> RowName:
        before = self._plan.before[row.table].get(key)
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
            self._plan.findings.append(
                row.finding(Severity.ERROR, Reason.MISSING_VALUE, path, field=path)
            )
            return None
        mark = fingerprint(row.values, row.values.get("premises") if is_local(row.table) else None)
        if (row.table, mark) in self._marks:
            return self._marks[row.table, mark]  # the row is there twice, which is reported with its id
        known = self._plan.remembered.ids.get((row.table, mark)) or self._like(row, wanted)
        made = known or free_id(wanted, self._taken(row, first))
        self._marks[row.table, mark] = made
        self._plan.made_ids.append(MadeId(row.table, mark, made))
        return made

    def _like(self, row: SheetRow, wanted: str) -> str | None:
        """Return *wanted* where the registry's row of that id has the name and place that *row* has."""
        before = self._plan.before[row.table].get(row_key(row, wanted))
        if before is None:
            return None
        same = all(
            plain(str(getattr(before, each, "") or "")) == plain(str(row.values.get(each) or ""))
            for each in ("name", "address", "phone")
            if each == "name" or row.values.get(each)
        )
        return wanted if same else None

    def _taken(self, row: SheetRow, first: Mapping[str, SheetRow]) -> "_Taken":
        return _Taken(row, self._plan.before[row.table], first, self._plan.options.hidden)

    def _named(self, row: SheetRow, path: str, target: str, text: str) -> str | None:
        premises = row.values.get("premises")
        found = self._plan.known.find(target, text, premises)
        if found.id is None:
            reason = Reason.NAME_OF_SEVERAL if found.several else Reason.UNKNOWN_NAME
            about = {"name": text, "table": target, "near": found.near, "ids": ", ".join(found.several)}
            self._plan.findings.append(row.finding(Severity.ERROR, reason, path, **about))
        return found.id

    def _contact_of(self, row: SheetRow, name: str, phone: str, role: str) -> str | None:
        person, number = row.values.get(name), row.values.get(phone)
        if not person or not number or read_phone(str(number)) is None:
            return None
        if found := self._plan.known.with_phone(str(number)):
            return found[0]
        values = {"name": person, "phone": number, "role": role}
        made = self._plan.remembered.ids.get(("contacts", fingerprint(values, None)))
        contact = SheetRow("contacts", row.place, values, row.numbers, row.headings)
        own = made or free_id(id_text(values), self._taken(contact, self._contacts))
        self._plan.made_ids.append(MadeId("contacts", fingerprint(values, None), own))
        self._contacts[own] = contact
        self._plan.rows["contacts"].append((contact, own))
        self._plan.known.add("contacts", RowName(own, None, plain(str(person)), str(number)))
        return own


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
        key = row_key(self._row, str(own))
        return key in self._before or key in self._first or (self._row.table, key) in self._hidden

    def __iter__(self) -> Iterator[str]:
        return iter(self._before)
