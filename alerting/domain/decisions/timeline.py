"""The timeline entry of every stored signal, whatever it leads to."""

from typing import Any

import msgspec

from alerting.domain.model.effects import Effect, TimelineEntry, TimelineEvent
from alerting.domain.model.events import ClockSource, StoredSignal


def record_signal(heard: StoredSignal) -> list[Effect]:
    """Return the entries of a signal: its content, and the clock if it is not its gateway's."""
    signal = heard.signal
    data: dict[str, Any] = {
        "gateway": heard.gateway,
        "epoch": heard.epoch,
        "received_at": heard.received_at,
        **msgspec.to_builtins(signal),
    }
    entries: list[Effect] = [TimelineEntry(TimelineEvent.SIGNAL, signal.reason, data)]
    if heard.clock is not ClockSource.GATEWAY:
        times = {"changed_at": signal.changed_at, "taken_as": heard.happened_at}
        entries.append(
            TimelineEntry(TimelineEvent.CLOCK, heard.clock.value, {"gateway": heard.gateway, **times})
        )
    return entries
