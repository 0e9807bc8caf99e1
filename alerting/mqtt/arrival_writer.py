"""Stores groups of arrived signals, whatever the database makes of them."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from alerting.engine.arrivals import ArrivedSignals, RefusedSignal
from alerting.engine.intake import Intake
from alerting.mqtt.quarantined_signals import QuarantinedSignals
from alerting.mqtt.supervision import Supervision
from alerting.store.errors import DatabaseError, ValueRefused
from alerting.store.retry import PASSING, VALUES_REFUSED, DatabaseRetry
from contract.ids import SignalKey
from contract.messages import Signal, encode
from contract.recovered_fires import fire_without_details
from runtime.clock import Clock
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

REFUSED_REMEMBERED = 10_000
"""Signals remembered as refused by a failing database; beyond it the trouble is known well enough."""


class ArrivalWriter:
    """Stores arrivals by *intake*; a signal that the database refuses holds up no other."""

    def __init__(
        self,
        intake: Intake,
        *,
        clock: Clock,
        database_retry: DatabaseRetry,
        supervision: Supervision,
        quarantined: QuarantinedSignals,
    ) -> None:
        self._intake = intake
        self._quarantined = quarantined
        self._clock = clock
        self._database_retry = database_retry
        self._supervision = supervision
        self._refused: set[SignalKey] = set()

    async def store_arrivals(self, arrivals: Sequence[ArrivedSignals]) -> float:
        """Store *arrivals*; waits while the database is away. Returns the seconds of work it took."""
        try:
            result = await self._database_retry.until_stored(
                lambda: self._intake.accept_arrivals(arrivals, self._clock()), despite=PASSING
            )
        except (DatabaseError, *VALUES_REFUSED) as error:
            await self._store_singly(arrivals, error)
            return 0.0
        if result.set_aside or result.not_set_aside:
            self._quarantined.note_set_aside(result)
        if self._refused:
            self._stored_after_all(arrivals)
        return result.work_s

    async def _store_singly(self, arrivals: Sequence[ArrivedSignals], error: Exception) -> None:
        """Store *arrivals* one by one, because the database refuses something in them."""
        singles = [
            replace(each, signals=(signal,), proofs=each.proofs[at : at + 1], quarantined=(), bad=())
            for each in arrivals
            for at, signal in enumerate(each.signals)
        ]
        if len(singles) > 1:
            log_of_senders.warning(
                "group of signals refused; storing them one by one",
                sender=singles[0].stream.gateway_key,
                reason=str(error),
            )
            for single in singles:
                await self.store_arrivals([single])
            await self.store_arrivals([replace(each, signals=(), proofs=()) for each in arrivals])
            return
        for single in singles:
            if isinstance(error, DatabaseError) and not isinstance(error, ValueRefused):
                self._leave_unreceipted(single, error)
            else:
                await self._not_storable(single, str(error))

    def _leave_unreceipted(self, single: ArrivedSignals, error: DatabaseError) -> None:
        """Leave a signal without a receipt, so that it is sent again: the database is failing."""
        number = _number(single, single.signals[0])
        log_of_senders.error(
            "signal not stored; its gateway sends it again",
            sender=single.stream.gateway_key,
            number=number,
        )
        if len(self._refused) < REFUSED_REMEMBERED:
            self._refused.add(number)
            self._database_retry.record_failure(number, error)

    def _stored_after_all(self, arrivals: Sequence[ArrivedSignals]) -> None:
        stored = {_number(each, signal) for each in arrivals for signal in each.signals}
        for number in self._refused & stored:
            self._database_retry.clear(number)
        self._refused -= stored

    async def _not_storable(self, single: ArrivedSignals, reason: str) -> None:
        """Set aside a signal that the database refuses; a fire is stored without its details."""
        signal = single.signals[0]
        self._supervision.note_quarantined(single.stream.gateway_key)
        plain = fire_without_details(signal)
        proof = single.proofs[0] if single.proofs and plain is None else None
        bad = (RefusedSignal(encode(signal), "not_storable", reason, proof),)
        if plain is None:
            await self.store_arrivals([replace(single, signals=(), proofs=(), bad=bad)])
        elif plain != signal:
            await self.store_arrivals([replace(single, signals=(plain,), bad=bad)])
        else:
            # A receipt would let its gateway forget a fire that nobody was notified of.
            key = single.stream.gateway_key
            log_of_senders.error("fire signal not stored", sender=key, premises=single.premises)


def _number(arrival: ArrivedSignals, signal: Signal) -> SignalKey:
    return SignalKey(*arrival.stream, signal.seq)
