"""Notifications as the center sends them, for tests that care about some of their fields."""

from typing import Any

import msgspec

from contract.webhook import Body

_COMMON = {
    "v": 1,
    "delivery": "i1/confirmed/0/command-center",
    "incident": "i1",
    "event": "confirmed",
    "kind": "fire",
    "stage": 0,
    "phase": "confirmed",
    "reason": "second_point_in_window",
    "premises": {"id": "cho", "name": "Chợ", "address": ""},
    "opened_at": 0,
    "at": 0,
    "text": {"vi": "", "en": ""},
}
_OF_KIND: dict[str, dict[str, Any]] = {
    "fire": {"exercise": False, "zones": [], "points": [], "call": "114"},
    "fault": {"conditions": []},
}


def webhook(*, premises: str = "cho", kind: str = "fire", **fields: Any) -> Body:
    """The body of a webhook of *premises* with *fields*, all others as they often are."""
    place = {"id": premises, "name": premises, "address": ""}
    body = {**_COMMON, **_OF_KIND[kind], "premises": place, "kind": kind, **fields}
    read: Body = msgspec.convert(body, Body)
    return read
