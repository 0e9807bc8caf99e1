"""The signs of persons at screens, as alerting is told of them: how long ago by the page's own clock."""

from dataclasses import dataclass

from msgspec import structs

from contract.http.console import ScreenPresence
from contract.http.desks import DeskReport
from contract.times import SECOND, Micros

LONGEST_AGO_S = 604_800.0
"""Seconds that a report can tell; what was before is as good as never."""


@dataclass(frozen=True, slots=True)
class NotedScreen:
    """The report of a page about its screen, when the service's clock read *at*."""

    said: ScreenPresence
    at: Micros


def with_sleep(before: ScreenPresence, after: ScreenPresence) -> ScreenPresence:
    """Return *after*, asleep also where *before* was, of which nobody was told yet."""
    return structs.replace(after, asleep=before.asleep or after.asleep)


def report_of(noted: NotedScreen, now: Micros) -> DeskReport:
    """Return the report of a screen as of *now*."""
    said = noted.said
    return DeskReport(
        desk=said.desk,
        key_ago_s=_ago_s(noted, said.signs.key_at, now),
        pointer_ago_s=_ago_s(noted, said.signs.pointer_at, now),
        hidden=said.hidden,
        asleep=said.asleep,
        sound_ago_s=_ago_s(noted, said.sound_tested_at, now),
    )


def _ago_s(noted: NotedScreen, moment: Micros | None, now: Micros) -> float | None:
    """Return how long ago *moment* of the page's clock is; None for never."""
    if moment is None:
        return None
    page_clock = noted.at if noted.said.at is None else noted.said.at
    ago = max(0.0, (page_clock - moment) / SECOND) + max(0.0, (now - noted.at) / SECOND)
    return ago if ago <= LONGEST_AGO_S else None
