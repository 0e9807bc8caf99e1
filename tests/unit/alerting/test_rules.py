"""The confirmation rules, one sentence a row."""

from dataclasses import dataclass
from typing import Any, get_args

import msgspec
import pytest

from alerting.domain.confirmation.judge import at_the_end, judge, next_look, wait
from alerting.domain.confirmation.scene import Scene
from alerting.domain.model.events import DetectorKind
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import PointsInFire
from alerting.domain.model.reasons import CONFIRMING, WAITING, ConfirmationReason
from alerting.domain.model.rule import (
    Immediate,
    Rule,
    Staffed,
    TwoQuantities,
    TypeA,
    TypeB,
    TypeC,
    Verification,
)
from contract.times import SECOND
from registry.model.places import Zone
from registry.model.rules import FIGURES, RuleKind
from tests.unit.alerting.examples import EVERY_RULE

B = TypeB()


def point(name: str, *, at: int = 1_000, rule: Rule = B, **changes: Any) -> PointInFire:
    """A smoke detector of zone "a" that raised fire *at* so many seconds."""
    moment = at * SECOND
    plain = PointInFire(
        gateway="gw-1",
        name=name,
        zone="a",
        zone_name="",
        place="",
        detector=None,
        quantity="smoke",
        value=1.0,
        epoch="e1",
        seq=1,
        changed_at=moment,
        raised=(moment,),
        due=None,
        rule=rule,
        waits_from=moment,
    )
    return msgspec.structs.replace(plain, **changes)


def flickered(*, stood: int) -> PointInFire:
    """A point that came again in its pause, is restored, and stood for so many seconds in all."""
    first, again = 1_000 * SECOND, 1_040 * SECOND
    return restored(
        "p", rule=Verification(), stood=stood * SECOND, raised=(first, again), returns=(again,)
    )


def restored(name: str, *, at: int = 1_000, **changes: Any) -> PointInFire:
    return point(name, at=at, restored_at=at * SECOND, **changes)


def again(name: str, *, after: int, rule: Rule) -> PointInFire:
    """A point that was restored and raised fire again so many seconds later."""
    first, second = 1_000 * SECOND, (1_000 + after) * SECOND
    return point(name, rule=rule, raised=(first, second), returns=(second,))


@dataclass(frozen=True)
class Row:
    sentence: str
    point: PointInFire
    others: tuple[PointInFire, ...]
    why: ConfirmationReason


