"""One thing that was done at the center, as it is kept for whoever asks later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from contract.times import Micros

NOTHING: Mapping[str, str] = MappingProxyType({})
"""No details."""


class AuditKind(StrEnum):
    """The kinds of things that are done at the center."""

    SIGN_IN = "sign_in"
    """Somebody signed in or out, or was refused."""
    ACT = "act"
    """Somebody acted on an incident."""
    REGISTRY = "registry"
    """Somebody changed the registry."""
    OVERRIDE = "override"
    """Somebody began or ended a test, a drill, a silence or a maintenance."""
    KEY = "key"
    """A key or certificate was made, renewed or revoked."""
    SETTING = "setting"
    """A setting changed."""
    LOOK = "look"
    """Somebody looked at personal data, or took a copy of it."""
    ACCOUNT = "account"
    """An account, a role or a token changed."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """The act *by* somebody, *about* something, *at* a moment; *detail* has the rest, in plain words."""

    at: Micros
    kind: AuditKind
    by: str
    about: str
    detail: Mapping[str, str] = field(default_factory=lambda: NOTHING)
