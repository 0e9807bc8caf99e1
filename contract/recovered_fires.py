"""Recover fires from malformed messages.

A fire is never refused for the shape of another field (docs/protocol.md, 4.1): what says that it is a
fire, and not that it is over, is one at the gateway whose topic it came on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain, islice
from typing import cast

import msgspec
from msgspec import structs

from contract.crowds import is_crowded
from contract.duplicate_fields import duplicate_fields
from contract.messages import MAX_PAYLOAD, MAX_SIGNALS, UNREADABLE, Edge, Kind, Scope, Seq, Signal
from contract.names import is_name
from contract.times import Micros

MALFORMED = "malformed_signal"
"""The reason of a fire that was read in a malformed signal; what it said stands in the quarantine."""

UNNUMBERED = "!"
"""Begins the epoch of a fire whose own epoch or number cannot be read; no gateway's begins so."""

UNVERIFIED = f"{UNNUMBERED}?"
"""Begins the epoch of a fire in a message that its gateway, which has a key, did not sign."""

MOST_FIRES = MAX_SIGNALS
"""Fires that are read in one message that is malformed as a whole: no sound one has more signals."""

_FIRE = re.compile(rb"fire", re.IGNORECASE)
_BRACE = re.compile(rb"[{}]")
_QUOTE = rb"\\{0,8}[\"']"
"""Also of what was quoted again, or written by a program that takes the other ones."""

MOST_PIECES = 4 * MAX_SIGNALS
"""Pieces of a text that name a fire, begun or over, and are looked at."""

WINDOW = 65_536
"""Bytes that are searched at once: half a millisecond."""

OVERLAP = 1_024
"""Bytes that two windows share: a field that says fire, with its blanks, is shorter."""

MOST_WORDS = 8
"""Items of a list, or values of an object, that are looked at where a word should stand."""

LONGEST_WORD = 200
"""Characters of a word from which those are taken that nobody sees."""

_KIND_FIELD = b'"kind"'

_SHORTEST_TEXT = len('"kind":"fire"')
"""Characters of the shortest text within a message that can say that there is a fire."""


def _letters(word: bytes) -> bytes:
    """Return the pattern of *word*, each letter plain or escaped."""
    return b"".join(rb"(?:%c|\\{1,8}u00%02x)" % (letter, letter) for letter in word)


def _said(field: bytes, value: bytes) -> re.Pattern[bytes]:
    """Return the pattern of a field and its value. No two repetitions in it can match the same bytes
    next to each other: the time of a search would grow with the square of a run of blanks.
    """
    pattern = rb"[\"']%b%b\s*:\s*%b%b%b" % (_letters(field), _QUOTE, _QUOTE, value, _QUOTE)
    return re.compile(pattern, re.IGNORECASE)


_KIND = _said(b"kind", rb"\s*%b\s*" % _letters(b"fire"))
_RESTORED = _said(b"edge", rb"\s*%b\s*" % _letters(b"restored"))
_NAME = _said(b"name", rb"([^\"'\\]{1,100})")


@dataclass(frozen=True, slots=True)
class RecoveredFire:
    """A fire in a malformed signal.

    *seq* and *name* are None where they cannot be read; times that cannot be read are 0, which no
    clock shows. *digest* identifies the bytes that it was read in.
    """

    digest: str
    seq: int | None = None
    name: str | None = None
    changed_at: Micros = 0
    committed_at: Micros = 0

    def signal(self, gateway: str, reason: str = MALFORMED) -> Signal:
        """Return the signal of this fire: of its point, or of *gateway* where no point is named."""
        return Signal(
            seq=self.seq or 1,
            kind=Kind.FIRE,
            edge=Edge.RAISED,
            scope=Scope.GATEWAY if self.name is None else Scope.POINT,
            name=self.name or gateway,
            reason=reason,
            changed_at=self.changed_at,
            committed_at=self.committed_at,
        )

    @property
    def epoch(self) -> str:
        """The epoch that replaces an unreadable one; the same for each resend."""
        return f"{UNNUMBERED}{self.digest}"

    @property
    def unverified_epoch(self) -> str:
        """The epoch of this fire where its gateway did not sign it; the same for each resend."""
        return f"{UNVERIFIED}{self.digest}"


