"""The timeline entry of every stored signal, whatever it leads to."""

from typing import Any

import msgspec

from alerting.domain.model.effects import Effect, TimelineEntry, TimelineEvent
from alerting.domain.model.events import ClockSource, StoredSignal


def record_signal(stored: StoredSignal) -> list[Effect]:
    """Return the entries of a signal: its content, and the clock if it is not its gateway's."""
    signal = stored.signal
    data: dict[str, Any] = {
        "gateway": stored.gateway,
        "epoch": stored.epoch,
        "received_at": stored.received_at,
        **msgspec.to_builtins(signal),
    }
    entries: list[Effect] = [TimelineEntry(TimelineEvent.SIGNAL, signal.reason, data)]
    if stored.clock is not ClockSource.GATEWAY:
        times = {"changed_at": signal.changed_at, "taken_as": stored.happened_at}
        entries.append(
            TimelineEntry(TimelineEvent.CLOCK, stored.clock.value, {"gateway": stored.gateway, **times})
        )
    return entries


def seen_entry(by: str, contact: str) -> TimelineEntry:
    """Return the entry that *by*, who is *contact* of the registry if any, has seen the incident."""
    known = {"contact": contact} if contact else {}
    return TimelineEntry(TimelineEvent.SEEN, "seen_by_operator", {"by": by, **known})
