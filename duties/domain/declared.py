"""Events that fields of the registry are evidence for: declared, connected, insured until a day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from duties.domain.events import DutyEvent, DutyOutcome, DutySource, NewDutyEvent
from duties.domain.plan import PremisesPlan
from registry.model.duty_rules import DutyKind

REGISTRY = "registry"
"""The name under which events from the registry are recorded."""


class DeclaredField(StrEnum):
    """The fields of the premises that are evidence, as the registry names them."""

    DECLARED_ON = "declared_on"
    CONNECTED_ON = "connected_on"
    INSURED_UNTIL = "insurance.expires_on"


FIELD_OF_KIND = {
    DutyKind.DECLARATION: DeclaredField.DECLARED_ON,
    DutyKind.CONNECTION: DeclaredField.CONNECTED_ON,
    DutyKind.INSURANCE: DeclaredField.INSURED_UNTIL,
}
"""The field that proves a duty of each kind."""


@dataclass(frozen=True, slots=True)
class EarlierDeclaration:
    """The latest *event* of a duty that the registry led to, and whether another corrects it."""

    event: DutyEvent
    is_corrected: bool


def declared_events(
    plan: PremisesPlan, known: Mapping[str, EarlierDeclaration], *, version: int, today: date
) -> Iterator[NewDutyEvent]:
    """Yield what the registry of *version* says anew, beside what is *known* of it by duty.

    What a person corrected stays corrected until the registry says something else.
    """
    for kind, field in FIELD_OF_KIND.items():
        for duty in plan.rules.of_kind(kind):
            event = _declared_event(plan, duty, field, known.get(duty), version=version, today=today)
            if event is not None:
                yield event


def _declared_event(
    plan: PremisesPlan,
    duty: str,
    field: DeclaredField,
    before: EarlierDeclaration | None,
    *,
    version: int,
    today: date,
) -> NewDutyEvent | None:
    """Return the event that *duty* needs beside the one *before*; None where nothing changed."""
    day = _value(plan, field)
    said = f"{field.value} = {day}" if day else ""
    if said == ("" if before is None else before.event.note) or (day and not plan.has(duty)):
        return None
    is_insurance = field is DeclaredField.INSURED_UNTIL
    done_on = today if day is None or is_insurance else day
    return NewDutyEvent(
        premises=plan.premises,
        duty=duty,
        done_on=min(done_on, day) if day else done_on,
        outcome=DutyOutcome.PASSED if day else DutyOutcome.CANCELLED,
        by=REGISTRY,
        note=said,
        source=DutySource.REGISTRY,
        source_id=f"{field.value}@{version}",
        good_until=day if is_insurance else None,
        corrects=_replaced_by(before),
    )


def _replaced_by(before: EarlierDeclaration | None) -> int | None:
    """Return the event that a new one takes the place of."""
    if before is None or before.is_corrected or before.event.outcome is DutyOutcome.CANCELLED:
        return None
    return before.event.id


def _value(plan: PremisesPlan, field: DeclaredField) -> date | None:
    match field:
        case DeclaredField.DECLARED_ON:
            return plan.declared.declared_on
        case DeclaredField.CONNECTED_ON:
            return plan.declared.connected_on
        case DeclaredField.INSURED_UNTIL:
            return plan.declared.insured_until
