"""The identity that a server claims in its answer."""

from collections.abc import Mapping
from enum import StrEnum


class Claim(StrEnum):
    """Claim of an answer about the server that gives it."""

    KNOWN = "known"
    SILENT = "silent"  # it does not say: a front shows only some paths, or wants a token for this one
    OTHER = "other"  # it is something else, or a proxy before the store
    AWAY = "away"


def influxdb_claim(status: int, headers: Mapping[str, str]) -> Claim:
    """Return the claim of ``/ping``: InfluxDB 1, 2 and 3 name their version in headers of any answer."""
    return identity_claim(status, known="X-Influxdb-Version" in headers)


def identity_claim(status: int, *, known: bool) -> Claim:
    """Return the claim of an answer of *status*, *known* to be the store's where it bears its name."""
    if status >= 500:
        return Claim.AWAY
    if status >= 400:
        return Claim.SILENT
    return Claim.KNOWN if known and status < 300 else Claim.OTHER
