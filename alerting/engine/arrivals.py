"""What arrives from gateways, stored once: new signals, numbers that were used again, coverage."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import structlog

from alerting.domain.model.clocks import happened_at
from alerting.domain.model.effects import TimelineEntry, TimelineEvent
from alerting.domain.model.events import ClockSource, StoredSignal
from alerting.domain.notification.center import CENTER
from alerting.domain.watch.gateways import GatewayFinding
from alerting.domain.watch.points import PointFinding
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.coverage import ArrivalCount
from alerting.store.store import Content
from contract.ids import SignalKey, StreamKey
from contract.messages import Kind, Proof, Scope, Signal
from contract.recovered_fires import UNNUMBERED
from contract.times import Micros

log = structlog.get_logger(__name__)

AGAIN = "~"
"""Stands in an epoch that a gateway did not make, before the count of its lives; no gateway's has it."""

MOST_LIVES = 20
"""How often the numbers of an epoch may begin again; then each signal has an epoch of its own."""

LONGEST_BASE = 46
"""Characters of the gateway's epoch that are kept in such an epoch, of 64."""


@dataclass(frozen=True, slots=True)
class ArrivedSignals:
    """Signals of one alarm message as it arrived.

    *proofs* are those of *signals*, in the same order, or none where nobody can be told; *quarantined*
    those of signals that were set aside durably. *offset* is how far the gateway's clock was behind, in
    microseconds, or None where that is unknown.
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

    @property
    def stream(self) -> StreamKey:
        """What numbers these signals."""
        return StreamKey(self.premises, self.gateway, self.epoch)


@dataclass(frozen=True, slots=True)
class OwnFinding:
    """A finding of the center about a gateway, or about a point that is registered there."""

    premises: str
    gateway: str
    finding: GatewayFinding | PointFinding


NewSignals = list[tuple[ArrivedSignals, StoredSignal]]
"""Signals that were not stored before, with the arrival of each."""


def store_signals(
    work: UnitOfWork, arrivals: Sequence[ArrivedSignals], known: Counter[StreamKey]
) -> NewSignals:
    """Store those signals that are new; returns them as they came, each epoch's in its own order.

    Those that are not new are counted in *known*.
    """
    new = _new(work, arrivals, known)
    came = {stream: turn for turn, stream in enumerate(dict.fromkeys(a.stream for a, _ in new))}
    new.sort(key=lambda each: (came[each[0].stream], each[1].seq))
    heard = [(arrival, _heard(arrival, signal)) for arrival, signal in new]
    for arrival, each in heard:
        if AGAIN in arrival.epoch:
            _number_again(work, arrival, each.signal)
    # Stored first: the end of a condition may stand in this group, before its beginning.
    work.store.add_signals([row_of(arrival.premises, each, work.now) for arrival, each in heard])
    work.store.conditions.note_signals([(arrival.premises, each) for arrival, each in heard])
    return heard


def _new(
    work: UnitOfWork, arrivals: Sequence[ArrivedSignals], known: Counter[StreamKey]
) -> list[tuple[ArrivedSignals, Signal]]:
    """The signals that are not stored yet.

    One whose number another signal had, because its gateway was restored from a backup, is new: it
    is kept under an epoch of its own making, where it is known when it is sent again.
    """
    came = [(arrival, signal) for arrival in arrivals for signal in arrival.signals]
    new: dict[SignalKey, tuple[ArrivedSignals, Signal]] = {}
    while came:
        there = work.store.known([_number(*each) for each in came])
        again: list[tuple[ArrivedSignals, Signal]] = []
        for arrival, signal in came:
            number, content = _number(arrival, signal), _content(signal)
            if number not in there:
                there[number], new[number] = content, (arrival, signal)
            elif there[number] == content:
                known[arrival.stream] += 1
            else:
                again.append((replace(arrival, epoch=_epoch_after(arrival.epoch, content)), signal))
        came = again
    return list(new.values())


def _number_again(work: UnitOfWork, arrival: ArrivedSignals, signal: Signal) -> None:
    data = {"gateway": arrival.gateway, "epoch": arrival.epoch, "seq": signal.seq}
    log.error("a number was used again; look at that gateway", premises=arrival.premises, **data)
    entry = TimelineEntry(TimelineEvent.SIGNAL, "number_used_again", data)
    work.add_entry(arrival.premises, None, entry)


def cover(work: UnitOfWork, arrivals: Sequence[ArrivedSignals], known: Counter[StreamKey]) -> None:
    """Count *arrivals* as stored, and let their gateways be told; *known* is what came again.

    A receipt names the very bytes that arrived and are stored now, and nothing else: no claim of a
    gateway, true or forged, makes the center say that it holds what it has not seen.
    """
    came: dict[StreamKey, ArrivalCount] = {}
    for arrival in arrivals:
        if arrival.epoch.startswith(UNNUMBERED):
            continue  # its gateway gave it no number that a receipt could name
        proofs = (*arrival.proofs, *arrival.quarantined)
        each = came.setdefault(arrival.stream, ArrivalCount())
        each.messages.append(({proof.seq for proof in proofs}, arrival.floor))
        each.quarantined += len(arrival.quarantined)
        each.heard_at = max(each.heard_at, arrival.received_at)
        work.result.receipts.setdefault(arrival.stream, []).extend(proofs)
    for stream, count in known.items():
        base = stream._replace(epoch=stream.epoch.partition(AGAIN)[0])
        if (each_known := came.get(base)) is not None:
            each_known.duplicates += count
    work.store.coverage.note(came)


def all_of_the_center(work: UnitOfWork, found: Sequence[OwnFinding]) -> list[StoredSignal]:
    """The signals that tell what was *found*, numbered after the center's last ones of each gateway."""
    last = dict[StreamKey, int]()
    heard: list[StoredSignal] = []
    for each in found:
        stream = StreamKey(each.premises, each.gateway, CENTER)
        last[stream] = last.get(stream, 0) or work.store.last_number(stream)
        last[stream] += 1
        heard.append(_of_the_center(work, each, last[stream]))
    return heard


