"""Who is told next, and when: the stages of a policy in time."""

from collections.abc import Iterator

from alerting.domain.effects import CancelDeadline, SetDeadline
from alerting.domain.incident import Incident
from contract.times import Micros

WINDOW = "window"
"""The key of the deadline at which a suspicion is relayed or cleared."""

_STAGE = "stage-"


def stage_deadlines(incident: Incident, confirmed_at: Micros) -> Iterator[SetDeadline]:
    """A deadline for each stage after the first, which is told at once."""
    for number, stage in enumerate(incident.site.stages[1:], start=1):
        yield SetDeadline(f"{_STAGE}{number}", confirmed_at + stage.after)


def stage_of(key: str) -> int:
    """The stage that the deadline *key* is for; raises ValueError if it is for none."""
    return int(key.removeprefix(_STAGE))


def cancelled(incident: Incident) -> Iterator[CancelDeadline]:
    """No further stage: somebody took the incident."""
    for number in range(1, len(incident.site.stages)):
        yield CancelDeadline(f"{_STAGE}{number}")
