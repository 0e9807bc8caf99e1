"""The areas and premises in which roles are held: those of the registry in the same database."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from accounts.administration.order import CannotChange
from registry.domain.area_history import AreaHistory
from registry.model.registry import Registry
from registry.store import names_of, shared_tables

MOST_NAMED = 10
"""Names that an error lists at most."""


def check_place(connection: Connection, area: str | None, premises: str | None, *, day: date) -> None:
    """Refuse an area or premises that the registry does not have on *day*; raises CannotChange."""
    if area is not None and premises is not None:
        raise CannotChange("an area and premises are named; name one of them, or give two roles")
    if area is None and premises is None:
        return
    if area is not None:
        registry = shared_tables(connection, {"areas", "successions"})
        _check("area", area, (each.id for each in registry.areas))
        _check_not_ended(registry, area, day)
    if premises is not None:
        _check("premises", premises, names_of(connection, "premises"))


def check_contact(connection: Connection, contact: str) -> None:
    """Refuse a contact that the registry does not have; raises CannotChange."""
    _check("contact", contact, names_of(connection, "contacts"))


def _check_not_ended(registry: Registry, area: str, day: date) -> None:
    """Refuse an area that others succeeded by *day*: the role would be in places of another law."""
    found = AreaHistory(registry.areas, registry.successions).on_day(area, day)
    ended = _end_of(registry, area)
    if ended is None or day < ended or found.areas in {(), (area,)}:
        return
    names = " and ".join(found.areas)
    raise CannotChange(f"area {area!r} ended on {ended}, and {names} succeeded it; name that one")


def _end_of(registry: Registry, area: str) -> date | None:
    """Return the first day without *area*; None where it has no end."""
    return next((each.valid_to for each in registry.areas if each.id == area), None)


def _check(kind: str, name: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if name in names:
        return
    if not names:
        text = f"the registry has no {kind} yet; import it first: tocsin registry import"
        raise CannotChange(f"{kind} {name!r}: {text}")
    near = sorted(names, key=lambda each: not each.startswith(name[:3]))
    some = ", ".join(near[:MOST_NAMED]) + (", ..." if len(near) > MOST_NAMED else "")
    raise CannotChange(f"{kind} {name!r} is not in the registry; there are: {some}")
