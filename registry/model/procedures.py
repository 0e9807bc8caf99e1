"""Procedures: the steps that an officer checks in an incident, for premises or for a kind of them."""

from enum import StrEnum

from pydantic import Field

from registry.model.facilities import HazardClass
from registry.model.rows import Row
from runtime.names import Name


class ProcedureFor(StrEnum):
    """The kind of incident that a procedure is for."""

    FIRE = "fire"
    FAULT = "fault"
    SUPERVISORY = "supervisory"


class ProcedurePart(StrEnum):
    """The part of an incident to which a step belongs."""

    VERIFY = "verify"
    TAKE = "take"
    DISPATCH = "dispatch"
    ON_SCENE = "on-scene"
    CLOSE = "close"
    PREMISES = "premises"
    """The steps of the premises' own people, until help is there: their telephones show them."""


class ProcedureStep(Row):
    """One step of a procedure: *text* in Vietnamese, *text_en* in English.

    It is for *premises*, or for all of a *hazard_class* and with these words in their
    *line_of_business*, or for all where none is named. The steps for the premises count alone where
    there are any, else those that name most. They stand by *part* and *order*; a step is due
    *within_s* seconds after the incident opened. Those of the part ``premises`` are a procedure of
    their own: for the premises' people, and not for the desk.
    """

    premises: Name | None = None
    hazard_class: HazardClass | None = None
    line_of_business: str = Field("", max_length=200)
    incident: ProcedureFor = ProcedureFor.FIRE
    part: ProcedurePart
    order: int = Field(1, ge=1, le=1_000)
    text: str = Field(min_length=1, max_length=500)
    text_en: str = Field("", max_length=500)
    within_s: float | None = Field(None, ge=1.0, le=604_800.0)
    reason_to_skip: bool = False
