"""How fast alerting decides, without its database: decisions a second, by each confirmation rule.

``python -m bench.decide [--decisions N]`` lets the points of a zone raise fire and be restored again and
again, each incident closed after twenty signals, and prints JSON.
"""

import argparse
import json
import time

from alerting.domain.confirmation.subject import rule_of
from alerting.domain.decisions.decide import decide_fire
from alerting.domain.model.events import (
    ClockSource,
    Close,
    Event,
    FireSignalStored,
    SignalSubject,
    StoredSignal,
)
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Outcome, PremisesSnapshot, Stage
from alerting.domain.model.rule import Rule
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND
from registry.model.places import Zone
from registry.model.rules import RuleKind

RULES: list[Rule] = [rule_of(Zone(id="a", premises="p", name="A", rule=kind)) for kind in RuleKind]
SITE = PremisesSnapshot(
    "p", "P", "", (Stage(0, ("command-center",)), Stage(60 * SECOND, ("district",))), "day"
)
POINTS = 5
LIFE = 20
"""Signals of one incident."""

START = 1_795_464_785 * SECOND


def events(rule: Rule, count: int) -> list[tuple[Event, int]]:
    """So many events, a second apart."""
    made: list[tuple[Event, int]] = []
    for number in range(count):
        at = START + number * SECOND
        if number % (LIFE + 1) == LIFE:
            made.append((Close("a", Outcome.TEST), at))
            continue
        edge = Edge.RAISED if number % 2 == 0 else Edge.RESTORED
        signal = Signal(
            seq=number + 1,
            kind=Kind.FIRE,
            edge=edge,
            scope=Scope.POINT,
            name=f"smoke-{number // 2 % POINTS}",
            reason="smoke_above_alarm",
            quantity="smoke",
            changed_at=at,
            committed_at=at,
        )
        heard = StoredSignal("gw", "e", signal, at, at, ClockSource.GATEWAY)
        made.append((FireSignalStored(heard, SignalSubject("z", "", "", None, rule), SITE, SECOND), at))
    return made


def measured(rule: Rule, count: int) -> int:
    """Decisions a second."""
    ahead = events(rule, count)
    incident: FireIncident | None = None
    began = time.perf_counter()
    for event, now in ahead:
        incident, _ = decide_fire(incident, event, now)
        if isinstance(event, Close):
            incident = None
    return round(count / (time.perf_counter() - began))


def main() -> None:
    """Measure each rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=50_000)
    count = parser.parse_args().decisions
    rates = {type(rule).__name__: measured(rule, count) for rule in RULES}
    print(json.dumps({"decide": {"decisions": count, "per_s": rates}}, indent=2))


if __name__ == "__main__":
    main()
