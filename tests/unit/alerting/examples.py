"""The worked examples of docs/escalation.md: what becomes of one detector, by each rule.

``python -m tests.unit.alerting.examples`` prints them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec

from alerting.domain.confirmation.subject import rule_of
from alerting.domain.decisions.decide import decide_fire
from alerting.domain.model.answering import CallRecord
from alerting.domain.model.effects import (
    CancelDeadline,
    Effect,
    Notify,
    SetDeadline,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import (
    ClockSource,
    DeadlineDue,
    Event,
    FireSignalStored,
    SignalSubject,
    StoredSignal,
)
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import PremisesSnapshot, Stage
from alerting.domain.model.rule import (
    Immediate,
    Rule,
    Staffed,
    TwoQuantities,
    TypeA,
    TypeB,
    TypeC,
    Verification,
)
from alerting.domain.notification.policy import fire_policy_of
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND, Micros
from registry.domain.index import Index
from registry.model.places import Zone
from registry.model.registry import Registry
from registry.model.rules import RuleKind

START = 1_795_464_785 * SECOND
SITE = PremisesSnapshot(
    "cho", "Chợ", "", (Stage(0, ("command-center",)), Stage(60 * SECOND, ("district",))), "p"
)
SHOWN = {
    TimelineEvent.CONFIRMED,
    TimelineEvent.UNCONFIRMED,
    TimelineEvent.CLOSED,
    TimelineEvent.SUSPECTED,
    TimelineEvent.ESCALATED,
}


MARKET = Registry.model_validate(
    {
        "areas": [{"id": "xa", "name": "Xã", "team": ["militia", "commune"]}],
        "premises": [
            {
                "id": "cho",
                "name": "Chợ",
                "area": "xa",
                "people": ["head", "leader", "delegate"],
                "policy": "standard",
                "unconfirmed_policy": "look",
            }
        ],
        "policies": [
            {
                "id": "standard",
                "repeats": 1,
                "then": "province",
                "stages": [
                    {"after_s": 0, "notify": ["command-center", "premises", "area"]},
                    {"after_s": 90, "notify": ["district"]},
                ],
            },
            {"id": "province", "stages": [{"after_s": 0, "notify": ["province"]}]},
            {
                "id": "look",
                "repeat_s": 600,
                "stages": [
                    {"after_s": 0, "notify": ["premises"]},
                    {"after_s": 120, "notify": ["command-center"]},
                ],
            },
        ],
    }
)
"""A market with people of its own, as docs/escalation.md shows it."""

CHO = fire_policy_of(Index(MARKET), "cho", day=date(2026, 11, 29))


EVERY_RULE = [rule_of(Zone(id="a", premises="p", name="A", rule=kind)) for kind in RuleKind]
"""Each rule that a zone can name, with its own figures."""


@dataclass(frozen=True)
class Said:
    """The message of a point so many seconds after the beginning."""

    after: int
    name: str
    edge: Edge = Edge.RAISED
    quantity: str = "smoke"


@dataclass(frozen=True)
class Example:
    title: str
    rule: Rule
    said: tuple[Said, ...]
    until: int = 400
    site: PremisesSnapshot = SITE
    reached_after: int | None = 0


ALONE = (Said(0, "smoke-01"),)
STEAM = (Said(0, "smoke-01"), Said(20, "smoke-01", Edge.RESTORED))
FLICKERS = (
    Said(0, "smoke-01"),
    Said(20, "smoke-01", Edge.RESTORED),
    Said(45, "smoke-01"),
    Said(58, "smoke-01", Edge.RESTORED),
)
TWO = (Said(0, "smoke-01"), Said(90, "smoke-02"))

EXAMPLES = [
    Example("`immediate`: one detector", Immediate(), ALONE, 100),
    Example("`type_a`: the same detector again", TypeA(), (*STEAM, Said(45, "smoke-01")), 120),
    Example("`type_b`: a second detector after 90 s", TypeB(), TWO, 200),
    Example("`type_b`: one detector that stands", TypeB(), ALONE),
    Example("`type_b`: twenty seconds of steam", TypeB(), STEAM),
    Example("`type_c`: a second detector after 90 s", TypeC(), TWO, 200),
    Example(
        "`two_quantities`: heat after 90 s",
        TwoQuantities(),
        (Said(0, "smoke-01"), Said(90, "heat-01", quantity="temperature")),
        200,
    ),
    Example("`verification`: one detector that stands", Verification(), ALONE, 200),
    Example("`verification`: twenty seconds of steam", Verification(), STEAM),
    Example("`verification`: a detector that flickers with the flames", Verification(), FLICKERS, 100),
    Example("`staffed`: nobody answers", Staffed(), ALONE, 100),
    Example("`immediate`: nobody takes the fire", Immediate(), ALONE, 250),
]

POLICIES = [
    Example("Nobody at the market answers", Immediate(), ALONE, 340, CHO, 4),
    Example("A busy modem: each message takes 25 s", Immediate(), ALONE, 160, CHO, 25),
    Example("No message can be delivered", Immediate(), ALONE, 140, CHO, None),
    Example("A point that nothing confirms", TypeB(), ALONE, 500, CHO, 4),
]


def signal_stored(
    seq: int, said: Said, rule: Rule, at_site: PremisesSnapshot = SITE
) -> FireSignalStored:
    at = START + said.after * SECOND
    signal = Signal(
        seq=seq,
        kind=Kind.FIRE,
        edge=said.edge,
        scope=Scope.POINT,
        name=said.name,
        reason=f"{said.quantity}_above_alarm",
        quantity=said.quantity,
        changed_at=at,
        committed_at=at,
    )
    subject = SignalSubject("a", "", "", None, rule)
    one = StoredSignal("gw-1", "e1", signal, at, at, ClockSource.GATEWAY)
    return FireSignalStored(one, subject, at_site, 10 * SECOND)


def play(example: Example) -> Iterator[str]:
    """One line for each thing that happens, in time."""
    incident: FireIncident | None = None
    called: dict[str, Micros] = {}
    deadlines: dict[str, Micros] = {}
    coming: list[tuple[Micros, Event]] = [
        (START + each.after * SECOND, signal_stored(number, each, example.rule, example.site))
        for number, each in enumerate(example.said, 1)
    ]
    until = START + example.until * SECOND
    while True:
        due = [(at, DeadlineDue(key)) for key, at in deadlines.items()]
        now, event = min([*coming, *due], key=lambda each: each[0], default=(until, None))
        if event is None or now >= until:
            return
        if isinstance(event, DeadlineDue):
            del deadlines[event.key]
            event = DeadlineDue(event.key, calls=calls(called, example.reached_after, now))
        else:
            coming.remove((now, event))
        incident, effects = decide_fire(incident, event, now)
        for effect in effects:
            match effect:
                case Notify():
                    called.setdefault(effect.destination, now)
                case SetDeadline(key, at):
                    deadlines[key] = at
                case CancelDeadline(key):
                    deadlines.pop(key, None)
        yield from shown(effects, now)


def calls(called: dict[str, Micros], after: int | None, now: Micros) -> dict[str, CallRecord]:
    """Return the records of all *called*, and reached so many seconds *after* it, if over by *now*."""
    found = {}
    for name, since in called.items():
        reached = None if after is None else since + after * SECOND
        found[name] = CallRecord(since, reached if reached is not None and reached <= now else None)
    return found


def shown(effects: list[Effect], now: Micros) -> Iterator[str]:
    told = [f"{each.destination}: {each.kind.value}" for each in effects if isinstance(each, Notify)]
    marks = [
        f"{e.event.value}, `{e.reason}`"
        for e in effects
        if isinstance(e, TimelineEntry) and e.event in SHOWN
    ]
    for mark in marks:
        yield f"| {(now - START) // SECOND} s | {mark} | {'; '.join(told) or 'nobody'} |"


def text(examples: list[Example] = EXAMPLES) -> str:
    """*examples*, as they stand in docs/escalation.md."""
    parts = []
    for example in examples:
        head = f"**{example.title}**\n\n| after | what | notified |\n|---|---|---|\n"
        parts.append(head + "\n".join(play(example)))
    return "\n\n".join(parts)


def bedroom() -> str:
    """Return the cost of each rule where one detector hangs behind a closed door."""
    rows = [f"| {' | '.join(_in_a_bedroom(rule))} |" for rule in EVERY_RULE]
    head = "| rule | somebody is notified after | of what | confirmed after |\n|---|---|---|---|\n"
    return head + "\n".join(rows)


def _in_a_bedroom(rule: Rule) -> tuple[str, str, str, str]:
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in play(Example("", rule, ALONE, 1_000))
    ]
    told = next(each for each in cells if each[2] != "nobody")
    confirmed = next((each[0] for each in cells if each[1].startswith("confirmed")), "never")
    name = next(each.title for each in EXAMPLES if each.rule == rule).partition(":")[0]
    return name, told[0], told[1], confirmed


def figures(rule: Rule) -> dict[str, int]:
    """The defaults of *rule*, in seconds."""
    return {
        f"{name}_s": value // SECOND
        for name, value in msgspec.structs.asdict(rule).items()
        if isinstance(value, int)
    }


if __name__ == "__main__":
    print(text(), text(POLICIES), bedroom(), sep="\n\n\n")
