"""The answer for whoever watches a service: how it is (docs/operating.md)."""

from msgspec import Struct


class NoQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No parameters."""


class RegistryHealth(Struct, frozen=True, kw_only=True):
    """The version of the registry in use, and why a newer one is not."""

    version: int
    trouble: str | None


class AlertingHealth(Struct, frozen=True, kw_only=True):
    """The health of alerting; *waiting* counts messages, *unreachable* names who cannot be notified."""

    ok: bool
    broker: bool
    brokers_away: list[str]
    waiting: int
    database: str
    clock: str
    registry: RegistryHealth
    unreachable: list[str]


class IngestHealth(Struct, frozen=True, kw_only=True):
    """The health of ingest, and the readings store that it writes to."""

    ok: bool
    broker: str
    brokers_away: list[str]
    store: str
    store_server: str
    backlog_readings: int
