"""Panels that print: their printer port, or a log over TCP, read line by line with a profile.

A profile is written from a panel's manual: how an event looks on paper, and the kind of each word in it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

from msgspec import Meta, Struct

from gateway.domain.connectors.connector import Connector
from gateway.domain.connectors.events import (
    Alive,
    ConnectorEvent,
    DamagedFrame,
    NotUnderstood,
    Reset,
    Told,
    Word,
)

_LONGEST_LINE = 256
"""Bytes; a printer has 24 to 132 columns."""

_REST_WITHIN_S = 3.0
"""A panel prints the lines of one event in one go."""

_MOST_LINES = 8

Pattern = Annotated[str, Meta(min_length=1, max_length=500)]


class PrinterProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """The print of one family of panels.

    *events* are the forms of an event, each a pattern for every line of it. Their named groups say what
    it is: ``word`` is looked up in *words*, which gives a kind, ``KIND ends``, ``reset`` or ``alive``;
    *address* is made of the others. *skipped* are lines that tell nothing: headings, rulers.
    """

    panel: str
    source: str
    events: tuple[tuple[Pattern, ...], ...]
    words: dict[str, str]
    address: str
    encoding: str = "ascii"
    line_end: str = "\n"
    skipped: tuple[Pattern, ...] = (r"\s*",)


class PrinterOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Options of the connector."""

    profile: PrinterProfile


class _Meaning(Struct, frozen=True):
    word: Word | None
    holds: bool
    reset: bool


class BadProfile(ValueError):
    """A profile that cannot be used; the text names the fault and the remedy."""


def _meaning(text: str) -> _Meaning:
    if text in {"reset", "alive"}:
        return _Meaning(None, holds=False, reset=text == "reset")
    kind, _, ends = text.partition(" ")
    if kind not in set(Word) or ends not in {"", "ends"}:
        raise BadProfile(
            f"words: {text!r} is no kind; write one of {', '.join(Word)}, the same with 'ends', "
            "reset or alive"
        )
    return _Meaning(Word(kind), holds=not ends, reset=False)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise BadProfile(f"{pattern!r} is no pattern ({error}); see the re library of Python") from error


class PrinterConversation:
    """Reads the lines of a panel; a printer is never answered."""

    def __init__(self, options: PrinterOptions) -> None:
        profile = options.profile
        self._profile = profile
        self._end = profile.line_end.encode("ascii")
        self._events = [[_compiled(each) for each in lines] for lines in profile.events]
        self._skipped = [_compiled(each) for each in profile.skipped]
        self._words = {" ".join(word.split()): _meaning(kind) for word, kind in profile.words.items()}
        self._buffer = b""
        self._lines: list[str] = []
        self._since: float | None = None

    def begin(self, now: float) -> Iterable[ConnectorEvent]:
        """Forget what was unfinished; a printer has no greeting."""
        rest = [*self._lines, self._buffer.decode("latin-1")]
        self._buffer, self._lines, self._since = b"", [], None
        return [DamagedFrame("unfinished", each.encode()) for each in rest if each]

    def receive(self, data: bytes, now: float) -> Iterator[ConnectorEvent]:
        """Return the events that *data* completes."""
        *whole, self._buffer = (self._buffer + data).split(self._end)
        for line in whole:
            yield from self._accept_line(line.strip(b"\r\n\0"), now)
        if len(self._buffer) > _LONGEST_LINE:
            overlong, self._buffer = self._buffer, b""
            yield DamagedFrame("overlong", overlong)

    def tick(self, now: float) -> Iterator[ConnectorEvent]:
        """Give up an event whose further lines do not come."""
        if self._since is not None and now - self._since >= _REST_WITHIN_S:
            yield from self._give_up(len(self._lines))

    def next_at(self) -> float | None:
        """Return when an unfinished event is given up."""
        return None if self._since is None else self._since + _REST_WITHIN_S

    def _accept_line(self, line: bytes, now: float) -> Iterator[ConnectorEvent]:
        try:
            text = line.decode(self._profile.encoding)
        except UnicodeDecodeError:
            yield DamagedFrame("encoding", line)
            return
        if not self._lines and any(each.fullmatch(text) for each in self._skipped):
            return
        self._lines.append(text)
        self._since = now
        while self._lines and (events := self._next()) is not None:
            yield from events
        if not self._lines:
            self._since = None

    def _next(self) -> Iterable[ConnectorEvent] | None:
        """Return the events of the lines at the beginning; None while more lines are awaited."""
        is_begun = False
        for patterns in self._events:
            found = [each.fullmatch(line) for each, line in zip(patterns, self._lines, strict=False)]
            if not all(found):
                continue
            if len(patterns) <= len(self._lines):
                taken, self._lines = self._lines[: len(patterns)], self._lines[len(patterns) :]
                groups = {
                    name: text for each in found if each for name, text in each.groupdict().items()
                }
                return self._meant(groups, "\n".join(taken))
            is_begun = True
        if is_begun and len(self._lines) < _MOST_LINES:
            return None
        if any(each.fullmatch(self._lines[0]) for each in self._skipped):
            self._lines = self._lines[1:]
            return ()
        return self._give_up(1)

    def _give_up(self, count: int) -> list[ConnectorEvent]:
        given, self._lines = self._lines[:count], self._lines[count:]
        if not self._lines:
            self._since = None
        return [self._not_understood("unknown_line", each) for each in given]

    def _meant(self, groups: dict[str, str | None], text: str) -> Iterator[ConnectorEvent]:
        told = {name: " ".join(value.split()) for name, value in groups.items() if value}
        meaning = self._words.get(told.get("word", ""))
        if meaning is None:
            yield self._not_understood("unknown_word", text)
        elif meaning.word is None:
            yield Reset() if meaning.reset else Alive()
        else:
            try:
                address = self._profile.address.format_map(told)
            except KeyError:
                yield self._not_understood("no_address", text)
            else:
                yield Told(address, meaning.word, meaning.holds)

    def _not_understood(self, reason: str, text: str) -> NotUnderstood:
        return NotUnderstood(reason, text.encode(self._profile.encoding))


CONNECTOR = Connector(
    name="printer",
    title="Panels that print events: printer port or log over TCP, with a profile.",
    options=PrinterOptions,
    converse=PrinterConversation,
    supervises=("the port of the gateway or the serial server",),
    cannot_know=(
        "a cable that is cut behind the port, unless the panel prints at set times (silent_after_s)",
        "what stood before the gateway began to listen",
    ),
    points_speak=False,
    silent_after_s=None,
)
