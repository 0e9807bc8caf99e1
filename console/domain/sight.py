"""The premises that the person of a session may see, as alerting decided."""

from dataclasses import dataclass

from accounts.domain.visible import NOWHERE, Visible
from contract.http.access import PermittedPlaces, SessionSight


@dataclass(frozen=True, slots=True)
class Sight:
    """The premises whose *incidents* and *feed* are seen, whose people may be called, and named."""

    incidents: Visible
    feed: Visible
    clear: Visible
    named: Visible


BLIND = Sight(NOWHERE, NOWHERE, NOWHERE, NOWHERE)
"""Nothing is seen."""


def sight_of(told: SessionSight) -> Sight:
    """Return the sight that alerting told."""
    return Sight(*map(_visible, (told.incidents, told.feed, told.clear, told.named)))


def _visible(places: PermittedPlaces) -> Visible:
    return Visible(None if places.everywhere else frozenset(places.premises))
