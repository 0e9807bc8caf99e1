"""The steps due by the policy as it is written: the auditor's own reading of it.

It shares no code with what notifies (``policy``, ``stages``, ``recipients``), so that a mistake there
is not made here a second time. It does not judge what depends on more than time: stages with a
condition, who follows the first of the premises' people, and repeats.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from alerting.domain.watch.audited_areas import teams_of_premises

MICROS = 1_000_000

TOLERATED = 5 * MICROS
"""Microseconds after which a step is late."""

REPEATS, REPEAT_S = 3, 60.0
"""Repeats of a level, and the seconds between them, where its row does not say: one that was
imported before rows said it does not."""


class StepFault(StrEnum):
    """The fault of a step."""

    MISSED = "step_missed"
    LATE = "step_late"


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """A step *after* microseconds after a confirmation at which *name* is notified: any of *persons*
    will do.
    """

    after: int
    name: str
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class RecordedDelivery:
    """A delivery to *person*, *asked* for by this name of the policy, queued at *queued_at*.

    Its first attempt *began_at*; None where there was none yet.
    """

    person: str
    asked: str
    queued_at: int
    began_at: int | None


_TABLES = ("premises", "policies", "areas", "successions", "rosters", "memberships")

Document = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""The tables of a stored registry that name recipients: tables by name, rows by id."""


def document_of(stored: Mapping[str, Any]) -> Document:
    """Return the document in *stored*: tables by name, rows as they were imported."""
    return {table: {row["id"]: row for row in stored.get(table, ())} for table in _TABLES}


def policy_steps(document: Document, premises: str, day: str) -> list[PolicyStep]:
    """Return all steps of the policy of *premises* on *day*; the command center where there is none."""
    place = _row(document, "premises", premises) or {}
    policy = _row(document, "policies", place.get("policy"))
    found = list(_of_levels(document, place, policy, day))
    return found or [PolicyStep(0, "command-center", frozenset({"command-center"}))]


def offsets(document: Document) -> set[int]:
    """Return the times after a confirmation at which any step can be due, in microseconds."""
    policies = document.get("policies", {}).values()
    return {0, *(after for each in policies for after, _ in _stages(document, each))}


def fault_of_step(
    step: PolicyStep,
    begin: int,
    deliveries: Iterable[RecordedDelivery],
    *,
    early: Collection[int] = (),
) -> StepFault | None:
    """Return the fault of *step* of a fire that was confirmed, or opened again, at *begin*.

    *early* are the moments at which this very step was brought forward, if it was.
    """
    due = begin + step.after
    meant = [
        each
        for each in deliveries
        if (each.queued_at >= due or each.queued_at in early)
        and (each.asked == step.name or each.person in step.persons)
    ]
    if not meant:
        return StepFault.MISSED
    began = [each.began_at for each in meant if each.began_at is not None]
    return None if began and min(began) <= due + TOLERATED else StepFault.LATE


def _of_levels(
    document: Document, place: Mapping[str, Any], policy: Mapping[str, Any] | None, day: str
) -> Iterator[PolicyStep]:
    team = teams_of_premises(document, place, day) if place else []
    for after, stage in _stages(document, policy):
        yield from _of_stage(document, place, stage, after, team=team)


def _stages(
    document: Document, policy: Mapping[str, Any] | None
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the stages of *policy* and of the levels that follow, each with the time when it is due."""
    begin, seen = 0, set[str]()
    while policy is not None and policy["id"] not in seen:
        seen.add(policy["id"])
        for stage in policy["stages"]:
            if stage.get("when", "not_taken") == "not_taken":
                yield begin + round(stage["after_s"] * MICROS), stage
        turns = policy.get("repeats", REPEATS) + 1
        last = policy["stages"][-1]["after_s"] + turns * policy.get("repeat_s", REPEAT_S)
        begin += round(last * MICROS)
        policy = _row(document, "policies", policy.get("then"))


def _of_stage(
    document: Document,
    place: Mapping[str, Any],
    stage: Mapping[str, Any],
    after: int,
    *,
    team: Iterable[str],
) -> Iterator[PolicyStep]:
    for name in stage["notify"]:
        if name == "premises":
            yield from (
                PolicyStep(after, each, frozenset({each})) for each in place.get("people", ())[:1]
            )
        elif name == "area":
            yield from (PolicyStep(after, each, frozenset({each})) for each in team)
        else:
            yield PolicyStep(after, name, frozenset({name, *_of_roster(document, name)}))


def _of_roster(document: Document, name: str) -> Iterator[str]:
    """Return all who are ever on duty by the roster *name*; one who is named beside it counts once."""
    roster = _row(document, "rosters", name) or {}
    for each in (*roster.get("shifts", ()), *roster.get("exceptions", ())):
        yield from each["who"]


def _row(document: Document, table: str, name: str | None) -> Mapping[str, Any] | None:
    return document.get(table, {}).get(name or "")
