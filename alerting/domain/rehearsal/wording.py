"""Says what a rehearsal found, in sentences for the person who changes a rule, and as JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from alerting.domain.rehearsal.compare import (
    NO_LONGER,
    DecisionChange,
    Judgement,
    Rehearsal,
    RehearsalDifference,
    Verdict,
)
from alerting.domain.rehearsal.rule_changes import ZoneKey
from contract.local_time import local
from contract.times import SECOND

MOST_SHOWN = 20
"""Differences that a person is shown, the gravest first; JSON has all of them."""

MOST_QUIET = 5
"""Zones without a suspicion that are named; more of them are counted."""

WORDS = {
    DecisionChange.NOT_CONFIRMED: "no longer a confirmed fire",
    DecisionChange.NOTIFIED_AS_UNCONFIRMED: "notified as unconfirmed instead of confirmed",
    DecisionChange.CONFIRMED_LATER: "confirmed later",
    DecisionChange.NEWLY_CONFIRMED: "newly confirmed",
    DecisionChange.CONFIRMED_EARLIER: "confirmed earlier",
    DecisionChange.NOT_NOTIFIED: "no longer notified as unconfirmed",
    DecisionChange.NOTIFIED_LATER: "notified as unconfirmed later",
    DecisionChange.NEWLY_NOTIFIED: "newly notified as unconfirmed",
    DecisionChange.NOTIFIED_EARLIER: "notified as unconfirmed earlier",
    DecisionChange.SUSPICION_NOT_NOTIFIED: "the suspicion itself no longer notified",
    DecisionChange.SUSPICION_NOTIFIED: "the suspicion itself notified at once",
}
"""Each kind of difference."""

_VERDICTS = {
    Verdict.CONFIRMED: "confirmed",
    Verdict.UNCONFIRMED: "notified as unconfirmed",
    Verdict.ENDED: "ended",
    Verdict.WAITING: "still waiting",
    Verdict.NO_FIRE: "no fire",
}

_GRAVITY = {what: number for number, what in enumerate(DecisionChange)}


def summary(found: Rehearsal, changed: Mapping[ZoneKey, str], *, days: float) -> list[str]:
    """Return a line for each zone that changed and had a suspicion, or that differs otherwise."""
    lines = [
        _zone(found, where, changed.get(where, "changed elsewhere"), days=days)
        for where in _zones(found, changed)
        if found.suspicions.get(where)
    ]
    if quiet := [_name(*each) for each in changed.items() if not found.suspicions.get(each[0])]:
        names = ", ".join(quiet) if len(quiet) <= MOST_QUIET else f"{len(quiet):,} zones that change"
        lines.append(f"{names}: no suspicion in the last {_days(days)}")
    return lines


def details(found: Rehearsal) -> list[str]:
    """Return a line for each of the gravest differences."""
    worst = sorted(found.differences, key=lambda each: (_GRAVITY[each.what], each.opened_at))
    more = len(worst) - MOST_SHOWN
    rest = [f"  and {more:,} more: --json shows all"] if more > 0 else []
    return [*map(_line, worst[:MOST_SHOWN]), *rest]


def as_json(found: Rehearsal, changed: Mapping[ZoneKey, str]) -> dict[str, Any]:
    """The zones and the differences; times in microseconds, as everywhere on the wire."""
    return {
        "zones": [
            {
                "premises": where[0],
                "zone": where[1] or None,
                "change": changed.get(where),
                "suspicions": found.suspicions.get(where, 0),
                "differences": Counter(each.what.value for each in found.of(where)),
            }
            for where in _zones(found, changed)
        ],
        "differences": [asdict(each) for each in found.differences],
    }


def _zones(found: Rehearsal, changed: Mapping[ZoneKey, str]) -> list[ZoneKey]:
    return sorted({*changed, *(ZoneKey(each.premises, each.zone) for each in found.differences)})


def _zone(found: Rehearsal, where: ZoneKey, change: str, *, days: float) -> str:
    counts = Counter(each.what for each in found.of(where))
    newly, gone = counts[DecisionChange.NEWLY_CONFIRMED], sum(counts[each] for each in NO_LONGER)
    first = (
        f"{_many(newly, 'suspicion')} of the last {_days(days)} would have been confirmed; "
        f"{_many(gone, 'fire')} would no longer be"
    )
    said = {DecisionChange.NEWLY_CONFIRMED, DecisionChange.NOT_CONFIRMED}
    return "; ".join([f"{_name(where, change)}: {first}", *_rest(found.of(where), said)])


def _name(where: ZoneKey, change: str) -> str:
    premises, zone = where
    return f"zone {zone} of {premises} ({change})" if zone else f"points of no zone of {premises}"


def _rest(differences: Sequence[RehearsalDifference], said: set[DecisionChange]) -> Iterator[str]:
    """Yield the other differences, and the largest of each kind."""
    for what in DecisionChange:
        of_kind = [each for each in differences if each.what is what]
        if of_kind and what not in said:
            most = max((abs(each.seconds) for each in of_kind if each.seconds), default=None)
            by = "" if most is None else f" (by up to {most:.0f} s)"
            yield f"{len(of_kind)} {WORDS[what]}{by}"


def _line(each: RehearsalDifference) -> str:
    at = local(each.opened_at)
    where = "/".join(filter(None, (each.premises, each.part, each.zone or None)))
    by = "" if each.seconds is None else f" by {abs(each.seconds):.0f} s"
    return (
        f"  {at}  {where}: {', '.join(each.points)}: {WORDS[each.what]}{by}; "
        f"before: {_judged(each.before, each)}; after: {_judged(each.after, each)}"
    )


def _judged(judgement: Judgement, about: RehearsalDifference) -> str:
    """Return the decision, its time after the first signal, and the named reason."""
    if judgement.at is None:
        return _VERDICTS[judgement.verdict]
    after = (judgement.at - about.opened_at) / SECOND
    return f"{_VERDICTS[judgement.verdict]} after {after:.0f} s, {judgement.reason}"


def _many(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _days(days: float) -> str:
    return "day" if days == 1 else f"{days:g} days"
