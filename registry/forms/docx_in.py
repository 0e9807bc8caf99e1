"""Reads form PC01 from a DOCX that a person filled in: tables of label and value, lists with heads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from xml.etree.ElementTree import Element

from pydantic import ValidationError

from registry.domain.coordinate_checks import VIET_NAM
from registry.forms.fields import FormField, columns, label, sections
from registry.forms.ids import id_for
from registry.forms.package import DOCUMENT, parsed, read_package
from registry.forms.pc01 import LISTS, Pc01
from registry.forms.values import BadValue, normal, value_of
from registry.model.facilities import Facility, Insurance
from registry.model.places import Premises
from registry.model.registry import TABLES
from runtime.bounded_worker import Unacceptable
from words.catalogue import Words

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

MOST_ROWS = 2_000
"""Rows of all tables of a form."""

MOST_ERRORS = 200

_TRACKED = ("ins", "del", "moveFrom", "moveTo")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, and where it is, for the person who corrects it."""

    text: str
    where: str


Rows = list[list[Cell]]


class BadForm(Exception):
    """A form that cannot be used; *errors* names each mistake with its field and cell."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(slots=True)
class _Reading:
    """A form while it is read: values by path, rows by list, and every mistake."""

    languages: list[Words]
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    places: dict[str, list[Cell]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def value(self, cell: Cell, asked: FormField, name: str) -> Any:
        """Return the value in *cell*; a mistake is noted with the *name* of its field."""
        try:
            return value_of(cell.text, asked, self.languages)
        except BadValue as error:
            self.errors.append(f"{cell.where} ({name}): {error}")
            return asked.default


def read_docx(content: bytes, languages: list[Words]) -> Pc01:
    """Return the form in the DOCX *content*; raises Unacceptable, or BadForm naming every mistake."""
    root = parsed(DOCUMENT, read_package(content)[DOCUMENT])
    if any(next(root.iter(f"{W}{name}"), None) is not None for name in _TRACKED):
        raise Unacceptable("has tracked changes; accept or reject them all in Word, and save it")
    tables = _tables(root)
    if not tables:
        raise Unacceptable("has no tables; send the form that tocsin premises pc01 writes, filled in")
    reading = _Reading(languages)
    for table in tables:
        _read_table(reading, table)
    form = _form(reading)
    if reading.errors or form is None:
        raise BadForm(reading.errors[:MOST_ERRORS])
    return form


def _tables(root: Element) -> list[Rows]:
    """Return the texts of all tables; those within cells of others are refused."""
    tables, total = [], 0
    for number, table in enumerate(root.iter(f"{W}tbl"), start=1):
        if (
            next((each for cell in table.iter(f"{W}tc") for each in cell.iter(f"{W}tbl")), None)
            is not None
        ):
            raise Unacceptable(
                f"table {number}: has a table in a cell; leave the form as it was written"
            )
        rows = list(_rows(table, number))
        total += len(rows)
        if total > MOST_ROWS:
            raise Unacceptable(f"has more than {MOST_ROWS} rows; send one form for each premises")
        tables.append(rows)
    return tables


def _rows(table: Element, number: int) -> Iterator[list[Cell]]:
    for count, row in enumerate(table.iter(f"{W}tr"), start=1):
        yield [
            Cell(_text(cell), f"table {number}, row {count}, column {column}")
            for column, cell in enumerate(row.iter(f"{W}tc"), start=1)
        ]


def _text(cell: Element) -> str:
    """Return the text of *cell*: its paragraphs and line breaks become single spaces."""
    lines = ("".join(_pieces(each)) for each in cell.iter(f"{W}p"))
    return " ".join(line.strip() for line in lines if line.strip())


def _pieces(element: Element) -> Iterator[str]:
    for each in element.iter():
        if each.tag == f"{W}t":
            yield each.text or ""
        elif each.tag in {f"{W}br", f"{W}tab", f"{W}cr"}:
            yield " "
        elif each.tag == f"{W}noBreakHyphen":
            yield "-"


def _read_table(reading: _Reading, rows: Rows) -> None:
    if not rows or not any(cell.text for row in rows for cell in row):
        return
    heads = [cell.text for cell in rows[0]]
    name = _list_of(heads, reading.languages)
    if name is None:
        for row in rows:
            _read_pair(reading, row)
    elif name in reading.lists:
        reading.errors.append(f"{rows[0][0].where}: the list {name} is there twice; join both")
    else:
        _read_list(reading, rows, name)


def _list_of(heads: Sequence[str], languages: list[Words]) -> str | None:
    """Return the list that has most of *heads* as its columns; None for a table of label and value."""
    counts = {
        table: sum(normal(head) in _labels(columns(table), languages, table) for head in heads)
        for table in LISTS
    }
    best = max(counts, key=lambda table: counts[table])
    return best if counts[best] >= 2 and len(heads) > 2 else None


def _labels(
    fields: Iterable[FormField], languages: list[Words], table: str = ""
) -> dict[str, FormField]:
    return {normal(label(each, words, table)): each for each in fields for words in languages}


def _read_pair(reading: _Reading, row: list[Cell]) -> None:
    if not any(cell.text for cell in row):
        return
    if len(row) != 2:
        reading.errors.append(f"{row[0].where}: {len(row)} cells; a label and its value are two")
        return
    known = _labels((each for some in sections().values() for each in some), reading.languages)
    name, cell = row
    asked = known.get(normal(name.text))
    if asked is None:
        reading.errors.append(
            f"{name.where}: unknown label {name.text[:80]!r}; {_meant(name.text, known)}"
        )
    elif asked.path in reading.cells:
        first = reading.cells[asked.path].where
        reading.errors.append(f"{name.where}: {name.text!r} stands in {first}, too; remove one of them")
    else:
        reading.cells[asked.path] = cell
        reading.values[asked.path] = reading.value(cell, asked, name.text)


def _read_list(reading: _Reading, rows: Rows, table: str) -> None:
    known, used = _labels(columns(table), reading.languages, table), list[FormField | None]()
    for head in rows[0]:
        asked = known.get(normal(head.text))
        if asked is None:
            reading.errors.append(
                f"{head.where}: unknown head {head.text[:80]!r}; {_meant(head.text, known)}"
            )
        elif asked in used:
            reading.errors.append(f"{head.where}: the head {head.text!r} is there twice; remove one")
        used.append(asked)
    found, places = list[dict[str, Any]](), list[Cell]()
    for row in rows[1:]:
        if not any(cell.text for cell in row):
            continue
        if len(row) != len(used):
            reading.errors.append(
                f"{row[0].where}: {len(row)} cells under {len(used)} heads; split or join them"
            )
            continue
        pairs = [
            (each, cell, head.text) for each, cell, head in zip(used, row, rows[0], strict=True) if each
        ]
        found.append({each.path: reading.value(cell, each, head) for each, cell, head in pairs})
        places.append(row[0])
    reading.lists[table], reading.places[table] = found, places


def _meant(text: str, known: Mapping[str, FormField]) -> str:
    near = get_close_matches(normal(text)[:120], known, n=1, cutoff=0.6)
    return f"write {near[0]!r}" if near else "leave the labels of the form as they were"


def _form(reading: _Reading) -> Pc01 | None:
    premises = _premises(reading)
    if premises is None:
        return None
    lists: dict[str, Any] = {table: _list_rows(reading, table, premises.id) for table in LISTS}
    return Pc01.model_construct(premises=premises, **lists)


def _premises(reading: _Reading) -> Premises | None:
    if "name" not in reading.values:
        reading.errors.append(
            "the name of the premises is missing: leave the first table of the form in it"
        )
        return None
    facility = {
        path.removeprefix("facility."): value
        for path, value in reading.values.items()
        if path.startswith("facility.") and path.count(".") == 1
    }
    facility["insurance"] = _insurance(reading)
    own = {path: value for path, value in reading.values.items() if "." not in path}
    own["id"] = own.get("id") or id_for(str(own["name"] or ""), ())
    built = _built(reading, Facility, facility, prefix="facility.")
    own["facility"] = built if built != Facility() else None
    if _is_swapped(own):
        where = reading.cells["lat"].where
        reading.errors.append(f"{where}: latitude and longitude are exchanged; exchange the two cells")
        return None
    made: Premises | None = _built(reading, Premises, own)
    return made


def _is_swapped(values: Mapping[str, Any]) -> bool:
    """Whether the latitude is a longitude of the country, and the longitude a latitude."""
    lat, lon = values.get("lat"), values.get("lon")
    return lat is not None and lon is not None and VIET_NAM.holds(lat=lon, lon=lat)


def _insurance(reading: _Reading) -> Insurance | None:
    prefix = "facility.insurance."
    given = {
        path.removeprefix(prefix): value
        for path, value in reading.values.items()
        if path.startswith(prefix) and value not in {None, ""}
    }
    return _built(reading, Insurance, given, prefix=prefix) if given else None


def _list_rows(reading: _Reading, table: str, premises: str) -> tuple[Any, ...]:
    kind, made = TABLES[table], list[Any]()
    for values, place in zip(reading.lists.get(table, []), reading.places.get(table, []), strict=True):
        taken = [each.id for each in made]
        given = {path: value for path, value in values.items() if value is not None} | {
            "premises": premises
        }
        given["id"] = given.get("id") or id_for(str(given.get("name") or ""), taken)
        if given["id"] in taken:
            reading.errors.append(f"{place.where}: the id {given['id']!r} is there twice; change one")
            continue
        row = _built(reading, kind, given, place=place)
        if row is not None:
            made.append(row)
    return tuple(made)


def _built(
    reading: _Reading,
    kind: type[Any],
    values: Mapping[str, Any],
    *,
    prefix: str = "",
    place: Cell | None = None,
) -> Any:
    """Return *values* as *kind*; None where there is a mistake, noted with its field and its cell."""
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        for each in error.errors():
            name = ".".join(str(part) for part in each["loc"]) or "it"
            cell = place or reading.cells.get(f"{prefix}{name}")
            where = f"{cell.where} ({name})" if cell else f"{prefix}{name}"
            reading.errors.append(f"{where}: {each['msg'].removeprefix('Value error, ')}; correct it")
    return None
