"""What should have been told, by the policy as it is written: the auditor's own reading of it.

It shares no code with what tells (``routes``, ``stages``, ``routing``), so that a mistake there is not
made here a second time. It does not judge what depends on more than time: stages with a condition, who
follows the first of the premises' people, and repeats.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MICROS = 1_000_000

TOLERATED = 5 * MICROS
"""Microseconds after which a step is late."""


class Flaw(StrEnum):
    """What is wrong with a step."""

    MISSED = "step_missed"
    LATE = "step_late"


@dataclass(frozen=True, slots=True)
class Step:
    """*after* microseconds after a fire was confirmed *name* is told: any of *persons* will do."""

    after: int
    name: str
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Telling:
    """*person* was about to be told at *began_at*; the policy *asked* for them by this name."""

    person: str
    asked: str
    began_at: int


class Written:
    """A registry as it was imported: *document* has its tables by name, with their rows."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        tables = ("premises", "policies", "areas")
        self._rows = {name: {row["id"]: row for row in document.get(name, ())} for name in tables}

    def steps(self, premises: str) -> list[Step]:
        """All steps of the policy of *premises*; the command center at once where there is none."""
        place = self._row("premises", premises) or {}
        found = [
            step
            for begin, stage in self._stages(place.get("policy"))
            for step in self._of_stage(place, stage, begin)
        ]
        return found or [Step(0, "command-center", frozenset({"command-center"}))]

    def offsets(self) -> set[int]:
        """How long after a confirmation any step of any policy can be due."""
        stages = (each for name in self._rows["policies"] for each in self._stages(name))
        return {0, *(begin + _after(stage) for begin, stage in stages)}

    def _stages(self, policy: str | None) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The stages of *policy* and of the levels above it, each with when its level begins."""
        begin, seen, level = 0, set[str](), self._row("policies", policy)
        while level is not None and level["id"] not in seen:
            seen.add(level["id"])
            for stage in level["stages"]:
                if stage.get("when", "not_taken") == "not_taken":
                    yield begin, stage
            last = level["stages"][-1]["after_s"] + (level["repeats"] + 1) * level["repeat_s"]
            begin += round(last * MICROS)
            level = self._row("policies", level.get("then"))

    def _of_stage(
        self, place: Mapping[str, Any], stage: Mapping[str, Any], begin: int
    ) -> Iterator[Step]:
        after = begin + _after(stage)
        for name in stage["notify"]:
            if name == "premises":
                yield from (_step(after, each) for each in place.get("people", ())[:1])
            elif name == "area":
                yield from (_step(after, each) for each in self._team(place.get("area")))
            else:
                yield _step(after, name)

    def _team(self, area: str | None) -> list[str]:
        seen, row = set[str](), self._row("areas", area)
        while row is not None and row["id"] not in seen:
            if row.get("team"):
                return list(row["team"])
            seen.add(row["id"])
            row = self._row("areas", row.get("parent"))
        return []

    def _row(self, table: str, name: str | None) -> Mapping[str, Any] | None:
        return self._rows[table].get(name or "")


def _after(stage: Mapping[str, Any]) -> int:
    return round(float(stage["after_s"]) * MICROS)


def _step(after: int, name: str) -> Step:
    return Step(after, name, frozenset({name}))


def flaw_of(step: Step, begin: int, tellings: Iterable[Telling]) -> Flaw | None:
    """What is wrong with *step* of a fire that was confirmed, or open again, at *begin*."""
    due = begin + step.after
    times = [
        each.began_at
        for each in tellings
        if each.began_at >= due and (each.asked == step.name or each.person in step.persons)
    ]
    if not times:
        return Flaw.MISSED
    return Flaw.LATE if min(times) > due + TOLERATED else None
