"""Point by point: what the registry says against what gateways say that they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.watch.points import (
    MOST_UNREGISTERED,
    Deviation,
    PointDifference,
    deviations,
    findings,
    parse_deviation,
)
from alerting.domain.wording.reasons import reason_in_words
from contract.inventory import ListedPoint, inventory_of
from contract.messages import Edge, Inventory, Kind
from registry.model.places import Point, PointKind
from tests.support.texts import IN_ENGLISH, IN_VIETNAMESE

MISSING = Deviation("gw-1", "khoi-02", "missing")


def registered(**gateways: str) -> dict[str, Point]:
    """Smoke points by name, each with its gateway; "khoi_01" stands for khoi-01."""
    names = {name.replace("_", "-"): gateway for name, gateway in gateways.items()}
    return {
        name: Point(id=name, premises="p", zone="z", gateway=gateway, kind=PointKind.SMOKE)
        for name, gateway in names.items()
    }


def has(*names: str, kind: str | None = "smoke", heard: bool = True) -> Inventory:
    return inventory_of([ListedPoint(name, kind, heard) for name in names], 1)


def compared(
    points: dict[str, Point],
    *,
    held: tuple[Deviation, ...] = (),
    awaited: tuple[str, ...] = (),
    **gateways: Inventory,
) -> set[tuple[str, str, str]]:
    inventories = {name.replace("_", "-"): each for name, each in gateways.items()}
    found = deviations(points, inventories, held=held, awaited=awaited)
    return {(each.gateway, each.point, each.reason) for each in found}


BOTH = registered(khoi_01="gw-1", khoi_02="gw-1")


def test_a_registered_point_that_no_gateway_has_is_missing() -> None:
    assert compared(BOTH, gw_1=has("khoi-01")) == {("gw-1", "khoi-02", "missing")}
    assert compared(BOTH, gw_1=has("khoi-01", "khoi-02")) == set()


def test_a_point_that_was_never_heard_is_not_missing() -> None:
    assert compared(BOTH, gw_1=has("khoi-01", "khoi-02", heard=False)) == set()


def test_a_point_that_is_heard_though_nobody_configured_it_is_not_missing() -> None:
    listed = [ListedPoint("khoi-01", "smoke", True), ListedPoint("khoi-02", None, True)]
    assert compared(BOTH, gw_1=inventory_of(listed, 1)) == set()


def test_a_point_at_another_gateway_names_both() -> None:
    found = compared(BOTH, gw_1=has("khoi-01"), gw_2=has("khoi-02"))
    assert found == {("gw-1", "khoi-02", "at_other_gateway:gw-1:gw-2")}
    for names in (IN_ENGLISH, IN_VIETNAMESE):
        said = reason_in_words("at_other_gateway:gw-1:gw-2", names)
        assert "gw-1" in said
        assert "gw-2" in said


def test_a_point_that_two_gateways_have_is_told_of_the_wrong_one() -> None:
    found = compared(BOTH, gw_1=has("khoi-01", "khoi-02"), gw_2=has("khoi-02"))
    assert found == {("gw-1", "khoi-02", "at_other_gateway:gw-1:gw-2")}


def test_a_configured_point_that_is_not_registered_is_shown() -> None:
    assert compared(BOTH, gw_1=has("khoi-01", "khoi-02", "khoi-03")) == {
        ("gw-1", "khoi-03", "unregistered")
    }
    assert Deviation("gw-1", "khoi-03", "unregistered").kind is Kind.SUPERVISORY
    assert MISSING.kind is Kind.FAULT


@pytest.mark.parametrize(
    ("kind", "configured", "differs"),
    [
        (PointKind.SMOKE, "smoke", False),
        (PointKind.SMOKE, "heat", True),
        (PointKind.SMOKE, "level", False),
        (PointKind.FLOW, "level", False),
        (PointKind.MANUAL, "level", True),
        (PointKind.LEVEL, "smoke", True),
        (PointKind.MULTI, "smoke", True),
    ],
)
def test_a_kind_that_differs_is_told(kind: PointKind, configured: str, *, differs: bool) -> None:
    points = {"x": Point(id="x", premises="p", zone="z", gateway="gw-1", kind=kind)}
    wanted = {("gw-1", "x", f"kind_differs:{kind}:{configured}")} if differs else set()
    assert compared(points, gw_1=has("x", kind=configured)) == wanted


def test_a_gateway_that_is_not_heard_is_no_evidence() -> None:
    assert compared(BOTH) == set()
    assert compared(BOTH, held=(MISSING,)) == {("gw-1", "khoi-02", "missing")}
    assert compared(BOTH, gw_2=has("khoi-02"), held=(MISSING,)) == {
        ("gw-1", "khoi-02", "missing"),
        ("gw-1", "khoi-02", "at_other_gateway:gw-1:gw-2"),
    }


def test_what_the_registry_does_not_say_any_more_is_over_though_its_gateway_is_silent() -> None:
    assert compared(registered(khoi_01="gw-1"), held=(MISSING,)) == set()
    assert compared(registered(khoi_02="gw-2"), held=(MISSING,)) == set()
    extra = Deviation("gw-1", "khoi-03", "unregistered")
    assert compared(registered(khoi_03="gw-1"), held=(extra,)) == set()


def test_no_point_is_missing_while_another_gateway_could_still_have_it() -> None:
    assert compared(BOTH, gw_1=has("khoi-01"), awaited=("gw-2",)) == set()
    assert compared(BOTH, gw_1=has("khoi-01"), awaited=("gw-2",), held=(MISSING,)) == {
        ("gw-1", "khoi-02", "missing")
    }


def test_what_ended_is_told_before_what_began() -> None:
    began = Deviation("gw-1", "khoi-03", "missing")
    told = [(each.deviation, each.edge) for each in findings({MISSING}, {began})]
    assert told == [(MISSING, Edge.RESTORED), (began, Edge.RAISED)]


names = st.sampled_from(["a", "b", "c", "d"])
gateways = st.sampled_from(["gw-1", "gw-2"])
kinds = st.sampled_from(["smoke", "heat", "level", None])


@given(
    where=st.dictionaries(names, gateways),
    listed=st.dictionaries(gateways, st.dictionaries(names, kinds)),
)
def test_whatever_both_sides_say_comparing_again_changes_nothing_and_every_reason_is_read_back(
    where: dict[str, str], listed: dict[str, dict[str, str | None]]
) -> None:
    points = registered(**where)
    inventories = {
        gateway: inventory_of([ListedPoint(name, kind, True) for name, kind in each.items()], 1)
        for gateway, each in listed.items()
    }
    once = deviations(points, inventories, held=(), awaited=())
    assert deviations(points, inventories, held=once, awaited=()) == once
    assert deviations(points, {}, held=once, awaited=()) == once, "silence changes nothing"
    for each in once:
        assert parse_deviation(each.gateway, each.point, each.reason) == each
        assert each.difference in PointDifference
        assert each.point in points or each.difference is PointDifference.UNREGISTERED


@pytest.mark.parametrize("stored", ["silent", "at_other_gateway", "kind_differs:smoke", "missing:x:y"])
def test_a_reason_of_another_version_is_passed_over(stored: str) -> None:
    assert parse_deviation("gw-1", "x", stored) is None


def test_of_thousands_of_made_up_names_the_first_thousand_are_reported_each_time() -> None:
    names = [f"bia-{number:05}" for number in range(3 * MOST_UNREGISTERED)]
    found = compared(BOTH, gw_1=has("khoi-01", *names))
    unregistered = {point for _, point, reason in found if reason == "unregistered"}
    assert unregistered == set(names[:MOST_UNREGISTERED])
    assert ("gw-1", "khoi-02", "missing") in found, "made-up names hide no missing point"
