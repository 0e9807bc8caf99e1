"""The oracle itself: each kind of loss is seen, and nothing is seen where all is well."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.oracle import Allowed, Held, Said, Spoken, Turn, judge

EPOCH = "e1"


def signal(seq: int, name: str, edge: str) -> dict[str, Any]:
    return {
        "epoch": EPOCH,
        "seq": seq,
        "kind": "fire",
        "edge": edge,
        "name": name,
        "changed_at": seq * 1_000_000,
    }


def relay(name: str, *, at: int, delivery: str = "d1") -> tuple[int, dict[str, Any]]:
    return at, {"incident": "i1", "event": "confirmed", "delivery": delivery, "points": [{"name": name}]}


def all_is_well() -> tuple[Said, Held]:
    said = Said(
        turns=[Turn("a", 1, 1_000_000), Turn("a", 0, 2_000_000)],
        readings={"t": [Spoken(20.0, 1), Spoken(20.1, 2)]},
    )
    incident = {"id": "i1", "phase": "confirmed", "confirmed_at": 1, "points": [{"name": "a"}]}
    held = Held(
        signals=[signal(1, "a", "raised"), signal(2, "a", "restored")],
        incidents=[incident],
        relays=[relay("a", at=1_500_000)],
        readings={"t": [20.0, 20.1]},
        thinned=0,
        released=[(EPOCH, range(1, 3))],
        receipted={(EPOCH, 1), (EPOCH, 2)},
    )
    return said, held


def test_nothing_is_found_where_all_is_well() -> None:
    said, held = all_is_well()
    verdict = judge(said, held, Allowed())
    assert not verdict.flaws
    assert (verdict.signals, verdict.worst_delay_s) == (2, 0.5)


DAMAGE: dict[str, Callable[[Said, Held], Any]] = {
    "a signal is missing": lambda _, held: held.signals.pop(),
    "a signal is stored twice": lambda _, held: held.signals.append(held.signals[0]),
    "a signal has a second number": lambda _, held: held.signals.insert(1, signal(3, "a", "raised")),
    "the order is wrong": lambda _, held: held.signals[0].update(changed_at=9_000_000),
    "a point rings that nobody pressed": lambda _, held: held.signals.append(signal(3, "b", "raised")),
    "a fire is shown nowhere": lambda _, held: held.incidents.clear(),
    "a fire is shown twice": lambda _, held: held.incidents.append(held.incidents[0]),
    "the receiver was not told": lambda _, held: held.relays.clear(),
    "the receiver sees it twice": lambda _, held: held.relays.append(held.relays[0]),
    "the site let go of what is not held": lambda _, held: held.released.append((EPOCH, range(1, 4))),
    "a receipt without storage": lambda _, held: held.receipted.add((EPOCH, 3)),
    "another outbox": lambda _, held: held.signals.append({**signal(1, "a", "test"), "epoch": "e2"}),
    "a reading is missing": lambda _, held: held.readings["t"].pop(),
    "a reading is stored twice": lambda _, held: held.readings["t"].append(20.1),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_each_kind_of_damage_is_found(damage: str) -> None:
    said, held = all_is_well()
    DAMAGE[damage](said, held)
    assert judge(said, held, Allowed()).flaws


def test_readings_may_be_missing_if_counted_as_thinned_or_in_the_hands_of_a_killed_gateway() -> None:
    said, held = all_is_well()
    held.readings["t"].clear()
    held.thinned = 1
    said.readings["t"][0] = Spoken(20.0, 1, killed_at=2)
    assert not judge(said, held, Allowed()).flaws


def test_what_a_killed_gateway_had_in_hand_is_the_last_that_was_said_to_it_and_nothing_else() -> None:
    said, held = all_is_well()
    said.readings["t"] = [Spoken(20.0, 1, killed_at=3), Spoken(21.0, 2, killed_at=3)]
    held.readings["t"] = [20.0]
    assert not judge(said, held, Allowed()).flaws
    held.readings["t"] = [21.0]
    assert judge(said, held, Allowed()).lost


def test_a_point_whose_incident_was_closed_while_it_stood_must_ring_again() -> None:
    said, held = all_is_well()
    closed = Allowed(repeats=1, rings={"a": 1})
    assert judge(said, held, closed).lost, "it stands in one incident only"
    held.signals.append({**signal(3, "a", "raised"), "changed_at": 1_500_000})
    held.incidents.append({**held.incidents[0], "id": "i2"})
    held.relays.append((1_600_000, {**relay("a", at=0, delivery="d2")[1], "incident": "i2"}))
    assert not judge(said, held, closed).flaws
