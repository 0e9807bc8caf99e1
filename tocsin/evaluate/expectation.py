"""Compares the outcome of a scenario with its ``[expect]``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from firmware_sim.scenario.expect import Expectation
from tocsin.evaluate.scenario import ScenarioOutcome

CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison; times in seconds of the scenario.

    *what* is alarm, fault, attention or confirmation, *name* a point or line, empty for a confirmation.
    *due_s* is None where nothing was expected, *at_s* where nothing was raised.
    """

    what: str
    name: str
    due_s: float | None
    at_s: float | None
    error: str | None = None

    @property
    def is_met(self) -> bool:
        """Whether the outcome is as expected."""
        return self.error is None


def checks(expected: Expectation, found: ScenarioOutcome) -> list[Check]:
    """Return all comparisons of *found* with *expected*, those of expected signals first."""
    return [
        *_due("alarm", expected.alarm, found.fires),
        *_due("fault", expected.fault, found.faults),
        *_due("attention", expected.attention, found.attention),
        *_confirmation(expected, found),
        *_unexpected("alarm", found.fires, {*expected.alarm, *expected.may_alarm}),
        *_unexpected("fault", found.faults, {*expected.fault, *expected.attention, *expected.may_fault}),
        *_early(expected, found),
    ]


def unmet(expected: Expectation, found: ScenarioOutcome) -> list[Check]:
    """Return the comparisons of *found* with *expected* that failed."""
    return [each for each in checks(expected, found) if not each.is_met]


def _due(what: str, due: Mapping[str, float], found: Mapping[str, float]) -> Iterator[Check]:
    for name, due_s in due.items():
        yield Check(what, name, due_s, found.get(name), _lateness(due_s, found.get(name)))


def _lateness(due_s: float, at_s: float | None) -> str | None:
    if at_s is None:
        return "not raised"
    return "late" if at_s > due_s else None


def _unexpected(what: str, found: Mapping[str, float], allowed: set[str]) -> Iterator[Check]:
    for name, at_s in found.items():
        if name not in allowed:
            yield Check(what, name, None, at_s, "unexpected")


def _early(expected: Expectation, found: ScenarioOutcome) -> Iterator[Check]:
    for name, at_s in found.fires.items():
        if at_s < expected.not_before_s:
            yield Check("alarm", name, expected.alarm.get(name), at_s, "before not_before_s")


def _confirmation(expected: Expectation, found: ScenarioOutcome) -> Iterator[Check]:
    due_s, at_s = expected.confirmed_by_s, found.confirmed_s
    if due_s is not None:
        yield Check(CONFIRMATION, "", due_s, at_s, _lateness(due_s, at_s))
    else:
        yield Check(CONFIRMATION, "", None, at_s, None if at_s is None else "unexpected")
