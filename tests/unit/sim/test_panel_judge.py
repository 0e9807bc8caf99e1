"""The simulated panel judges its detectors itself, and keeps an alarm until it is reset."""

from contract.sentences import Sentence, Status
from firmware_sim.domain.panel_judge import PanelEvent, PanelJudge, PanelWord


def told(*values: float | None, quantity: str = "smoke", status: Status = Status.NORMAL) -> list[str]:
    judge, words = PanelJudge(), []
    for number, value in enumerate(values):
        said = Status.FAULT if value is None else status
        event = judge.accept_sentence(Sentence("khoi-01", number, quantity, value, said))
        words += [f"{event.word}" for event in [event] if event is not None]
    return words


def test_three_samples_above_the_level_are_one_alarm_that_is_kept() -> None:
    assert told(0.02, 0.2, 0.2, 0.2, 0.2, 0.02, 0.2, 0.2, 0.2) == ["alarm"]


def test_a_spike_is_none() -> None:
    assert told(0.02, 0.9, 0.02, 0.9, 0.02) == []


def test_a_call_point_is_an_alarm_at_once() -> None:
    assert told(0.0, 1.0, quantity="manual") == ["alarm"]


def test_a_fault_is_told_once_and_so_is_its_end() -> None:
    assert told(0.02, None, None, 0.02, 0.02) == ["fault", "fault over"]


def test_an_event_names_the_detector() -> None:
    judge = PanelJudge()
    assert judge.accept_sentence(Sentence("nut-01", 1, "manual", 1.0, Status.NORMAL)) == PanelEvent(
        PanelWord.ALARM, "nut-01"
    )
