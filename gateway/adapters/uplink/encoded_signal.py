"""A change of a condition as the signal that goes out."""

from collections.abc import Callable

from contract.messages import Signal, encode
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment


def encoder_of(change: ConditionChange, now: Callable[[], Moment]) -> Callable[[int], bytes]:
    """Return a call that encodes *change* as the signal of a number; *now* is when it is stored."""
    return lambda seq: encode(
        Signal(
            seq=seq,
            kind=change.kind,
            edge=change.edge,
            scope=change.scope,
            name=change.name,
            reason=str(change.reason),
            changed_at=change.at,
            committed_at=now().at,
            quantity=change.quantity,
            value=change.value,
        )
    )
