"""The confirmation rules, one sentence a row."""

from dataclasses import dataclass, field

import pytest

from alerting.domain.clocks import SECOND, happened_at
from alerting.domain.confirmation import CONFIRMING, Why, judge
from alerting.domain.events import Clock, Detector, Subject
from alerting.domain.incident import PointInFire

DAY = 24 * 3_600
"""Seconds."""

YEARS = 56 * 365 * DAY
"""From 1970 until now or so, in seconds."""


def point(
    name: str,
    *,
    gateway: str = "gw-1",
    zone: str | None = "a",
    at: int = 1_000,
    quantity: str = "smoke",
    restored: bool = False,
    reported: bool = False,
    again: bool = False,
) -> PointInFire:
    """A point that raised fire *at* so many seconds; its window is 300 s."""
    moment = at * SECOND
    return PointInFire(
        gateway=gateway,
        name=name,
        zone=zone,
        zone_name="",
        place="",
        detector=None,
        quantity=quantity,
        value=1.0,
        epoch="e1",
        seq=1,
        changed_at=moment,
        raised=(moment, moment) if again else (moment,),
        window=300 * SECOND,
        due=None,
        restored_at=moment if restored else None,
        reported=reported,
    )


def subject(
    *, zone: str | None = "a", detector: Detector | None = Detector.SMOKE, immediate: bool = False
) -> Subject:
    return Subject(zone, "", "", detector, immediate, 300 * SECOND)


@dataclass(frozen=True)
class Row:
    sentence: str
    point: PointInFire
    others: tuple[PointInFire, ...]
    why: Why
    subject: Subject = field(default_factory=subject)


ROWS = [
    Row("one point alone waits", point("p"), (), Why.FIRST_POINT_WAITING),
    Row(
        "the same point again is no second one",
        point("p", again=True),
        (point("p"),),
        Why.SAME_POINT_AGAIN,
    ),
    Row(
        "the same name at another gateway may be the same detector, heard twice",
        point("p", zone=None),
        (point("p", zone=None, gateway="gw-2"),),
        Why.FIRST_POINT_WAITING,
    ),
    Row("a second point of the zone confirms", point("p"), (point("q"),), Why.SECOND_POINT_IN_WINDOW),
    Row(
        "the window is counted to its last second",
        point("p", at=1_300),
        (point("q"),),
        Why.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "one second later is out of the window",
        point("p", at=1_301),
        (point("q"),),
        Why.SECOND_POINT_OUT_OF_WINDOW,
    ),
    Row(
        "the window counts backwards too, for a signal that comes late",
        point("p", at=700),
        (point("q"),),
        Why.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "a restored point confirms too",
        point("p"),
        (point("q", restored=True),),
        Why.SECOND_POINT_IN_WINDOW,
    ),
    Row("another zone does not confirm", point("p"), (point("q", zone="b"),), Why.OTHER_ZONE_WAITING),
    Row(
        "an unregistered point may be in any zone",
        point("p"),
        (point("q", zone=None),),
        Why.SECOND_POINT_IN_WINDOW,
    ),
    Row(
        "a point that was reported and stands is no coincidence",
        point("p", at=9_000),
        (point("q", reported=True),),
        Why.SECOND_POINT_WHILE_FIRST_STANDS,
    ),
    Row(
        "a point that was reported and is restored may be one",
        point("p", at=9_000),
        (point("q", reported=True, restored=True),),
        Why.SECOND_POINT_OUT_OF_WINDOW,
    ),
    Row(
        "a manual call point confirms at once",
        point("p"),
        (),
        Why.MANUAL_CALL_POINT,
        subject(detector=Detector.MANUAL),
    ),
    Row(
        "a manual call point that nobody registered confirms at once",
        point("p", quantity="manual", zone=None),
        (),
        Why.MANUAL_CALL_POINT,
        subject(zone=None, detector=None),
    ),
    Row("water flow confirms at once", point("p"), (), Why.WATER_FLOW, subject(detector=Detector.FLOW)),
    Row(
        "an immediate zone needs one point", point("p"), (), Why.IMMEDIATE_ZONE, subject(immediate=True)
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.sentence)
def test_confirmation(row: Row) -> None:
    assert judge(row.point, row.subject, row.others) is row.why


def test_every_reason_has_a_row() -> None:
    assert {row.why for row in ROWS} == set(Why)
    assert set(Why) > CONFIRMING


@pytest.mark.parametrize(
    ("sentence", "changed", "offset", "taken", "clock"),
    [
        ("a clock that is right is believed", -60, None, -60, Clock.GATEWAY),
        ("a minute's delay is no wrong clock", -60, 0, -60, Clock.GATEWAY),
        ("a change of an hour ago is believed", -3_600, None, -3_600, Clock.GATEWAY),
        (
            "a change of more than an hour ago is not, by a clock nobody knows",
            -3_601,
            None,
            0,
            Clock.BAD,
        ),
        ("nor one more than an hour ahead", 3_601, None, 0, Clock.BAD),
        ("a change a moment ahead is now", 3, None, 0, Clock.GATEWAY),
        ("a clock ahead by minutes is set right to now", 600, None, 0, Clock.CORRECTED),
        ("a clock known to be behind is corrected", -600, 600, 0, Clock.CORRECTED),
        (
            "a delayed signal of a clock known to be behind keeps its delay",
            -660,
            600,
            -60,
            Clock.CORRECTED,
        ),
        ("a correction that leads into the future is not made", -60, 7_200, 0, Clock.BAD),
        ("a clock known to be ahead is corrected", 540, -600, -60, Clock.CORRECTED),
        ("what waited for a day at a clock that is right is a day old", -DAY, 0, -DAY, Clock.GATEWAY),
        ("and so at a clock that is corrected", -DAY - 600, 600, -DAY, Clock.CORRECTED),
        ("a clock in 1970 that heartbeats told of is corrected", -YEARS, YEARS, 0, Clock.CORRECTED),
        ("what changed before the clock was set is not that old", -YEARS, 0, 0, Clock.BAD),
        ("a clock ahead that heartbeats did not tell of", 600, 0, 0, Clock.BAD),
        ("a moment ahead is now", 3, 0, 0, Clock.GATEWAY),
    ],
)
def test_when_a_point_changed(
    sentence: str, changed: int, offset: int | None, taken: int, clock: Clock
) -> None:
    received = YEARS * SECOND
    offset_micros = None if offset is None else offset * SECOND
    answer = happened_at(received + changed * SECOND, received, offset_micros)
    assert answer == (received + taken * SECOND, clock), sentence
