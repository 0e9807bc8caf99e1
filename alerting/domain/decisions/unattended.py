"""Brings the next stage of a confirmed fire forward while nobody is at a duty desk that watches it.

It only ever makes a stage earlier. A stage that the people before hold back is left to its own time, and
so is one whose condition does not hold; stages that go out only while nobody is reached are brought
forward with it, so that a person whom it reaches takes none of them away.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerting.domain.decisions.escalation import UNATTENDED, is_confirmed_stage, stage_key, stage_of
from alerting.domain.decisions.notify import Decision
from alerting.domain.decisions.stages import notify_stage, why_skipped
from alerting.domain.model.desk import DeskWatch
from alerting.domain.model.effects import CancelDeadline, Effect, SetDeadline
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import Stage
from alerting.domain.model.reasons import DecisionReason
from contract.times import Micros
from registry.model.policies import StageCondition


@dataclass(frozen=True, slots=True)
class PendingStage:
    """A *stage* of the policy that is *due* later."""

    stage: int
    due: Micros


def desk_unattended(
    incident: FireIncident,
    *,
    watch: DeskWatch,
    pending: Mapping[str, Micros],
    reached: bool,
    now: Micros,
) -> Decision:
    """Notify the next stage of *pending* now, unless a person is at a desk by *watch*; then look again.

    Where no desk is in use nothing is known of persons, and nothing follows from that.
    """
    limit = incident.site.unattended
    if incident.phase is not Phase.CONFIRMED or limit is None or not watch.in_use:
        return incident, []
    if watch.last_sign is not None and now < watch.last_sign + limit:
        return incident, [SetDeadline(UNATTENDED, watch.last_sign + limit)]
    waiting = sorted(_stages(incident, pending), key=lambda each: (each.due, each.stage))
    early = brought_forward(incident, waiting, reached=reached)
    after, effects = _notified(incident, early, now)
    look_again = [SetDeadline(UNATTENDED, now + limit)] if len(early) < len(waiting) else []
    return after, [*effects, *look_again]


def brought_forward(
    incident: FireIncident, waiting: Sequence[PendingStage], *, reached: bool
) -> list[PendingStage]:
    """Return those of *waiting* that go out now: the next one, and with it each last resort.

    Whoever waits for somebody whom a last resort calls goes out too, where the wait would begin with it.
    """
    policy, ready = incident.site.stages, list[PendingStage]()
    for each in waiting:
        if why_skipped(policy[each.stage], incident, reached=reached) is None:
            ready.append(each)
    first = next((each for each in ready if _is_free(incident, each, waiting)), None)
    if first is None:
        return []
    early = {first, *(each for each in ready if _is_last_resort(policy[each.stage]))}
    early |= {other for each in early for other in _held_up(incident, each, ready)}
    return [each for each in ready if each in early]


def _is_free(incident: FireIncident, one: PendingStage, waiting: Iterable[PendingStage]) -> bool:
    """Return whether *one* follows nobody, and holds up none of those that are *waiting*."""
    return not incident.site.stages[one.stage].follows and not _held_up(incident, one, waiting)


def _held_up(
    incident: FireIncident, one: PendingStage, waiting: Iterable[PendingStage]
) -> list[PendingStage]:
    """Return those of *waiting* that would wait for an answer to *one*, and not without it.

    By the plan they are due before it, and so before anybody is called for whose answer they wait. An
    earlier call holds up nobody who is due after it, since the time to answer counts from the first one;
    and a further call to somebody changes nothing.
    """
    policy = incident.site.stages
    called = set(policy[one.stage].notify) - set(incident.notified)
    return [each for each in waiting if policy[each.stage].follows in called and each.due < one.due]


def _is_last_resort(stage: Stage) -> bool:
    return stage.when is StageCondition.NOBODY_REACHED


def _stages(incident: FireIncident, pending: Mapping[str, Micros]) -> Iterator[PendingStage]:
    for key, due in pending.items():
        if is_confirmed_stage(key) and stage_of(key) < len(incident.site.stages):
            yield PendingStage(stage_of(key), due)


def _notified(
    incident: FireIncident, early: Iterable[PendingStage], now: Micros
) -> tuple[FireIncident, list[Effect]]:
    after, effects = incident, list[Effect]()
    for each in early:
        after, more = notify_stage(
            after,
            each.stage,
            now,
            reason=DecisionReason.DESK_UNATTENDED.value,
            planned_for=each.due,
        )
        effects += [CancelDeadline(stage_key(each.stage)), *more]
    return after, effects
