"""Reads alarm messages part by part: signals within the budget of their gateway, and bad ones aside."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from alerting.engine.arrivals import ArrivedSignals, RefusedSignal
from alerting.mqtt.gate import Gate
from alerting.mqtt.rejected_messages import RejectedMessages
from alerting.mqtt.signature_guard import SignatureGuard
from alerting.mqtt.supervision import Supervision
from alerting.mqtt.waiting_message import WaitingMessage
from contract.digests import digest
from contract.gateway_signing import SignatureVerdict
from contract.ids import StreamKey
from contract.messages import AlarmMessage, BadMessage, BadSignal, Proof, Signal, decode_signals
from contract.recovered_fires import UNNUMBERED, RecoveredFire
from contract.topics import Leaf

UNVERIFIED_DETAIL = "the gateway is enrolled, and its key did not sign this message"

_ReadBad = tuple[BadSignal, list[RecoveredFire]]
"""A bad signal, and the fires in it."""


@dataclass(frozen=True, slots=True)
class PartRead:
    """The *arrivals* of a part of a message, how many *signals* were looked at, and the *rest*."""

    arrivals: list[ArrivedSignals]
    signals: int = 1
    rest: WaitingMessage | None = None


class MessageReader:
    """Reads what may pass the *gate*; whole messages that are bad go to *rejected*.

    *guard* verifies a message before anything in it counts. Of one that is not its gateway's the fires
    alone are told, as unverified. A round of the synthetic fire is handed to *on_round*, and to nobody
    else.
    """

    def __init__(
        self,
        gate: Gate,
        rejected: RejectedMessages,
        supervision: Supervision,
        guard: SignatureGuard,
        on_round: Callable[[WaitingMessage], None],
    ) -> None:
        self._guard = guard
        self._on_round = on_round
        self._gate = gate
        self._rejected = rejected
        self._supervision = supervision

    def read_part(self, message: WaitingMessage, most: int) -> PartRead:
        """Return the next *most* signals of *message*, as far as they are stored now."""
        if message.is_of_center:
            self._on_round(message)
            return PartRead([])
        if message.fires is not None:
            return PartRead(self.arrivals_of_fires(message, message.fires), len(message.fires))
        if message.is_new:
            verdict = self._guard.judge(message.key, Leaf.ALARM, message.payload)
            if not verdict.is_accepted:
                return PartRead(self._arrivals_of_unverified(replace(message, unverified=verdict)))
        try:
            opened = message.open()
        except BadMessage as error:
            return PartRead(self._arrivals_of_rejected(message, error))
        part = message.next_part(opened, most)
        arrivals = list(self._arrivals_of(message, decode_signals(opened, part), opened.signals[part]))
        rest = message.rest_from(part.stop, opened)
        return PartRead(arrivals, max(1, part.stop - part.start), rest)

    def arrivals_of_fires(
        self, message: WaitingMessage, fires: Sequence[RecoveredFire]
    ) -> list[ArrivedSignals]:
        """Return *fires* without a number, each under an epoch of its own: it is stored once, however
        often it is resent.
        """
        if message.unverified is not None:
            return list(self._passing_unverified(message, fires))
        stream = StreamKey(*message.key, UNNUMBERED)
        return [_arrival_of_fire(message, fire) for fire in fires if self._passes_fire(stream, fire)]

    def _arrivals_of_unverified(self, message: WaitingMessage) -> list[ArrivedSignals]:
        """Keep the bytes of *message*, report it, and return the fires in it; nothing is receipted."""
        reason = message.unverified or SignatureVerdict.WRONG
        self._supervision.note_unverified(message.key)
        fires = self._rejected.reject_alarm(message, reason=reason.value, detail=UNVERIFIED_DETAIL)
        return self.arrivals_of_fires(message, fires)

    def _passing_unverified(
        self, message: WaitingMessage, fires: Iterable[RecoveredFire]
    ) -> Iterator[ArrivedSignals]:
        for arrival in unverified_fires(message, fires):
            if self._gate.passes_unverified(arrival.stream, arrival.signals[0]):
                yield arrival

    def _arrivals_of_rejected(self, message: WaitingMessage, error: BadMessage) -> list[ArrivedSignals]:
        """Reject *message*, and return the fires that can be read in it nevertheless."""
        self._supervision.note_quarantined(message.key)
        fires = self._rejected.reject_alarm(message, reason=error.refusal.value, detail=str(error))
        return self.arrivals_of_fires(message, fires)

    def _arrivals_of(
        self, message: WaitingMessage, alarm: AlarmMessage, raws: Sequence[bytes]
    ) -> Iterator[ArrivedSignals]:
        self._gate.count_cleaned(alarm.cleaned)
        stream = StreamKey(*message.key, alarm.epoch)
        if not raws:
            if self._gate.passes_bytes(stream, size=0):
                yield self._arrival(message, alarm)
            return
        good = self._passing_signals(stream, alarm, size=sum(map(len, raws)) // len(raws))
        if len(good) == len(raws):
            yield self._arrival(message, alarm)
            return
        bad, fires = self._passing_bad(stream, self._read_bad(message, alarm.bad))
        # Each number once; a fire under it is stored whatever else stands there.
        numbered = {fire.seq: fire.signal(stream.gateway) for fire in fires if fire.seq is not None}
        if good or bad or numbered:
            signals = (*(signal for signal, _ in good), *numbered.values())
            proofs = tuple(proof for _, proof in good)
            passing = replace(alarm, signals=signals, proofs=proofs, bad=tuple(bad))
            yield self._arrival(message, passing)
        yield from (_arrival_of_fire(message, fire) for fire in fires if fire.seq is None)

    def _passing_signals(
        self, stream: StreamKey, alarm: AlarmMessage, *, size: int
    ) -> list[tuple[Signal, Proof]]:
        """Return the sound signals of *alarm* that are stored now, each of about *size* bytes."""
        return [
            (signal, proof)
            for signal, proof in zip(alarm.signals, alarm.proofs, strict=True)
            if self._gate.passes_signal(stream, signal, size=size)
        ]

    def _read_bad(self, message: WaitingMessage, bad: Sequence[BadSignal]) -> Iterator[_ReadBad]:
        """Yield those of *bad* that are read now, with the fires in them. One that is not has no
        receipt: a fire in it would be lost with the power if it were set aside before it is read.
        """
        for each in bad:
            self._supervision.note_quarantined(message.key)
            fires = self._rejected.recover_in_signal(message, each)
            if fires is not None:
                yield each, [_numbered(fire, each.seq) if len(fires) == 1 else fire for fire in fires]

    def _passing_bad(
        self, stream: StreamKey, read: Iterable[_ReadBad]
    ) -> tuple[list[BadSignal], list[RecoveredFire]]:
        """Return what of *read* is set aside now, and the fires in it that are stored now.

        A signal is not set aside, which receipts it, before the fires in it are stored.
        """
        aside: list[BadSignal] = []
        passing: list[RecoveredFire] = []
        for bad, fires in read:
            passed = [fire for fire in fires if self._passes_fire(stream, fire)]
            passing += passed
            stored = len(passed) == len(fires) or bad.seq is None
            if stored and self._gate.passes_bytes(stream, size=len(bad.raw)):
                aside.append(bad)
        return aside, passing

    def _passes_fire(self, stream: StreamKey, fire: RecoveredFire) -> bool:
        own = stream if fire.seq is not None else StreamKey(*stream.gateway_key, UNNUMBERED)
        return self._gate.passes_signal(own, fire.signal(stream.gateway), size=0)

    def _arrival(self, message: WaitingMessage, alarm: AlarmMessage) -> ArrivedSignals:
        return ArrivedSignals(
            *message.key,
            alarm.epoch,
            alarm.floor,
            alarm.signals,
            message.received_at,
            offset=self._supervision.clock_offset(message.key),
            proofs=alarm.proofs,
            bad=tuple(map(_refused, alarm.bad)),
        )


def unverified_fires(
    message: WaitingMessage, fires: Iterable[RecoveredFire]
) -> Iterator[ArrivedSignals]:
    """Yield *fires* of an unverified *message*, each under an epoch that says so: it is stored once."""
    reason = message.unverified or SignatureVerdict.WRONG
    for fire in fires:
        signal = fire.signal(message.key.gateway, reason.value)
        yield ArrivedSignals(*message.key, fire.unverified_epoch, 1, (signal,), message.received_at)


def _arrival_of_fire(message: WaitingMessage, fire: RecoveredFire) -> ArrivedSignals:
    signal = fire.signal(message.key.gateway)
    return ArrivedSignals(*message.key, fire.epoch, 1, (signal,), message.received_at)


def _numbered(fire: RecoveredFire, seq: int | None) -> RecoveredFire:
    """Return *fire* with the number of the signal in which it was read, where it has none itself."""
    return fire if fire.seq is not None else replace(fire, seq=seq)


def _refused(bad: BadSignal) -> RefusedSignal:
    proof = None if bad.seq is None else Proof(bad.seq, digest(bad.raw))
    return RefusedSignal(bad.raw, "bad_signal", bad.reason, proof)
