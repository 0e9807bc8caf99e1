"""Begins and ends the trainings of people, in transactions that no signal waits for."""

from datetime import datetime
from enum import StrEnum

from alerting.domain.decisions.training_points import training_points
from alerting.domain.model.acts import ActProof
from alerting.domain.model.events import DRILL_PART, AddNote, Close
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.training import (
    LONGEST,
    exercise_of,
    is_for_training,
    is_training,
    training_event,
    training_signal,
)
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.trainings import open_trainings
from contract.ids import IncidentId
from contract.times import Micros, to_micros
from registry.model.places import Point

CENTER_ENDS = "Tocsin"
"""The name of who ends a training that nobody ended."""

MOST_OPEN = 20
"""Trainings at once: a class of people who learn."""


class TrainingRefusal(StrEnum):
    """Reasons why no training begins; each text names the remedy."""

    NOT_FOR_TRAINING = "these premises are not there to learn at; import the sample, and name one of it"
    NO_POINTS = "no zone of these premises has a smoke detector; name other premises of the sample"
    UNDER_WAY = "you are in a training already; act it through, or close it"
    TOO_MANY = "too many people are in a training; wait until one of them ends"


class TrainingRefused(Exception):
    """No training begins, for this *refusal*."""

    def __init__(self, refusal: TrainingRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class Trainings:
    """Begins and ends trainings in *transactions*."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def begin(
        self, premises: str, *, account: str, proof: ActProof, by: str, now: datetime
    ) -> FireIncident:
        """Begin a fire at *premises* in which *account* learns; raises TrainingRefused."""
        answer = await self._transactions.run(
            lambda unit: _begin(unit, premises, account=account, note=AddNote(by, BEGUN), proof=proof),
            now,
        )
        if isinstance(answer, TrainingRefusal):
            raise TrainingRefused(answer)
        return answer

    async def end_all(self, now: datetime) -> int:
        """End every training; return how many there were."""
        return await self._end_before(now, to_micros(now))

    async def end_old(self, now: datetime) -> int:
        """End the trainings that began too long ago; return how many there were."""
        return await self._end_before(now, to_micros(now) - LONGEST)

    async def _end_before(self, now: datetime, before: Micros) -> int:
        found = await self._transactions.read(lambda store: open_trainings(store.connection))
        old = [each.id for each in found if each.opened_at <= before]
        if old:
            await self._transactions.run(lambda unit: _end(unit, old), now)
        return len(old)


BEGUN = "Bắt đầu huấn luyện / training begins"
"""The note that opens the timeline of a training."""


def _begin(
    unit: UnitOfWork, premises: str, *, account: str, note: AddNote, proof: ActProof
) -> FireIncident | TrainingRefusal:
    if not is_for_training(premises):
        return TrainingRefusal.NOT_FOR_TRAINING
    points = training_points(unit.registry.index.points_of(premises))
    if not points:
        return TrainingRefusal.NO_POINTS
    if (refusal := _why_not_now(unit, account)) is not None:
        return refusal
    fire = _raised(unit, premises, points, account=account)
    noted = unit.apply_event_to(fire.id, note, proof=proof)
    return noted if isinstance(noted, FireIncident) else fire


def _why_not_now(unit: UnitOfWork, account: str) -> TrainingRefusal | None:
    """Return why *account* has to wait; None where it has not."""
    parts = [each.part for each in open_trainings(unit.store.connection)]
    if f"{DRILL_PART}{exercise_of(account)}" in parts:
        return TrainingRefusal.UNDER_WAY
    return TrainingRefusal.TOO_MANY if len(parts) >= MOST_OPEN else None


def _raised(unit: UnitOfWork, premises: str, points: list[Point], *, account: str) -> FireIncident:
    """Return the fire of *points* in the training of *account*, which has none."""
    rules = unit.registry.rules
    fire: Incident | None = None
    site = rules.site(premises, IncidentKind.FIRE, unit.now)
    for number, point in enumerate(points, start=1):
        stored = training_signal(point.gateway, point.id, number=number, now=unit.now)
        event = training_event(
            stored, rules.subject(premises, point.gateway, stored.signal), site, account=account
        )
        fire = unit.apply_event(premises, fire, event)
    if not isinstance(fire, FireIncident):
        raise TypeError("a training opened no fire; a point of it is missing")
    return fire


def _end(unit: UnitOfWork, ids: list[IncidentId]) -> None:
    for each in ids:
        found = unit.store.incident(each)
        # Looked at once more: what is no training is never ended so.
        if found is not None and is_training(found):
            unit.apply_event_to(each, Close(CENTER_ENDS, Outcome.DRILL))
