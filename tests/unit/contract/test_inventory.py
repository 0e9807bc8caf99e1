"""What the inventory of a gateway says, and that it fits into a message."""

from contract.inventory import ListedPoint, inventory_of
from contract.messages import MAX_PAYLOAD, decode_inventory, encode

POINTS = [
    ListedPoint("khoi-02", "smoke", True),
    ListedPoint("khoi-01", "smoke", True),
    ListedPoint("khoi-03", "smoke", False),
    ListedPoint("nut-01", "manual", True),
    ListedPoint("khoi-41", None, True),
]


def test_an_inventory_lists_points_by_kind_and_by_whether_they_were_heard() -> None:
    found = inventory_of(POINTS, 7)
    assert found.heard == {"smoke": ["khoi-01", "khoi-02"], "manual": ["nut-01"]}
    assert found.never_heard == {"smoke": ["khoi-03"]}
    assert (found.unconfigured, found.at) == (["khoi-41"], 7)
    assert decode_inventory(encode(found)) == found


def test_the_digest_depends_on_the_content_alone() -> None:
    same = {inventory_of(points, at).digest for points in (POINTS, POINTS[::-1]) for at in (1, 2)}
    assert len(same) == 1
    heard = [*POINTS[:2], ListedPoint("khoi-03", "smoke", True), *POINTS[3:]]
    other_kind = [ListedPoint("khoi-02", "heat", True), *POINTS[1:]]
    others = {inventory_of(points, 1).digest for points in (heard, other_kind, POINTS[:-1], [])}
    assert len(others | same) == 5


def test_ten_thousand_points_with_the_longest_names_fit_into_a_message() -> None:
    points = [ListedPoint(f"{number:063d}", "smoke", number % 2 == 0) for number in range(10_000)]
    assert len(encode(inventory_of(points, 2**53))) < MAX_PAYLOAD
