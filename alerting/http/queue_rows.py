"""The rows of the queue of fires over HTTP, put together for all fires of a list at once."""

from collections.abc import Iterable

import msgspec

from alerting.domain.decisions.coming_stage import coming_stage
from alerting.domain.decisions.responder_clock import RunningClock, running_clock
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.growth import growth
from alerting.domain.model.incident import Incident
from alerting.http.contact_names import contact_name
from alerting.http.responses import incident_response
from alerting.http.told import answers_by_person, reached
from alerting.store.queue_facts import QueueFacts, queue_facts
from alerting.store.store import CenterStore
from contract.http import incidents as wire
from contract.http import queue
from contract.times import SECOND, Micros
from registry.domain.index import Index
from registry.domain.place_outline import PremisesLabel

_NOWHERE = PremisesLabel("", "", None, None)
_REAL, _WITHOUT_CLOCK, _EXERCISE = range(3)


class QueueRows:
    """The rows of *incidents* at *now*, by *index* and what *store* has of them."""

    def __init__(
        self, incidents: Iterable[Incident], *, store: CenterStore, index: Index, now: Micros
    ) -> None:
        fires = [each.id for each in incidents if isinstance(each, FireIncident)]
        self._facts = queue_facts(store.connection, fires)
        self._index = index
        self._labels = index.labels()
        self._areas = {each.id: each.name for each in index.areas()}
        self._now = now

    def shown(self, incident: Incident, *, most: int | None) -> wire.Incident:
        """Return *incident* as the interface shows it, a fire with its row."""
        answer = incident_response(incident, most=most)
        if not isinstance(incident, FireIncident):
            return answer
        return msgspec.structs.replace(answer, queue=self._row(incident))

    def _row(self, fire: FireIncident) -> queue.QueueRow:
        facts = self._facts.get(fire.id) or QueueFacts()
        label, clock = self._labels.get(fire.site.id, _NOWHERE), running_clock(fire)
        return queue.QueueRow(
            area_name=None if fire.site.area is None else self._areas.get(fire.site.area),
            lat=label.lat,
            lon=label.lon,
            growth=_growth(fire, self._now),
            clock=None if clock is None else _clock(clock),
            next=self._next(fire, facts),
            reached=reached(facts.notified, facts.delivered, answers_by_person(facts.said), self._index),
            sort=_sort(fire, clock),
        )

    def _next(self, fire: FireIncident, facts: QueueFacts) -> queue.ComingStage | None:
        ahead = coming_stage(fire, facts.deadlines)
        if ahead is None:
            return None
        return queue.ComingStage(
            at=ahead.at,
            stage=ahead.stage,
            unconfirmed=ahead.unconfirmed,
            notify=[self._named(each) for each in ahead.notify],
        )

    def _named(self, contact: str) -> queue.NamedContact:
        return queue.NamedContact(contact=contact, name=contact_name(self._index, contact))


def _clock(clock: RunningClock) -> queue.ResponderClock:
    return queue.ResponderClock(
        step=clock.step, from_at=clock.begin, due_at=clock.due, limit_s=clock.limit / SECOND
    )


def _growth(fire: FireIncident, now: Micros) -> queue.FireGrowth:
    joined = growth(fire.points.in_order(), now)
    return queue.FireGrowth(
        points=len(fire.points),
        standing=fire.points.standing,
        first_at=joined.first,
        last_at=joined.last,
        last_minute=joined.last_minute,
        last_five_minutes=joined.last_five_minutes,
    )


def _sort(fire: FireIncident, clock: RunningClock | None) -> tuple[int, Micros, Micros]:
    if clock is None:
        rank, due = _WITHOUT_CLOCK, fire.opened_at
    else:
        rank, due = _REAL, clock.due
    return (_EXERCISE if fire.exercise is not None else rank), due, fire.opened_at
