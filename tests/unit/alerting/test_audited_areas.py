"""The auditor reads areas by itself, and comes to what the notifier comes to."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.watch.audited_areas import Tables, day_of, teams_of_premises
from registry.model.areas import Membership
from registry.model.rows import Row
from tests.support.area_histories import DAYS, AnyHistory, histories


def table(*rows: Row) -> dict[str, dict[str, object]]:
    return {each.id: each.model_dump(mode="json") for each in rows}


@given(histories(), DAYS, st.data())
def test_the_auditor_expects_the_teams_that_are_notified(
    made: AnyHistory, day: date, data: st.DataObject
) -> None:
    names = [each.id for each in made.areas]
    areas = [
        each.model_copy(update={"team": (f"team-{each.id}",) if data.draw(st.booleans()) else ()})
        for each in made.areas
    ]
    named = data.draw(st.none() | st.sampled_from(names))
    rows = [] if named is None else [Membership(id="m", premises="cho", area=named)]
    own = data.draw(st.sampled_from(names))
    tables: Tables = {
        "areas": table(*areas),
        "successions": table(*made.successions),
        "memberships": table(*rows),
    }
    history = AnyHistory(areas, made.successions).history
    expected = history.team_of(history.unit_of(own, day, rows).areas, day)
    found = teams_of_premises(tables, {"id": "cho", "area": own}, day.isoformat())
    assert set(found) == set(expected)


def test_the_day_of_the_auditor_begins_at_midnight_in_viet_nam() -> None:
    assert day_of(1751302799_000_000) == "2025-06-30"
    assert day_of(1751302800_000_000) == "2025-07-01"
