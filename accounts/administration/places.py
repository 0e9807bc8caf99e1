"""The areas and premises in which roles are held: those of the registry in the same database."""

from collections.abc import Iterable

from sqlalchemy import Connection

from accounts.administration.order import CannotChange
from registry.store import latest

MOST_NAMED = 10
"""Names that an error lists at most."""


def check_place(connection: Connection, area: str | None, premises: str | None) -> None:
    """Refuse an area or premises that the registry does not have; raises CannotChange."""
    if area is not None and premises is not None:
        raise CannotChange("an area and premises are named; name one of them, or give two roles")
    if area is None and premises is None:
        return
    registry = latest(connection).registry
    if area is not None:
        _check("area", area, (each.id for each in registry.areas))
    if premises is not None:
        _check("premises", premises, (each.id for each in registry.premises))


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
