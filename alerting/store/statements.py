"""The statements that every signal and every relay runs: put together once, and not each time.

A parameter that is not a column's new value ends in an underscore.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import IncidentKind
from alerting.domain.notification.center import CENTER
from alerting.domain.watch.conditions import OUT_OF_SERVICE_KINDS
from alerting.store.tables import (
    attempts,
    conditions,
    coverage,
    deadlines,
    deliveries,
    incident_items,
    incidents,
    quarantined_signals,
    signals,
    timeline,
)
from contract.recovered_fires import UNVERIFIED
from registry.model.templates import NotificationKind
from runtime.prepared import Prepared, PreparedForKeys

T = TypeVar("T")

WAITING, DELIVERED, REPLACED, HANDED_OVER = "waiting", "delivered", "replaced", "handed_over"
"""States of a delivery."""

OVER = (DELIVERED, REPLACED, HANDED_OVER)
"""The states in which nothing more is tried."""

_signal_key = signals.c.premises, signals.c.gateway, signals.c.epoch, signals.c.seq

_content = (
    signals.c.kind,
    signals.c.edge,
    signals.c.scope,
    signals.c.name,
    signals.c.committed_at,
)
# Of one stream at a time: of several at once SQLite looks through all signals of each.
KNOWN = Prepared(
    select(*_signal_key, *_content).where(
        signals.c.premises == bindparam("premises_"),
        signals.c.gateway == bindparam("gateway_"),
        signals.c.epoch == bindparam("epoch_"),
        signals.c.seq.in_(bindparam("seqs_", expanding=True)),
    )
)
ADD_SIGNALS = Prepared(insert(signals))

_fires_of_point = select(signals.c.edge, signals.c.happened_at, signals.c.committed_at).where(
    signals.c.premises == bindparam("premises_"),
    signals.c.gateway == bindparam("gateway_"),
    signals.c.name == bindparam("name_"),
    signals.c.kind == "fire",
    # What its gateway did not sign restores nothing, and does not bring back what was restored.
    signals.c.epoch.not_like(f"{UNVERIFIED}%"),
)
LATER_SIGNAL = Prepared(
    _fires_of_point.where(signals.c.epoch == bindparam("epoch_"), signals.c.seq > bindparam("seq_"))
    .order_by(signals.c.seq.desc())
    .limit(1)
)
# Two ranges instead of "not equal": the index leads past all signals of the point's own epoch.
LATER_IN_ANOTHER_EPOCH = Prepared(
    _fires_of_point.where(
        or_(signals.c.epoch < bindparam("epoch_"), signals.c.epoch > bindparam("epoch_")),
        tuple_(signals.c.happened_at, signals.c.committed_at)
        > tuple_(bindparam("happened_", type_=BigInteger), bindparam("committed_", type_=BigInteger)),
    )
    .order_by(signals.c.happened_at.desc(), signals.c.committed_at.desc(), signals.c.seq.desc())
    .limit(1)
)

_stream = coverage.c.premises, coverage.c.gateway, coverage.c.epoch
COVERED = PreparedForKeys(select(coverage).where, _stream)
ALL_COVERED = Prepared(select(coverage))
COVERED_SINCE = Prepared(select(coverage).where(coverage.c.heard_at >= bindparam("since_")))
COVERED_OF = Prepared(
    select(coverage).where(
        coverage.c.premises == bindparam("premises_"), coverage.c.gateway == bindparam("gateway_")
    )
)
DROP_COVERED = Prepared(
    delete(coverage).where(
        coverage.c.premises == bindparam("premises_"),
        coverage.c.gateway == bindparam("gateway_"),
        coverage.c.epoch == bindparam("epoch_"),
    )
)
DROP_COVERED_BEFORE = Prepared(delete(coverage).where(coverage.c.heard_at < bindparam("before_")))
ADD_COVERED = Prepared(insert(coverage))
CHANGE_COVERED = Prepared(
    update(coverage).where(
        coverage.c.premises == bindparam("premises_"),
        coverage.c.gateway == bindparam("gateway_"),
        coverage.c.epoch == bindparam("epoch_"),
    )
)

_condition = (
    conditions.c.premises,
    conditions.c.gateway,
    conditions.c.scope,
    conditions.c.name,
    conditions.c.kind,
    conditions.c.reason,
)
_set_aside_of_gateway = and_(
    quarantined_signals.c.premises == bindparam("premises_"),
    quarantined_signals.c.gateway == bindparam("gateway_"),
)
IS_SET_ASIDE = Prepared(
    select(quarantined_signals.c.id).where(
        _set_aside_of_gateway, quarantined_signals.c.digest == bindparam("digest_")
    )
)
SIZE_SET_ASIDE_OF = Prepared(select(func.sum(quarantined_signals.c.size)).where(_set_aside_of_gateway))
SIZE_SET_ASIDE = Prepared(select(func.sum(quarantined_signals.c.size)))
SET_ASIDE = Prepared(insert(quarantined_signals))
FIRST_SET_ASIDE = Prepared(
    select(quarantined_signals).order_by(quarantined_signals.c.id).limit(bindparam("most_"))
)
DROP_SET_ASIDE = Prepared(
    delete(quarantined_signals).where(quarantined_signals.c.id.in_(bindparam("ids_", expanding=True)))
)

CONDITIONS = PreparedForKeys(select(conditions).where, _condition)
FIRE_HISTORY = PreparedForKeys(
    select(conditions.c.premises, conditions.c.gateway, conditions.c.name).where, _condition[:5]
)
ADD_CONDITIONS = Prepared(insert(conditions))
CHANGE_CONDITION = Prepared(
    update(conditions).where(*(column == bindparam(f"{column.name}_") for column in _condition))
)
HOLDING = Prepared(
    select(conditions).where(conditions.c.edge == "raised", conditions.c.epoch == bindparam("epoch_"))
)
LOST_SINCE = Prepared(
    select(conditions.c.premises, conditions.c.gateway, conditions.c.happened_at)
    .where(conditions.c.edge == "raised", conditions.c.scope == "gateway")
    .where(conditions.c.reason.in_(bindparam("reasons_", expanding=True)))
    .where(conditions.c.happened_at >= bindparam("since_"))
    .order_by(conditions.c.happened_at)
)
_out_of_service = select(conditions).where(
    conditions.c.premises.in_(bindparam("premises_", expanding=True)),
    conditions.c.kind.in_(sorted(OUT_OF_SERVICE_KINDS)),
    conditions.c.edge == "raised",
)
OUT_OF_SERVICE = Prepared(_out_of_service)
SOME_OUT_OF_SERVICE = Prepared(_out_of_service.limit(bindparam("most_")))
# The signal by which each condition of a point holds.
STANDING_RAISES = Prepared(
    select(signals)
    .join(
        conditions,
        and_(
            *(signals.c[name] == conditions.c[name] for name in ("premises", "gateway", "epoch", "seq")),
        ),
    )
    .where(conditions.c.premises == bindparam("premises_"))
    .where(conditions.c.kind.in_(bindparam("kinds_", expanding=True)))
    .where(conditions.c.scope == "point", conditions.c.edge == "raised")
    .where(conditions.c.happened_at >= bindparam("since_"))
    .order_by(signals.c.id)
)
FIRES_HOLDING = Prepared(
    select(conditions)
    .where(conditions.c.premises == bindparam("premises_"), conditions.c.scope == "point")
    .where(conditions.c.kind == "fire", conditions.c.edge == "raised")
)
STANDING_FIRES = Prepared(
    select(func.count(func.distinct(conditions.c.name)))
    .where(conditions.c.premises == bindparam("premises_"))
    .where(conditions.c.gateway == bindparam("gateway_"), conditions.c.scope == "point")
    .where(conditions.c.kind == "fire", conditions.c.edge == "raised")
)
HELD_OF = Prepared(
    select(
        signals.c.premises, signals.c.gateway, signals.c.epoch, func.count(), func.max(signals.c.seq)
    ).group_by(signals.c.premises, signals.c.gateway, signals.c.epoch)
)
HELD_ABOVE = Prepared(
    select(func.count()).where(
        signals.c.premises == bindparam("premises_"),
        signals.c.gateway == bindparam("gateway_"),
        signals.c.epoch == bindparam("epoch_"),
        signals.c.seq > bindparam("highest_"),
    )
)
LAST_OF = Prepared(
    select(func.max(signals.c.seq)).where(
        signals.c.premises == bindparam("premises_"),
        signals.c.gateway == bindparam("gateway_"),
        signals.c.epoch == bindparam("epoch_"),
    )
)

_open = select(
    incidents.c.id,
    incidents.c.premises,
    incidents.c.kind,
    incidents.c.part,
    incidents.c.state,
    incidents.c.revision,
)
_open_now = _open.where(incidents.c.phase != Phase.CLOSED.value)
OPEN_INCIDENTS = Prepared(_open_now)
OPEN_INCIDENTS_OF = Prepared(
    _open_now.where(incidents.c.premises.in_(bindparam("premises_", expanding=True))).with_for_update()
)
PEEK_OPEN_INCIDENTS = Prepared(_open_now.where(incidents.c.premises == bindparam("premises_")))
LAST_CLOSED = Prepared(
    _open.where(incidents.c.premises == bindparam("premises_"), incidents.c.phase == Phase.CLOSED.value)
    .where(incidents.c.kind == IncidentKind.FIRE.value, incidents.c.part == bindparam("part_"))
    .order_by(incidents.c.opened_at.desc(), incidents.c.id.desc())
    .limit(1)
)
_incident = incidents.c.id == bindparam("id_")
INCIDENT = Prepared(_open.where(_incident).with_for_update())
ADD_INCIDENT = Prepared(insert(incidents))
CHANGE_INCIDENT = Prepared(update(incidents).where(_incident))
ITEMS_OF = Prepared(
    select(incident_items)
    .where(incident_items.c.incident.in_(bindparam("incidents_", expanding=True)))
    .order_by(incident_items.c.incident, incident_items.c.place)
)
ADD_ITEMS = Prepared(insert(incident_items))
CHANGE_ITEM = Prepared(
    update(incident_items).where(
        incident_items.c.incident == bindparam("incident_"),
        incident_items.c.place == bindparam("place_"),
    )
)

RECORD = Prepared(insert(timeline))
LAST_RECORDED = Prepared(select(func.last_insert_rowid()))
"""The id of the last entry that this transaction recorded, in SQLite."""

ADD_DEADLINES = Prepared(insert(deadlines))
DROP_DEADLINES = PreparedForKeys(delete(deadlines).where, (deadlines.c.incident, deadlines.c.key))
NEXT_DEADLINE = Prepared(select(func.min(deadlines.c.due_at)))
_newest_entries = select(timeline.c.at).order_by(timeline.c.id.desc()).limit(1_000).subquery()
_of_premises = incidents.c.premises != CENTER
DEADLINE_WAITS = Prepared(select(deadlines.c.key).join(incidents).where(_of_premises).limit(1))
DELIVERY_WAITS = Prepared(
    select(deliveries.c.id).join(incidents).where(_of_premises, deliveries.c.state == WAITING).limit(1)
)
LATEST_ENTRY = Prepared(select(func.max(_newest_entries.c.at)))

ADD_DELIVERY = Prepared(insert(deliveries))
_delivery = deliveries.c.id == bindparam("id_")
DELIVERY = Prepared(select(deliveries).where(_delivery))
_to_destination = (
    deliveries.c.destination == bindparam("destination_"),
    deliveries.c.channel == bindparam("channel_"),
)
_waiting = and_(deliveries.c.state == WAITING, *_to_destination)
# What another process is telling just now is that one's, until its time is over.
_ours = or_(
    deliveries.c.leased_by.is_(None),
    deliveries.c.leased_by == bindparam("process_"),
    deliveries.c.next_at <= bindparam("now_"),
)
CHANGE_DELIVERY = Prepared(update(deliveries).where(_delivery))
# Not "is waiting": SQLite might then look through all that waits for the destination, and not through
# the deliveries of the incident; which of the two depends on the order in which the indexes were made.
REPLACE = Prepared(
    update(deliveries).where(
        deliveries.c.incident == bindparam("incident_"),
        *_to_destination,
        deliveries.c.event == bindparam("event_"),
        *(deliveries.c.state != state for state in OVER),
    )
)
FIRST_WORDS = (NotificationKind.SUSPECTED.value, NotificationKind.UNCONFIRMED.value)
"""Events of a fire that are notified before it is confirmed."""

_reached_at = case((deliveries.c.state == DELIVERED, deliveries.c.done_at))
_has_failed = and_(deliveries.c.attempts > 0, deliveries.c.leased_by.is_(None))
# Of those notified of more than a suspicion, or of all: by the name under which the policy knows each.
CALLED = Prepared(
    select(
        deliveries.c.recipient_group,
        func.min(deliveries.c.created_at).label("since"),
        func.min(_reached_at).label("delivered_at"),
        func.min(case((_has_failed, 1), else_=0)).label("failed"),
    )
    .where(deliveries.c.incident == bindparam("incident_"))
    .where(deliveries.c.event.not_in(bindparam("passed_over_", expanding=True)))
    .group_by(deliveries.c.recipient_group)
)
WAITS_SINCE = Prepared(
    select(func.min(deliveries.c.since))
    .where(deliveries.c.incident == bindparam("incident_"), *_to_destination)
    .where(deliveries.c.event == bindparam("event_"), *(deliveries.c.state != each for each in OVER))
)
RECEIVED = Prepared(
    select(deliveries.c.number)
    .where(deliveries.c.incident == bindparam("incident_"), deliveries.c.state == DELIVERED)
    .where(deliveries.c.event.not_in(FIRST_WORDS))
    .limit(1)
)
_other = deliveries.alias("other")
_others_wait = exists(
    select(_other.c.number).where(
        _other.c.incident == deliveries.c.incident,
        _other.c.destination == deliveries.c.destination,
        _other.c.channel == deliveries.c.channel,
        _other.c.number != deliveries.c.number,
        *(_other.c.state != state for state in OVER),
    )
)
_in_order = deliveries.c.rank, deliveries.c.since, deliveries.c.number
# What is under way of an incident goes before what follows it.
_not_busy = deliveries.c.incident.not_in(bindparam("busy_", expanding=True))
NEXT_DELIVERIES = Prepared(
    select(deliveries, _others_wait.label("others_wait"))
    .where(_waiting, deliveries.c.next_at <= bindparam("now_"), _not_busy)
    .where(deliveries.c.rank <= bindparam("lowest_rank_"))
    .order_by(*_in_order)
    .limit(bindparam("limit_"))
    .with_for_update(skip_locked=True, of=deliveries)
)
_of_channel = (
    deliveries.c.state == WAITING,
    deliveries.c.channel == bindparam("channel_"),
    # What is under way of an incident to a person goes before what follows it.
    tuple_(deliveries.c.incident, deliveries.c.destination).not_in(bindparam("busy_", expanding=True)),
)
# The premises that wait for a channel: those of the lowest rank take turns, however much each one has.
WAITING_PREMISES = Prepared(
    select(deliveries.c.premises, deliveries.c.rank, func.min(deliveries.c.since).label("since"))
    .where(*_of_channel, deliveries.c.next_at <= bindparam("now_"))
    .group_by(deliveries.c.premises, deliveries.c.rank)
)
NEXT_OF_CHANNEL = Prepared(
    select(deliveries, _others_wait.label("others_wait"))
    .where(*_of_channel, deliveries.c.next_at <= bindparam("now_"))
    .where(deliveries.c.premises == bindparam("premises_"))
    .order_by(*_in_order)
    .limit(1)
    .with_for_update(skip_locked=True, of=deliveries)
)
NEXT_ATTEMPT_OF_CHANNEL = Prepared(select(func.min(deliveries.c.next_at)).where(*_of_channel))
QUEUE_LENGTH = Prepared(
    select(func.count()).where(
        deliveries.c.state == WAITING,
        deliveries.c.channel == bindparam("channel_"),
        deliveries.c.rank <= bindparam("rank_"),
        deliveries.c.next_at <= bindparam("now_"),
    )
)
READY_BY_CHANNEL = Prepared(
    select(deliveries.c.number)
    .where(deliveries.c.state == WAITING, deliveries.c.channel == bindparam("channel_"))
    .where(or_(deliveries.c.next_at <= bindparam("now_"), deliveries.c.leased_by.is_not(None)))
    .limit(1)
)
# All that waits for a person of one incident, and that nobody else is telling.
MERGEABLE = Prepared(
    select(deliveries)
    .where(deliveries.c.incident == bindparam("incident_"), *_to_destination)
    .where(*(deliveries.c.state != state for state in OVER), _ours)
    .order_by(deliveries.c.number)
    .with_for_update(skip_locked=True)
)
MERGE = Prepared(update(deliveries).where(deliveries.c.id.in_(bindparam("ids_", expanding=True))))
FOLLOW_MERGED = Prepared(
    update(deliveries).where(
        deliveries.c.incident == bindparam("incident_"),
        deliveries.c.merged_into.in_(bindparam("ids_", expanding=True)),
    )
)
DESTINATIONS_OF_INCIDENT = Prepared(
    select(deliveries.c.destination, deliveries.c.channel)
    .where(deliveries.c.incident == bindparam("incident_"))
    .where(*(deliveries.c.state != state for state in OVER))
    .distinct()
)
# What came while the attempt was under way has not been tried yet, and is tried at once.
POSTPONE_ALL = Prepared(
    update(deliveries).where(
        _waiting,
        # Not what is under way: several messages to one person may be.
        or_(deliveries.c.leased_by.is_(None), deliveries.c.next_at <= bindparam("until_")),
        deliveries.c.not_before <= bindparam("until_"),
        deliveries.c.created_at
        <= select(attempts.c.began_at)
        .where(
            attempts.c.delivery == bindparam("delivery_"), attempts.c.attempt == bindparam("attempt_")
        )
        .scalar_subquery(),
    )
)
_can_go = deliveries.c.next_at > bindparam("now_"), deliveries.c.not_before <= bindparam("now_")
RETRY_DESTINATION_NOW = Prepared(
    update(deliveries).where(_waiting, deliveries.c.leased_by.is_(None), *_can_go)
)
RETRY_CHANNEL_NOW = Prepared(
    update(deliveries).where(
        deliveries.c.state == WAITING,
        deliveries.c.channel == bindparam("channel_"),
        deliveries.c.leased_by.is_(None),
        *_can_go,
    )
)
RETRY_ALL_NOW = Prepared(update(deliveries).where(deliveries.c.state == WAITING, _ours, *_can_go))
OVERDUE_DESTINATIONS = Prepared(
    select(deliveries.c.destination, deliveries.c.channel)
    .where(deliveries.c.state == WAITING, deliveries.c.next_at <= bindparam("now_"))
    .distinct()
)
NOTIFIED_SINCE = Prepared(
    select(deliveries.c.next_at)
    # Written out, as an index of these alone has it: what a parameter is nobody knows beforehand.
    .where(
        deliveries.c.destination == bindparam("destination_"), deliveries.c.rank == literal_column("4")
    )
    .where(deliveries.c.premises == bindparam("premises_"))
    .where(deliveries.c.next_at >= bindparam("since_"), deliveries.c.state.in_([WAITING, DELIVERED]))
)
PERSONS_NOTIFIED = Prepared(
    select(deliveries.c.destination)
    .where(
        deliveries.c.incident == bindparam("incident_"),
        deliveries.c.recipient_group == bindparam("asked_"),
    )
    .group_by(deliveries.c.destination)
    .order_by(func.min(deliveries.c.number))
)
NEXT_ATTEMPT = Prepared(
    select(func.min(deliveries.c.next_at)).where(
        _waiting, _not_busy, deliveries.c.rank <= bindparam("lowest_rank_")
    )
)

BEGIN_ATTEMPT = Prepared(insert(attempts))
# Once: it may be asked for again, where the answer of the first time was lost on its way.
END_ATTEMPT = Prepared(
    update(attempts).where(
        attempts.c.delivery == bindparam("delivery_"),
        attempts.c.attempt == bindparam("attempt_"),
        attempts.c.ended_at.is_(None),
    )
)


def chunks(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """*items* in parts of up to *size*: a statement takes only so many parameters."""
    return (items[start : start + size] for start in range(0, len(items), size))
