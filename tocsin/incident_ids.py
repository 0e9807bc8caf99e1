"""The incident that a person names: by its whole id, or by the end of it that stands in messages."""

from typing import Any

from tocsin.asking import Token, ask
from tocsin.failures import stop

WHOLE = 16
"""Characters of a whole id; a message ends with the last few of them, behind a ``#``."""

SEARCHED = 1_000
"""Incidents among which an end is looked for: the open ones first, then the latest."""


async def whole_id(named: str, *, alerting: str, token_file: Token) -> str:
    """Return the id of the incident *named*; ends the program where none, or more than one, is meant."""
    end = named.removeprefix("#").lower()
    if len(end) >= WHOLE:
        return end
    url = f"{alerting.rstrip('/')}/api/v1/incidents"
    query = {"kind": "all", "state": "all", "limit": str(SEARCHED)}
    listed = await ask(url, token_file=token_file, query=query, kind=dict[str, Any])
    found = [each["id"] for each in listed["incidents"] if end and each["id"].endswith(end)]
    if not found:
        stop(f"{named}: no incident ends so; look for its id in tocsin incident list --state all")
    if len(found) > 1:
        stop(f"{named}: {len(found)} incidents end so; write one whole: {', '.join(found[:5])}")
    return str(found[0])
