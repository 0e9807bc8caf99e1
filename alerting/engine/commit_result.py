"""The result of a transaction: everything that has to be sent or looked at now that it is durable."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alerting.domain.notification.recipients import Destination
from alerting.domain.watch.synthetic_fire import Hop
from alerting.store.deliveries import DeliveryAttempt
from contract.ids import GatewayKey, StreamKey
from contract.messages import IncidentNotice, Proof
from contract.timeline import Entry
from contract.times import Micros


@dataclass(slots=True)
class CommitResult:
    """The *receipts* and *notices* to publish, and the *destinations* for which something is queued.

    *begun* are the attempts that are to be made now, as the transaction recorded. The queues of
    *unattended* have to be looked at: more may be due there, or come due later. *next_deadline* is the
    earliest deadline that was set; *deadlines_changed* where others may have changed too. *entries* is
    how many lines the timeline has more, *timeline* all of them, or empty where their ids are not known.
    *set_aside* and *not_set_aside* are how many bad signals the quarantine got, by reason, and how many
    it had no room for; *work_s* is the processor time that the change took. *on_hop* is called by each
    listener that passed a round of the synthetic fire on; None of all else.
    """

    receipts: dict[StreamKey, list[Proof]] = field(default_factory=dict)
    notices: dict[GatewayKey, IncidentNotice] = field(default_factory=dict)
    destinations: set[Destination] = field(default_factory=set)
    unattended: set[Destination] = field(default_factory=set)
    begun: list[DeliveryAttempt] = field(default_factory=list)
    next_deadline: Micros | None = None
    deadlines_changed: bool = False
    entries: int = 0
    timeline: Sequence[Entry] = ()
    set_aside: Counter[str] = field(default_factory=Counter)
    not_set_aside: int = 0
    work_s: float = 0.0
    on_hop: Callable[[Hop], None] | None = None
