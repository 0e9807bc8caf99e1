import re

import pytest

from firmware_sim.outputs.floor_plan import NoRooms, floor_plan
from firmware_sim.scenario.library import shipped_names, shipped_scenario

LABEL = r'<text x="([\d.]+)" y="([\d.]+)" fill="#(?:d62728|1f4e79)"( text-anchor="end")? [^>]*>([^<]+)<'


@pytest.mark.parametrize("name", [each for each in shipped_names() if shipped_scenario(each).rooms])
def test_a_floor_plan_shows_every_room_point_and_fire_and_no_label_covers_another(name: str) -> None:
    scenario = shipped_scenario(name)
    drawn = floor_plan(scenario)
    assert all(f">{room.name}, {room.width_m:g} m by" in drawn for room in scenario.rooms)
    assert drawn.count("<circle") == sum(point.at is not None for point in scenario.points)
    assert drawn.count('<path d="M') == len(scenario.fires)
    boxes = []
    for x, y, anchor, text in re.findall(LABEL, drawn):
        left = float(x) - (5.9 * len(text) if anchor else 0.0)
        boxes.append((left, float(y), left + 5.9 * len(text)))
    for place, (left, line, right) in enumerate(boxes):
        for other_left, other_line, other_right in boxes[:place]:
            assert abs(line - other_line) >= 9 or left >= other_right or other_left >= right


def test_a_scenario_without_rooms_has_no_floor_plan() -> None:
    with pytest.raises(NoRooms, match="rooms"):
        floor_plan(shipped_scenario("kitchen"))
