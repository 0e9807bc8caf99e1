"""Says what was lost: compares what was put on the line with what the center and its receiver hold.

Pure: values in, a verdict out. It knows nothing of how Tocsin works, only what was promised.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CLOCK_US = 5_000
"""How far two clocks of one machine, read one after the other, may seem to disagree."""

CONFIRMED = frozenset({"confirmed", "acknowledged", "closed"})


@dataclass(frozen=True, slots=True)
class Turn:
    """A call point that was pressed (1) or released (0); *at* in microseconds since 1970."""

    point: str
    value: int
    at: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reading put on the wire.

    It may be missing if its gateway was *killed_at* a moment shortly after, with the reading in hand.
    """

    value: float
    at: int
    killed_at: int | None = None


@dataclass
class Said:
    """All that was put on the line."""

    turns: list[Turn] = field(default_factory=list)
    readings: dict[str, list[Spoken]] = field(default_factory=dict)


@dataclass
class Held:
    """All that is found at the other end, and what the site believes of it."""

    signals: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    relays: list[tuple[int, dict[str, Any]]]
    readings: dict[str, list[float]]
    thinned: int
    #: Epoch and the numbers that the gateway no longer holds.
    released: list[tuple[str, range]]
    #: (epoch, number) of every signal that a receipt was seen for.
    receipted: set[tuple[str, int]]
    #: What the center's own ledgers say is missing, by lane.
    missing: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The effects of a fault that are no loss.

    *repeats*: a signal told a second time, with a number of its own, because the gateway was killed
    between storing it and noting that it had. *gaps*: numbers that the site's disk refused.
    *clocks*: the gateway's times are wrong, so order is told by its numbers alone. *rings*: how many
    incidents of a point were closed while it was pressed; it must ring again after each, in another one.
    """

    repeats: int = 0
    gaps: bool = False
    clocks: bool = False
    rings: Mapping[str, int] = field(default_factory=dict)
    epochs: int = 1


@dataclass
class Verdict:
    """The findings of the oracle; nothing is wrong while *lost*, *doubled* and *false* are empty."""

    signals: int = 0
    repeated: int = 0
    worst_delay_s: float = 0.0
    forgiven: int = 0
    in_hand_s: float = 0.0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def flaws(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.false]


def judge(said: Said, held: Held, allowed: Allowed) -> Verdict:
    """Compare both ends."""
    verdict = Verdict(signals=len(said.turns))
    _numbers(held, allowed, verdict)
    _signals(said, held, allowed, verdict)
    _fires(said, held, allowed, verdict)
    _readings(said, held, verdict)
    verdict.lost += [f"the ledger misses {n} of {lane}" for lane, n in held.missing.items() if n]
    if verdict.repeated > allowed.repeats:
        verdict.doubled.append(f"{verdict.repeated} repeated signals, {allowed.repeats} may be")
    return verdict


def _numbers(held: Held, allowed: Allowed, verdict: Verdict) -> None:
    """Nothing is stored twice, receipted or released that the center does not hold."""
    numbers = Counter((each["epoch"], each["seq"]) for each in held.signals)
    verdict.doubled += [f"signal {key} is stored {n} times" for key, n in numbers.items() if n > 1]
    there = set(numbers)
    if not allowed.gaps:
        verdict.lost += [f"receipted, not held: {key}" for key in sorted(held.receipted - there)]
        verdict.lost += list(_let_go(held, there))
    epochs = {each["epoch"] for each in held.signals}
    if len(epochs) > allowed.epochs:
        verdict.false.append(f"the outbox changed: {len(epochs)} epochs, {allowed.epochs} may be")


def _let_go(held: Held, there: Container[tuple[str, int]]) -> Iterator[str]:
    for epoch, released in held.released:
        missing = [seq for seq in released if (epoch, seq) not in there]
        if missing:
            yield f"released, not held: {missing[:20]} of epoch {epoch}"


def _signals(said: Said, held: Held, allowed: Allowed, verdict: Verdict) -> None:
    """Per point, the edges in order are the turns in order."""
    turned: dict[str, list[Turn]] = defaultdict(list)
    for turn in said.turns:
        turned[turn.point].append(turn)
    told = _edges(held.signals, allowed)
    for point in sorted(told.keys() - turned.keys()):
        verdict.false.append(f"{point} was never turned and is stored as {told[point]}")
    for point, turns in turned.items():
        wanted, edges = [each.value for each in turns], told.get(point, [])
        once = list(_without_repeats(edges))
        verdict.repeated += len(edges) - len(once)
        if once != wanted:
            kind = verdict.lost if len(once) < len(wanted) else verdict.false
            kind.append(f"{point} was turned {wanted}, the center has {edges}")


def _edges(signals: Iterable[dict[str, Any]], allowed: Allowed) -> dict[str, list[int]]:
    """Each call point's edges, in the order in which the gateway saw them."""
    by_point: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in signals:
        if each["kind"] == "fire":
            by_point[each["name"]].append(each)
    return {
        point: [
            int(each["edge"] == "raised") for each in sorted(rows, key=lambda e: _moment(e, allowed))
        ]
        for point, rows in by_point.items()
    }


