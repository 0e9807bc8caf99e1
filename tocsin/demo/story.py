"""What happened so far, line by line, in the words of a duty officer and with the time each hop took."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import UnsetType

from alerting.domain.model.incident import NOT_ACKNOWLEDGED, NOT_ANSWERED
from alerting.domain.notification.templates import in_language
from alerting.domain.wording.families import DECISIONS
from contract.http.signals import SignalRecord
from contract.messages import Kind
from contract.quantities import QUANTITIES
from contract.webhook import Body, FireNotification
from tocsin.demo.notifications import Arrival
from words.catalogue import Words, family


class Tone(StrEnum):
    """How grave a line is."""

    CALM = "calm"
    WARNING = "warning"
    FIRE = "fire"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, *at* microseconds since 1970; *hops* tells how long its way took."""

    at: int
    who: str
    text: str
    hops: str
    tone: Tone


PEOPLE = (
    "command-center",
    "truong-ban",
    "doi-truong-co-so",
    "bao-ve",
    "dan-phong-phuong-1",
    "ubnd-phuong-1",
    "doi-khu-vuc-1",
    "phong-canh-sat",
    "ky-thuat",
)
"""People who are notified in the course of the demonstration, in the order of the screen."""

PERSONS = family("demo.person", PEOPLE)
SIGNALS = family("demo.signal", Kind)

_NAMED_REASONS = frozenset({NOT_ACKNOWLEDGED, NOT_ANSWERED})
"""Reasons of a message that its headline names."""

_TONES = {
    "confirmed": Tone.FIRE,
    "spread": Tone.FIRE,
    "escalated": Tone.FIRE,
    "unconfirmed": Tone.WARNING,
    "fault": Tone.CALM,
}


def signal_line(signal: SignalRecord, words: Words) -> Line:
    """Return the line for a signal that the center has stored."""
    raised, fire = signal.edge == "raised", signal.kind in {"fire", "prealarm"}
    text = _reported(signal, words)
    if not raised:
        text = words.text("demo.restored", signal=text)
    tone = Tone.WARNING if raised and fire else Tone.CALM
    return Line(signal.stored_at, signal.gateway, text, _signal_hops(signal, words), tone)


def _reported(signal: SignalRecord, words: Words) -> str:
    name, kind = signal.name, words.name(SIGNALS, signal.kind)
    quantity = QUANTITIES.get(signal.quantity or "")
    if quantity is None or signal.value is None or quantity.unit == "0/1":
        return words.text("demo.raised", name=name, kind=kind)
    value, unit = f"{signal.value:.2f}", quantity.unit
    return words.text("demo.raised_measured", name=name, kind=kind, value=value, unit=unit)


def _signal_hops(signal: SignalRecord, words: Words) -> str:
    gateway, center, stored = (
        f"{(at - signal.changed_at) / 1_000:.1f}"
        for at in (signal.committed_at, signal.received_at, signal.stored_at)
    )
    return words.text("demo.signal_hops", gateway=gateway, center=center, stored=stored)


def answer_line(person: str, at: int, words: Words) -> Line:
    """Return the line for a person who says that they have seen it."""
    return Line(at, words.name(PERSONS, person), words.text("demo.seen"), "", Tone.GOOD)


def relay_lines(arrivals: Sequence[Arrival], words: Words) -> Iterator[Line]:
    """Yield a line for each notification, however many people received it by whatever channels."""
    together: dict[tuple[str, str, int], list[Arrival]] = defaultdict(list)
    for each in arrivals:
        together[each.relay.incident, each.relay.event, each.relay.at].append(each)
    for same in together.values():
        yield _relay_line(same, words)


def _relay_line(same: Sequence[Arrival], words: Words) -> Line:
    first = min(same, key=lambda each: each.at)
    notified = {each.person for each in same}
    people = [*(each for each in PEOPLE if each in notified), *sorted(notified - set(PEOPLE))]
    more = f" +{len(people) - 1}" if people[1:] else ""
    tone = _TONES.get(first.relay.event, Tone.GOOD)
    who = words.name(PERSONS, people[0]) + more
    return Line(first.at, who, _headline(first.relay, words), _notified_hops(same, words), tone)


def _headline(relay: Body, words: Words) -> str:
    """Return the first words of the message; all of it would fill the screen with points."""
    said = in_language(relay.text, words.language).partition(",")[0].partition(":")[0]
    if relay.reason in _NAMED_REASONS:
        return f"{said} · {words.name(DECISIONS, relay.reason)}"
    if isinstance(relay, FireNotification):
        return f"{said} · {words.counted('demo.points', len(relay.points))}"
    return said


def _notified_hops(same: Sequence[Arrival], words: Words) -> str:
    """Return the channels, and how long after the point that led to it the last one knew."""
    count, channels = len(same), "+".join(sorted({each.channel for each in same}))
    cause, last = same[0].relay.cause, max(each.at for each in same)
    if isinstance(cause, UnsetType):
        return words.text("demo.notified_hops", count=count, channels=channels)
    delay = f"{(last - cause.changed_at) / 1_000:.1f}"
    return words.text("demo.notified_hops_after", count=count, channels=channels, delay=delay)


def in_order(lines: Sequence[Line]) -> list[Line]:
    """*lines* as they happened."""
    return sorted(lines, key=lambda line: line.at)
