"""The queue of deliveries, by destination, and every attempt to make one: within one transaction."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, select, update

from alerting.domain.model.answering import CallRecord
from alerting.domain.model.effects import Notify
from alerting.domain.notification.recipients import ONE_AT_A_TIME, Destination, RecipientChannels
from alerting.domain.notification.turns import Turns
from alerting.domain.wording.fires import Texts, texts
from alerting.domain.wording.webhook_body import body
from alerting.store import merging, statements
from alerting.store.merging import Rank, is_urgent, rank
from alerting.store.statements import DELIVERED, HANDED_OVER, REPLACED, WAITING
from alerting.store.tables import attempts, deliveries
from contract.http.incidents import Attempt, Delivery
from contract.ids import DeliveryId, IncidentId
from contract.times import SECOND, Micros
from registry.domain.index import Index
from runtime.prepared import DriverConnection
from words.loading import catalogue

LEASE = 180 * SECOND
"""For how long a delivery is left to the process that began to tell it: longer than an SMS waits for its
report. Another process of the same database that asks meanwhile must not tell it too."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class QueuedDelivery:
    """A notification on its way to *address*; *recipient_group* is the policy's name for them.

    Not before *not_before*, for the reason *suppressed_by*, where something holds it back. *call* is the
    number to call of a fire. What is *only_with_earlier* is sent only together with an earlier delivery
    that waits for the same person.
    *index* knows the names of people and points.
    """

    notification: Notify
    address: RecipientChannels
    recipient_group: str
    not_before: Micros = 0
    suppressed_by: str | None = None
    call: str = ""
    only_with_earlier: bool = False
    index: Index | None = None

    @property
    def id(self) -> DeliveryId:
        """The id of the delivery, here and at the destination."""
        case, person = (
            self.notification.id.removesuffix(f"/{self.notification.destination}"),
            self.address.person,
        )
        return DeliveryId(f"{case}/{person}{_suffix(self.address.channel)}")


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """A delivery to be attempted.

    What was merged *has_builtin_text*: no template of an operator holds for it. The *short* texts, by
    language, serve where many wait: *queue_length* counts first notices and escalations with this one.
    *number* rises with each delivery; a notice that is not stored has none.
    """

    id: DeliveryId
    incident: IncidentId
    destination: str
    channel: str
    event: str
    attempt: int
    body: str
    fallback_channels: tuple[str, ...] = ()
    rank: int = Rank.CAN_WAIT
    has_builtin_text: bool = False
    short: Mapping[str, str] | None = None
    queue_length: int = 1
    premises: str = ""
    began_at: Micros = 0
    number: int | None = None

    @property
    def queue(self) -> Destination:
        """The queue that it comes from."""
        return Destination(self.destination, self.channel)


@dataclass(frozen=True, slots=True)
class AttemptRoom:
    """The number of attempts that may be begun: *urgent* of any kind, of which *calm* can wait."""

    urgent: int = 1
    calm: int = 1


ONE = AttemptRoom()


