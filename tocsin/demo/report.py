"""The report of a demonstration, counted at its two ends: simulators, and stores and receivers."""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UnsetType

from contract.http.signals import SignalRecord
from firmware_sim.domain.ground_truth import SentValue
from firmware_sim.outputs.ground_truth import summarize
from registry.model.policies import COMMAND_CENTER
from tocsin.demo.notifications import Arrival, Verdict


@dataclass(frozen=True, slots=True)
class PremisesEnds:
    """Both ends of one premises."""

    burned: bool
    truth: Sequence[SentValue]
    readings: Mapping[tuple[str, str], int]
    signals: Sequence[SignalRecord]


def report(
    premises: Mapping[str, PremisesEnds],
    arrivals: Sequence[Arrival],
    verdict: Verdict,
    *,
    missing: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the counts, as ``tocsin demo --json`` writes them; ``ok`` is true if all is as it must be.

    *missing* are the milestones that the story has not reached.
    """
    at_center = [each for each in arrivals if each.person == COMMAND_CENTER]
    burned = burned_premises(premises)
    confirmed = {each.relay.premises.id for each in arrivals if each.relay.event == "confirmed"}
    signals = _Balance.of(_fires_shown(premises), _fires_stored(premises))
    readings = _Balance.of(_values_sent(premises), _values_stored(premises))
    lost = signals.missing + readings.missing
    faultless = burned == confirmed and lost == 0 and not verdict.not_notified and not verdict.unexpected
    return {
        "ok": faultless and not missing,
        "missing": list(missing),
        "fires_simulated": len(burned),
        "confirmed": len(confirmed),
        "relayed": len(burned & confirmed),
        "false_notifications": len(confirmed - burned),
        "unconfirmed_notifications": sum(each.relay.event == "unconfirmed" for each in at_center),
        "notified_by": dict(Counter(each.channel for each in arrivals)),
        "notified": _by_person(arrivals),
        "stages_notified": verdict.stages,
        "not_notified": verdict.not_notified,
        "unexpected": verdict.unexpected,
        "fire_signals_expected": signals.sent,
        "fire_signals_stored": signals.stored,
        "readings_sent": readings.sent,
        "readings_stored": readings.stored,
        "lost": lost,
        "latency_ms": latency(premises, at_center),
    }


def burned_premises(premises: Mapping[str, PremisesEnds]) -> set[str]:
    """Return the premises that have a fire, not merely something that smokes."""
    return {name for name, each in premises.items() if each.burned}


def _by_person(arrivals: Iterable[Arrival]) -> dict[str, dict[str, int]]:
    people: dict[str, dict[str, int]] = defaultdict(dict)
    counts = Counter((each.person, each.channel) for each in arrivals)
    for (person, channel), count in counts.items():
        people[person][channel] = count
    return dict(people)


@dataclass(frozen=True, slots=True)
class _Balance:
    sent: int
    stored: int
    missing: int

    @classmethod
    def of(cls, sent: Counter[tuple[str, ...]], stored: Counter[tuple[str, ...]]) -> "_Balance":
        return cls(sent.total(), stored.total(), (sent - stored).total())


def _fires_shown(premises: Mapping[str, PremisesEnds]) -> Counter[tuple[str, ...]]:
    """Count the fires that each point unmistakably showed."""
    return Counter(
        {
            (name, address): point.fires
            for name, each in premises.items()
            for address, point in summarize(each.truth).items()
        }
    )


def _fires_stored(premises: Mapping[str, PremisesEnds]) -> Counter[tuple[str, ...]]:
    return Counter(
        (name, signal.name)
        for name, each in premises.items()
        for signal in each.signals
        if (signal.kind, signal.edge, signal.scope) == ("fire", "raised", "point")
    )


def _values_sent(premises: Mapping[str, PremisesEnds]) -> Counter[tuple[str, ...]]:
    return Counter(
        (name, sent.address, sent.quantity)
        for name, each in premises.items()
        for sent in each.truth
        if sent.value is not None
    )


def _values_stored(premises: Mapping[str, PremisesEnds]) -> Counter[tuple[str, ...]]:
    return Counter(
        {(name, *key): count for name, each in premises.items() for key, count in each.readings.items()}
    )


def latency(
    premises: Mapping[str, PremisesEnds], arrivals: Iterable[Arrival]
) -> dict[str, float | int | None]:
    """Return the milliseconds from a sample on the wire to its relay at the receiver.

    The cause of a relay names its point and when the gateway took the sample; the sample itself is the
    last one that the simulator wrote for that point before then.
    """
    written: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, each in premises.items():
        for sent in each.truth:
            written[name, sent.address].append(sent.at)
    taken = sorted(_delays(written, arrivals))
    return {
        "p50": _percentile(taken, 50),
        "p99": _percentile(taken, 99),
        "max": _percentile(taken, 100),
        "relays": len(taken),
    }


def _delays(
    written: Mapping[tuple[str, str], list[int]], arrivals: Iterable[Arrival]
) -> Iterable[float]:
    for each in arrivals:
        cause = each.relay.cause
        if isinstance(cause, UnsetType):
            continue
        times = written.get((each.relay.premises.id, cause.name), [])
        place = bisect_right(times, cause.changed_at)
        if place:
            yield (each.at - times[place - 1]) / 1_000


def _percentile(ordered: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile of *ordered*, or None of nothing."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)], 3)