def _moment(signal: dict[str, Any], allowed: Allowed) -> tuple[int, int]:
    return (0 if allowed.clocks else signal["changed_at"], signal["seq"])


def _without_repeats(edges: Iterable[int]) -> Iterator[int]:
    last = 0  # a call point begins released
    for edge in edges:
        if edge != last:
            yield edge
        last = edge


def _fires(said: Said, held: Held, allowed: Allowed, verdict: Verdict) -> None:
    """Every press is in exactly one incident, and in one more for each closing; the receiver knows."""
    pressed: dict[str, int] = {}
    for turn in said.turns:
        if turn.value:
            pressed.setdefault(turn.point, turn.at)
    shown = Counter(point["name"] for each in held.incidents for point in _names(each))
    arrived = _arrivals(held.relays)
    for point, at in pressed.items():
        wanted = 1 + allowed.rings.get(point, 0)
        if shown[point] != wanted:
            kind = verdict.lost if shown[point] < wanted else verdict.doubled
            kind.append(f"{point} is shown in {shown[point]} incidents")
        if point not in arrived:
            verdict.lost.append(f"the receiver was never told of {point}")
        else:
            verdict.worst_delay_s = max(verdict.worst_delay_s, (arrived[point] - at) / 1e6)
    # A spread says all that the confirmation said which it overtook.
    told = {relay["incident"] for _, relay in held.relays if relay["event"] in {"confirmed", "spread"}}
    for each in held.incidents:
        if each["phase"] in CONFIRMED and each["confirmed_at"] and each["id"] not in told:
            verdict.lost.append(f"the receiver was never told that {each['id']} is confirmed")
    deliveries = Counter(relay["delivery"] for _, relay in held.relays)
    verdict.doubled += [f"relay {key} shown {n} times" for key, n in deliveries.items() if n > 1]


def _names(incident: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each point of an incident once, however often it was raised there."""
    seen = set()
    for point in incident["points"]:
        if point["name"] not in seen:
            seen.add(point["name"])
            yield point


def _arrivals(relays: Iterable[tuple[int, dict[str, Any]]]) -> dict[str, int]:
    """Return the time of the receiver's first notification of each point."""
    first: dict[str, int] = {}
    for at, relay in sorted(relays, key=lambda each: each[0]):
        for point in relay["points"]:
            first.setdefault(point["name"], at)
    return first


def _readings(said: Said, held: Held, verdict: Verdict) -> None:
    """Every reading is stored, once, or counted as thinned."""
    missing = 0
    for point, spoken in said.readings.items():
        stored = Counter(held.readings.get(point, []))
        verdict.doubled += [f"{point}: reading {v} stored {n} times" for v, n in stored.items() if n > 1]
        in_hand = set(_in_hand(spoken, stored))
        gone = [each for each in spoken if each.value not in stored]
        verdict.forgiven += len(in_hand)
        verdict.in_hand_s = max(
            [verdict.in_hand_s, *((each.killed_at or 0) / 1e6 - each.at / 1e6 for each in in_hand)]
        )
        missing += sum(each not in in_hand for each in gone)
    if missing > held.thinned:
        verdict.lost.append(f"{missing} readings are missing, {held.thinned} counted as thinned")


def _in_hand(spoken: Sequence[Spoken], stored: Container[float]) -> Iterator[Spoken]:
    """Return the readings that went with a killed gateway: the last ones sent to it, without a gap."""
    over: int | None = None  # the kill before which a stored reading was met
    for each in reversed(spoken):
        if each.killed_at is None:
            continue
        if each.value in stored:
            over = each.killed_at
        elif over != each.killed_at:
            yield each
