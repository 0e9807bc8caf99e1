"""The lamp on site: what it shows of a fire, of the center's answer, and of a lost center."""

import pytest

from gateway.domain.supervision.panel_state import PanelState, notice_to_forget, panel_state


@pytest.mark.parametrize(
    ("fire", "phases", "trouble", "wanted"),
    [
        (False, [], False, PanelState.NORMAL),
        (True, [], False, PanelState.FIRE),
        (True, ["suspected"], False, PanelState.RELAYED),
        (True, ["confirmed"], True, PanelState.RELAYED),
        (True, ["confirmed", "acknowledged"], False, PanelState.ACKNOWLEDGED),
        (False, ["closed"], False, PanelState.NORMAL),
        (True, ["closed"], False, PanelState.FIRE),
        (False, [], True, PanelState.TROUBLE),
        (True, [], True, PanelState.TROUBLE),
    ],
)
def test_the_lamp_shows_the_most_urgent_state(
    fire: bool, phases: list[str], trouble: bool, wanted: PanelState
) -> None:
    assert panel_state(fire=fire, phases=phases, trouble=trouble) is wanted


def test_an_open_incident_is_not_forgotten_while_a_closed_one_is_remembered() -> None:
    assert notice_to_forget({"a": "confirmed", "b": "closed", "c": "closed"}) == "b"
    assert notice_to_forget({"a": "confirmed", "b": "suspected"}) == "a"
