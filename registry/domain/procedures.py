"""Chooses the procedure of premises: the steps for these, or for the kind of premises that they are."""

from collections.abc import Iterable

from registry.model.places import Premises
from registry.model.procedures import ProcedureFor, ProcedurePart, ProcedureStep

_PARTS = list(ProcedurePart)


def procedure_of(
    steps: Iterable[ProcedureStep], premises: Premises | None, incident: ProcedureFor
) -> list[ProcedureStep]:
    """Return those of *steps* that are to be taken in an *incident* of *premises*, in their order.

    Steps that name the premises count alone; else those of the most conditions that are met. The steps
    of the desk and those of the premises' own people are chosen apart, and the latter stand last.
    """
    meant = [each for each in steps if each.incident is incident]
    own = [each for each in meant if each.part is ProcedurePart.PREMISES]
    of_desk = [each for each in meant if each.part is not ProcedurePart.PREMISES]
    found = [*_closest(of_desk, premises), *_closest(own, premises)]
    return sorted(found, key=lambda each: (_PARTS.index(each.part), each.order, each.id))


def _closest(steps: Iterable[ProcedureStep], premises: Premises | None) -> list[ProcedureStep]:
    ranked: dict[int, list[ProcedureStep]] = {}
    for each in steps:
        if (rank := _rank(each, premises)) is not None:
            ranked.setdefault(rank, []).append(each)
    return ranked[max(ranked)] if ranked else []


_OF_PREMISES = 3


def _rank(step: ProcedureStep, premises: Premises | None) -> int | None:
    """Return how closely *step* names *premises*; None where it is for others."""
    if step.premises is not None:
        return _OF_PREMISES if premises is not None and step.premises == premises.id else None
    facility = None if premises is None else premises.facility
    rank = 0
    if step.hazard_class is not None:
        if facility is None or facility.hazard_class is not step.hazard_class:
            return None
        rank += 1
    if step.line_of_business:
        if facility is None or step.line_of_business.lower() not in facility.line_of_business.lower():
            return None
        rank += 1
    return rank