class DeliveryQueue:
    """All deliveries, within one transaction on *connection*, for the process called *process*."""

    def __init__(self, connection: DriverConnection, process: str) -> None:
        self._db = connection
        self._process = process
        self.merged: list[merging.Merged] = []  # by this transaction

    def add(self, new: Collection[QueuedDelivery]) -> None:
        """Queue *new*; a repeat takes the place of the one that its destination still waits for.

        News for whoever acts or asked goes to others only where something waits for them that it is to
        be told with.
        """
        replaced = [
            {
                **_of_destination(each.address.destination),
                "incident_": each.notification.incident.id,
                "event_": each.notification.kind.value,
                "state": REPLACED,
                "done_at": each.notification.at,
                "merged_into": each.id,
            }
            for each in new
            if each.notification.supersedes_earlier and not each.only_with_earlier
        ]
        since = {each.id: self._waits_since(each) for each in new if _keeps_its_place(each.notification)}
        if replaced:
            self._db.execute(statements.REPLACE, replaced)
        self._insert([each for each in new if not each.only_with_earlier], since)
        self._insert([each for each in new if each.only_with_earlier and self._waits_for(each)], since)

    def _insert(self, new: Collection[QueuedDelivery], since: Mapping[DeliveryId, Micros]) -> None:
        if new:
            rows = [_row(each, since=since.get(each.id, each.notification.at)) for each in new]
            self._db.execute(statements.ADD_DELIVERY, rows)

    def _waits_since(self, delivery: QueuedDelivery) -> Micros:
        """Since when its destination waits for what *delivery* says again: a repeat keeps its place."""
        about = {
            **_of_destination(delivery.address.destination),
            "incident_": delivery.notification.incident.id,
            "event_": delivery.notification.kind.value,
        }
        since: Micros | None = self._db.scalar(statements.WAITS_SINCE, about)
        return delivery.notification.at if since is None else since

    def _waits_for(self, delivery: QueuedDelivery) -> bool:
        """Return whether another delivery of its incident waits for the destination of *delivery*."""
        about = {"incident_": delivery.notification.incident.id}
        rows = self._db.execute(statements.DESTINATIONS_OF_INCIDENT, about)
        return delivery.address.destination in map(_destination, rows)

    def persons_notified(self, incident: IncidentId, asked: str) -> tuple[str, ...]:
        """Return the contacts notified of *incident* under the name *asked*, in their order."""
        rows = self._db.execute(statements.PERSONS_NOTIFIED, {"incident_": incident, "asked_": asked})
        return tuple(row.destination for row in rows)

    def waiting_destinations(self) -> list[Destination]:
        """Return the destinations for which something waits."""
        columns = deliveries.c.destination, deliveries.c.channel
        query = select(*columns).where(deliveries.c.state == WAITING).distinct()
        return [_destination(row) for row in self._db.execute(query)]

    def begin_attempt(self, destination: Destination, now: Micros) -> DeliveryAttempt | None:
        """Record that the next delivery to *destination* is about to be attempted."""
        return next(iter(self.begin_attempts(destination, now)), None)

    def begin_attempts(
        self,
        destination: Destination,
        now: Micros,
        *,
        busy: Collection[IncidentId] = (),
        room: AttemptRoom = ONE,
    ) -> list[DeliveryAttempt]:
        """Record that the next deliveries to *destination* are about to be attempted, by the *room*.

        *busy* are the incidents of which one is under way; of each other one at most is begun.
        """
        begun: list[DeliveryAttempt] = []
        passed = set(busy)
        while (left := _left(room, begun)).urgent > 0:
            rows = self._ready(destination, now, passed=passed, room=left)
            for row in rows:
                if row.incident in passed or (not is_urgent(row.rank) and _left(room, begun).calm == 0):
                    continue
                passed.add(row.incident)
                if (waiting := self._begin(row, now)) is not None:
                    begun.append(waiting)
            if len(rows) < left.urgent:
                break
        return begun

    def _ready(
        self, destination: Destination, now: Micros, *, passed: Collection[str], room: AttemptRoom
    ) -> Sequence[Any]:
        """Return the deliveries to *destination* that are due, as far as there is *room* for them."""
        lowest_rank = Rank.CAN_WAIT if room.calm > 0 else Rank.ESCALATION
        about = {**_of_destination(destination), "now_": now, "busy_": list(passed)}
        ready = {**about, "lowest_rank_": lowest_rank, "limit_": room.urgent}
        return self._db.execute(statements.NEXT_DELIVERIES, ready).all()

    def begin_attempt_in_turn(
        self, channel: str, now: Micros, *, busy: Collection[tuple[str, str]], turns: Turns
    ) -> DeliveryAttempt | None:
        """Record that the next delivery by *channel*, to anybody, is about to be attempted.

        *busy* are the incidents and destinations of which one is under way; *turns* say which premises
        was served last.
        """
        ready = {"channel_": channel, "now_": now, "busy_": list(busy)}
        while waiting := self._db.execute(statements.WAITING_PREMISES, ready).all():
            of_premises = {**ready, "premises_": turns.next_of(waiting)}
            row = self._db.execute(statements.NEXT_OF_CHANNEL, of_premises).one_or_none()
            if row is None:
                return None  # another process is about to tell it
            if (begun := self._begin(row, now)) is not None:
                return replace(begun, queue_length=self._queue_length(channel, now))
        return None

    def waits(self, channel: str, now: Micros) -> bool:
        """Return whether any delivery, of whatever rank, is ready to go by *channel*, or under way."""
        about = {"channel_": channel, "now_": now}
        return self._db.execute(statements.READY_BY_CHANNEL, about).first() is not None

    def _queue_length(self, channel: str, now: Micros) -> int:
        """Count the first notices and escalations that are ready to go by *channel*."""
        about = {"channel_": channel, "now_": now, "rank_": Rank.ESCALATION}
        return int(self._db.scalar(statements.QUEUE_LENGTH, about) or 0)

    def _begin(self, row: Any, now: Micros) -> DeliveryAttempt | None:
        """Begin with *row*, merged with what waits beside it; None where nothing is left to tell."""
        changes: dict[str, Any] = {}
        if row.rank < Rank.CAN_WAIT and (row.others_wait or row.only_with_earlier):
            found = merging.waiting_with(self._db, row, now=now, process=self._process)
            if found.is_for_nobody:
                merging.replace(self._db, found.rows, by=None, now=now)
                return None
            if found.others:
                merging.replace(self._db, found.others, by=found.last.id, now=now)
                self.merged.append(found.account())
                row, changes = found.last, found.merged()
        return self._lease_delivery(row, changes, now)

    def _lease_delivery(self, row: Any, changes: Mapping[str, Any], now: Micros) -> DeliveryAttempt:
        number, rest = row.attempts + 1, tuple(json.loads(row.fallback_channels))
        leased = {"attempts": number, "next_at": now + LEASE, "leased_by": self._process}
        self._db.execute(statements.CHANGE_DELIVERY, {"id_": row.id, **changes, **leased})
        begun = {"delivery": row.id, "attempt": number, "began_at": now}
        self._db.execute(statements.BEGIN_ATTEMPT, begun)
        said = {**row._mapping, **changes}
        return DeliveryAttempt(
            id=row.id,
            incident=row.incident,
            destination=row.destination,
            channel=row.channel,
            event=row.event,
            attempt=number,
            body=said["body"],
            fallback_channels=rest,
            rank=said["rank"],
            has_builtin_text="texts" in changes,
            short=json.loads(said["texts"] or "{}").get("short"),
            premises=row.premises,
            began_at=now,
            number=row.number,
        )

    def end_attempt(self, done: DeliveryAttempt, *, result: str, now: Micros) -> None:
        """Record how an attempt ended."""
        self.end_attempts([(done, result)], now)

    def end_attempts(self, ended: Sequence[tuple[DeliveryAttempt, str]], now: Micros) -> None:
        """Record how attempts ended, each with its result."""
        rows = [
            {"delivery_": done.id, "attempt_": done.attempt, "ended_at": now, "result": result}
            for done, result in ended
        ]
        if rows:
            self._db.execute(statements.END_ATTEMPT, rows)

    def delivered(self, done: DeliveryAttempt, now: Micros) -> None:
        """Record that the destination has received *done*."""
        self.set_delivered([done], now)

    def set_delivered(self, done: Sequence[DeliveryAttempt], now: Micros) -> None:
        """Record that the destinations have received all of *done*."""
        state = {"state": DELIVERED, "done_at": now, "leased_by": None}
        if done:
            rows = [{"id_": each.id, **state} for each in done]
            self._db.execute(statements.CHANGE_DELIVERY, rows)

    def hand_over(self, failed: DeliveryAttempt, now: Micros) -> Destination:
        """Let the next channel of the same person tell what *failed* cannot."""
        row = self._db.execute(statements.DELIVERY, {"id_": failed.id}).one()
        if row.state == HANDED_OVER:  # recorded before, and the answer of the database was lost
            return Destination(failed.destination, failed.fallback_channels[0])
        state = {"state": HANDED_OVER, "done_at": now, "leased_by": None}
        self._db.execute(statements.CHANGE_DELIVERY, {"id_": failed.id, **state})
        channel, *rest = failed.fallback_channels
        base = failed.id.removesuffix(_suffix(failed.channel))
        copy = dict(row._mapping) | {
            "id": base + _suffix(channel),
            "channel": channel,
            "fallback_channels": json.dumps(rest),
            "attempts": 0,
            "next_at": now,
            "created_at": now,
            "leased_by": None,
        }
        del copy["number"], copy["done_at"]
        self._db.execute(statements.ADD_DELIVERY, [copy])
        return Destination(failed.destination, channel)

    def retry_destination_now(self, destination: Destination, now: Micros) -> None:
        """Try at once whatever waits for *destination*, and nothing holds back: it answers again."""
        about = {**_of_destination(destination), "now_": now, "next_at": now}
        self._db.execute(statements.RETRY_DESTINATION_NOW, about)

    def retry_channel_now(self, channel: str, now: Micros) -> None:
        """Try at once whatever waits for anybody on *channel*: it works again."""
        self._db.execute(
            statements.RETRY_CHANNEL_NOW, {"channel_": channel, "now_": now, "next_at": now}
        )

    def retry_all_now(self, now: Micros) -> None:
        """Try all that waits at once: a restart may have been the remedy."""
        now_and_who = {"now_": now, "process_": self._process, "next_at": now}
        self._db.execute(statements.RETRY_ALL_NOW, now_and_who)

    def next_attempt_in_turn(self, channel: str, *, busy: Collection[tuple[str, str]]) -> Micros | None:
        """Return the time of the next attempt by *channel* to anybody, beside what is *busy*."""
        about = {"channel_": channel, "busy_": list(busy)}
        due: Micros | None = self._db.scalar(statements.NEXT_ATTEMPT_OF_CHANNEL, about)
        return due

    def overdue_destinations(self, now: Micros) -> list[Destination]:
        """Return the destinations for which something is overdue: of a process that died, say."""
        rows = self._db.execute(statements.OVERDUE_DESTINATIONS, {"now_": now})
        return [_destination(row) for row in rows]

    def postpone(self, failed: DeliveryAttempt, until: Micros) -> None:
        """Try this delivery again at *until*."""
        self._db.execute(
            statements.CHANGE_DELIVERY, {"id_": failed.id, "next_at": until, "leased_by": None}
        )

    def postpone_all(self, failed: DeliveryAttempt, until: Micros) -> None:
        """The destination cannot be reached: try what waited when *failed* began again at *until*."""
        self.postpone(failed, until)
        began = {"delivery_": failed.id, "attempt_": failed.attempt}
        rest = {**_of_destination(failed.queue), **began, "until_": until, "next_at": until}
        self._db.execute(statements.POSTPONE_ALL, rest)

    def suppressed_destinations(self, held: str) -> list[Destination]:
        """Return the destinations for which something waits that what is called *held* holds back."""
        columns = deliveries.c.destination, deliveries.c.channel
        query = select(*columns).where(_is_held(held)).distinct()
        return [_destination(row) for row in self._db.execute(query)]

    def release(self, held: str, destination: Destination, until: Micros) -> None:
        """Let what *held* holds back from *destination* wait until *until* and no longer."""
        contact, channel = destination
        to_it = (deliveries.c.destination == contact) & (deliveries.c.channel == channel)
        released = update(deliveries).where(_is_held(held), to_it)
        self._db.execute(released.values(next_at=until, not_before=until))

    def notified_since(self, person: str, premises: str, since: Micros) -> list[Micros]:
        """Return the times of the recent and planned deferrable messages of *premises* to *person*."""
        about = {"destination_": person, "premises_": premises, "since_": since}
        return [row.next_at for row in self._db.execute(statements.NOTIFIED_SINCE, about)]

    def next_attempt(
        self, destination: Destination, *, busy: Collection[IncidentId] = (), is_calm: bool = True
    ) -> Micros | None:
        """Return when the next attempt to *destination* is due, beside the incidents that are *busy*.

        Messages that are not urgent count too where *is_calm*.
        """
        lowest_rank = Rank.CAN_WAIT if is_calm else Rank.ESCALATION
        about = {**_of_destination(destination), "busy_": list(busy), "lowest_rank_": lowest_rank}
        due: Micros | None = self._db.scalar(statements.NEXT_ATTEMPT, about)
        return due

    def calls(self, incident: IncidentId, *, passed_over: Collection[str]) -> dict[str, CallRecord]:
        """Return the calls to *incident*, and when they arrived; events *passed_over* do not count."""
        about = {"incident_": incident, "passed_over_": list(passed_over)}
        return {
            row.recipient_group: CallRecord(row.since, row.delivered_at, bool(row.failed))
            for row in self._db.execute(statements.CALLED, about)
        }

    def anybody_reached(self, incident: IncidentId) -> bool:
        """Return whether anybody has received more of *incident* than a suspicion."""
        return self._db.scalar(statements.RECEIVED, {"incident_": incident}) is not None

    def of(self, incident: IncidentId) -> list[Delivery]:
        """Return every delivery of *incident* with its attempts."""
        names = (
            "id",
            "destination",
            "channel",
            "event",
            "state",
            "created_at",
            "done_at",
            "suppressed_by",
        )
        columns = [deliveries.c[name] for name in (*names, "not_before", "merged_into")]
        query = select(*columns).where(deliveries.c.incident == incident).order_by(deliveries.c.number)
        made = self._attempts_of(incident)
        return [Delivery(**row._mapping, attempts=made[row.id]) for row in self._db.execute(query)]

    def _attempts_of(self, incident: IncidentId) -> dict[str, list[Attempt]]:
        """Return the attempts at the deliveries of *incident*, by the id of the delivery."""
        query = (
            select(attempts)
            .join(deliveries, deliveries.c.id == attempts.c.delivery)
            .where(deliveries.c.incident == incident)
            .order_by(attempts.c.began_at)
        )
        found: dict[str, list[Attempt]] = defaultdict(list)
        for row in self._db.execute(query):
            times = {"began_at": row.began_at, "ended_at": row.ended_at}
            found[row.delivery].append(Attempt(attempt=row.attempt, **times, result=row.result))
        return found


