"""Form PC01 of one premises as a value: what a person fills in, before it is a document or after."""

from collections.abc import Iterator

from registry.domain.change_set import ChangeSet
from registry.model.facilities import AccessRoad, Building, Document, FireSystem
from registry.model.places import Premises
from registry.model.records import PremisesRecord
from registry.model.resources import WaterSource
from registry.model.rows import RegistryValue, Row

LOCAL = ("buildings", "roads", "systems", "documents")
"""Tables of a form whose rows belong to the premises alone."""

LISTS = ("buildings", "roads", "water", "systems", "documents")
"""The lists of a form, in their order."""

NOT_ASKED = frozenset({"premises", "area", "file"})
"""Fields of rows that no form asks for: the premises are known, files are not typed."""

PREMISES_FIELDS = ("id", "name", "address", "area", "lat", "lon")
"""The fields of premises that a form asks for, beside those of the facility."""


class Pc01(RegistryValue):
    """The form of *premises*; of these only the fields of a form are meant."""

    premises: Premises
    buildings: tuple[Building, ...] = ()
    roads: tuple[AccessRoad, ...] = ()
    water: tuple[WaterSource, ...] = ()
    systems: tuple[FireSystem, ...] = ()
    documents: tuple[Document, ...] = ()


def form_of(record: PremisesRecord, water: Iterator[WaterSource]) -> Pc01 | None:
    """Return the form of the premises of *record*, with the *water* on its ground; None without one."""
    place = record.premises
    if place is None:
        return None
    shown = {name: getattr(place, name) for name in (*PREMISES_FIELDS, "facility")}
    own = tuple(each for each in water if each.premises == place.id)
    return Pc01.model_construct(
        premises=Premises.model_construct(**shown),
        water=own,
        **{table: getattr(record, table) for table in LOCAL},
    )


def change_of(form: Pc01, record: PremisesRecord, water: tuple[WaterSource, ...]) -> ChangeSet:
    """Return the change that makes what the registry has of the premises what *form* says.

    What no form asks for stays: people and policies of the premises, the files of documents.
    """
    now = {name: getattr(form.premises, name) for name in (*PREMISES_FIELDS, "facility")}
    place = form.premises if record.premises is None else record.premises.model_copy(update=now)
    own = tuple(each for each in water if each.premises == place.id)
    before: dict[str, tuple[Row, ...]] = {table: getattr(record, table) for table in LOCAL} | {
        "water": own
    }
    put: dict[str, tuple[Row, ...]] = {"premises": (place,)} if place != record.premises else {}
    remove: dict[str, frozenset[str]] = {}
    for table in LISTS:
        known = {each.key: each for each in before[table]}
        rows = [_with_unasked(each, known.get(each.key)) for each in getattr(form, table)]
        if changed := tuple(each for each in rows if known.get(each.key) != each):
            put[table] = changed
        if gone := known.keys() - {each.key for each in rows}:
            remove[table] = frozenset(gone)
    return ChangeSet(put, remove)


def _with_unasked(row: Row, before: Row | None) -> Row:
    """Return *row* with those fields of *before* that no form asks for."""
    if before is None:
        return row
    kept = {name: getattr(before, name) for name in NOT_ASKED if name in type(row).model_fields}
    return row.model_copy(update=kept)
