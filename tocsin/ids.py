"""Ids as people write them: whole, by how they begin, or by the end that messages show."""

from collections.abc import Mapping

from contract.http.incidents import Incidents
from contract.http.overrides import Overrides
from contract.incident_ids import WHOLE, WHOLE_BEFORE
from tocsin.failures import stop
from tocsin.http_client import ServiceClient

SEARCHED = 1_000
"""Incidents, or overrides, among which an id is looked for: the open ones first, then the latest."""

SHOWN = 5
"""Candidates that an error names, where an id is ambiguous."""


def incident_id(center: ServiceClient, named: str) -> str:
    """Return the id of the incident *named*; ends the program unless exactly one is meant."""
    if _is_whole(named):
        return named.lower()
    query = {"kind": "all", "state": "all", "limit": str(SEARCHED)}
    listed: Incidents = center.get("/api/v1/incidents", query).decoded(Incidents)
    known: dict[str, str] = {
        each.id: f"{each.kind} at {each.premises.name}" for each in listed.incidents
    }
    return _only_one("incident", named, known, "tocsin incident list --state all --kind all")


def override_id(center: ServiceClient, named: str) -> str:
    """Return the id of the override *named*; ends the program unless exactly one is meant."""
    if _is_whole(named):
        return named.lower()
    query = {"state": "all", "limit": str(SEARCHED)}
    listed: Overrides = center.get("/api/v1/overrides", query).decoded(Overrides)
    known: dict[str, str] = {each.id: f"{each.kind} at {each.premises.id}" for each in listed.overrides}
    return _only_one("override", named, known, "tocsin override list --state all")


def matching(named: str, ids: Mapping[str, str]) -> list[str]:
    """Return those of *ids* that begin with *named* or end with it; behind a ``#``, only the latter."""
    part = named.removeprefix("#").lower()
    return [
        each
        for each in ids
        if part and (each.endswith(part) or (each.startswith(part) and not named.startswith("#")))
    ]


def _is_whole(named: str) -> bool:
    return len(named) >= WHOLE and not named.startswith("#")


def _only_one(kind: str, named: str, known: Mapping[str, str], command: str) -> str:
    found = matching(named, known)
    if not found and len(named) == WHOLE_BEFORE:
        return named.lower()  # an old id, beyond what was searched
    if not found:
        stop(f"{named}: there is no {kind} whose id begins or ends so; look for it with {command}")
    if len(found) > 1:
        shown = ", ".join(f"{each} ({known[each]})" for each in found[:SHOWN])
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        stop(f"{named}: {len(found)} {kind}s begin or end so: {shown}{more}; write more of the id")
    return found[0]
