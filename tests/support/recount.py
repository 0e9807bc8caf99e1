"""A recount of figures from the entries of timelines alone: naive, slow, and independent of reports.

It shares no code with the package ``reports``: a mistake there must not be made here a second time.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

OUT_OF_SERVICE = ("fault", "disabled", "test")
LOST = ("gateway_silent", "gateway_offline", "gateway_never_heard")
STEPS = ("confirmed", "acknowledged", "dispatched", "on_scene", "under_control", "closed")


@dataclass(frozen=True)
class Told:
    """An entry of a timeline, with the kind and the part of its incident."""

    id: int
    at: int
    premises: str
    incident: str | None
    kind: str | None
    part: str
    event: str
    reason: str
    data: Mapping[str, Any]


def told(rows: Iterable[Mapping[str, Any]]) -> list[Told]:
    """Return the entries in *rows* of a query."""
    return [Told(**{**row, "part": row["part"] or "", "data": json.loads(row["data"])}) for row in rows]


QUERY = (
    "SELECT t.id, t.at, t.premises, t.incident, i.kind, i.part, t.event, t.reason, t.data "
    "FROM timeline t LEFT JOIN incidents i ON i.id = t.incident ORDER BY t.id"
)
"""The query for all entries."""


class Days:
    """The local days from *first* on and before *end*."""

    def __init__(self, first: date, end: date, zone: str) -> None:
        self.first, self.end, self.zone = first, end, ZoneInfo(zone)

    def local(self, at: int) -> datetime:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(self.zone)

    def has(self, at: int) -> bool:
        return self.first <= self.local(at).date() < self.end

    def before(self, at: int) -> bool:
        """Whether *at* is before the first day."""
        return self.local(at).date() < self.first

    def after(self, at: int) -> bool:
        return self.local(at).date() >= self.end


@dataclass
class Recounted:
    """An incident as its entries tell it."""

    id: str
    entries: list[Told]

    @property
    def opened(self) -> int:
        return self.entries[0].at

    @property
    def end(self) -> Told | None:
        return next((each for each in self.entries if each.event == "closed"), None)

    @property
    def outcome(self) -> str:
        return "open" if self.end is None else str(self.end.data["outcome"])

    @property
    def cause(self) -> str:
        return "not_named" if self.end is None else str(self.end.data.get("cause", "not_named"))

    @property
    def is_exercise(self) -> bool:
        return self.entries[0].part.startswith("~")

    @property
    def is_real_fire(self) -> bool:
        is_trial = self.is_exercise or self.outcome in {"drill", "test"}
        return self.entries[0].kind == "fire" and not is_trial

    @property
    def point(self) -> tuple[str, str, str]:
        first = next(each for each in self.entries if each.event == "signal")
        return first.premises, str(first.data["gateway"]), str(first.data["name"])


def incidents(entries: Sequence[Told]) -> list[Recounted]:
    """Return all incidents that *entries* name."""
    found: dict[str, list[Told]] = defaultdict(list)
    for each in entries:
        if each.incident is not None:
            found[each.incident].append(each)
    return [Recounted(name, some) for name, some in found.items()]


def figures(
    entries: Sequence[Told],
    days: Days,
    *,
    area_of: Callable[[str], str],
    model_of: Callable[[tuple[str, str, str]], tuple[str, str]],
) -> dict[str, Any]:
    """Return the figures of *days*, each as a plain count by name."""
    known = incidents(entries)
    fires = [each for each in known if each.is_real_fire]
    opened = [each for each in fires if days.has(each.opened)]
    others = [each for each in known if days.has(each.opened) and not each.is_real_fire]
    return {
        "by_outcome": Counter(each.outcome for each in opened),
        "by_area": Counter((area_of(each.entries[0].premises), each.outcome) for each in opened),
        "by_premises": Counter((each.entries[0].premises, each.outcome) for each in opened),
        "by_cause": Counter((each.cause, each.outcome) for each in opened),
        "by_model": Counter((model_of(each.point), each.outcome) for each in opened),
        "by_hour": Counter(days.local(each.opened).hour for each in opened),
        "by_weekday": Counter(days.local(each.opened).weekday() for each in opened),
        "troubles": Counter(
            each.entries[0].kind for each in others if each.entries[0].kind in {"fault", "supervisory"}
        ),
        "exercises": Counter(
            _exercise(each) for each in others if each.entries[0].kind not in {"fault", "supervisory"}
        ),
        "open_at_begin": sum(_is_open(each, days, days.before) for each in fires),
        "open_at_end": sum(_is_open(each, days, lambda at: not days.after(at)) for each in fires),
        "closed": sum(each.end is not None and days.has(each.end.at) for each in fires),
    }


def _is_open(each: Recounted, days: Days, is_before: Callable[[int], bool]) -> bool:
    return is_before(each.opened) and (each.end is None or not is_before(each.end.at))


def _exercise(each: Recounted) -> str:
    if each.entries[0].kind != "fire":
        return f"ordered_{each.entries[0].kind}"
    return "fire_in_drill" if each.is_exercise else f"fire_closed_as_{each.outcome}"


def hops(entries: Sequence[Told], days: Days) -> dict[str, list[int]]:
    """Return the sorted times of each hop of the real fires that were opened in *days*."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in incidents(entries):
        if each.is_real_fire and days.has(each.opened) and each.outcome != "cleared":
            for name, micros in _hops_of(each.entries).items():
                found[name].append(micros)
    return {name: sorted(values) for name, values in found.items()}


