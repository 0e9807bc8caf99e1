"""The answer for whoever watches a service: how it is (docs/operating.md)."""

from msgspec import Struct
from msgspec.structs import replace

from contract.http.synthetic_fire import SyntheticFire


class NoQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No parameters."""


class RegistryHealth(Struct, frozen=True, kw_only=True):
    """The version of the registry in use, and why a newer one is not."""

    version: int
    trouble: str | None


class AlertingHealth(Struct, frozen=True, kw_only=True):
    """The health of alerting; *waiting* counts messages, *unreachable* names who cannot be notified.

    *refused* names enrolled gateways that the broker refuses, each with the reason. Names are told only
    to whoever may see all gateways; their numbers to everybody. *untried* names addresses to which
    nothing was delivered since they were registered or changed, so that they are not known to reach
    anybody; *untried_contacts* names contacts who have no others. *web* is the reason why clients of
    this server were refused within the last minute, else "ok". *replies_set_aside* counts what people
    answered in the last day and nothing could follow: read it with GET /api/v1/replies.
    *synthetic_fire* are the rounds that prove that an alarm would travel; null where there are none.
    """

    ok: bool
    broker: bool
    brokers_away: list[str]
    waiting: int
    database: str
    clock: str
    registry: RegistryHealth
    unreachable: list[str]
    unreachable_count: int = 0
    refused: list[str] = []
    refused_count: int = 0
    untried: list[str] = []
    untried_count: int = 0
    untried_contacts: list[str] = []
    untried_contacts_count: int = 0
    web: str = "ok"
    disk: str = "ok"
    replies_set_aside: int = 0
    synthetic_fire: SyntheticFire | None = None


class IngestHealth(Struct, frozen=True, kw_only=True):
    """The health of ingest, and the readings store that it writes to; *web* as in ``AlertingHealth``.

    *readings_flood* names gateways over their quota, each with the reason: what they send beyond it
    waits there, and costs nobody else. Names are told only to whoever may see all gateways;
    *readings_flood_count* to everybody.
    """

    ok: bool
    broker: str
    brokers_away: list[str]
    store: str
    store_server: str
    backlog_readings: int
    web: str = "ok"
    readings_flood: list[str] = []
    readings_flood_count: int = 0


def without_names(health: AlertingHealth | IngestHealth) -> AlertingHealth | IngestHealth:
    """Return *health* for whoever is not to know of premises and people: how it is, but not whom."""
    if isinstance(health, AlertingHealth):
        return replace(health, unreachable=[], refused=[], untried=[], untried_contacts=[])
    return replace(health, readings_flood=[])
