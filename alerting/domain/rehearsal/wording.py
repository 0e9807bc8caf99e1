"""What a rehearsal found, in the words of whoever changes a rule; and as JSON for machines."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from alerting.domain.rehearsal.compare import (
    NO_LONGER,
    Change,
    Judgement,
    Rehearsal,
    RehearsalDifference,
    Verdict,
)
from alerting.domain.rehearsal.rule_changes import Key
from contract.local_time import local
from contract.times import SECOND

MOST_SHOWN = 20
"""Differences that a person is shown, the gravest first; JSON has all of them."""

MOST_QUIET = 5
"""Zones without a suspicion that are named; more of them are counted."""

WORDS = {
    Change.NOT_CONFIRMED: "no longer a confirmed fire",
    Change.TOLD_AS_UNCONFIRMED: "told as unconfirmed instead of confirmed",
    Change.CONFIRMED_LATER: "confirmed later",
    Change.NEWLY_CONFIRMED: "newly confirmed",
    Change.CONFIRMED_EARLIER: "confirmed earlier",
    Change.NOT_TOLD: "no longer told as unconfirmed",
    Change.TOLD_LATER: "told as unconfirmed later",
    Change.NEWLY_TOLD: "newly told as unconfirmed",
    Change.TOLD_EARLIER: "told as unconfirmed earlier",
    Change.SUSPICION_NOT_TOLD: "the suspicion itself no longer told",
    Change.SUSPICION_TOLD: "the suspicion itself told at once",
}
"""Each kind of difference."""

_VERDICTS = {
    Verdict.CONFIRMED: "confirmed",
    Verdict.UNCONFIRMED: "told as unconfirmed",
    Verdict.ENDED: "ended",
    Verdict.WAITING: "still waiting",
    Verdict.NO_FIRE: "no fire",
}

_GRAVITY = {what: number for number, what in enumerate(Change)}


def summary(found: Rehearsal, changed: Mapping[Key, str], *, days: float) -> list[str]:
    """A line for each zone that changed and had a suspicion, or of which something else differs."""
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
    """A line for each of the gravest differences."""
    worst = sorted(found.differences, key=lambda each: (_GRAVITY[each.what], each.opened_at))
    more = len(worst) - MOST_SHOWN
    rest = [f"  and {more:,} more: --json shows all"] if more > 0 else []
    return [*map(_line, worst[:MOST_SHOWN]), *rest]


def as_json(found: Rehearsal, changed: Mapping[Key, str]) -> dict[str, Any]:
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


def _zones(found: Rehearsal, changed: Mapping[Key, str]) -> list[Key]:
    return sorted({*changed, *((each.premises, each.zone) for each in found.differences)})


def _zone(found: Rehearsal, where: Key, change: str, *, days: float) -> str:
    counts = Counter(each.what for each in found.of(where))
    newly, gone = counts[Change.NEWLY_CONFIRMED], sum(counts[each] for each in NO_LONGER)
    first = (
        f"{_many(newly, 'suspicion')} of the last {_days(days)} would have been confirmed; "
        f"{_many(gone, 'fire')} would no longer be"
    )
    said = {Change.NEWLY_CONFIRMED, Change.NOT_CONFIRMED}
    return "; ".join([f"{_name(where, change)}: {first}", *_rest(found.of(where), said)])


def _name(where: Key, change: str) -> str:
    premises, zone = where
    return f"zone {zone} of {premises} ({change})" if zone else f"points of no zone of {premises}"


def _rest(differences: Sequence[RehearsalDifference], said: set[Change]) -> Iterator[str]:
    """What else differs, and by how much at most."""
    for what in Change:
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
    """What was decided, how long after the first signal, and the named reason."""
    if judgement.at is None:
        return _VERDICTS[judgement.verdict]
    after = (judgement.at - about.opened_at) / SECOND
    return f"{_VERDICTS[judgement.verdict]} after {after:.0f} s, {judgement.reason}"


def _many(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _days(days: float) -> str:
    return "day" if days == 1 else f"{days:g} days"
