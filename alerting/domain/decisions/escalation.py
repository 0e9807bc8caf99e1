"""Deadlines of the escalation: the stages of a policy in time."""

from collections.abc import Iterator

from alerting.domain.model.effects import CancelDeadline, SetDeadline
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import PremisesSnapshot
from contract.times import SECOND, Micros
from registry.model.policies import COMMAND_CENTER

WINDOW = "window"
"""The key of the deadline at which a suspicion is notified or cleared."""

REPEAT = "repeat"
"""The key of the deadline at which the last stage is notified again."""

PROGRESS = "progress"
"""The key of the deadline by which the owner of a fire must have advanced it."""

CLOSING = "closing"
"""The key of the deadline at which a wish to close that nobody approved lapses."""

REACHED = "reached"
"""The key of the deadline by which somebody must have received the alarm."""

UNCONFIRMED = "unconfirmed-"
"""Prefix of the keys of deadlines that notify others of an unconfirmed fire."""

UNCONFIRMED_REPEAT = "unconfirmed-repeat"
"""The key of the deadline at which an unconfirmed fire is notified again."""

SPREAD = "spread"
"""The key of the deadline at which the points that joined a fire since are notified together."""

UNATTENDED = "unattended"
"""The key of the deadline by which a person must be at a duty desk, or the next stage goes out."""

REACHED_WITHIN = 30 * SECOND
"""Microseconds within which somebody must have received a fire: three attempts."""

_STAGE = "stage-"


AT_THE_FIRE = frozenset({Phase.ON_SCENE, Phase.UNDER_CONTROL})
"""The phases in which forces are there, and news of them is due while points are in fire."""


def is_stage(key: str) -> bool:
    """Return whether deadline *key* is for a stage of a policy, of confirmed or unconfirmed fires."""
    return key.startswith((_STAGE, UNCONFIRMED)) and key != UNCONFIRMED_REPEAT


def is_confirmed_stage(key: str) -> bool:
    """Return whether deadline *key* is for a stage of a confirmed fire."""
    return key.startswith(_STAGE)


def unattended_deadline(site: PremisesSnapshot, begin: Micros) -> Iterator[SetDeadline]:
    """Return the deadline by which a person is to be at a desk; none where no other stage follows."""
    if site.unattended is not None and len(site.stages) > 1:
        yield SetDeadline(UNATTENDED, begin + site.unattended)


def stage_key(stage: int) -> str:
    """Return the key of the deadline of *stage* of a confirmed fire."""
    return f"{_STAGE}{stage}"


def stage_deadlines(site: PremisesSnapshot, begin: Micros) -> Iterator[SetDeadline]:
    """Return a deadline for each stage after the first, which is notified at once, and one to repeat."""
    stages = site.stages
    for number, stage in enumerate(stages[1:], start=1):
        yield SetDeadline(f"{_STAGE}{number}", begin + stage.after)
    yield SetDeadline(REPEAT, begin + stages[-1].after + site.repeat)


def reached_deadline(site: PremisesSnapshot, confirmed_at: Micros) -> Iterator[SetDeadline]:
    """Return the deadline of the first delivery; none where the command center itself is notified at
    once.
    """
    if COMMAND_CENTER not in site.stages[0].notify:
        yield SetDeadline(REACHED, confirmed_at + REACHED_WITHIN)


def stage_of(key: str) -> int:
    """Return the stage of the deadline *key*; raises ValueError if it has none."""
    return int(key.removeprefix(_STAGE))


def cancel_stages(site: PremisesSnapshot) -> Iterator[CancelDeadline]:
    """Cancel all further stages: somebody took the incident."""
    for number in range(1, len(site.stages)):
        yield CancelDeadline(f"{_STAGE}{number}")
    yield CancelDeadline(REPEAT)
    yield CancelDeadline(REACHED)
    if site.unattended is not None:
        yield CancelDeadline(UNATTENDED)


def cancel_unconfirmed_stages(incident: FireIncident) -> Iterator[CancelDeadline]:
    """Cancel the stages of an unconfirmed fire: it is confirmed, or taken."""
    if incident.unconfirmed:
        route = incident.site.unconfirmed
        for number in range(1, len(route.stages) if route else 1):
            yield CancelDeadline(f"{UNCONFIRMED}{number}")
        yield CancelDeadline(UNCONFIRMED_REPEAT)


def progress_by(incident: FireIncident, now: Micros) -> list[SetDeadline]:
    """Return the deadline by which whoever has it must have advanced it, or given news; none if nobody
    has it.
    """
    patience = {
        Phase.ACKNOWLEDGED: incident.site.own_for,
        Phase.DISPATCHED: incident.site.dispatched_for,
        Phase.ON_SCENE: incident.site.on_scene_for,
        Phase.UNDER_CONTROL: incident.site.under_control_for,
    }
    known = patience.get(incident.phase)
    return [] if known is None else [SetDeadline(PROGRESS, now + known)]
