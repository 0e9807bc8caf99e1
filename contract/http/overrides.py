"""Requests and answers about tests, drills, silences and maintenance (docs/protocol.md, 8)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.http.common import Actor, Note, WhichState
from contract.http.incidents import Override
from contract.names import Name

MOST_NAMED = 500
"""Zones or points that one order names at most; without any it is for all of the premises."""


class OverrideKind(StrEnum):
    """Kinds of overrides."""

    TEST = "test"
    DRILL = "drill"
    SILENCE = "silence"
    MAINTENANCE = "maintenance"


class OverridesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The overrides to list, and the most of them."""

    state: WhichState = WhichState.OPEN
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class OverrideRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order: its kind, place and duration; it begins now if *begins_at* is absent.

    *by* is as in ``ActionRequest``. A test names its *tester*, a contact; a test and a drill name zones
    or points, and call points by their own names. One that *extends* goes beyond what is permitted in a
    row, which two persons with that right order and approve.
    """

    kind: OverrideKind
    premises: Name
    by: Actor | None = None
    minutes: Annotated[float, Meta(gt=0, le=100_000)]
    begins_at: Annotated[datetime, Meta(tz=True)] | None = None
    zones: Annotated[list[Name], Meta(max_length=MOST_NAMED)] = []
    points: Annotated[list[Name], Meta(max_length=MOST_NAMED)] = []
    tester: Name | None = None
    note: Note = ""
    extends: bool = False


class Overrides(Struct, frozen=True, kw_only=True):
    """Tests, drills, silences and maintenance."""

    overrides: list[Override]