def is_unverified(epoch: str) -> bool:
    """Return whether *epoch* is that of a fire which its gateway did not sign."""
    return epoch.startswith(UNVERIFIED)


def recover_fires_of_signal(raw: bytes) -> list[RecoveredFire]:
    """Return the fires in *raw*, one malformed signal; several if it is a list of them, or a crowd."""
    if is_crowded(raw):
        return recover_fires(raw)
    try:
        body = msgspec.json.decode(raw)
    except UNREADABLE:
        return _first_in_text(raw)
    if not isinstance(body, dict):
        return _of_each_name(_fires_below(body))
    twice = duplicate_fields(raw)
    fields = _named_plainly({**body, **_gravest(twice)})
    fire = _fire_of(fields, raw)
    if fire is None and not all(twice.values()):
        return _first_in_text(raw)
    if fire is None and not _word(fields.get("kind")):
        return _of_each_name(_fires_below(body))  # it does not say itself what it is
    return [] if fire is None else [fire]


def _first_in_text(raw: bytes) -> list[RecoveredFire]:
    return list(islice(_fires_in_text(raw), 1))


def _gravest(twice: Mapping[str, list[object]]) -> dict[str, object]:
    """Return the value that counts of a duplicate field: that of a fire, and that of a beginning."""
    fires = [each for each in twice.get("kind", ()) if _word(each) == Kind.FIRE]
    began = [each for each in twice.get("edge", ()) if _word(each) != Edge.RESTORED]
    return {**({"kind": fires[0]} if fires else {}), **({"edge": began[0]} if began else {})}


def fire_without_details(signal: Signal) -> Signal | None:
    """Return *signal* without explanatory fields; None if it is not the beginning of a fire."""
    if signal.kind is not Kind.FIRE or signal.edge is not Edge.RAISED:
        return None
    return structs.replace(signal, reason=MALFORMED, quantity=None, value=None)


def recover_fires(payload: bytes) -> list[RecoveredFire]:
    """Return the fires in *payload*, a malformed alarm message, one for each named point.

    None has a number: a message that cannot be receipted proves nothing of one.
    """
    return _of_each_name(_fires_in_message(payload))


def _of_each_name(fires: Iterator[RecoveredFire]) -> list[RecoveredFire]:
    """Return the latest fire of each name, by its number: of an earlier one people know already, and a
    message that is never receipted is sent again with both.
    """
    by_name: dict[str | None, RecoveredFire] = {}
    for fire in islice(fires, MOST_FIRES):
        if (fire.seq or 0) > (by_name.setdefault(fire.name, fire).seq or 0):
            by_name[fire.name] = fire
    return [replace(fire, seq=None) for fire in by_name.values()]


def _fires_in_message(payload: bytes) -> Iterator[RecoveredFire]:
    if not _may_hold_fire(payload):
        return iter(())
    if len(payload) > MAX_PAYLOAD or is_crowded(payload):
        return _fires_in_text(payload)
    try:
        body = msgspec.json.decode(payload)
    except UNREADABLE:
        return _fires_in_text(payload)
    fires = _fires_below(body)
    return chain(fires, _fires_in_text(payload)) if _has_lost_a_kind(payload, body) else fires


def _has_lost_a_kind(payload: bytes, body: object) -> bool:
    """Return whether *body*, read from *payload*, lacks a kind: of fields written twice it has one."""
    return payload.count(_KIND_FIELD) > msgspec.json.encode(body).count(_KIND_FIELD)


def _may_hold_fire(payload: bytes) -> bool:
    """Return whether the word can stand in *payload*: plain, escaped, or with two bytes a letter."""
    return b"\\" in payload or _FIRE.search(payload.replace(b"\0", b"")) is not None


def _fires_below(body: object) -> Iterator[RecoveredFire]:
    """Yield the fires in *body* at any depth, whatever encloses them; those in texts at the end."""
    waiting, texts = [body], list[bytes]()
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += reversed(_that_hold_something(cast("list[object]", each)))
        elif isinstance(each, str):
            texts.append(each.encode(errors="replace"))
        elif isinstance(each, dict) and each:
            yield from _fires_of_object(each)
            waiting += reversed(_that_hold_something(each.values()))
    yield from _fires_in_text(b"}".join(texts))


