"""Recordings through detection and confirmation: what is counted, and what is refused."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contract.recordings import RecordedReading
from registry.model.rules import RuleKind
from tocsin.__main__ import app
from tocsin.evaluate.command import _WORDS
from tocsin.evaluate.playing import Contents, Played, play
from tocsin.evaluate.score import row_of, summary
from tocsin.evaluate.site import Site

KEYS = [
    "name",
    "prealarm_s",
    "alarm_s",
    "unconfirmed_s",
    "confirmed_s",
    "notified_s",
    "false_prealarms",
    "false_alarms",
    "false_unconfirmed",
    "false_confirmations",
    "faults",
    "faults_before_alarm",
    "faults_after_alarm",
    "point_days",
    "points",
]


def smoke(point: str, *, since: float, until: float, value: float = 1.0) -> Iterator[RecordedReading]:
    return (RecordedReading(float(t), point, "smoke", value) for t in range(int(since), int(until)))


def merged(*series: Iterator[RecordedReading]) -> list[RecordedReading]:
    return sorted((each for one in series for each in one), key=lambda each: each.t)


def clean_then_smoke(point: str, *, ignites: float, until: float = 300) -> list[RecordedReading]:
    clean = smoke(point, since=-60, until=ignites, value=0.0)
    return merged(clean, smoke(point, since=ignites, until=until))


def fire(*ignites: float) -> list[RecordedReading]:
    """A fire that comes to one detector after the other, at so many seconds."""
    return merged(*(iter(clean_then_smoke(f"s-{n}", ignites=at)) for n, at in enumerate(ignites)))


def played(
    rows: list[RecordedReading],
    site: Site | None = None,
    *,
    rule: RuleKind | None = None,
    contents: Contents = Contents.FIRE,
) -> Played:
    return play("r", rows, site or Site(), rule=rule, contents=contents)


def there(seconds: float | None) -> float:
    """Return *seconds*, which there must be."""
    assert seconds is not None
    return seconds


def test_a_fire_has_its_times_from_ignition_and_is_confirmed_by_the_second_detector() -> None:
    row = row_of(played(fire(20, 100)))
    assert 20 < there(row.alarm_s) < 30
    assert 100 < there(row.confirmed_s) < 110
    assert there(row.prealarm_s) <= there(row.alarm_s)
    assert (row.false_alarms, row.false_confirmations, row.faults) == (0, 0, 0)


def test_one_detector_is_confirmed_by_the_rule_that_needs_no_other() -> None:
    assert row_of(played(fire(20))).confirmed_s is None
    row = row_of(played(fire(20), rule=RuleKind.IMMEDIATE))
    assert row.confirmed_s == row.alarm_s


def test_a_rule_that_looks_again_confirms_when_its_time_is_over() -> None:
    row = row_of(played(fire(20), rule=RuleKind.VERIFICATION))
    assert row.confirmed_s == pytest.approx(there(row.alarm_s) + 60.0, abs=0.001)


def test_a_fire_that_nothing_confirms_has_the_time_of_its_first_notification() -> None:
    rows = [*clean_then_smoke("s", ignites=20, until=600)]
    row = row_of(played(rows))
    assert row.confirmed_s is None
    assert row.unconfirmed_s == row.notified_s == pytest.approx(there(row.alarm_s) + 300.0, abs=0.001)
    row = row_of(played(rows, rule=RuleKind.TYPE_C))
    assert row.notified_s == there(row.alarm_s) < there(row.unconfirmed_s)
    row = row_of(played(rows, rule=RuleKind.IMMEDIATE))
    assert (row.unconfirmed_s, row.notified_s) == (None, row.confirmed_s)


def test_an_alarm_notified_as_unconfirmed_is_false_in_a_quiet_recording_each_time() -> None:
    rows = merged(
        smoke("s", since=0, until=60, value=0.0),
        smoke("s", since=60, until=500),
        smoke("s", since=500, until=1_000, value=0.0),
        smoke("s", since=1_000, until=1_500),
    )
    row = row_of(played(rows, contents=Contents.NOTHING))
    assert (row.unconfirmed_s, row.notified_s, row.false_unconfirmed) == (None, None, 2)
    assert (row.false_prealarms, row.false_alarms) == (2, 2)


def test_faults_before_and_after_the_first_alarm_are_counted_apart() -> None:
    rows = merged(
        iter([RecordedReading(float(t), "x", "smoke", 70.0) for t in range(-60, -40)]),
        iter(clean_then_smoke("s-0", ignites=20)),
        smoke("s-1", since=-60, until=100, value=0.0),
        iter([RecordedReading(float(t), "s-1", "smoke", 70.0) for t in range(100, 300)]),
    )
    row = row_of(played(rows))
    assert (row.faults, row.faults_before_alarm, row.faults_after_alarm) == (2, 1, 1)
    by_name = {each.point: each for each in row.points}
    assert [each.reason for each in by_name["s-0"].alarms] == ["smoke_above_alarm"]
    assert by_name["s-0"].alarms[0].t == row.alarm_s
    assert [each.reason for each in by_name["s-1"].faults] == ["out_of_range"]
    assert by_name["x"].prealarms == by_name["x"].alarms == ()


@pytest.mark.parametrize("every", [1, 5, 10])
@pytest.mark.parametrize("level", [0.3, 1.0, 3.0])
def test_a_puff_of_25_seconds_is_an_alarm_and_no_verified_fire(level: float, every: int) -> None:
    for phase in range(every):
        rows = [
            RecordedReading(float(t), "s", "smoke", level if 0 <= t < 25 else 0.0)
            for t in range(phase - 100, 400, every)
        ]
        row = row_of(played(rows, rule=RuleKind.VERIFICATION))
        assert row.alarm_s is not None
        assert (row.confirmed_s, row.notified_s) == (None, None)


def test_signals_before_ignition_are_false() -> None:
    row = row_of(played(fire(-50, -40)))
    assert (row.alarm_s, row.confirmed_s) == (None, None)
    assert (row.false_alarms, row.false_confirmations) == (2, 1)


def test_in_a_recording_without_a_fire_every_alarm_is_false() -> None:
    row = row_of(played(fire(20, 30), contents=Contents.NOTHING))
    assert (row.alarm_s, row.false_alarms, row.false_confirmations) == (None, 2, 1)
    ends_before = [each for each in fire(-50) if each.t < 0]
    assert not played(ends_before).fire


def test_a_fire_after_a_false_confirmation_is_confirmed_again() -> None:
    before = [each for each in fire(-500, -490) if each.t < -300]
    rows = merged(
        smoke("s-0", since=-600, until=-500, value=0.0),
        smoke("s-1", since=-600, until=-490, value=0.0),
        iter(before),
        smoke("s-0", since=-300, until=50, value=0.0),
        smoke("s-1", since=-300, until=80, value=0.0),
        smoke("s-0", since=50, until=300),
        smoke("s-1", since=80, until=300),
    )
    row = row_of(played(rows))
    assert (row.false_alarms, row.false_confirmations) == (2, 1)
    assert 80 < there(row.confirmed_s) < 90


def test_two_quantities_of_one_point_confirm_as_those_of_two_points_do() -> None:
    zones = [{"id": "z", "rule": "two_quantities"}]
    one = {"zones": zones, "points": [{"name": "m", "kind": "multi", "zone": "z"}]}
    kinds = {"s": "smoke", "h": "heat"}
    two = {"zones": zones, "points": [{"name": n, "kind": k, "zone": "z"} for n, k in kinds.items()]}
    times = range(-60, 200)
    confirmed = []
    for site, smoke_of, heat_of in ((one, "m", "m"), (two, "s", "h")):
        smokes = (RecordedReading(float(t), smoke_of, "smoke", 0.02 * max(0, t)) for t in times)
        heats = (RecordedReading(t + 0.5, heat_of, "temperature", 22.0 + max(0, t - 60)) for t in times)
        result = played(merged(smokes, heats), Site.model_validate(site))
        confirmed.append(there(row_of(result).confirmed_s))
    together, apart = confirmed
    assert 60 < together <= apart


def test_points_of_two_zones_do_not_confirm_each_other() -> None:
    site = Site.model_validate(
        {
            "zones": [{"id": "a", "rule": "type_b"}, {"id": "b", "rule": "type_b"}],
            "points": [
                {"name": "s-0", "kind": "smoke", "zone": "a"},
                {"name": "s-1", "kind": "smoke", "zone": "b"},
            ],
        }
    )
    assert row_of(played(fire(20, 40), site)).confirmed_s is None


def test_point_days_leave_out_gaps() -> None:
    rows = [*smoke("s", since=0, until=101, value=0.0), *smoke("s", since=5_000, until=5_101, value=0.0)]
    result = played(rows)
    assert result.point_days == pytest.approx(200 / 86_400)
    assert [change.reason for _, change in result.changes] == ["silent", "silent"]
    assert "1 gaps longer than 300 s" in result.remarks[0]


def test_a_broken_point_is_looked_for_among_the_faults() -> None:
    site = Site.model_validate({"points": [{"name": "s", "kind": "smoke", "broken": True}]})
    lying = [RecordedReading(float(t), "s", "smoke", 70.0) for t in range(20)]
    assert summary([played(lying, site)], broken=site.broken).fault_recall == 1.0
    sound = [*smoke("s", since=0, until=20, value=0.0)]
    assert summary([played(sound, site)], broken=site.broken).fault_recall == 0.0


Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return file


def csv(rows: list[RecordedReading]) -> str:
    lines = [f"{each.t},{each.point},{each.quantity},{each.value}" for each in rows]
    return "\n".join(["t,point,quantity,value", *lines, ""])


def run(*arguments: object) -> tuple[int, str, str]:
    answer = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    return answer.exit_code, answer.stdout, answer.stderr


def test_the_json_has_the_keys_that_are_documented(write: Write) -> None:
    file = write("burn.csv.gz", csv(fire(20, 100)))
    code, out, _ = run(file, "--json")
    assert code == 0
    result = json.loads(out)
    assert list(result) == ["recordings", "summary"]
    assert list(result["recordings"][0]) == KEYS
    assert result["recordings"][0]["name"] == "burn"
    assert result["summary"]["detection_rate"] == 1.0


def test_every_thins_to_the_rhythm_of_a_slower_sensor_and_is_repeatable(write: Write) -> None:
    file = write("burn.csv", csv(fire(20, 100)))

    def rows(*options: object) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(run(file, "--json", *options)[1])
        return result

    whole, slow = rows(), rows("--every", 10)
    assert slow["summary"]["samples"] == pytest.approx(whole["summary"]["samples"] / 10, abs=2)
    assert rows("--every", 10)["recordings"] == slow["recordings"]
    times = {rows("--every", 10, "--seed", seed)["recordings"][0]["alarm_s"] for seed in range(8)}
    assert len(times) > 1


def test_an_interval_longer_than_the_reporting_time_is_remarked_on(write: Write) -> None:
    rows = [*smoke("s", since=0, until=3_000, value=0.0)]
    _, out, _ = run(write("r.csv", csv(rows)), "--every", 900, "--json")
    assert "silent_after_s = 300" in json.loads(out)["summary"]["remarks"][-1]
    for bad in ("0", "-1", "nan", "inf"):
        code, _, err = run(write("r.csv", csv(rows)), f"--every={bad}")
        assert code == 2
        assert "seconds above 0" in err


def test_people_see_the_signals_of_each_point_with_time_and_reason(write: Write) -> None:
    rows = [*fire(20, 100), *smoke("calm", since=300, until=310, value=0.0)]
    code, out, _ = run(write("burn.csv", csv(rows)), "--points")
    assert code == 0
    assert "burn s-0: alarm at 2" in out
    assert "smoke_above_alarm" in out
    assert "burn calm: nothing" in out


def test_people_see_a_table_and_a_summary(write: Write) -> None:
    code, out, _ = run(write("burn.csv", csv(fire(20, 100))), "--rule", "type-b")
    assert code == 0
    assert "burn" in out
    assert "detection rate: 1" in out


def test_a_picture_of_each_recording_is_drawn_on_request(write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "plots"
    code, _, _ = run(write("burn.csv", csv(fire(20, 100))), "--plot", folder)
    assert code == 0
    picture = (folder / "burn.svg").read_text()
    assert picture.count("<polyline") == 2
    assert picture.count("<text") == picture.count("</text>")
    for said in ("ignition 0 s", "alarm 2", "confirmed 10", "s-0", "dB/m"):
        assert said in picture


def test_a_long_recording_makes_no_larger_picture(write: Write, tmp_path: Path) -> None:
    rows = [RecordedReading(n / 10 - 60, "s", "smoke", n % 7 / 100) for n in range(20_000)]
    run(write("long.csv.gz", csv(rows)), "--plot", tmp_path, "--quiet")
    assert (tmp_path / "long.svg").stat().st_size < 8_000


def test_an_empty_recording_is_remarked_on_and_drawn(write: Write, tmp_path: Path) -> None:
    code, out, _ = run(write("empty.csv", HEAD), "--plot", tmp_path, "--json")
    assert code == 0
    assert "no rows below the header" in json.loads(out)["summary"]["remarks"][0]
    assert (tmp_path / "empty.svg").exists()


HEAD = "t,point,quantity,value\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ("t,point,value\n0,p,1\n", "line 1"),
        (HEAD + "0,p,smoke,1\n-1,p,smoke,1\n", "line 3"),
        (HEAD + "0,p,smoke,NaN\n", "line 2"),
        (HEAD + "0,p,smoke,inf\n", "line 2"),
        (HEAD + "nan,p,smoke,1\n", "line 2"),
        (HEAD + "0,p,warmth,1\n", "line 2"),
        (HEAD + "0,p,temperature_f,70\n", "line 2"),
        ("t,point,quantity,value,unit\n0,p,temperature,70,degF\n", "line 1"),
        (HEAD + "0,p,temperature,70F\n", "line 2"),
        (HEAD + "0,p,smoke\n", "line 2"),
        (HEAD + "0,Küche,smoke,1\n", "line 2"),
        (HEAD + "0,p,smoke,1\n\n1,p,smoke,1\n", "line 3"),
    ],
)
def test_a_bad_row_is_named_with_its_file_and_line(write: Write, text: str, said: str) -> None:
    code, _, err = run(write("bad.csv", text))
    assert code == 2
    assert f"bad.csv: {said}: " in err


def test_a_quantity_that_is_unknown_is_answered_with_those_that_are_known_and_their_units(
    write: Write,
) -> None:
    _, _, err = run(write("bad.csv", HEAD + "0,p,temperature_f,70\n"))
    assert "smoke in dB/m" in err
    assert "temperature in degC" in err


def test_every_file_that_cannot_be_read_is_named_at_once(write: Write, tmp_path: Path) -> None:
    whole = gzip.compress(csv(fire(20)).encode())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    good, bad = write("good.csv", csv(fire(20))), write("bad.csv", HEAD + "x\n")
    code, out, err = run(good, tmp_path / "cut.csv.gz", bad, tmp_path / "absent.csv", "--json")
    assert (code, out) == (2, "")
    assert "cut.csv.gz: damaged or cut short" in err
    assert "bad.csv: line 2" in err
    assert "absent.csv: No such file" in err


def test_times_that_repeat_are_judged_in_their_order_and_remarked_on(write: Write) -> None:
    doubled = [each for row in fire(20, 30) for each in (row, row)]
    code, out, _ = run(write("twice.csv", csv(doubled)), "--json")
    assert code == 0
    assert "rows repeat a time" in json.loads(out)["summary"]["remarks"][0]


def test_a_site_file_names_all_its_errors(write: Write) -> None:
    site = write(
        "site.toml",
        'bogus = 1\n[[points]]\nname = "p"\nkind = "lamp"\n[[points]]\nname = "Q"\nkind = "smoke"\n',
    )
    code, _, err = run(write("r.csv", csv(fire(20))), "--site", site)
    assert code == 2
    for said in ("bogus", "points[1].kind", "points[2].name"):
        assert said in err


def test_zones_of_a_site_file_are_checked_as_the_registry_checks_them(write: Write) -> None:
    text = '[[zones]]\nid = "a"\nrule = "immediate"\nwindow_s = 60\nconfirmed_with = ["b"]\n'
    code, _, err = run(write("r.csv", csv(fire(20))), "--site", write("site.toml", text))
    assert code == 2
    assert "rule immediate has no window_s" in err
    assert "'b'" in err


def test_a_point_in_a_zone_that_is_not_there_is_named(write: Write) -> None:
    text = '[[points]]\nname = "p"\nkind = "smoke"\nzone = "attic"\n'
    code, _, err = run(write("r.csv", csv(fire(20))), "--site", write("site.toml", text))
    assert code == 2
    assert "zone 'attic'" in err


def test_points_that_only_one_of_recording_and_site_file_has_are_printed_too(
    write: Write,
) -> None:
    text = '[[points]]\nname = "s-0"\nkind = "smoke"\n[[points]]\nname = "room-1"\nkind = "smoke"\n'
    site, file = write("site.toml", text), write("r.csv", csv(fire(20, 100)))
    lacking = [
        "r: the recording lacks points of the site file: room-1",
        "r: the site file lacks points of the recording: s-1; "
        "judged by whatever they measure, in no zone of the file",
    ]
    _, out, _ = run(file, "--site", site, "--json")
    assert json.loads(out)["summary"]["remarks"] == lacking
    _, out, _ = run(file, "--site", site)
    assert [f"note: {each}" for each in lacking] == out.splitlines()[-2:]
    _, out, _ = run(file)
    assert "note:" not in out


def test_people_read_words_for_every_key_of_the_summary(write: Write) -> None:
    file = write("r.csv", csv(fire(20, 100)))
    _, out, _ = run(file, "--json")
    assert set(_WORDS) == set(json.loads(out)["summary"]) - {"remarks"}
    _, out, _ = run(file)
    assert "p50" not in out
    assert "seconds to the alarm, of half of the fires at most: 2" in out


def test_a_rule_that_does_not_exist_is_answered_with_those_that_do(write: Write) -> None:
    code, _, err = run(write("r.csv", csv(fire(20))), "--rule", "type-z")
    assert code == 2
    assert "type_b" in err


def test_a_step_that_stays_in_doubt_is_remarked_on(write: Write) -> None:
    step = [
        RecordedReading(float(t), "h-1", "temperature", value)
        for t, value in enumerate((80.0, 90.0, 90.0))
    ]
    _, out, _ = run(write("step.csv", csv(step)), "--json")
    result = json.loads(out)
    assert result["recordings"][0]["alarm_s"] is None
    (remark,) = result["summary"]["remarks"]
    assert "h-1 reached the alarm level of temperature at 0 s (3 samples) without an alarm" in remark


def test_the_signals_of_each_point_are_listed_for_one_recording_and_on_request_for_more(
    write: Write,
) -> None:
    one, two = write("one.csv", csv(fire(20, 100))), write("two.csv", csv(fire(20, 100)))
    assert "one s-0: alarm at 2" in run(one)[1]
    assert "one s-0" not in run(one, "--no-points")[1]
    assert "two s-0" not in run(one, two)[1]
    assert "two s-0: alarm at 2" in run(one, two, "--points")[1]


LABEL = r'<text x="([\d.]+)" y="(\d+)" fill="[^>]*>([a-z-]+ \d+ s)</text>'


def test_a_picture_has_round_ticks_thresholds_and_labels_that_do_not_overlap(
    write: Write, tmp_path: Path
) -> None:
    run(write("burn.csv", csv(fire(20, 30, 40))), "--plot", tmp_path)
    text = (tmp_path / "burn.svg").read_text()
    assert "alarm level 0.132 dB/m above clean air" in text
    assert "seconds from ignition" in text
    assert re.search(r'text-anchor="end">0\.5<', text)
    labels = [
        (float(x), int(y), len(label))
        for x, y, label in re.findall(
            r'<text x="([\d.]+)" y="(\d+)" fill="[^>]*>([a-z-]+ \d+ s)</text>', text
        )
    ]
    assert len(labels) == 4
    for place, (x, y, _) in enumerate(labels):
        for left, line, letters in labels[:place]:
            assert line != y or left + 5.3 * letters < x
