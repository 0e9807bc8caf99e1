"""Stores what arrives from gateways, once: new signals, numbers that were used again, coverage."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

import structlog

from alerting.domain.model.clocks import happened_at
from alerting.domain.model.effects import TimelineEntry, TimelineEvent
from alerting.domain.model.events import StoredSignal
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.coverage import ArrivalCount
from alerting.store.set_aside import SetAside
from alerting.store.store import SignalContent, content_of
from contract.ids import SignalKey, StreamKey
from contract.messages import Proof, Signal
from contract.recovered_fires import UNNUMBERED
from contract.times import Micros
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

AGAIN = "~"
"""Stands in an epoch that a gateway did not make, before the count of its lives; no gateway's has it."""

MOST_LIVES = 20
"""Times that the numbers of an epoch may begin again; then each signal has an epoch of its own."""

LONGEST_BASE = 46
"""Characters of the gateway's epoch that are kept in such an epoch, of 64."""


@dataclass(frozen=True, slots=True)
class RefusedSignal:
    """A signal that is set aside: its bytes as they came, and its *proof* where it has a number."""

    raw: bytes
    reason: str
    detail: str
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class ArrivedSignals:
    """Signals of one alarm message as it arrived.

    *proofs* are those of *signals*, in the same order, or none where nobody can be told; *quarantined*
    those of signals that were set aside durably; *bad* are to be set aside, and the signals beyond
    *proofs* are the fires that were read in them. *offset* is how far the gateway's clock was behind, in
    microseconds, or None where that is unknown. *stream* is the one that numbers these signals.
    """

    premises: str
    gateway: str
    epoch: str
    floor: int
    signals: tuple[Signal, ...]
    received_at: Micros
    quarantined: tuple[Proof, ...] = ()
    offset: int | None = None
    proofs: tuple[Proof, ...] = ()
    bad: tuple[RefusedSignal, ...] = ()
    stream: StreamKey = field(init=False)

    def __post_init__(self) -> None:
        # Asked for at every step of the intake; made once.
        object.__setattr__(self, "stream", StreamKey(self.premises, self.gateway, self.epoch))

    def with_bad_set_aside(self) -> "ArrivedSignals":
        """Return these signals as they are once the *bad* ones are set aside: proven too."""
        proofs = {bad.proof.seq: bad.proof for bad in self.bad if bad.proof is not None}
        fires = [signal.seq for signal in self.signals[len(self.proofs) :]]
        return replace(
            self,
            proofs=(*self.proofs, *(proofs.pop(seq) for seq in fires if seq in proofs)),
            quarantined=(*self.quarantined, *proofs.values()),
            bad=(),
        )


NewSignals = list[tuple[ArrivedSignals, StoredSignal]]
"""Signals that were not stored before, with the arrival of each."""


def store_new_signals(
    unit: UnitOfWork, arrivals: Sequence[ArrivedSignals], known: Counter[StreamKey]
) -> NewSignals:
    """Store those signals that are new; returns them as they came, each epoch's in its own order.

    Those that are not new are counted in *known*.
    """
    new = _new(unit, arrivals, known)
    turns = {stream: turn for turn, stream in enumerate(dict.fromkeys(a.stream for a, _ in new))}
    new.sort(key=lambda each: (turns[each[0].stream], each[1].seq))
    stored = [(arrival, stored_signal(arrival, signal)) for arrival, signal in new]
    for arrival, signal in new:
        if AGAIN in arrival.epoch:
            _report_number_used_again(unit, arrival, signal)
    # Stored first: the end of a condition may stand in this group, before its beginning.
    unit.store_signals([(arrival.premises, each) for arrival, each in stored])
    return stored


def _new(
    unit: UnitOfWork, arrivals: Sequence[ArrivedSignals], known: Counter[StreamKey]
) -> list[tuple[ArrivedSignals, Signal]]:
    """The signals that are not stored yet.

    One whose number another signal had, because its gateway was restored from a backup, is new: it
    is kept under an epoch of its own making, where it is known when it is sent again.
    """
    came = [(arrival, signal) for arrival in arrivals for signal in arrival.signals]
    new: dict[SignalKey, tuple[ArrivedSignals, Signal]] = {}
    while came:
        contents = unit.store.known([_key(*each) for each in came])
        again: list[tuple[ArrivedSignals, Signal]] = []
        for arrival, signal in came:
            key, content = _key(arrival, signal), content_of(signal)
            if key not in contents:
                contents[key], new[key] = content, (arrival, signal)
            elif contents[key] == content:
                known[arrival.stream] += 1
            else:
                again.append((replace(arrival, epoch=_epoch_after(arrival.epoch, content)), signal))
        came = again
    return list(new.values())


