"""A line: lost, silent, noisy, and back."""

from gateway.domain.supervision.line_watch import LineState, LineWatch
from tests.unit.gateway.bench_point import moment


def watch() -> LineWatch:
    return LineWatch("line-1", silent_after_s=90.0, noisy_share=0.2, since=moment(0))


def minutes(line: LineWatch, first: int, last: int, *, sound: int, damaged: int) -> list[str]:
    story = []
    for t in range(first, last):
        story += [*line.count_sentences(sound, damaged, moment(t)), *line.tick(moment(t))]
    return [f"{change.edge}: {change.reason}" for change in story]


def state_of(line: LineWatch) -> LineState:
    return line.state


def test_a_silent_line_is_a_fault_after_its_reporting_time_until_a_sentence_is_heard() -> None:
    line = watch()
    assert minutes(line, 0, 200, sound=0, damaged=0) == ["raised: line_silent"]
    assert minutes(line, 200, 300, sound=1, damaged=0) == ["restored: line_silent"]


def test_garbage_is_not_a_sign_of_life() -> None:
    line = watch()
    minutes(line, 0, 200, sound=0, damaged=1)
    assert line.state is LineState.SILENT


def test_a_noisy_line_is_a_fault_until_it_is_clean_for_a_minute() -> None:
    line = watch()
    assert minutes(line, 0, 60, sound=10, damaged=0) == []
    assert minutes(line, 60, 120, sound=10, damaged=4) == ["raised: line_noisy"]
    assert state_of(line) is LineState.NOISY
    assert minutes(line, 120, 200, sound=10, damaged=0) == ["restored: line_noisy"]
    assert state_of(line) is LineState.UP


def test_damage_within_the_first_second_counts() -> None:
    line = watch()
    line.count_sentences(10, 30, moment(0.5))
    assert [each.reason for each in line.tick(moment(1))] == ["line_noisy"]


def test_a_little_damage_is_normal() -> None:
    assert minutes(watch(), 0, 600, sound=10, damaged=1) == []


def test_a_line_is_lost_once_and_back_once() -> None:
    line = watch()
    changes = [*line.set_lost(moment(1)), *line.set_lost(moment(2))]
    line.set_back(moment(3))
    changes += line.tick(moment(7))
    line.set_back(moment(7))
    changes += [*line.tick(moment(8)), *line.tick(moment(9))]
    assert [f"{each.scope} {each.edge}: {each.reason}" for each in changes] == [
        "line raised: line_lost",
        "line restored: line_lost",
    ]


def test_a_server_that_accepts_and_drops_is_one_loss() -> None:
    line = watch()
    changes = []
    for t in range(1, 80):
        line.set_back(moment(t))
        changes += [
            *line.count_sentences(1, 0, moment(t)),
            *line.tick(moment(t)),
            *line.set_lost(moment(t + 0.5)),
        ]
    assert [f"{each.edge}: {each.reason}" for each in changes] == ["raised: line_lost"]
    line.set_back(moment(80))
    assert [each.reason for each in line.tick(moment(85))] == ["line_lost"]
    assert line.state is LineState.UP
