"""Permissions: the least that an account or a token must have for a route of the center's HTTP."""

from enum import StrEnum


class Permission(StrEnum):
    """A right to see or do one kind of thing; tokens of systems name them as their scopes."""

    OPEN = "open"
    """Nothing is needed: how the service is, and signing in."""
    SIGNED_IN = "signed-in"
    """Any account: the description of the HTTP, and what concerns oneself."""

    INCIDENTS_READ = "incidents:read"
    INCIDENTS_ACT = "incidents:act"
    """Seen, acknowledge, dispatch, on scene, under control."""
    INCIDENTS_CLOSE = "incidents:close"
    DESKS_ATTEND = "desks:attend"
    """To be at a duty desk: signs of a person there count, and the desks of others are seen."""
    OVERRIDES_READ = "overrides:read"
    OVERRIDES_ORDER = "overrides:order"
    """Tests, drills, silences, maintenance: ordered, ended."""
    APPROVE = "acts:approve"
    """To be the second person of what takes protection away, or ends a confirmed fire."""
    EXTEND = "acts:extend"
    """To take protection away for longer in a row than is permitted, with another who may."""
    SIGNALS_READ = "signals:read"
    GATEWAYS_READ = "gateways:read"
    FEED_READ = "feed:read"
    LEDGER_READ = "ledger:read"
    READINGS_READ = "readings:read"
    REPORTS_READ = "reports:read"
    """Figures of a period, and the daily sheet."""
    REPORTS_WRITE = "reports:write"
    """To enter figures in the daily sheet."""
    PHONES_READ = "phones:read"
    """Numbers of phones in full; masked for all others."""
    DUTIES_READ = "duties:read"
    DUTIES_RECORD = "duties:record"
    """To record or correct what was done for a duty of fire prevention."""
    FILES_ADD = "files:add"
    """To send plans, photographs, and the evidence of duties; rows of one's own places refer to them."""
    REGISTRY_READ = "registry:read"
    REGISTRY_PROPOSE = "registry:propose"
    """To prepare changes of the registry, which somebody with ``registry:write`` applies."""
    REGISTRY_WRITE = "registry:write"
    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_MANAGE = "accounts:manage"
    KEYS_MANAGE = "keys:manage"
    AUDIT_READ = "audit:read"
    METRICS_READ = "metrics:read"
    DESK_SERVE = "desk:serve"
    """To serve the duty desk: to check the sessions of those whom it serves, by their cookies."""


NEEDS_NO_ACCOUNT = frozenset({Permission.OPEN})
"""Permissions that everybody has."""

CENTER_WIDE = frozenset({Permission.METRICS_READ, Permission.DESK_SERVE})
"""Permissions over what cannot be divided by areas: they count only where they are held everywhere."""

OF_ANY_ACCOUNT = frozenset({Permission.OPEN, Permission.SIGNED_IN})
"""Permissions that no role needs to name."""
