"""Explains an incident in sentences: what came, why it was decided so, who was notified, what next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerting.domain.decisions import overrides
from alerting.domain.decisions.escalation import (
    CLOSING,
    PROGRESS,
    REACHED,
    REPEAT,
    SPREAD,
    UNATTENDED,
    UNCONFIRMED,
    UNCONFIRMED_REPEAT,
    WINDOW,
    stage_of,
)
from alerting.domain.decisions.notify import with_recipients
from alerting.domain.decisions.troubles import CLEAR, GROUP
from alerting.domain.model.effects import RecordedEntry, TimelineEvent
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.notification.center import CenterScope
from alerting.domain.wording.act_sentences import act_sentence
from alerting.domain.wording.families import (
    ANSWER_WEIGHTS,
    CHANNELS,
    EVENTS,
    KINDS,
    NOTICES,
    OUTCOMES,
    PHASES,
    SCOPES,
)
from alerting.domain.wording.names import Names
from alerting.domain.wording.reasons import decision_in_words, reason_in_words
from contract.messages import Edge, Scope
from contract.times import Micros
from registry.model.policies import COMMAND_CENTER

PRESSED = "manual_call"
"""Reason of the signal of a point that a person pressed."""


@dataclass(frozen=True, slots=True)
class ExplanationSentence:
    """One sentence, and the moment that it is about."""

    at: Micros
    text: str


MOST_MISSING = 5
"""Missing rows that a sentence names."""


def missing_rows(rows: Sequence[str], now: Micros, names: Names) -> Iterator[ExplanationSentence]:
    """Yield a sentence where *rows* are missing: what follows is not all that happened."""
    if rows:
        named = ", ".join(rows[:MOST_MISSING])
        yield ExplanationSentence(
            now, names.words.counted("explanation.rows_missing", len(rows), names=named)
        )


def explanation(entries: Iterable[RecordedEntry], names: Names) -> Iterator[ExplanationSentence]:
    """Yield a sentence for each of a timeline's *entries*."""
    pressed = set[str]()
    for entry in entries:
        if entry.event == TimelineEvent.SIGNAL and entry.reason == PRESSED:
            pressed.add(entry.data.get("name", ""))
        yield ExplanationSentence(entry.at, _sentence(entry, names, pressed))


def _sentence(entry: RecordedEntry, names: Names, pressed: set[str]) -> str:
    event, data = entry.event, entry.data
    values = _values(entry, names)
    if event == TimelineEvent.SIGNAL and data.get("edge") == Edge.RESTORED:
        return names.words.text("event.signal_restored", **values)
    if event == TimelineEvent.SPREAD and _is_pressed(data.get("name", ""), names, pressed):
        return names.words.text("event.pressed", **values)
    if (key := _of_person(event, entry.reason, data)) is not None:
        return names.words.text(key, **values)
    if event in EVENTS.members:
        return names.words.text(EVENTS.key(event), **values)
    return names.words.text("event.unknown", **values)


def _of_person(event: str, reason: str, data: Mapping[str, Any]) -> str | None:
    """Return the text of an act that says more than its event; None of anything else."""
    if event == TimelineEvent.CLOSED and "by" in data:
        return "event.closed_by_two" if "asked_by" in data else "event.closed_by"
    if event == TimelineEvent.ANSWERED and "text" in data:
        return "event.answered_in_words"
    if event == TimelineEvent.ANSWERED and "people" in data:
        return "event.answered_people"
    if event == TimelineEvent.APPROVAL and "outcome" in data:
        return "event.asks_to_close"
    if event == TimelineEvent.APPROVAL and "text" in data:
        return "event.approval_refused"
    return act_sentence(event, reason, data)


def _is_pressed(point: str, names: Names, pressed: set[str]) -> bool:
    return point in pressed or names.is_call_point(point)


def coming(
    case: Incident, deadlines: Iterable[tuple[str, Micros]], names: Names, *, has_desk: bool = False
) -> Iterator[ExplanationSentence]:
    """Yield what comes next if nobody acts, by the *deadlines* (key and moment) of *case*.

    Nothing comes of an unattended desk where the premises have none: *has_desk* says whether they do.
    """
    for key, at in sorted(deadlines, key=lambda each: each[1]):
        if has_desk or key != UNATTENDED:
            yield ExplanationSentence(at, _next(case, key, names))