def _is_held(held: str) -> ColumnElement[bool]:
    return (deliveries.c.state == WAITING) & (deliveries.c.suppressed_by == held)


def _suffix(channel: str) -> str:
    """Return the suffix of ids by *channel*; a webhook, once the only one, has none."""
    return "" if channel == "webhook" else f"/{channel}"


def _destination(row: Any) -> Destination:
    return Destination(row.destination, row.channel)


def _of_destination(destination: Destination) -> dict[str, str]:
    return dict(zip(("destination_", "channel_"), destination, strict=True))


def _left(room: AttemptRoom, begun: Collection[DeliveryAttempt]) -> AttemptRoom:
    """Return the part of *room* that is left beside the attempts of *begun*."""
    calm = sum(not is_urgent(each.rank) for each in begun)
    urgent = max(0, room.urgent - len(begun))
    return AttemptRoom(urgent, min(urgent, max(0, room.calm - calm)))


def _keeps_its_place(notification: Notify) -> bool:
    return notification.supersedes_earlier and rank(notification.kind) <= Rank.ESCALATION


def _row(delivery: QueuedDelivery, *, since: Micros) -> dict[str, Any]:
    notification, address = delivery.notification, delivery.address
    said = texts(
        notification,
        call=delivery.call,
        catalogue=catalogue(),
        index=delivery.index,
        with_short=address.channel in ONE_AT_A_TIME,
    )
    message = body(notification, said, delivery=delivery.id, call=delivery.call)
    return {
        "id": delivery.id,
        "incident": notification.incident.id,
        "premises": notification.incident.site.id,
        "destination": address.person,
        "channel": address.channel,
        "fallback_channels": json.dumps(address.fallback),
        "recipient_group": delivery.recipient_group,
        "event": notification.kind.value,
        "rank": rank(notification.kind),
        "state": WAITING,
        "attempts": 0,
        "next_at": max(notification.at, delivery.not_before),
        "not_before": delivery.not_before,
        "suppressed_by": delivery.suppressed_by,
        "created_at": notification.at,
        "since": since,
        "body": _encode(message).decode(),
        "texts": _other_texts(said, address.channel),
        "only_with_earlier": delivery.only_with_earlier,
    }


def _other_texts(said: Texts, channel: str) -> str | None:
    """Those beside the message's own that *channel* may need."""
    found = {"catch_up_text": said.catch_up_text}
    if channel in ONE_AT_A_TIME:
        found |= {"short": said.short, "catch_up_short_text": said.catch_up_short_text}
    kept = {name: each for name, each in found.items() if each is not None}
    return json.dumps(kept, ensure_ascii=False) if kept else None