def _of_the_center(work: UnitOfWork, found: OwnFinding, number: int) -> StoredSignal:
    finding = found.finding
    kind, scope, name = Kind.FAULT, Scope.GATEWAY, found.gateway
    if isinstance(finding, PointFinding):
        kind, scope, name = finding.deviation.kind, Scope.POINT, finding.deviation.point
    signal = Signal(
        seq=number,
        kind=kind,
        edge=finding.edge,
        scope=scope,
        name=name,
        reason=str(finding.reason),
        value=finding.value,
        changed_at=work.now,
        committed_at=work.now,
    )
    return StoredSignal(found.gateway, CENTER, signal, work.now, work.now, ClockSource.GATEWAY)


def _number(arrival: ArrivedSignals, signal: Signal) -> SignalKey:
    return SignalKey(*arrival.stream, signal.seq)


def _content(signal: Signal) -> Content:
    return signal.kind.value, signal.edge.value, signal.scope.value, signal.name, signal.committed_at


def _epoch_after(epoch: str, content: Content) -> str:
    """The epoch of a signal whose number in *epoch* stands for another one; the same each time."""
    base, _, made = epoch.partition(AGAIN)
    last = int(made or 0)
    if last < MOST_LIVES:
        return f"{base[:LONGEST_BASE]}{AGAIN}{last + 1}"
    digest = int.from_bytes(sha256(repr(content).encode()).digest()[:6])
    return f"{base[:LONGEST_BASE]}{AGAIN}{MOST_LIVES + 1 + digest}"


def _heard(arrival: ArrivedSignals, signal: Signal) -> StoredSignal:
    happened, clock = happened_at(signal.changed_at, arrival.received_at, arrival.offset)
    return StoredSignal(arrival.gateway, arrival.epoch, signal, arrival.received_at, happened, clock)


def row_of(premises: str, heard: StoredSignal, now: Micros) -> dict[str, Any]:
    """The row of a signal in the table of signals."""
    signal = heard.signal
    return {
        "premises": premises,
        "gateway": heard.gateway,
        "epoch": heard.epoch,
        "seq": signal.seq,
        "kind": signal.kind.value,
        "edge": signal.edge.value,
        "scope": signal.scope.value,
        "name": signal.name,
        "reason": signal.reason,
        "quantity": signal.quantity,
        "value": signal.value,
        "changed_at": signal.changed_at,
        "committed_at": signal.committed_at,
        "received_at": heard.received_at,
        "stored_at": now,
        "happened_at": heard.happened_at,
        "clock": heard.clock.value,
    }
