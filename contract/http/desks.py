"""Duty desks: who is at which screen, and the signs that somebody is there (docs/protocol.md, 8)."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.http.common import Actor
from contract.names import Name
from contract.times import Micros

ScreenId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]*\Z")]
"""The id of a screen, which its page made and keeps."""

Ago = Annotated[float, Meta(ge=0.0, le=604_800.0)]
"""Seconds before now: a page and the center need not have the same clock."""


class PersonSign(StrEnum):
    """The kinds of signs of a person at a desk."""

    KEY = "key"
    POINTER = "pointer"
    HAND_OVER = "hand_over"
    """Somebody sat down: signed in there, or took the desk over."""


class DeskReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of a screen as its page sees it: report it every few seconds.

    *key_ago_s* and *pointer_ago_s* are the seconds since the last key and the last move of a pointer;
    null where there was none. *hidden* says that the page is covered, *asleep* that the browser had
    stopped it. *sound_ago_s* is since when a person has said that the alarm can be heard. *areas*
    narrows what the desk watches; without it that is all in which the person may. *leaving* takes the
    person from the desk. *by* names who is there where no account does: a token of this machine.
    """

    desk: ScreenId
    key_ago_s: Ago | None = None
    pointer_ago_s: Ago | None = None
    hidden: bool = False
    asleep: bool = False
    sound_ago_s: Ago | None = None
    areas: Annotated[list[Name], Meta(max_length=100)] | None = None
    leaving: bool = False
    by: Actor | None = None


class WatchedDesk(Struct, frozen=True, kw_only=True):
    """A desk, and the person at it *since* then, whose last *sign* was at *sign_at*.

    It watches *areas* and *premises*, all where it is *everywhere*. *silent* says that its page has not
    reported for a while: nobody knows who is there. *sound_tested_at* is null until the person at it has
    said that the alarm can be heard.
    """

    desk: str
    account: str
    name: str
    everywhere: bool
    areas: list[str]
    premises: list[str]
    since: Micros
    sign: PersonSign
    sign_at: Micros
    reported_at: Micros
    silent: bool
    hidden: bool
    asleep: bool
    sound_tested_at: Micros | None


class WatchedDesks(Struct, frozen=True, kw_only=True):
    """The desks at which somebody is, as far as whoever asks may know, *at* this moment."""

    desks: list[WatchedDesk]
    at: Micros