def _hops_of(entries: Sequence[Told]) -> dict[str, int]:
    return _between(_reached(entries))


def _reached(entries: Sequence[Told]) -> dict[str, int]:
    """Return when each step was reached first, in the order in which steps are meant."""
    at = _first_signal(entries)
    for name in STEPS:
        times = [each.at for each in entries if each.event == name]
        at |= {name: times[0]} if times else {}
    position = next((index for index, each in enumerate(entries) if each.event == "confirmed"), 0)
    after = [each.at for each in entries[position:] if each.event == "delivered"]
    at |= {"delivered": after[0]} if after else {}
    order = ("raised", "received", "confirmed", "delivered", *STEPS[1:])
    return {name: at[name] for name in order if name in at}


def _between(at: Mapping[str, int]) -> dict[str, int]:
    reached = list(at)
    return {
        name: max(0, at[name] - max(at[each] for each in reached[:index]))
        for index, name in enumerate(reached)
        if index
    }


def _first_signal(entries: Sequence[Told]) -> dict[str, int]:
    """Return when the first signal was raised and received; not raised where no clock is believed."""
    signals = [index for index, each in enumerate(entries) if each.event == "signal"]
    if not signals:
        return {}
    said, following = entries[signals[0]].data, entries[signals[0] + 1 : signals[0] + 2]
    at = {"raised": said["changed_at"], "received": said["received_at"]}
    if following and following[0].event == "clock":
        del at["raised"]
        if following[0].reason == "corrected_clock":
            at["raised"] = following[0].data["taken_as"]
    return at


def rank(ordered: Sequence[int], percent: int) -> int:
    """Return the least of *ordered* that at least *percent* of all are not above."""
    return next(
        value
        for value in ordered
        if 100 * sum(other <= value for other in ordered) >= percent * len(ordered)
    )


Span = tuple[str, str, str, int, int]
"""Premises, gateway and point, and the time for which they were registered."""


def unavailable(entries: Sequence[Told], spans: Sequence[Span], until: int) -> dict[str, int]:
    """Return the microseconds that the points of each premises were out of service before *until*.

    Between any two moments at which something changed, every point is looked at anew.
    """
    changes = _changes(entries)
    moments = sorted({*(each[0] for each in changes), *(at for each in spans for at in each[3:]), until})
    found: Counter[str] = Counter()
    for begin, end in pairwise(moments):
        standing = _standing([each for each in changes if each[0] <= begin])
        for premises, gateway, point, since, ended in spans:
            if since <= begin < min(ended, until) and _is_out(standing, premises, gateway, point):
                found[premises] += end - begin
    return dict(found)


Change = tuple[int, str, tuple[str, str, str, str, str, str]]


def _changes(entries: Sequence[Told]) -> list[Change]:
    found: list[Change] = []
    for index, each in enumerate(entries):
        if each.event != "signal" or each.data.get("kind") not in OUT_OF_SERVICE:
            continue
        said, at = each.data, each.data["changed_at"]
        following = entries[index + 1] if index + 1 < len(entries) else None
        if following is not None and following.event == "clock":
            at = following.data["taken_as"]
        key = (
            each.premises,
            *(str(said[name]) for name in ("gateway", "scope", "name", "kind", "reason")),
        )
        found.append((at, str(said["edge"]), key))  # type: ignore[arg-type]
    return sorted(found, key=lambda one: one[0])


def _standing(changes: Iterable[Change]) -> set[tuple[str, ...]]:
    standing: set[tuple[str, ...]] = set()
    for _, edge, key in changes:
        (standing.add if edge == "raised" else standing.discard)(key)
    return standing


def _is_out(standing: Iterable[tuple[str, ...]], premises: str, gateway: str, point: str) -> bool:
    return any(
        (key[0], key[1]) == (premises, gateway)
        and ((key[2] == "point" and key[3] == point) or (key[2] == "gateway" and key[5] in LOST))
        for key in standing
    )


@dataclass(frozen=True)
class Slow:
    """A fire that took *micros* until forces arrived, or as far as it came, in these *hops*."""

    premises: str
    micros: int
    hops: Mapping[str, int]


def slow(entries: Sequence[Told], days: Days) -> dict[str, Slow]:
    """Return by incident how long each of the fires took whose hops are told of *days*."""
    fires = (each for each in incidents(entries) if each.is_real_fire and days.has(each.opened))
    found = {each.id: _slow(each) for each in fires if each.outcome != "cleared"}
    return {name: each for name, each in found.items() if each is not None}


UNTIL_SCENE = ("raised", "received", "confirmed", "delivered", "acknowledged", "dispatched", "on_scene")


def _slow(fire: Recounted) -> Slow | None:
    """Return how long *fire* took; None where nothing followed the first step."""
    at = {name: time for name, time in _reached(fire.entries).items() if name in UNTIL_SCENE}
    arrived = at.get("on_scene", max(at.values(), default=0))
    before = {name: time for name, time in at.items() if time <= arrived}
    hops = _between(before)
    if not hops:
        return None
    return Slow(fire.entries[0].premises, max(0, arrived - next(iter(before.values()))), hops)
