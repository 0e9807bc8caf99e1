"""Collects what is known of premises on a day: who commands, water at hand, responsible units."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from registry.domain.commanders import commanders
from registry.domain.four_on_the_spot import SpotFacts
from registry.domain.index import Index
from registry.domain.resources import Resources, coordinates_of
from registry.model.local_time import LOCAL_TIME
from registry.model.places import Premises

HOSE_REACH_M = 400.0
"""Metres within which public water counts as water at hand: twenty hoses of 20 m (own choice)."""

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""Local hours of the night, as the labour code of Viet Nam counts it."""


def spot_facts(
    index: Index, resources: Resources, premises: str, *, areas: Sequence[str], day: date
) -> SpotFacts:
    """Return all that is known of *premises*, which *areas* hold on *day*, the nearest first."""
    record = index.record(premises)
    row = record.premises or Premises(id=premises, name=premises)
    return SpotFacts(
        record,
        commanders(index, row, areas),
        resources.water_at_hand(premises, coordinates_of(row.lat, row.lon), HOSE_REACH_M),
        tuple(each.unit for each in resources.responsible(areas, day)),
    )


def is_night(moment: datetime) -> bool:
    """Return whether it is night at *moment* in local time."""
    hour = moment.astimezone(ZoneInfo(LOCAL_TIME)).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
