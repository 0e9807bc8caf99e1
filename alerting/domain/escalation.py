"""Who is told next, and when: the stages of a policy in time."""

from collections.abc import Iterator

from alerting.domain.effects import CancelDeadline, SetDeadline
from alerting.domain.incident import Incident
from contract.times import Micros

WINDOW = "window"
"""The key of the deadline at which a suspicion is relayed or cleared."""

REPEAT = "repeat"
"""The key of the deadline at which the last stage is told again."""

PROGRESS = "progress"
"""The key of the deadline by which somebody must have gone on with a fire that was taken."""

_STAGE = "stage-"


def stage_deadlines(incident: Incident, confirmed_at: Micros) -> Iterator[SetDeadline]:
    """A deadline for each stage after the first, which is told at once; and one to begin again."""
    stages = incident.site.stages
    for number, stage in enumerate(stages[1:], start=1):
        yield SetDeadline(f"{_STAGE}{number}", confirmed_at + stage.after)
    yield SetDeadline(REPEAT, confirmed_at + stages[-1].after + incident.site.repeat)


def stage_of(key: str) -> int:
    """The stage that the deadline *key* is for; raises ValueError if it is for none."""
    return int(key.removeprefix(_STAGE))


def cancelled(incident: Incident) -> Iterator[CancelDeadline]:
    """No further stage: somebody took the incident."""
    for number in range(1, len(incident.site.stages)):
        yield CancelDeadline(f"{_STAGE}{number}")
    yield CancelDeadline(REPEAT)
