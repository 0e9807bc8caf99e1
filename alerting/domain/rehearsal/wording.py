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
    SuspicionResult,
)
from alerting.domain.rehearsal.rule_changes import ZoneKey
from contract.local_time import local
from contract.times import SECOND
from words.catalogue import Words, family

MOST_SHOWN = 20
"""Differences that a person is shown, the gravest first; JSON has all of them."""

MOST_QUIET = 5
"""Zones without a suspicion that are named; more of them are counted."""

CHANGES = family("rehearsal.change", DecisionChange)
VERDICTS = family("rehearsal.verdict", SuspicionResult)

_GRAVITY = {what: number for number, what in enumerate(DecisionChange)}


def summary(found: Rehearsal, changed: Mapping[ZoneKey, str], words: Words, *, days: float) -> list[str]:
    """Return a line for each zone that changed and had a suspicion, or of which something differs."""
    elsewhere = words.text("rehearsal.changed_elsewhere")
    lines = [
        _zone(found, where, changed.get(where, elsewhere), words, days=days)
        for where in _zones(found, changed)
        if found.suspicions.get(where)
    ]
    if quiet := [each for each in changed.items() if not found.suspicions.get(each[0])]:
        names = ", ".join(_name(where, change, words) for where, change in quiet)
        if len(quiet) > MOST_QUIET:
            names = words.text("rehearsal.zones", count=f"{len(quiet):,}")
        lines.append(words.text("rehearsal.quiet", zones=names, period=_period(days, words)))
    return lines


def heading(signals: int, version: int, words: Words, *, days: float) -> str:
    """Return the line above the summary: how many *signals* were replayed."""
    values = {"signals": f"{signals:,}", "period": _period(days, words), "version": version}
    return words.text("rehearsal.heading", **values)


def nothing(version: int, words: Words) -> str:
    """Return the line that stands alone where no zone is confirmed otherwise than in *version*."""
    return words.text("rehearsal.nothing", version=version)


def details(found: Rehearsal, words: Words) -> list[str]:
    """Return a line for each of the gravest differences."""
    worst = sorted(found.differences, key=lambda each: (_GRAVITY[each.what], each.opened_at))
    more = len(worst) - MOST_SHOWN
    rest = [f"  {words.text('rehearsal.more', count=f'{more:,}')}"] if more > 0 else []
    return [*(f"  {_line(each, words)}" for each in worst[:MOST_SHOWN]), *rest]


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


def _zone(found: Rehearsal, where: ZoneKey, change: str, words: Words, *, days: float) -> str:
    counts = Counter(each.what for each in found.of(where))
    newly, gone = counts[DecisionChange.NEWLY_CONFIRMED], sum(counts[each] for each in NO_LONGER)
    confirmed = words.counted("rehearsal.newly", newly, count=f"{newly:,}", period=_period(days, words))
    lost = words.counted("rehearsal.gone", gone, count=f"{gone:,}")
    said = {DecisionChange.NEWLY_CONFIRMED, DecisionChange.NOT_CONFIRMED}
    rest = _rest(found.of(where), said, words)
    return "; ".join([f"{_name(where, change, words)}: {confirmed}", lost, *rest])


def _name(where: ZoneKey, change: str, words: Words) -> str:
    premises, zone = where
    if not zone:
        return words.text("rehearsal.no_zone", premises=premises)
    return words.text("rehearsal.zone", zone=zone, premises=premises, change=change)


def _rest(
    differences: Sequence[RehearsalDifference], said: set[DecisionChange], words: Words
) -> Iterator[str]:
    """Yield what else differs, and by how much at most."""
    for what in DecisionChange:
        of_kind = [each for each in differences if each.what is what]
        if of_kind and what not in said:
            most = max((abs(each.seconds) for each in of_kind if each.seconds), default=None)
            values = {"count": len(of_kind), "change": words.name(CHANGES, what)}
            yield (
                words.text("rehearsal.others", **values)
                if most is None
                else words.text("rehearsal.others_by", **values, seconds=f"{most:.0f}")
            )


def _line(each: RehearsalDifference, words: Words) -> str:
    change = words.name(CHANGES, each.what)
    if each.seconds is not None:
        seconds = f"{abs(each.seconds):.0f}"
        change = words.text("rehearsal.change_by", change=change, seconds=seconds)
    return words.text(
        "rehearsal.difference",
        at=local(each.opened_at),
        where="/".join(filter(None, (each.premises, each.part, each.zone or None))),
        points=", ".join(each.points),
        change=change,
        before=_judged(each.before, each, words),
        after=_judged(each.after, each, words),
    )


def _judged(judgement: Judgement, about: RehearsalDifference, words: Words) -> str:
    """Return what was decided, how long after the first signal, and the named reason."""
    verdict = words.name(VERDICTS, judgement.verdict)
    if judgement.at is None:
        return verdict
    after = f"{(judgement.at - about.opened_at) / SECOND:.0f}"
    return words.text("rehearsal.judged", verdict=verdict, seconds=after, reason=judgement.reason)


def _period(days: float, words: Words) -> str:
    return words.text("rehearsal.day") if days == 1 else words.text("rehearsal.days", days=f"{days:g}")
