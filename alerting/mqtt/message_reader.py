"""Reads alarm messages part by part: signals within the budget of their gateway, and bad ones aside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from alerting.engine.arrivals import ArrivedSignals, RefusedSignal
from alerting.mqtt.gate import Gate
from alerting.mqtt.rejected_messages import RejectedMessages
from alerting.mqtt.supervision import Supervision
from alerting.mqtt.waiting_message import WaitingMessage
from contract.digests import digest
from contract.ids import StreamKey
from contract.messages import AlarmMessage, BadMessage, BadSignal, Proof, Signal, decode_signals
from contract.recovered_fires import UNNUMBERED, RecoveredFire, recover_fires_of_signal


@dataclass(frozen=True, slots=True)
class PartRead:
    """The *arrivals* of a part of a message, how many *signals* were looked at, and the *rest*."""

    arrivals: list[ArrivedSignals]
    signals: int = 1
    rest: WaitingMessage | None = None


class MessageReader:
    """Reads what may pass the *gate*; whole messages that are bad go to *rejected*."""

    def __init__(self, gate: Gate, rejected: RejectedMessages, supervision: Supervision) -> None:
        self._gate = gate
        self._rejected = rejected
        self._supervision = supervision

    def read_part(self, message: WaitingMessage, most: int) -> PartRead:
        """Return the next *most* signals of *message*, as far as they are stored now."""
        if message.fires is not None:
            return PartRead(self.arrivals_of_fires(message, message.fires), len(message.fires))
        try:
            opened = message.open()
        except BadMessage as error:
            return PartRead(self._arrivals_of_rejected(message, error))
        part = slice(message.begin, message.begin + most)
        arrivals = list(self._arrivals_of(message, decode_signals(opened, part), opened.signals[part]))
        return PartRead(arrivals, max(1, len(opened.signals[part])), message.rest_of(opened, most))

    def arrivals_of_fires(
        self, message: WaitingMessage, fires: Sequence[RecoveredFire]
    ) -> list[ArrivedSignals]:
        """Return *fires* without a number, each under an epoch of its own: it is stored once, however
        often it is resent.
        """
        stream = StreamKey(*message.key, UNNUMBERED)
        return [
            ArrivedSignals(*message.key, fire.epoch, 1, (signal,), message.received_at)
            for fire, signal in ((fire, fire.signal(message.key.gateway)) for fire in fires)
            if self._gate.passes_signal(stream, signal, size=0)
        ]

    def _arrivals_of_rejected(self, message: WaitingMessage, error: BadMessage) -> list[ArrivedSignals]:
        """Reject *message*, and return the fires that can be read in it nevertheless."""
        self._supervision.note_quarantined(message.key)
        fires = self._rejected.reject_alarm(message, reason=error.refusal.value, detail=str(error))
        return self.arrivals_of_fires(message, fires)

    def _arrivals_of(
        self, message: WaitingMessage, alarm: AlarmMessage, raws: Sequence[bytes]
    ) -> Iterator[ArrivedSignals]:
        fires = [fire for bad in alarm.bad for fire in recover_fires_of_signal(bad.raw)]
        passing = self._passing(StreamKey(*message.key, alarm.epoch), alarm, raws=raws, fires=fires)
        if passing is not None:
            yield self._arrival(message, passing)
        yield from self.arrivals_of_fires(message, [fire for fire in fires if fire.seq is None])

    def _passing(
        self,
        stream: StreamKey,
        alarm: AlarmMessage,
        *,
        raws: Sequence[bytes],
        fires: Sequence[RecoveredFire],
    ) -> AlarmMessage | None:
        """Return the part of *alarm* that is stored now, with the *fires* in it; None if nothing is."""
        if not raws:
            return alarm if self._gate.passes_bytes(stream, size=0) else None
        size = sum(map(len, raws)) // len(raws)
        good = [
            (signal, proof)
            for signal, proof in zip(alarm.signals, alarm.proofs, strict=True)
            if self._gate.passes_signal(stream, signal, size=size)
        ]
        bad = [each for each in alarm.bad if self._gate.passes_bytes(stream, size=len(each.raw))]
        if bad:
            self._supervision.note_quarantined(stream.gateway_key)
        recovered = self._passing_fires(stream, fires)
        if not (good or bad or recovered):
            return None
        return replace(
            alarm,
            signals=(*(signal for signal, _ in good), *recovered),
            proofs=tuple(proof for _, proof in good),
            bad=tuple(bad),
        )

    def _passing_fires(self, stream: StreamKey, fires: Sequence[RecoveredFire]) -> list[Signal]:
        """Return the signals of the numbered *fires* that are stored now, one for each number."""
        numbered = {fire.seq: fire.signal(stream.gateway) for fire in fires if fire.seq is not None}
        return [each for each in numbered.values() if self._gate.passes_signal(stream, each, size=0)]

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


def _refused(bad: BadSignal) -> RefusedSignal:
    proof = None if bad.seq is None else Proof(bad.seq, digest(bad.raw))
    return RefusedSignal(bad.raw, "bad_signal", bad.reason, proof)
