"""The places that a request names: one that is not there is an error, and no empty answer."""

from collections.abc import Sequence
from datetime import date

from accounts.domain.rights import Rights
from contract.http.checking import LONGEST_SHOWN
from contract.http.permissions import Permission
from registry.domain.area_history import AreaHistory
from words.people_text import shown


class NoSuchArea(Exception):
    """No such area is registered, or none that whoever asks may know of."""

    @property
    def text(self) -> str:
        """Return what is wrong, and what to do."""
        return f"there is no area {str(self)[:LONGEST_SHOWN]}; correct its id"


class EndedArea(NoSuchArea):
    """The area ended, and others received all of it; *successors* are their ids."""

    def __init__(self, area: str, ended: date, successors: Sequence[str]) -> None:
        super().__init__(area)
        self._said = f"area {area} ended on {ended}; name {' or '.join(successors)} instead"

    @property
    def text(self) -> str:
        """Return what is wrong, and what to do."""
        return self._said


class NoSuchPremises(Exception):
    """No such premises are registered, or none that whoever asks may know of."""

    @property
    def text(self) -> str:
        """Return what is wrong, and what to do."""
        name = shown(str(self)[:LONGEST_SHOWN])
        return f"premises {name!r} are not registered; list them with GET /api/v1/premises"


def premises_below(
    rights: Rights, area: str, needed: Permission, day: date, *, history: AreaHistory
) -> frozenset[str]:
    """Return the premises that *area* holds on *day*; raises NoSuchArea, or EndedArea by *history*.

    A misspelt area would else have an empty list, which reads as if nothing were due there. An area
    beside those of whoever asks is not there for them; one above has their premises.
    """
    held, reach = rights.tree.below(frozenset({area}), day), rights.areas(needed)
    is_near = reach is None or area in reach or any(rights.may_in(needed, each) for each in held)
    if not rights.tree.has(area) or not is_near:
        raise NoSuchArea(area)
    _check_not_ended(history, area, day)
    return held


def _check_not_ended(history: AreaHistory, area: str, day: date) -> None:
    """Raise EndedArea where others received *area* by *day*: it holds nothing any more."""
    known = history.areas.get(area)
    if known is None or known.valid_to is None or day < known.valid_to:
        return
    successors = history.on_day(area, day).areas
    if area not in successors:
        raise EndedArea(area, known.valid_to, successors)