RAISES = [
    Row("one point alone waits", point("p"), (), ConfirmationReason.FIRST_POINT_WAITING),
    Row(
        "the same point again is no second one",
        again("p", after=10, rule=B),
        (),
        ConfirmationReason.SAME_POINT_AGAIN,
    ),
    Row(
        "the same name at another gateway may be the same detector, heard twice",
        point("p", zone=None),
        (point("p", zone=None, gateway="gw-2"),),
        ConfirmationReason.FIRST_POINT_WAITING,
    ),
    Row(
        "a panel that does not say which point burns may mean this one",
        point("p"),
        (point("system", zone=None, quantity="commonalarm"),),
        ConfirmationReason.FIRST_POINT_WAITING,
    ),
    Row(
        "so it may when it comes second, or when two parts of a panel say it",
        point("device", zone=None, quantity="commonalarm", quantities=("commonalarm",)),
        (point("p"), point("system", zone=None, quantity="commonalarm")),
        ConfirmationReason.FIRST_POINT_WAITING,
    ),
    Row(
        "the panel of another gateway is surely another",
        point("p"),
        (point("system", zone=None, gateway="gw-2", quantity="commonalarm"),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "two points of a panel that said so first confirm each other",
        point("p"),
        (point("system", zone=None, quantity="commonalarm"), point("q")),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "a second point of the zone confirms",
        point("p"),
        (point("q"),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "the window is counted to its last second",
        point("p", at=1_300),
        (point("q"),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "one second later is out of the window",
        point("p", at=1_301),
        (point("q"),),
        ConfirmationReason.SECOND_POINT_OUT_OF_WINDOW,
    ),
    Row(
        "the window counts backwards too, for a signal that comes late",
        point("p", at=700),
        (point("q"),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "a restored point confirms too",
        point("p"),
        (restored("q"),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "another zone does not confirm",
        point("p"),
        (point("q", zone="b"),),
        ConfirmationReason.OTHER_ZONE_WAITING,
    ),
    Row(
        "a zone that was named beside it does",
        point("p", rule=TypeB(zones=("b",))),
        (point("q", zone="b"),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "and so it is the other way round",
        point("p", zone="b"),
        (point("q", rule=TypeB(zones=("b",))),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "an unregistered point may be in any zone",
        point("p"),
        (point("q", zone=None),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "a point that was reported and stands is no coincidence",
        point("p", at=9_000),
        (point("q", notified=True),),
        ConfirmationReason.SECOND_POINT_WHILE_FIRST_STANDS,
    ),
    Row(
        "a point that was reported and is restored may be one",
        point("p", at=9_000),
        (restored("q", notified=True),),
        ConfirmationReason.SECOND_POINT_OUT_OF_WINDOW,
    ),
    *(
        Row(
            f"a manual call point confirms at once under {rule}",
            each,
            (),
            ConfirmationReason.MANUAL_CALL_POINT,
        )
        for rule in EVERY_RULE
        for each in (
            point("p", rule=rule, detector=DetectorKind.MANUAL),
            point("p", rule=rule, quantity="manual", zone=None),
            point("p", rule=rule, quantities=("manual",)),
        )
    ),
    *(
        Row(
            f"water flow confirms at once under {rule}",
            point("p", rule=rule, detector=DetectorKind.FLOW),
            (),
            ConfirmationReason.WATER_FLOW,
        )
        for rule in EVERY_RULE
    ),
    Row(
        "an immediate zone needs one point",
        point("p", rule=Immediate()),
        (),
        ConfirmationReason.IMMEDIATE_ZONE,
    ),
    Row(
        "a rule whose every partner is mute waits for nothing",
        point("p", unavailable_partners=("q", "r")),
        (),
        ConfirmationReason.PARTNER_UNAVAILABLE,
    ),
    Row(
        "type A: the same point again within 60 s",
        again("p", after=60, rule=TypeA()),
        (),
        ConfirmationReason.POINT_AGAIN_IN_WINDOW,
    ),
    Row(
        "type A: the same point after more than that is a first alarm",
        again("p", after=61, rule=TypeA()),
        (),
        ConfirmationReason.SAME_POINT_AGAIN,
    ),
    Row(
        "type A: what a restarted gateway repeats is not the point again",
        point("p", rule=TypeA(), raised=(1_000 * SECOND, 1_010 * SECOND)),
        (),
        ConfirmationReason.SAME_POINT_AGAIN,
    ),
    Row(
        "type A: another point of the zone",
        point("p", rule=TypeA(), at=1_060),
        (point("q", rule=TypeA()),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "type C confirms as type B does",
        point("p", rule=TypeC()),
        (point("q", rule=TypeC()),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "two quantities: a second smoke detector is not enough",
        point("p", rule=TwoQuantities()),
        (point("q", rule=TwoQuantities()),),
        ConfirmationReason.SECOND_POINT_OUT_OF_WINDOW,
    ),
    Row(
        "two quantities: heat beside smoke",
        point("p", rule=TwoQuantities()),
        (point("q", rule=TwoQuantities(), quantity="temperature"),),
        ConfirmationReason.SECOND_QUANTITY_IN_WINDOW,
    ),
    Row(
        "two quantities: heat at another place of the zone is not enough",
        point("p", rule=TwoQuantities(), place="stall 1"),
        (point("q", rule=TwoQuantities(), place="stall 9", quantity="temperature"),),
        ConfirmationReason.SECOND_POINT_OUT_OF_WINDOW,
    ),
    Row(
        "two quantities: one detector that reports both",
        point("p", rule=TwoQuantities(), quantities=("smoke", "temperature")),
        (),
        ConfirmationReason.SECOND_QUANTITY_IN_WINDOW,
    ),
    Row(
        "verification: again within the pause does not count",
        again("p", after=30, rule=Verification()),
        (),
        ConfirmationReason.SAME_POINT_AGAIN,
    ),
    Row(
        "verification: again within five minutes after the pause does",
        again("p", after=360, rule=Verification()),
        (),
        ConfirmationReason.AGAIN_WHEN_VERIFIED,
    ),
    Row(
        "verification: again after that is a first alarm",
        again("p", after=361, rule=Verification()),
        (),
        ConfirmationReason.SAME_POINT_AGAIN,
    ),
    Row(
        "verification: another point ends it at once",
        point("p", rule=Verification()),
        (point("q", rule=Verification()),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "staffed: another point ends the investigation at once",
        point("p", rule=Staffed()),
        (point("q", rule=Staffed()),),
        ConfirmationReason.SECOND_POINT_IN_WINDOW,
    ),
]


@pytest.mark.parametrize("row", RAISES, ids=lambda row: row.sentence)
def test_a_point_that_raises_fire(row: Row) -> None:
    scene = Scene(PointsInFire.of((*row.others, row.point)), row.point.raised[-1])
    assert judge(row.point, scene) is row.why


@dataclass(frozen=True)
class End:
    """A wait that is over so many seconds *after* the first signal."""

    sentence: str
    point: PointInFire
    after: int
    why: ConfirmationReason | None = None
    look: int | None = None
    others: tuple[PointInFire, ...] = ()
    taken: int | None = None


ENDS = [
    End("type B: what stands alone is told as unconfirmed", point("p"), 300),
    End("type B: what was restored is cleared", restored("p"), 300),
    End(
        "type B: two that stand are no coincidence, however late their signals came",
        point("p"),
        9_000,
        ConfirmationReason.SECOND_POINT_WHILE_FIRST_STANDS,
        others=(point("q", at=8_000),),
    ),
    End(
        "type A: what was restored is kept for half an hour", restored("p", rule=TypeA()), 60, look=1_800
    ),
    End("type A: and cleared then", restored("p", rule=TypeA()), 1_800),
    End(
        "two quantities: two smoke detectors that stand are not enough",
        point("p", rule=TwoQuantities()),
        300,
        others=(point("q", rule=TwoQuantities()),),
    ),
    End(
        "verification: what still stands after the pause is confirmed",
        point("p", rule=Verification()),
        60,
        ConfirmationReason.STILL_STANDING_WHEN_VERIFIED,
        look=360,
    ),
    End(
        "verification: what was restored in the pause is watched for five minutes more",
        restored("p", rule=Verification()),
        60,
        look=360,
    ),
    End("verification: and cleared then", restored("p", rule=Verification()), 360),
    End(
        "verification: what came again in the pause and stood for half of it is no steam",
        flickered(stood=30),
        60,
        ConfirmationReason.AGAIN_WHILE_VERIFIED,
        look=360,
    ),
    End("verification: less than half of the pause is", flickered(stood=29), 60, look=360),
    End(
        "verification: and so is what stood for long but once",
        restored("p", rule=Verification(), stood=59 * SECOND),
        60,
        look=360,
    ),
    End(
        "staffed: nobody took it in 15 s",
        point("p", rule=Staffed()),
        15,
        ConfirmationReason.NOT_ACKNOWLEDGED_IN_TIME,
    ),
    End(
        "staffed: who took it has 180 s",
        point("p", rule=Staffed()),
        15,
        look=190,
        taken=10,
    ),
    End(
        "staffed: and no more",
        point("p", rule=Staffed()),
        190,
        ConfirmationReason.INVESTIGATION_OVER,
        taken=10,
    ),
    End("staffed: what was restored is cleared", restored("p", rule=Staffed()), 15),
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.sentence)
def test_a_wait_that_is_over(end: End) -> None:
    began = 1_000 * SECOND
    taken = None if end.taken is None else began + end.taken * SECOND
    scene = Scene(PointsInFire.of((*end.others, end.point)), began + end.after * SECOND, taken)
    assert at_the_end(end.point, scene) is end.why
    look = next_look(end.point, scene)
    assert look == (None if end.look is None else began + end.look * SECOND)


def test_every_reason_is_reached() -> None:
    reached = {row.why for row in RAISES} | {end.why for end in ENDS}
    assert reached - {None} == set(ConfirmationReason)
    assert set(ConfirmationReason) == CONFIRMING | WAITING


def test_every_rule_of_the_registry_is_one_of_the_center_and_stored_under_its_name() -> None:
    assert [type(rule) for rule in EVERY_RULE] == list(get_args(Rule))
    assert [rule.__struct_config__.tag for rule in EVERY_RULE] == list(RuleKind)


def test_every_figure_of_a_rule_can_be_set_for_a_zone_within_bounds() -> None:
    assert set(FIGURES) == set(RuleKind)
    for kind, figures in FIGURES.items():
        zone = Zone.model_validate({"id": "a", "premises": "p", "name": "A", "rule": kind, **figures})
        assert {name: zone.figure(name) for name in figures} == figures


@pytest.mark.parametrize("rule", EVERY_RULE, ids=str)
def test_a_wait_is_never_longer_than_ten_minutes(rule: Rule) -> None:
    assert 0 <= wait(rule) <= 600 * SECOND
