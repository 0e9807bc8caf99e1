"""Count what is refused, say it in the log, and set it aside, so much of each address."""

from collections.abc import Callable

import structlog

from gateway.domain.model.moment import Moment
from receiver.adapters.frame_quarantine import FrameQuarantine
from receiver.adapters.metrics import Metrics
from receiver.adapters.peer import Peer
from receiver.domain.address_budget import AddressBudget
from receiver.domain.message import Refused
from runtime.repeats import Repeats

log = structlog.get_logger(__name__)

_SET_ASIDE_A_MINUTE = 60
"""Frames of one address that go to the quarantine in a minute; all are counted."""


class Refusals:
    """Takes what is refused, of all peers."""

    def __init__(
        self, set_aside: FrameQuarantine, *, now: Callable[[], Moment], metrics: Metrics
    ) -> None:
        self._set_aside = set_aside
        self._now = now
        self._metrics = metrics
        self._quarantined = AddressBudget(_SET_ASIDE_A_MINUTE / 60, _SET_ASIDE_A_MINUTE)
        self._repeats = Repeats()

    def refuse(
        self,
        peer: Peer,
        raw: bytes,
        error: Refused,
        *,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Set *raw* of *peer* aside for *error*, and call *then* once it is on disk."""
        now = self._now().t
        self._metrics.refused.labels(error.fault.value).inc()
        due = self._repeats.is_due(error.fault, now)
        (log.warning if due else log.debug)(
            "frame refused; quarantined", peer=peer.name, fault=error.fault.value, detail=str(error)
        )
        if self._quarantined.try_take(peer.address, now):
            self._set_aside.put(peer.name, raw, error.fault, str(error), then=then or _nothing)


def _nothing() -> None:
    """Answer nothing: bytes that are no frame are nobody's."""