def _that_hold_something(parts: Iterable[object]) -> list[object]:
    """Return those of *parts* in which a fire can be."""
    return [
        each
        for each in parts
        if each
        and (isinstance(each, list | dict) or (isinstance(each, str) and len(each) >= _SHORTEST_TEXT))
    ]


def _fires_of_object(body: Mapping[str, object]) -> Iterator[RecoveredFire]:
    fields = _named_plainly(body)
    if not _says(fields.get("kind"), Kind.FIRE):
        return
    # Only what is flat identifies it: what is nested is looked at by itself, and once.
    flat = {key: value for key, value in fields.items() if not isinstance(value, list | dict)}
    said = {key: fields[key] for key in ("kind", "edge") if key in fields}
    if (fire := _fire_of({**flat, **said}, msgspec.json.encode(flat))) is not None:
        yield fire


def _named_plainly(body: Mapping[str, object]) -> Mapping[str, object]:
    """Return *body* with the names of its fields as this program writes them, such as ``kind``."""
    if "kind" in body:
        return body
    return {**{_word(name): value for name, value in body.items()}, **body}


def _says(value: object, word: str) -> bool:
    """Return whether *value* is *word*, or a list or an object that holds it."""
    if isinstance(value, dict):
        value = list(islice(value.values(), MOST_WORDS))
    if isinstance(value, list):
        return any(_word(each) == word for each in value[:MOST_WORDS])
    return _word(value) == word


def _fire_of(body: Mapping[str, object], raw: bytes) -> RecoveredFire | None:
    if not _says(body.get("kind"), Kind.FIRE) or _says(body.get("edge"), Edge.RESTORED):
        return None
    return RecoveredFire(
        _digest(raw),
        _number(body.get("seq")),
        _name(body.get("name")),
        _number(body.get("changed_at")) or 0,
        _number(body.get("committed_at")) or 0,
    )


def _fires_in_text(payload: bytes) -> Iterator[RecoveredFire]:
    """Yield the fires in bytes that are not JSON: cut short, in other quotes, two bytes a letter."""
    text, at = payload.replace(b"\0", b""), 0
    for _ in range(MOST_PIECES):
        said = _next_kind(text, at)
        if said is None:
            return
        begin, at = _piece_around(text, said, at)
        if not _RESTORED.search(text, begin, at):
            named = _NAME.search(text, begin, at)
            name = named and _name(named[1].decode(errors="replace"))
            yield RecoveredFire(_digest(text[begin:at]), name=name)


def _next_kind(text: bytes, at: int) -> re.Match[bytes] | None:
    """Return the next field that says fire. Other threads have a turn between two windows: a search
    keeps the interpreter to itself.
    """
    for begin in range(at, len(text), WINDOW - OVERLAP):
        said = _KIND.search(text, begin, begin + WINDOW)
        if said is not None:
            return said
    return None


def _piece_around(text: bytes, said: re.Match[bytes], after: int) -> tuple[int, int]:
    """Return begin and end of the piece between braces in which *said* stands."""
    begin = max(after, *(text.rfind(brace, after, said.start()) + 1 for brace in (b"{", b"}")))
    brace = _BRACE.search(text, said.end())
    return begin, len(text) if brace is None else brace.start()


def _word(value: object) -> str:
    """Return *value* as a word, regardless of case, blanks, and characters that nobody sees."""
    if not isinstance(value, str):
        return ""
    word = value.strip().lower()
    if word.isprintable() or len(word) > LONGEST_WORD:
        return word
    return "".join(each for each in word if each.isprintable())


def _name(value: object) -> str | None:
    """Return *value* as a name, regardless of case and blanks; None if it cannot be one."""
    name = _word(value)
    return name if is_name(name) else None


def _number(value: object) -> int | None:
    """Return *value* as a number or time of the wire, also if it is text; None if it is not one."""
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    try:
        return msgspec.convert(int(text[:20]), Seq)
    except (ValueError, msgspec.ValidationError):
        return None


def _digest(raw: bytes) -> str:
    return sha256(raw).hexdigest()[:32]
