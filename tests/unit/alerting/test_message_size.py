"""The size of a message does not grow with its incident: the first points, and a count of the rest."""

import msgspec
import pytest

from alerting.domain.model.condition import Condition
from alerting.domain.model.effects import Notify
from alerting.domain.model.fire import FireIncident, Phase, SpreadNews
from alerting.domain.model.incident import Incident, IncidentKind, PremisesSnapshot, Stage
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import PointsInFire
from alerting.domain.model.trouble import Trouble, TroublePhase
from alerting.domain.model.trouble_conditions import TroubleConditions
from alerting.domain.wording.fires import texts
from alerting.domain.wording.incident_parts import SHOWN
from alerting.domain.wording.webhook_body import body
from contract.ids import DeliveryId, IncidentId
from contract.webhook import Body, FireNotification, TroubleNotification
from registry.model.templates import NotificationKind
from tests.support.texts import CATALOGUE

SITE = PremisesSnapshot("cho", "Chợ An Bình", "12 Trần Phú", (Stage(0, ("x",)),), "p")
LARGEST = 40_000
"""Bytes of the largest body: twenty points or conditions with the longest names and texts."""


def fire(number: int, text: str = "") -> FireIncident:
    points = (
        PointInFire(
            gateway="g" * 63,
            name=f"{each:063}",
            zone=f"{each:063}",
            zone_name="",
            place=text[:200],
            detector=None,
            quantity=text,
            value=0.1,
            epoch="e",
            seq=each + 1,
            changed_at=1,
            raised=(1,),
            due=None,
        )
        for each in range(number)
    )
    return FireIncident(
        id=IncidentId("01m8hc37djt5ryah"),
        site=SITE,
        phase=Phase.CONFIRMED,
        reason="",
        opened_at=1,
        confirmed_at=1,
        points=PointsInFire.of(points),
    )


def trouble(number: int, text: str = "r") -> Trouble:
    conditions = (
        Condition("gw-1", "point", f"{each:063}", "fault", text, 1, restored_at=None if each % 2 else 2)
        for each in range(number)
    )
    return Trouble(
        id=IncidentId("01m8hc37djt5ryah"),
        site=SITE,
        kind=IncidentKind.FAULT,
        phase=TroublePhase.STANDING,
        reason="",
        opened_at=1,
        conditions=TroubleConditions.of(conditions),
    )


def message(incident: Incident, kind: NotificationKind) -> Body:
    notification = Notify(kind, 0, "x", "", incident, 1)
    said = texts(notification, call="114", catalogue=CATALOGUE)
    return body(notification, said, delivery=DeliveryId("d"), call="114")


def test_a_message_of_a_fire_shows_the_first_points_and_zones_and_counts_the_rest() -> None:
    many = fire(10_000)
    for each in many.points.in_order():
        news = (many.news or SpreadNews()).having(each, reason="another_point_in_fire", minor=False)
        many = many.replaced(news=news)
    shown = message(many, NotificationKind.SPREAD)

    assert isinstance(shown, FireNotification)
    assert [int(each.name) for each in shown.points] == list(range(SHOWN))
    assert (shown.more_points, len(shown.zones), shown.more_zones) == (9_980, SHOWN, 9_980)
    assert [int(each.name) for each in shown.new_points] == list(range(9_980, 10_000))
    assert "và 9998 điểm khác" in shown.text["vi"] or "10000 điểm" in shown.text["vi"]


def test_a_message_of_faults_shows_those_that_stand_first_and_counts_the_rest() -> None:
    shown = message(trouble(30), NotificationKind.FAULT)

    assert isinstance(shown, TroubleNotification)
    assert [int(each.name) for each in shown.conditions[:15]] == list(range(1, 30, 2))
    assert (len(shown.conditions), shown.more_conditions) == (SHOWN, 10)


def test_a_fault_of_a_whole_gateway_is_shown_before_those_of_thousands_of_points() -> None:
    many, flooded = trouble(5_000), Condition("gw-1", "gateway", "gw-1", "fault", "signal_flood", 9)
    own = [
        Condition("gw-1", "gateway", "gw-1", "fault", f"of_its_own_{each}", 8) for each in range(SHOWN)
    ]
    over = Condition("gw-2", "gateway", "gw-2", "fault", "signal_flood", 7, restored_at=9)
    all_of_them = many.conditions
    for each in (*own, flooded, over):
        all_of_them = all_of_them.having(each)
    for conditions in (all_of_them, TroubleConditions.of(all_of_them.in_order())):
        shown = message(many.replaced(conditions=conditions), NotificationKind.FAULT)
        assert isinstance(shown, TroubleNotification)
        assert [each.reason for each in shown.conditions] == [
            "signal_flood",
            *(each.reason for each in own[: SHOWN - 1]),
        ], "what the center says of a gateway is not hidden by what the gateway says"


@pytest.mark.parametrize("incident", [fire(5, "ấ"), trouble(5)], ids=lambda each: type(each).__name__)
def test_a_message_of_a_few_shows_them_all(incident: Incident) -> None:
    shown = message(incident, NotificationKind.CONFIRMED)
    if isinstance(shown, FireNotification):
        assert (len(shown.points), shown.more_points, shown.more_zones) == (5, 0, 0)
    else:
        assert isinstance(shown, TroubleNotification)
        assert (len(shown.conditions), shown.more_conditions) == (5, 0)


@pytest.mark.parametrize("text", ["r", "ấ" * 1_000, "\x01" * 1_000, '"' * 1_000])
def test_the_largest_message_is_of_bounded_size_also_with_the_longest_texts(text: str) -> None:
    for incident, kind in (
        (fire(10_000, text), NotificationKind.SPREAD),
        (trouble(10_000, text), NotificationKind.FAULT),
    ):
        assert len(msgspec.json.encode(message(incident, kind))) < LARGEST
