"""Which points in fire belong to nobody: a table, one sentence a row."""

import pytest

from alerting.domain.model.condition import Condition
from alerting.domain.model.effects import Notify
from alerting.domain.model.incident import IncidentKind, Outcome, PremisesSnapshot, Stage
from alerting.domain.model.trouble import Trouble, TroublePhase
from alerting.domain.model.trouble_conditions import TroubleConditions
from alerting.domain.notification.suppression import Deferrable, NotDeferrable, deferrable
from alerting.domain.watch.standing_alarm import (
    AGAIN,
    PART,
    REPEAT,
    UnattendedPoint,
    standing_alarm_changes,
    standing_alarm_policy,
)
from alerting.domain.wording.troubles import trouble_text
from contract.ids import IncidentId
from contract.messages import Edge
from contract.times import SECOND
from registry.model.templates import NotificationKind
from tests.support.texts import IN_ENGLISH, IN_VIETNAMESE

BEP, KHO = UnattendedPoint("gw-1", "bep", 5), UnattendedPoint("gw-1", "kho", 6)
TOLD = Condition("gw-1", "point", "bep", "fault", "standing_alarm", since=5)
SITE = PremisesSnapshot("cho", "Chợ", "", (Stage(0, ("engineer",)),), "repair", repeat=3_600 * SECOND)


@pytest.mark.parametrize(
    ("stands", "attended", "on_test", "told", "expected"),
    [
        pytest.param([], (), (), [], [], id="nothing stands"),
        pytest.param([BEP], (), (), [], [("bep", "raised")], id="it stands and nobody has it"),
        pytest.param([BEP], ("gw-1/bep",), (), [], [], id="an open incident has it"),
        pytest.param([BEP], (), ("gw-1/bep",), [], [], id="a tester has it"),
        pytest.param([BEP], (), (), [TOLD], [], id="it was told already"),
        pytest.param([], (), (), [TOLD], [("bep", "restored")], id="it was restored"),
        pytest.param(
            [BEP], ("gw-1/bep",), (), [TOLD], [("bep", "restored")], id="a new incident has it"
        ),
        pytest.param([BEP], (), ("gw-1/bep",), [TOLD], [], id="a test after it was told ends nothing"),
        pytest.param([BEP, KHO], (), (), [TOLD], [("kho", "raised")], id="a second one stands besides"),
        pytest.param(
            [KHO], (), (), [TOLD], [("kho", "raised"), ("bep", "restored")], id="one goes, one comes"
        ),
        pytest.param([BEP, BEP], (), (), [], [("bep", "raised")], id="two quantities are one point"),
    ],
)
def test_standing_alarms(
    stands: list[UnattendedPoint],
    attended: tuple[str, ...],
    on_test: tuple[str, ...],
    told: list[Condition],
    expected: list[tuple[str, str]],
) -> None:
    found = standing_alarm_changes(stands, attended=attended, on_test=on_test, notified=told, now=9)
    assert [(condition.name, edge.value) for condition, edge in found] == expected
    assert all(
        condition.since == (9 if edge is Edge.RESTORED else {"bep": 5, "kho": 6}[condition.name])
        for condition, edge in found
    )


def test_the_command_center_is_told_of_it_first_and_each_time_beside_those_who_repair() -> None:
    site = standing_alarm_policy(SITE)
    assert site.stages[0].notify == ("command-center", "engineer")
    assert [(stage.after, stage.notify) for stage in site.stages[1:]] == [(AGAIN, site.stages[0].notify)]
    assert site.repeat_to == ("command-center", "engineer")
    assert site.repeat == REPEAT


def test_the_stages_of_the_policy_for_faults_are_kept_each_at_its_time() -> None:
    policy = (Stage(30 * SECOND, ("a",)), Stage(40 * SECOND, ("b",)), Stage(90 * SECOND, ("c",)))
    stages = standing_alarm_policy(PremisesSnapshot("cho", "Chợ", "", policy, "repair")).stages
    assert [(each.after // SECOND, each.notify[-1]) for each in stages] == [
        (0, "a"),
        (40, "b"),
        (60, "a"),
        (90, "c"),
    ]


def test_a_policy_that_repeats_sooner_is_kept() -> None:
    sooner = PremisesSnapshot("cho", "Chợ", "", (Stage(0, ("engineer",)),), "repair", repeat=60 * SECOND)
    assert standing_alarm_policy(sooner).repeat == 60 * SECOND


def trouble(part: str, phase: TroublePhase = TroublePhase.STANDING) -> Trouble:
    return Trouble(
        id=IncidentId("i1"),
        site=SITE,
        kind=IncidentKind.FAULT,
        part=part,
        phase=phase,
        reason="standing_alarm",
        opened_at=1,
        conditions=TroubleConditions.of([TOLD]),
        outcome=Outcome.CLEARED if phase is TroublePhase.CLOSED else None,
    )


def test_nothing_can_be_given_a_standing_alarm_to_hold_back() -> None:
    notification = Notify(
        NotificationKind.FAULT, 0, "command-center", "standing_alarm", trouble(PART), 1
    )
    assert deferrable(notification) is None
    with pytest.raises(NotDeferrable):
        Deferrable(notification)
    assert (
        deferrable(Notify(NotificationKind.FAULT, 0, "command-center", "silent", trouble(""), 1))
        is not None
    )


def said_of(notification: Notify, case: Trouble) -> dict[str, str]:
    return {
        "vi": trouble_text(notification, case, IN_VIETNAMESE),
        "en": trouble_text(notification, case, IN_ENGLISH),
    }


def test_it_is_told_in_words_of_its_own() -> None:
    notification = Notify(
        NotificationKind.FAULT, 0, "command-center", "standing_alarm", trouble(PART), 1
    )
    said = said_of(notification, trouble(PART))
    assert said["en"].startswith("STILL IN ALARM at Chợ: bep (still in alarm after its incident")
    assert said["vi"].startswith("ĐIỂM VẪN BÁO CHÁY tại Chợ: bep (vẫn báo cháy sau khi sự cố")
    assert said["vi"].endswith("; còn 1 điểm vẫn báo cháy.")
    over = said_of(notification, trouble(PART, TroublePhase.CLOSED))
    assert "restored, or a new incident" in over["en"]
    assert "đã khôi phục hoặc đã có sự cố mới" in over["vi"]
