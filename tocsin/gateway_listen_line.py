"""The entries of a line, live, as the running gateway keeps them: nobody takes a byte from it."""

import time
from collections.abc import Callable, Iterator

import msgspec

from contract.local_time import local_time_of_day, utc
from contract.times import from_micros
from tocsin.gateway_site import HeardEntry, SiteGateway
from tocsin.terminal import say, say_encoded

_LOOK_S = 0.5

_MOST_SHOWN = 60
"""Bytes of a frame that a line shows."""


def listen_to_line(
    gateway: SiteGateway, line: str, *, for_s: float | None, show_all: bool, as_json: bool
) -> None:
    """Show the entries of *line* as they come, for *for_s* seconds or until Ctrl-C.

    What the gateway sends, and signs of life that tell nothing else, are there with *show_all* only.
    """
    until = None if for_s is None else time.monotonic() + for_s
    after = 0
    try:
        while True:
            for entry in _news(gateway.heard(line), after, say_lost=_say_lost(as_json=as_json)):
                after = entry.number
                if not show_all and _is_routine(entry):
                    continue
                if as_json:
                    say_encoded(_encoded(line, entry))
                else:
                    say(_line(entry))
            if until is not None and time.monotonic() >= until:
                return
            time.sleep(_LOOK_S)
    except KeyboardInterrupt:
        return  # enough was seen


def _news(
    entries: list[HeardEntry], after: int, *, say_lost: Callable[[int], None]
) -> Iterator[HeardEntry]:
    """Yield the entries after the one with the number *after*; say how many were missed before."""
    if entries and entries[-1].number < after:
        after = 0  # the gateway was started anew
    news = [each for each in entries if each.number > after]
    if news and after and (missed := news[-1].number - after - len(news)):
        say_lost(missed)
    yield from news


def _is_routine(entry: HeardEntry) -> bool:
    return entry.outcome == "sent" or (entry.text == "alive" and not entry.changes)


def _say_lost(*, as_json: bool) -> Callable[[int], None]:
    def say_it(count: int) -> None:
        if not as_json:
            say(f"({count} entries came too fast to be shown)")

    return say_it


def _line(entry: HeardEntry) -> str:
    """Return *entry* as it is shown: what was read, or what it became and why."""
    point = "" if entry.point is None else f" -> {entry.point} ({entry.kind or 'not configured'})"
    kept = " (in the quarantine)" if entry.quarantined else ""
    changes = f" [{'; '.join(entry.changes)}]" if entry.changes else ""
    head = f"{local_time_of_day(from_micros(entry.at))} {entry.outcome}"
    words = [each for each in (entry.text, _bytes(entry.hex)) if each]
    return f"{head} {': '.join(words)}{point}{kept}{changes}".rstrip()


def _bytes(text: str) -> str:
    """Return bytes in hexadecimal digits, with those that are text behind them."""
    data = bytes.fromhex(text)[:_MOST_SHOWN]
    plain = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return f"{data.hex(' ')}  {plain}" if data else ""


def _encoded(line: str, entry: HeardEntry) -> str:
    fields = msgspec.to_builtins(entry)
    return msgspec.json.encode({"line": line, **fields, "at": utc(from_micros(entry.at))}).decode()