def _next(case: Incident, key: str, names: Names) -> str:
    if key in COMING:
        return names.words.text(COMING[key])
    site, route = case.site, case.site.unconfirmed
    if key == REPEAT:
        # Of a fire the command center hears whatever the policy says; of a fault by its policy alone.
        center = (COMMAND_CENTER,) if isinstance(case, FireIncident) else ()
        again = _persons(with_recipients(site.repeat_to, center), names)
        return names.words.text("coming.repeat", notify=again)
    if key.startswith(UNCONFIRMED):
        stages, number = route.stages if route else site.stages, int(key.removeprefix(UNCONFIRMED))
    else:
        stages, number = site.stages, stage_of(key)
    return names.words.text("coming.escalation", notify=_persons(stages[number].notify, names))


COMING = {
    WINDOW: "coming.window",
    PROGRESS: "coming.progress",
    CLOSING: "coming.lapse",
    overrides.APPROVAL: "coming.lapse",
    overrides.END: "coming.end",
    overrides.WARN: "coming.warn",
    overrides.REMIND: "coming.remind",
    REACHED: "coming.reached",
    GROUP: "coming.group",
    SPREAD: "coming.spread",
    UNATTENDED: "coming.unattended",
    CLEAR: "coming.clear",
    UNCONFIRMED_REPEAT: "coming.unconfirmed_repeat",
}
"""Texts of the deadlines that stand alone."""


def _values(entry: RecordedEntry, names: Names) -> dict[str, object]:
    """Return what the sentence about *entry* may name: the data of the entry, in words."""
    data = entry.data
    return {
        **data,
        "event": entry.event,
        "reason": entry.reason,
        **dict(_in_words(data, names)),
        **({"forces": _list(data["forces"])} if "forces" in data else {}),
        **_counted(data, names),
        "why": _why(entry, names),
    }


def _counted(data: Mapping[str, Any], names: Names) -> dict[str, str]:
    people = data.get("people")
    return {} if people is None else {"people": names.words.counted("event.people_inside", int(people))}


_NAMED_VALUES = {
    "kind": KINDS,
    "scope": SCOPES,
    "outcome": OUTCOMES,
    "channel": CHANNELS,
    "weight": ANSWER_WEIGHTS,
    "step": PHASES,
}
"""The families of the values of an entry that people know by another word."""


_PERSONS = ("by", "destination")
"""Values of an entry that are people: by their names also where an act came with the id of a contact."""


def _in_words(data: Mapping[str, Any], names: Names) -> Iterator[tuple[str, str]]:
    """Yield each value of *data* that people know by another word."""
    for key, kind in _NAMED_VALUES.items():
        if key in data:
            yield key, names.words.name(kind, data[key])
    yield from ((key, names.person(str(data[key]))) for key in _PERSONS if key in data)
    if "name" in data or "names" in data:
        yield "name", _name(data, names)
    if "notify" in data:
        yield "notify", _persons(data["notify"], names)
    if "events" in data:
        yield "events", _list(names.words.name(NOTICES, each) for each in data["events"])
    if "condition" in data:
        yield "condition", reason_in_words(data["condition"], names)


def _name(data: Mapping[str, Any], names: Names) -> str:
    """Return what *data* is about: a point by its place, anything else by its own name."""
    if "name" not in data:
        return _points(data["names"], data, names)
    scope = data.get("scope", Scope.POINT)
    if scope == CenterScope.DESTINATION:
        return names.person(data["name"])
    return names.point(data["name"]) if scope == Scope.POINT else str(data["name"])


def _why(entry: RecordedEntry, names: Names) -> str:
    """Return the reason in words; of the first condition of a trouble, that it is newly found."""
    reason, data = entry.reason, entry.data
    if entry.event == TimelineEvent.TROUBLE and data.get("condition") == reason:
        return names.words.text("decision.newly_found")
    why = decision_in_words(reason, names)
    partners = data.get("unavailable_partners", ())
    return f"{why} ({_points(partners, data, names)})" if partners else why


def _points(points: Iterable[str], data: Mapping[str, Any], names: Names) -> str:
    """Return *points* by their places, and how many more there are by *data*."""
    named, more = _list(map(names.point, points)), int(data.get("more", 0))
    return names.words.counted("explanation.and_more", more, names=named) if more else named


def _persons(contacts: Iterable[str], names: Names) -> str:
    return _list(map(names.person, contacts))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
