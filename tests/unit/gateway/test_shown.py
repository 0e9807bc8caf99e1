"""The lamp on site: what it shows of a fire, of the center's answer, and of a lost center."""

import pytest

from gateway.domain.shown import Shown, least_needed, shown


@pytest.mark.parametrize(
    ("fire", "phases", "trouble", "wanted"),
    [
        (False, [], False, Shown.NORMAL),
        (True, [], False, Shown.FIRE),
        (True, ["suspected"], False, Shown.RELAYED),
        (True, ["confirmed"], True, Shown.RELAYED),
        (True, ["confirmed", "acknowledged"], False, Shown.ACKNOWLEDGED),
        (False, ["closed"], False, Shown.NORMAL),
        (True, ["closed"], False, Shown.FIRE),
        (False, [], True, Shown.TROUBLE),
        (True, [], True, Shown.TROUBLE),
    ],
)
def test_the_lamp_shows_what_asks_most_for_somebody(fire, phases, trouble, wanted) -> None:
    assert shown(fire=fire, phases=phases, trouble=trouble) is wanted


def test_an_open_incident_is_not_forgotten_while_a_closed_one_is_remembered() -> None:
    assert least_needed({"a": "confirmed", "b": "closed", "c": "closed"}) == "b"
    assert least_needed({"a": "confirmed", "b": "suspected"}) == "a"
