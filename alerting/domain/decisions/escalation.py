"""Who is told next, and when: the stages of a policy in time."""

from collections.abc import Iterator

from alerting.domain.model.effects import CancelDeadline, SetDeadline
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import PremisesSnapshot
from contract.times import SECOND, Micros
from registry.model.policies import COMMAND_CENTER

WINDOW = "window"
"""The key of the deadline at which a suspicion is relayed or cleared."""

REPEAT = "repeat"
"""The key of the deadline at which the last stage is told again."""

PROGRESS = "progress"
"""The key of the deadline by which somebody must have gone on with a fire that was taken."""

REACHED = "reached"
"""The key of the deadline by which somebody must have received that there is a fire."""

UNCONFIRMED = "unconfirmed-"
"""What the keys of the deadlines begin with at which others are told of an unconfirmed fire."""

UNCONFIRMED_REPEAT = "unconfirmed-repeat"
"""The key of the deadline at which an unconfirmed fire is told again."""

REACHED_WITHIN = 30 * SECOND
"""In which time somebody whom the policy tells must have received a fire: three of its attempts."""

_STAGE = "stage-"


def is_stage(key: str) -> bool:
    """Return whether deadline *key* is for a stage of a policy, of confirmed or unconfirmed fires."""
    return key.startswith((_STAGE, UNCONFIRMED)) and key != UNCONFIRMED_REPEAT


def stage_key(stage: int) -> str:
    """The key of the deadline at which *stage* of a confirmed fire comes due."""
    return f"{_STAGE}{stage}"


def stage_deadlines(site: PremisesSnapshot, begin: Micros) -> Iterator[SetDeadline]:
    """A deadline for each stage after the first, which is told at once; and one to begin again."""
    stages = site.stages
    for number, stage in enumerate(stages[1:], start=1):
        yield SetDeadline(f"{_STAGE}{number}", begin + stage.after)
    yield SetDeadline(REPEAT, begin + stages[-1].after + site.repeat)


def reached_deadline(site: PremisesSnapshot, confirmed_at: Micros) -> Iterator[SetDeadline]:
    """When somebody must have received a fire; not where the command center itself was told at once."""
    if COMMAND_CENTER not in site.stages[0].notify:
        yield SetDeadline(REACHED, confirmed_at + REACHED_WITHIN)


def stage_of(key: str) -> int:
    """The stage that the deadline *key* is for; raises ValueError if it is for none."""
    return int(key.removeprefix(_STAGE))


def cancelled(site: PremisesSnapshot) -> Iterator[CancelDeadline]:
    """No further stage: somebody took the case."""
    for number in range(1, len(site.stages)):
        yield CancelDeadline(f"{_STAGE}{number}")
    yield CancelDeadline(REPEAT)
    yield CancelDeadline(REACHED)


def unconfirmed_cancelled(incident: FireIncident) -> Iterator[CancelDeadline]:
    """Nobody else is told of an unconfirmed fire: it is confirmed, or somebody has it."""
    if incident.unconfirmed:
        route = incident.site.unconfirmed
        for number in range(1, len(route.stages) if route else 1):
            yield CancelDeadline(f"{UNCONFIRMED}{number}")
        yield CancelDeadline(UNCONFIRMED_REPEAT)