def _report_number_used_again(unit: UnitOfWork, arrival: ArrivedSignals, signal: Signal) -> None:
    data = {"gateway": arrival.gateway, "epoch": arrival.epoch, "seq": signal.seq}
    key = arrival.stream.gateway_key
    log_of_senders.error("sequence number reused", sender=key, premises=arrival.premises, **data)
    entry = TimelineEntry(TimelineEvent.SIGNAL, "number_used_again", data)
    unit.add_entry(arrival.premises, None, entry)


def set_aside_bad_signals(unit: UnitOfWork, arrivals: Sequence[ArrivedSignals]) -> list[ArrivedSignals]:
    """Set the bad signals of *arrivals* aside; where there is no room, no receipt will name them."""
    return [_set_aside(unit, each) if each.bad else each for each in arrivals]


def _set_aside(unit: UnitOfWork, arrival: ArrivedSignals) -> ArrivedSignals:
    first, count = arrival.bad[0], len(arrival.bad)
    together = SetAside(
        arrival.stream.gateway_key,
        b"[" + b",".join(bad.raw for bad in arrival.bad) + b"]",
        first.reason,
        # PostgreSQL stores no NUL.
        f"{count} signals, the first: {first.detail}".replace("\0", ""),
        arrival.received_at,
    )
    if unit.store.set_aside.keep(together):
        unit.result.set_aside[first.reason] += count
        return arrival.with_bad_set_aside()
    unit.result.not_set_aside += count
    return replace(arrival, bad=())


def count_coverage(
    unit: UnitOfWork, arrivals: Sequence[ArrivedSignals], known: Counter[StreamKey]
) -> None:
    """Count *arrivals* as stored, and have receipts of them published; *known* is what came again.

    A receipt names the very bytes that arrived and are stored now, and nothing else: no claim of a
    gateway, true or forged, makes the center say that it holds what it has not seen.
    """
    counts: dict[StreamKey, ArrivalCount] = {}
    for arrival in arrivals:
        if arrival.epoch.startswith(UNNUMBERED):
            continue  # its gateway gave it no number that a receipt could name
        proofs = (*arrival.proofs, *arrival.quarantined)
        count = counts.setdefault(arrival.stream, ArrivalCount())
        count.messages.append(({proof.seq for proof in proofs}, arrival.floor))
        count.quarantined += len(arrival.quarantined)
        count.heard_at = max(count.heard_at, arrival.received_at)
        unit.result.receipts.setdefault(arrival.stream, []).extend(proofs)
    for stream, duplicates in known.items():
        base = stream._replace(epoch=stream.epoch.partition(AGAIN)[0])
        if (of_base := counts.get(base)) is not None:
            of_base.duplicates += duplicates
    unit.store.coverage.count_arrivals(counts)


def _key(arrival: ArrivedSignals, signal: Signal) -> SignalKey:
    return SignalKey(*arrival.stream, signal.seq)


def _epoch_after(epoch: str, content: SignalContent) -> str:
    """The epoch of a signal whose number in *epoch* stands for another one; the same each time."""
    base, _, made = epoch.partition(AGAIN)
    last = int(made or 0)
    if last < MOST_LIVES:
        return f"{base[:LONGEST_BASE]}{AGAIN}{last + 1}"
    number = int.from_bytes(sha256(repr(tuple(content)).encode()).digest()[:6])
    return f"{base[:LONGEST_BASE]}{AGAIN}{MOST_LIVES + 1 + number}"


def stored_signal(arrival: ArrivedSignals, signal: Signal) -> StoredSignal:
    """Return *signal* of *arrival* with the time at which it happened, as far as that is known."""
    happened, clock = happened_at(signal.changed_at, arrival.received_at, arrival.offset)
    return StoredSignal(arrival.gateway, arrival.epoch, signal, arrival.received_at, happened, clock)
