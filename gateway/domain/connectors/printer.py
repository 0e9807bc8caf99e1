"""Panels that print: their printer port, or a log over TCP, read line by line with a profile.

A profile is written from a panel's manual: how an event looks on paper, and the kind of each word in it.
The date and the time on paper are matched and not used: the gateway's clock says when an event came.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct

from gateway.domain.connectors.connector import Connector
from gateway.domain.connectors.events import ConnectorEvent, DamagedFrame, NotUnderstood
from gateway.domain.connectors.phrases import BadProfile, PhraseProfile, Phrases

_LONGEST_LINE = 256
"""Bytes; a printer has 24 to 132 columns."""

_REST_WITHIN_S = 3.0
"""A panel prints the lines of one event in one go."""

_MOST_LINES = 8


class PrinterProfile(PhraseProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The print of one family of panels, whose lines end with *line_end*."""

    line_end: str = "\n"


class PrinterOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Options of the connector."""

    profile: PrinterProfile


class _Line(NamedTuple):
    text: str
    raw: bytes


class PrinterConversation:
    """Reads the lines of a panel; a printer is never answered."""

    def __init__(self, options: PrinterOptions) -> None:
        self._phrases = Phrases(options.profile)
        self._end = _checked_end(options.profile.line_end)
        self._buffer = b""
        self._lines: list[_Line] = []
        self._since: float | None = None

    def begin(self, now: float) -> Iterable[ConnectorEvent]:
        """Forget what was unfinished; a printer has no greeting."""
        rest = [*(each.raw for each in self._lines), self._buffer]
        self._buffer, self._lines, self._since = b"", [], None
        return [DamagedFrame("unfinished", each) for each in rest if each]

    def receive(self, data: bytes, now: float) -> Iterator[ConnectorEvent]:
        """Return the events that *data* completes."""
        *whole, self._buffer = (self._buffer + data).split(self._end)
        for line in whole:
            yield from self._accept_line(line.strip(b"\r\n\f\0"), now)
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

    def _accept_line(self, raw: bytes, now: float) -> Iterator[ConnectorEvent]:
        try:
            text = self._phrases.text_of(raw)
        except UnicodeDecodeError:
            yield DamagedFrame("encoding", raw)
            return
        if not self._lines and self._phrases.is_skipped(text):
            return
        self._lines.append(_Line(text, raw))
        self._since = now
        while self._lines and (events := self._next()) is not None:
            yield from events
        if not self._lines:
            self._since = None

    def _next(self) -> Iterable[ConnectorEvent] | None:
        """Return the events of the lines at the beginning; None while more lines are awaited."""
        found = self._phrases.match([each.text for each in self._lines])
        if found is not None and found[0]:
            count, groups = found
            taken, self._lines = self._lines[:count], self._lines[count:]
            return [self._phrases.meant(groups, b"\n".join(each.raw for each in taken))]
        if found is not None and len(self._lines) < _MOST_LINES:
            return None
        if self._phrases.is_skipped(self._lines[0].text):
            self._lines = self._lines[1:]
            return ()
        return self._give_up(1)

    def _give_up(self, count: int) -> list[ConnectorEvent]:
        given, self._lines = self._lines[:count], self._lines[count:]
        if not self._lines:
            self._since = None
        return [NotUnderstood("unknown_line", each.raw) for each in given]


def _checked_end(text: str) -> bytes:
    if text and text.isascii():
        return text.encode("ascii")
    raise BadProfile(f"line_end: {text!r} ends no line; write '\\r\\n', '\\n', '\\r' or another mark")


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
