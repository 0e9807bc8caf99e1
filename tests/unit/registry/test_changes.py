"""What an import would change is known before it is made."""

from registry.domain.changes import RowChange, difference
from registry.domain.index import Index, Unregistered
from registry.model.places import Point
from registry.model.registry import Registry
from tests.stories.alerting.house import MARKET


def test_the_same_registry_changes_nothing() -> None:
    assert difference(MARKET, MARKET).nothing


def test_added_removed_and_changed_rows_are_told_apart() -> None:
    document = MARKET.model_dump()
    document["points"] = document["points"][1:]
    document["zones"][0]["window_s"] = 60
    document["areas"] = [*document["areas"], {"id": "new", "name": "Mới"}]
    changes = difference(MARKET, Registry.model_validate(document))

    assert changes.added == (RowChange("areas", "new"),)
    assert changes.removed == (RowChange("points", "cho/smoke-01"),)
    assert changes.changed == (RowChange("zones", "cho/stalls-a", ("window_s",)),)
    assert changes.uncovered == ("cho/smoke-01",)


def test_what_nobody_registered_is_an_answer_of_its_own() -> None:
    index = Index(MARKET)
    assert index.premises("nowhere") == Unregistered("premises", "nowhere")
    assert index.point("cho", "smoke-99") == Unregistered("point", "smoke-99")
    assert index.point("nowhere", "smoke-01") == Unregistered("point", "smoke-01")
    assert index.policy("nha-pho") == Unregistered("policy", "")


def test_the_partners_of_a_point_are_the_others_of_its_zone() -> None:
    point = Index(MARKET).point("cho", "smoke-11")
    assert isinstance(point, Point)
    assert [each.id for each in Index(MARKET).partners(point)] == ["smoke-12", "flow-01"]
