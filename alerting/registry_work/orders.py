"""The orders that the process for work on the registry takes, and its reports."""

from typing import Any

from msgspec import Struct

from accounts.domain.actor import Actor
from contract.times import Micros
from registry.drafts.domain.draft import DraftCheck, DraftRehearsal, DraftRow


class CenterChannels(Struct, frozen=True, kw_only=True):
    """The channels of the center, and the addresses that it never sends to, by its settings."""

    center: list[str]
    usable: list[str]
    outgoing: dict[str, Any] = {}
    trusted: list[str] = []


class CheckOrder(Struct, frozen=True, kw_only=True, tag="check"):
    """Check the rows of *draft* against the active version, for *actor* to read."""

    draft: str
    actor: Actor
    channels: CenterChannels
    now: Micros


class RehearsalOrder(Struct, frozen=True, kw_only=True, tag="rehearse"):
    """Rehearse *draft* on the signals of the last *days*, for *actor* to read."""

    draft: str
    actor: Actor
    days: float
    window: Micros
    grace: Micros
    language: str
    now: Micros


class RestoreOrder(Struct, frozen=True, kw_only=True, tag="restore"):
    """Find the rows in which *version* differs from the active one."""

    version: int


RegistryOrder = CheckOrder | RehearsalOrder | RestoreOrder
"""An order to the process."""


class Task(Struct, frozen=True, kw_only=True):
    """An *order* about the database at *url*."""

    url: str
    order: RegistryOrder


class Progress(Struct, frozen=True, kw_only=True, tag="progress"):
    """So much of the total is done."""

    done: int
    total: int


class CheckReport(Struct, frozen=True, kw_only=True, tag="checked"):
    """The result of a check."""

    check: DraftCheck


class RehearsalReport(Struct, frozen=True, kw_only=True, tag="rehearsed"):
    """The result of a rehearsal."""

    rehearsal: DraftRehearsal


class RestoreReport(Struct, frozen=True, kw_only=True, tag="restored"):
    """The rows that restore a version, and the version that they are based on."""

    based_on: int
    rows: list[DraftRow]


class FailedReport(Struct, frozen=True, kw_only=True, tag="failed"):
    """The order cannot be done: the reason, and the remedy."""

    reason: str


Report = CheckReport | RehearsalReport | RestoreReport | FailedReport
"""The result of an order."""

Said = Progress | Report
"""The answers of the process, one in each line."""
